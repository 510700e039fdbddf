/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The AUTH exchange of RFC 4954:
 *
 *   C: AUTH mechanism [initial-response]
 *   S: 334 base64-challenge      C: base64-response    (any number of times)
 *   S: 235, or 4yz, or 5yz
 *   C: * cancels
 *
 * SMTP has no place in 235 for what a mechanism's server says last: SCRAM's
 * signature comes as one more 334 and gets an empty answer. So 235 is believed
 * only once the mechanism itself is satisfied. */

#include "smtp-auth.h"

#include "smtp-command.h"

#include <string.h>

#define ROUNDS_LIMIT 10

/* ---- the challenge ---- */

/* base64 = base64-terminal / ( 1*(4base64-CHAR) [base64-terminal] ), RFC 4954 section 8. */
static gboolean
is_base64 (const char *text)
{
  gsize length = strlen (text);
  gsize body = length;

  if (length % 4 != 0)
    return FALSE;
  while (body > 0 && length - body < 2 && text[body - 1] == '=')
    body--;
  for (gsize i = 0; i < body; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;

  return TRUE;
}

/* (transfer full) (nullable) */
static guint8 *
decode_challenge (const WaxSmtpReply *reply, gsize *length)
{
  const char *text = reply->lines[0];

  *length = 0;
  if (reply->lines[1] != NULL)
    return NULL;
  if (*text == '\0' || strcmp (text, "=") == 0)
    return g_malloc0 (1);
  if (!is_base64 (text))
    return NULL;

  return g_base64_decode (text, length);
}

/* ---- the end ---- */

static WaxTransportError
refusal_code (const WaxSmtpReply *reply)
{
  if (wax_smtp_reply_is_temporary (reply))
    return WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE;
  if (!wax_smtp_reply_is_permanent (reply))
    return WAX_TRANSPORT_ERROR_PROTOCOL;
  /* 500 to 504: the command or the mechanism, not the credentials. */
  if (reply->code <= 504)
    return WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE;

  return WAX_TRANSPORT_ERROR_AUTH_REFUSED;
}

static gboolean
conclude (WaxSmtpChannel *channel, WaxSaslClient *client, WaxSmtpReply *reply, GError **error)
{
  WaxTransportError code;

  if (reply->code == 235)
    {
      wax_smtp_reply_free (reply);
      if (wax_sasl_client_is_done (client))
        return TRUE;

      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server accepted the sign-in without its part of %s: it may not be the real one",
                   wax_sasl_client_get_mechanism (client));
      return FALSE;
    }

  code = refusal_code (reply);

  if (wax_sasl_client_get_refusal (client) != NULL)
    {
      wax_smtp_channel_refuse (channel, reply, code, error, "The server refused the token: %s",
                               wax_sasl_client_get_refusal (client));
      /* What the reply alone would be taken for speaks of a password. */
      wax_smtp_channel_set_hint (channel,
                                 "Sign in to the provider again for a new token: this one has ended or "
                                 "was revoked, or does not allow sending.");
      return FALSE;
    }

  return wax_smtp_channel_refuse (channel, reply, code, error,
                                  code == WAX_TRANSPORT_ERROR_AUTH_REFUSED
                                      ? "The server refused the sign-in by %s"
                                      : "The sign-in by %s is not possible now",
                                  wax_sasl_client_get_mechanism (client));
}

/* RFC 4954 section 4: a client that gives up says so, and is answered with 501. */
static void
cancel_exchange (WaxSmtpChannel *channel, GCancellable *cancellable)
{
  wax_smtp_reply_free (wax_smtp_channel_say_briefly (channel, "*\r\n", cancellable));
}

/* ---- the exchange ---- */

/* (transfer full) (nullable) What answers @reply: @pending, if the initial
 * response had to wait for an empty challenge, or the mechanism's next step. */
static WaxSecret *
answer (WaxSaslClient *client,
        const WaxSmtpReply *reply,
        WaxSecret **pending,
        GCancellable *cancellable,
        GError **error)
{
  gsize length;
  g_autofree guint8 *challenge = decode_challenge (reply, &length);

  if (challenge == NULL)
    {
      g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                           "The server's part of the sign-in is not base64");
      return NULL;
    }
  if (*pending != NULL)
    return g_steal_pointer (pending);

  return wax_sasl_client_step (client, challenge, length, cancellable, error);
}

static gboolean
exchange (WaxSmtpChannel *channel,
          WaxSaslClient *client,
          WaxSecret *pending,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (WaxSecret) waiting = pending;

  for (int round = 0; round < ROUNDS_LIMIT; round++)
    {
      g_autoptr (WaxSmtpReply) reply = wax_smtp_channel_read (channel, cancellable, error);
      g_autoptr (WaxSecret) response = NULL;
      g_autoptr (WaxSecret) line = NULL;

      if (reply == NULL)
        return FALSE;
      if (reply->code != 334)
        return conclude (channel, client, g_steal_pointer (&reply), error);

      response = answer (client, reply, &waiting, cancellable, error);
      if (response == NULL)
        {
          cancel_exchange (channel, cancellable);
          return FALSE;
        }
      line = wax_smtp_command_auth_response (response);
      if (!wax_smtp_channel_write_secret (channel, line, "…", cancellable, error))
        return FALSE;
    }

  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL,
                       "The server does not bring the sign-in to an end");

  return FALSE;
}

/* AUTH with the initial response, if there is one and it fits in a command line. */
static gboolean
begin (WaxSmtpChannel *channel,
       WaxSaslClient *client,
       WaxSecret **pending,
       GCancellable *cancellable,
       GError **error)
{
  const char *mechanism = wax_sasl_client_get_mechanism (client);
  g_autofree char *shown = NULL;
  g_autoptr (WaxSecret) command = NULL;

  if (wax_sasl_client_speaks_first (client))
    {
      *pending = wax_sasl_client_step (client, NULL, 0, cancellable, error);
      if (*pending == NULL)
        return FALSE;
    }

  command = wax_smtp_command_auth (mechanism, *pending);
  if (*pending != NULL && wax_secret_get_length (command) <= WAX_SMTP_COMMAND_LIMIT)
    {
      g_clear_pointer (pending, wax_secret_unref);
      shown = g_strdup_printf ("AUTH %s …", mechanism);
      return wax_smtp_channel_write_secret (channel, command, shown, cancellable, error);
    }

  shown = g_strdup_printf ("AUTH %s\r\n", mechanism);

  return wax_smtp_channel_write (channel, shown, 1, cancellable, error);
}

/* ---- the choice ---- */

static gboolean
may_use (const WaxSmtpCapabilities *capabilities, const WaxSmtpSignIn *sign_in, const char *mechanism)
{
  return g_strv_contains ((const char *const *) capabilities->mechanisms, mechanism)
         && (sign_in->wanted == NULL || g_ascii_strcasecmp (sign_in->wanted, mechanism) == 0);
}

/* Whether a ticket could be used now, or was before: then it takes one to know whether
 * the server has taken that away, or the user has no ticket any more. */
static gboolean
ticket_has_use (const WaxSmtpCapabilities *capabilities, const WaxSmtpSignIn *sign_in)
{
  return may_use (capabilities, sign_in, "GSSAPI")
         || (sign_in->wanted == NULL
             && wax_sasl_strength (sign_in->remembered) == wax_sasl_strength ("GSSAPI"));
}

/* A ticket is asked for at another server, which may keep one waiting: only where there
 * is nothing stronger than what it is for. */
static gboolean
ticket_matters (const WaxSmtpCapabilities *capabilities, const WaxSmtpSignIn *sign_in)
{
  g_autofree char *without = NULL;

  if (!ticket_has_use (capabilities, sign_in))
    return FALSE;

  without = wax_sasl_choose ((const char *const *) capabilities->mechanisms, sign_in->wanted, NULL,
                             &sign_in->credentials, sign_in->bindings, sign_in->secured, NULL, NULL);

  return wax_sasl_strength (without) < wax_sasl_strength ("GSSAPI");
}

/* A downgrade stays what it is: it is not the server's inability. */
static void
set_choice_error (GError *cause, GError **error)
{
  if (g_error_matches (cause, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE))
    {
      g_propagate_error (error, cause);
      return;
    }

  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, cause->message);
  g_error_free (cause);
}

static WaxSaslClient *
choose (WaxSmtpChannel *channel,
        const WaxSmtpCapabilities *capabilities,
        const WaxSmtpSignIn *sign_in,
        GCancellable *cancellable,
        GError **error)
{
  WaxConnectionReport *report = channel->report;
  WaxSaslCredentials credentials = sign_in->credentials;
  g_autofree char *mechanism = NULL;
  GError *cause = NULL;
  WaxSaslClient *client;

  if (ticket_matters (capabilities, sign_in))
    credentials.has_ticket = wax_sasl_has_ticket (sign_in->host, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  g_clear_pointer (&report->auth_reason, g_free);
  mechanism = wax_sasl_choose ((const char *const *) capabilities->mechanisms, sign_in->wanted,
                               sign_in->remembered, &credentials, sign_in->bindings, sign_in->secured,
                               &report->auth_reason, &cause);
  if (mechanism == NULL)
    {
      set_choice_error (cause, error);
      return NULL;
    }

  client = wax_sasl_client_new (mechanism, &credentials, sign_in->host, sign_in->port, sign_in->bindings,
                                error);
  if (client == NULL)
    return NULL;

  g_set_str (&report->auth_mechanism, mechanism);
  g_set_str (&report->auth_identity, credentials.user);
  g_set_str (&report->channel_binding, wax_sasl_client_get_binding (client));

  return client;
}

/* ---- public ---- */

gboolean
wax_smtp_auth_is_due (const WaxSmtpCapabilities *capabilities, const WaxSmtpSignIn *sign_in)
{
  const WaxSaslCredentials *credentials = &sign_in->credentials;

  return credentials->password != NULL || credentials->token != NULL
         || !wax_sasl_needs_password (sign_in->wanted)
         || (credentials->has_client_certificate && may_use (capabilities, sign_in, "EXTERNAL"));
}

gboolean
wax_smtp_auth_run (WaxSmtpChannel *channel,
                   const WaxSmtpCapabilities *capabilities,
                   const WaxSmtpSignIn *sign_in,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (WaxSaslClient) client = NULL;
  WaxSecret *pending = NULL;
  gboolean done = FALSE;

  if (!capabilities->has_auth)
    {
      g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE,
                           "The server offers no way to sign in");
      return FALSE;
    }
  client = choose (channel, capabilities, sign_in, cancellable, error);
  if (client == NULL)
    return FALSE;

  wax_smtp_channel_begin_secret (channel, wax_sasl_client_get_secret (client));
  if (begin (channel, client, &pending, cancellable, error))
    done = exchange (channel, client, pending, cancellable, error);
  else
    g_clear_pointer (&pending, wax_secret_unref);
  wax_smtp_channel_end_secret (channel);

  return done;
}
