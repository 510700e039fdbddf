/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From an error to what becomes of the message, and to what the user can do. */

#include "smtp-outcome.h"

#include "sasl-client.h"
#include "smtp-advice.h"
#include "tls-guard.h"

static gboolean
is_temporary (int reply_code)
{
  return reply_code / 100 == 4;
}

static WaxSendState
state_of_transport_error (WaxTransportError code, int reply_code)
{
  switch (code)
    {
    case WAX_TRANSPORT_ERROR_WRONG_PORT:
    case WAX_TRANSPORT_ERROR_INJECTION:
    case WAX_TRANSPORT_ERROR_AUTH_REFUSED:
    case WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS:
    case WAX_TRANSPORT_ERROR_PROXY:
      return WAX_SEND_BLOCKED;
    case WAX_TRANSPORT_ERROR_NO_STARTTLS:
    case WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE:
      return is_temporary (reply_code) ? WAX_SEND_DEFERRED : WAX_SEND_BLOCKED;
    case WAX_TRANSPORT_ERROR_RECIPIENTS:
      return is_temporary (reply_code) ? WAX_SEND_DEFERRED : WAX_SEND_FAILED;
    case WAX_TRANSPORT_ERROR_TOO_LARGE:
    case WAX_TRANSPORT_ERROR_NEEDS_UTF8:
    case WAX_TRANSPORT_ERROR_NEEDS_8BIT:
    case WAX_TRANSPORT_ERROR_NEEDS_BINARY:
    case WAX_TRANSPORT_ERROR_NEEDS_DSN:
    case WAX_TRANSPORT_ERROR_NEEDS_HOLD:
    case WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY:
    case WAX_TRANSPORT_ERROR_NEEDS_PRIORITY:
    case WAX_TRANSPORT_ERROR_MALFORMED:
    case WAX_TRANSPORT_ERROR_REFUSED:
      return WAX_SEND_FAILED;
    case WAX_TRANSPORT_ERROR_UNKNOWN:
      return WAX_SEND_UNKNOWN;
    case WAX_TRANSPORT_ERROR_HOST_NOT_FOUND:
    case WAX_TRANSPORT_ERROR_CONNECT:
    case WAX_TRANSPORT_ERROR_PROTOCOL:
    case WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY:
    case WAX_TRANSPORT_ERROR_LOST:
    case WAX_TRANSPORT_ERROR_SOURCE:
    case WAX_TRANSPORT_ERROR_PORTAL:
    default:
      return WAX_SEND_DEFERRED;
    }
}

WaxSendState
wax_smtp_outcome_state (const GError *error, int reply_code)
{
  if (error == NULL)
    return WAX_SEND_SENT;
  if (error->domain == WAX_TRANSPORT_ERROR)
    return state_of_transport_error ((WaxTransportError) error->code, reply_code);
  if (error->domain == WAX_TLS_ERROR || error->domain == WAX_SASL_ERROR || error->domain == WAX_ACCOUNT_ERROR)
    return WAX_SEND_BLOCKED;

  return WAX_SEND_DEFERRED;
}

WaxTransportError
wax_smtp_outcome_refusal (int reply_code)
{
  if (reply_code / 100 == 4)
    return WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY;
  if (reply_code / 100 == 5)
    return WAX_TRANSPORT_ERROR_REFUSED;

  return WAX_TRANSPORT_ERROR_PROTOCOL;
}

static const char *
hint_of_transport_error (WaxTransportError code, WaxStep step, int reply_code)
{
  switch (code)
    {
    case WAX_TRANSPORT_ERROR_HOST_NOT_FOUND:
      return "Check the server's name, and that this computer is online.";
    case WAX_TRANSPORT_ERROR_CONNECT:
      return "Check the server's name and port, and that no firewall stands between.";
    case WAX_TRANSPORT_ERROR_PROTOCOL:
      return "Check that the port is one for mail submission; the server's administrator can tell.";
    case WAX_TRANSPORT_ERROR_INJECTION:
      return "Do not send over this network until the server's administrator has explained it; implicit TLS "
             "(smtps) is not open to this attack.";
    case WAX_TRANSPORT_ERROR_NO_STARTTLS:
      return is_temporary (reply_code)
                 ? "Try again later: nothing is sent without TLS."
                 : "Use implicit TLS (smtps, port 465) if the server has it: nothing is "
                   "sent without TLS.";
    case WAX_TRANSPORT_ERROR_AUTH_REFUSED:
      return step == WAX_STEP_AUTH
                 ? "Check the user name and the password; some services want a password made for this "
                   "program."
                 : "The server wants a sign-in first: give the account a user name and a password.";
    case WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE:
      return is_temporary (reply_code)
                 ? "Try again later."
                 : "Check the port and the sign-in method of the account against what the server offers.";
    case WAX_TRANSPORT_ERROR_RECIPIENTS:
      return is_temporary (reply_code) ? "Try again later: the refusal is temporary."
                                       : "Correct or remove the refused addresses, and send again.";
    case WAX_TRANSPORT_ERROR_TOO_LARGE:
      return "Make the attachments smaller, or share them in another way.";
    case WAX_TRANSPORT_ERROR_NEEDS_UTF8:
      return "Use addresses in ASCII, or a server that offers SMTPUTF8.";
    case WAX_TRANSPORT_ERROR_NEEDS_8BIT:
      return "Encode the message in seven bits, or use a server that offers 8BITMIME.";
    case WAX_TRANSPORT_ERROR_NEEDS_BINARY:
      return "Encode the message as text, or use a server that offers BINARYMIME.";
    case WAX_TRANSPORT_ERROR_NEEDS_DSN:
      return "Send without asking for notifications, or through a server that offers DSN.";
    case WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS:
      return "Send through a server that offers REQUIRETLS, or do without the demand: this server may then "
             "hand the message on without TLS.";
    case WAX_TRANSPORT_ERROR_NEEDS_HOLD:
      return "Send it later yourself, ask for an earlier time, or use a server that holds messages "
             "(FUTURERELEASE).";
    case WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY:
      return "Give it more time, or send without a time for delivery.";
    case WAX_TRANSPORT_ERROR_NEEDS_PRIORITY:
      return "Send without a priority, or through a server that offers MT-PRIORITY.";
    case WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY:
    case WAX_TRANSPORT_ERROR_LOST:
      return "Nothing was sent; it can be tried again.";
    case WAX_TRANSPORT_ERROR_REFUSED:
      return "What the server said tells why; its administrator can tell more.";
    case WAX_TRANSPORT_ERROR_UNKNOWN:
      return "Ask the recipients or look at the server before sending again: it may have arrived.";
    case WAX_TRANSPORT_ERROR_MALFORMED:
      return "Write the message with CR LF line ends, and addresses without control characters.";
    case WAX_TRANSPORT_ERROR_SOURCE:
      return "Check the disk; the message was not sent.";
    case WAX_TRANSPORT_ERROR_PROXY:
      return "Check the proxy's user name and password, or take another proxy; the network's administrator "
             "can "
             "tell which.";
    case WAX_TRANSPORT_ERROR_PORTAL:
      return "This network wants a sign-in in the browser first: open any web page, sign in there, and try "
             "again.";
    case WAX_TRANSPORT_ERROR_WRONG_PORT:
    default:
      return NULL;
    }
}

static const char *
hint_of_tls_error (WaxTlsError code)
{
  switch (code)
    {
    case WAX_TLS_ERROR_HOSTNAME:
      return "Use the server name that the certificate is for, if it is the server you mean.";
    case WAX_TLS_ERROR_CHAIN:
      return "If the server has a private certificate authority, give its certificate to the account; "
             "otherwise do not send over this network.";
    case WAX_TLS_ERROR_VALIDITY:
      return "Check this computer's clock; if it is right, the server's administrator must renew the "
             "certificate.";
    case WAX_TLS_ERROR_REVOCATION:
      return "Do not use the server until its certificate is replaced.";
    case WAX_TLS_ERROR_PIN:
      return "Ask the server's administrator whether the key was changed, and take the new pin only then.";
    case WAX_TLS_ERROR_CA_FILE:
      return "Check that the file is there and holds certificates in PEM.";
    case WAX_TLS_ERROR_CLIENT_CERTIFICATE:
      return "Give the account the client certificate that the server's administrator has issued for it.";
    case WAX_TLS_ERROR_HANDSHAKE:
    case WAX_TLS_ERROR_NOT_TLS:
    case WAX_TLS_ERROR_POLICY:
    case WAX_TLS_ERROR_DANE:
    default:
      return "The server's administrator can tell which protection the server can give.";
    }
}

static const char *
hint_of_sasl_error (WaxSaslError code)
{
  switch (code)
    {
    case WAX_SASL_ERROR_CREDENTIALS:
      return "Check what the account signs in by: the user name, and the password, token, certificate or "
             "ticket.";
    case WAX_SASL_ERROR_CHALLENGE:
      return "Do not enter the password anywhere until the server's administrator has explained it.";
    case WAX_SASL_ERROR_DOWNGRADE:
      return "Somebody may stand between: ask the server's administrator. If the change is confirmed, accept "
             "the weaker sign-in for the account.";
    case WAX_SASL_ERROR_NO_MECHANISM:
    case WAX_SASL_ERROR_NOT_OFFERED:
    case WAX_SASL_ERROR_FAILED:
    default:
      return "Choose another sign-in method for the account.";
    }
}

const char *
wax_smtp_outcome_hint (const GError *error, WaxStep step, int reply_code)
{
  if (error == NULL)
    return NULL;
  if (error->domain == WAX_TRANSPORT_ERROR)
    return hint_of_transport_error ((WaxTransportError) error->code, step, reply_code);
  if (error->domain == WAX_TLS_ERROR)
    return hint_of_tls_error ((WaxTlsError) error->code);
  if (error->domain == WAX_SASL_ERROR)
    return hint_of_sasl_error ((WaxSaslError) error->code);
  if (error->domain == WAX_ACCOUNT_ERROR)
    return "Complete the server settings of the account.";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "Nothing was sent; it can be tried again.";

  return NULL;
}

/* Whether @error is the server's word on the message or the sign-in, and not a
 * finding of ours about the server. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_REFUSED)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_RECIPIENTS)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_REFUSED)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE);
}

void
wax_smtp_outcome_advise (WaxSendResult *result, const char *host, const WaxSmtpReply *refusal)
{
  const WaxSmtpAdvice *advice;

  if (!is_refusal (result->error))
    return;
  advice = wax_smtp_advice_find (host, refusal);
  if (advice == NULL)
    return;

  g_free (result->hint);
  result->hint = wax_smtp_advice_to_hint (advice);
  if (result->state != WAX_SEND_DEFERRED && result->state != WAX_SEND_BLOCKED
      && result->state != WAX_SEND_FAILED)
    return;
  if (advice->effect == WAX_SMTP_EFFECT_DEFER)
    result->state = WAX_SEND_DEFERRED;
  else if (advice->effect == WAX_SMTP_EFFECT_BLOCK)
    result->state = WAX_SEND_BLOCKED;
}
