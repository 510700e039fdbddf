/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The session, in the order of RFC 5321: connection, TLS, greeting, EHLO,
 * STARTTLS, AUTH, the envelope, the body. Read it from wax_smtp_session_open()
 * and wax_smtp_session_submit() at the end.
 *
 * What holds throughout: nothing of the account or the message is written before
 * the guard has returned a connection that passed the policy; what a server said
 * before TLS is shown and never used; after the final octet a failure is
 * "unknown" and nothing else. */

#include "smtp-session.h"

#include "clock.h"
#include "smtp-auth.h"
#include "smtp-capabilities.h"
#include "smtp-channel.h"
#include "smtp-command.h"
#include "smtp-connect.h"
#include "smtp-limits.h"
#include "smtp-outcome.h"
#include "smtp-portal.h"
#include "smtp-recode.h"
#include "smtp-tlsa.h"
#include "smtp-transaction.h"
#include "tls-guard.h"

#include <string.h>

#define TLS_TIMEOUT     30
#define COMMAND_TIMEOUT 300
#define DATA_TIMEOUT    600
#define SILENCE_TIMEOUT 10
#define QUIT_TIMEOUT    1

/* The first octets of TLS records that a server may send unasked. */
#define TLS_ALERT     0x15
#define TLS_HANDSHAKE 0x16

struct _WaxSmtpSession
{
  const WaxTransportSettings *settings;
  WaxSmtpServer *server; /* NULL: none was found */
  WaxConnectionReport *report;
  WaxSmtpChannel *channel;
  WaxSmtpCapabilities *capabilities;
  GTlsConnection *tls;
  WaxDaneQuestion *dane; /* NULL: not asked, or judged */
  WaxSmtpLimits limits;
  WaxStep step; /* until there is a channel */
  gboolean open;
  gboolean repeatable;
  gboolean read;
};

static guint
seconds_or (guint wanted, guint otherwise)
{
  return wanted > 0 ? wanted : otherwise;
}

static const char *
session_host (WaxSmtpSession *self)
{
  return self->server->host;
}

static guint16
session_port (WaxSmtpSession *self)
{
  return self->server->port;
}

static WaxTlsMode
session_mode (WaxSmtpSession *self)
{
  return self->server->mode;
}

/* ---- connection ---- */

/* Plain text is for this computer only, whatever the name said. */
static gboolean
session_may_speak_plainly (WaxSmtpSession *self, GSocketAddress *address, GError **error)
{
  if (session_mode (self) != WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return TRUE;
  if (G_IS_INET_SOCKET_ADDRESS (address)
      && g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return TRUE;

  g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_POLICY,
               "A connection without TLS is for a loopback address only, and %s is at %s",
               session_host (self), self->report->address);

  return FALSE;
}

static gboolean
session_connect (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  WaxConnectionReport *report = self->report;
  gint64 start = wax_clock_monotonic ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  self->step = WAX_STEP_CONNECT;
  g_set_str (&report->host, session_host (self));
  g_set_str (&report->mode, wax_tls_mode_to_string (session_mode (self)));
  report->port = session_port (self);
  if (!g_str_equal (self->server->target, self->server->host))
    report->server = g_strdup_printf ("%s:%u", self->server->target, self->server->port);

  self->dane = wax_smtp_tlsa_ask (self->server, self->settings);
  connection = wax_smtp_connect (self->server, self->settings, report, cancellable, error);
  if (connection == NULL)
    return FALSE;
  report->connect_ms = wax_clock_elapsed_ms (start);
  report->round_trips++;

  remote = g_socket_connection_get_remote_address (connection, NULL);
  if (!session_may_speak_plainly (self, remote, error))
    return FALSE;

  self->channel = wax_smtp_channel_new (connection, report);
  wax_smtp_channel_set_timeout (self->channel,
                                seconds_or (self->settings->command_timeout_s, COMMAND_TIMEOUT));
  self->channel->waiting = TRUE; /* for the greeting, behind the end of TCP's handshake */

  return TRUE;
}

/* ---- TLS ---- */

static void
session_hint_other_mode (WaxSmtpSession *self, const char *what, const char *use, const char *scheme)
{
  const char *host = session_host (self);
  gboolean literal = strchr (host, ':') != NULL;
  g_autofree char *hint = g_strdup_printf ("This port %s: use %s (%s://%s%s%s:%u).", what, use, scheme,
                                           literal ? "[" : "", host, literal ? "]" : "", session_port (self));

  wax_smtp_channel_set_hint (self->channel, hint);
}

/* Takes @cause: what the guard said, in the terms of the session where it is one
 * of its matters. */
static void
session_explain_tls (WaxSmtpSession *self, GError *cause, GError **error)
{
  gboolean plain = g_error_matches (cause, WAX_TLS_ERROR, WAX_TLS_ERROR_NOT_TLS);

  wax_smtp_channel_abort (self->channel);
  if (plain && session_mode (self) == WAX_TLS_MODE_STARTTLS)
    {
      g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_INJECTION,
                   "After its answer to STARTTLS the server went on in the clear, which may be an attack: %s",
                   cause->message);
    }
  else if (self->report->greeting == NULL && wax_smtp_portal_explains (cause))
    {
      wax_smtp_portal_set_error (session_host (self), session_port (self), error);
    }
  else if (plain)
    {
      session_hint_other_mode (self, "speaks SMTP in the clear first", "STARTTLS", "smtp");
      g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_WRONG_PORT,
                   "Port %u of %s does not speak TLS from the first octet: %s", session_port (self),
                   session_host (self), cause->message);
    }
  else if (cause->domain == WAX_TLS_ERROR || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (cause->domain == WAX_TLS_ERROR)
        wax_smtp_portal_add_hint (self->channel, cause);
      g_propagate_error (error, g_steal_pointer (&cause));
    }
  else
    {
      g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST, "TLS could not be set up: %s",
                   cause->message);
    }
  g_clear_error (&cause);
}

/* The last word of a TLS 1.3 handshake is ours, and a greeting comes behind it; that of
 * a full TLS 1.2 handshake, which takes two round trips, is the server's, and its
 * greeting comes with it. */
static void
session_count_handshake (WaxSmtpSession *self)
{
  gboolean modern = g_tls_connection_get_protocol_version (self->tls) >= G_TLS_PROTOCOL_VERSION_TLS_1_3;

  self->report->round_trips += modern ? 1 : 2;
  self->channel->waiting = modern;
}

static gboolean
session_secure (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  const WaxTransportSettings *settings = self->settings;
  WaxAccount *account = settings->account;
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);
  GError *cause = NULL;
  WaxTlsSettings wanted = {
    .hostname = session_host (self),
    .policy = { .minimum = wax_account_get_minimum_tls (account),
                .pins = wax_account_get_pins (account),
                .backup_pins = wax_account_get_backup_pins (account),
                .pins_renew = wax_account_get_pins_renew (account),
                .revocation = wax_account_get_revocation (account),
                .dane = wax_account_get_dane (account),
                .exceptions = exceptions },
    .ca_file = settings->ca_file,
    .ca_pem = settings->ca_file != NULL ? NULL : wax_account_get_ca_pem (account),
    .client_certificate = settings->client_certificate,
    .revocation_cache = settings->revocation_cache,
    .dane = self->dane,
    .timeout_s = seconds_or (settings->tls_timeout_s, TLS_TIMEOUT),
  };

  self->channel->step = WAX_STEP_TLS;
  self->tls = wax_tls_guard_secure (wax_line_stream_get_stream (self->channel->lines), &wanted, self->report,
                                    cancellable, &cause);
  g_clear_pointer (&self->dane, wax_dane_free);
  if (self->tls == NULL)
    {
      session_explain_tls (self, cause, error);
      return FALSE;
    }

  session_count_handshake (self);
  wax_smtp_channel_set_stream (self->channel, G_IO_STREAM (self->tls));
  wax_smtp_channel_set_timeout (self->channel, seconds_or (settings->command_timeout_s, COMMAND_TIMEOUT));

  return TRUE;
}

static gboolean
session_secure_at_once (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  return session_mode (self) != WAX_TLS_MODE_IMPLICIT || session_secure (self, cancellable, error);
}

/* ---- greeting, RFC 5321 section 3.1 ---- */

static gboolean
session_wrong_port_speaks_tls (WaxSmtpSession *self, GError **error)
{
  wax_smtp_channel_abort (self->channel);
  session_hint_other_mode (self, "speaks TLS from the first octet", "implicit TLS", "smtps");
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_WRONG_PORT,
               "Port %u of %s speaks TLS from the first octet, and not SMTP with STARTTLS",
               session_port (self), session_host (self));

  return FALSE;
}

static gboolean
session_meets_portal (WaxSmtpSession *self, GError **error)
{
  wax_smtp_channel_abort (self->channel);

  return wax_smtp_portal_set_error (session_host (self), session_port (self), error);
}

/* A server that waits for our ClientHello says nothing, as a slow one does: which
 * of them it is, a second connection finds out. */
static gboolean
session_await_plain_greeting (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  guint silence = seconds_or (self->settings->silence_timeout_s, SILENCE_TIMEOUT);
  int first = wax_smtp_channel_peek (self->channel, silence, cancellable, error);

  if (first == WAX_SMTP_PEEK_ERROR)
    return FALSE;
  if (first == TLS_ALERT || first == TLS_HANDSHAKE)
    return session_wrong_port_speaks_tls (self, error);
  if (first == WAX_SMTP_PEEK_SILENCE)
    {
      WaxSmtpListener listener = wax_smtp_ask (self->server, self->settings, silence, cancellable);

      if (listener == WAX_SMTP_LISTENER_TLS)
        return session_wrong_port_speaks_tls (self, error);
      if (listener == WAX_SMTP_LISTENER_HTTP)
        return session_meets_portal (self, error);
    }
  else if (first == 'H' && wax_smtp_portal_answers (self->channel, cancellable))
    {
      return session_meets_portal (self, error);
    }

  return TRUE;
}

static gboolean
session_greet (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  self->channel->step = WAX_STEP_GREETING;
  if (self->tls == NULL && !session_await_plain_greeting (self, cancellable, error))
    return FALSE;

  self->channel->due = 1;
  reply = wax_smtp_channel_read (self->channel, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code != 220)
    {
      WaxTransportError code = wax_smtp_outcome_refusal (reply->code);

      return wax_smtp_channel_refuse (self->channel, g_steal_pointer (&reply), code, error,
                                      "%s does not serve this computer", session_host (self));
    }

  g_free (self->report->greeting);
  self->report->greeting = g_strjoinv ("\n", reply->lines);

  return TRUE;
}

/* ---- EHLO, RFC 5321 section 4.1.1.1 ---- */

/* (transfer full) The address literal of our end (RFC 5321 section 4.1.3): the
 * name of this computer is nobody's business. */
static char *
session_client_name (WaxSmtpSession *self)
{
  const char *address = self->report->local_address;
  g_autofree char *bare = NULL;

  if (self->settings->client_name != NULL)
    return g_strdup (self->settings->client_name);
  if (address == NULL)
    return g_strdup ("[127.0.0.1]");

  bare = g_strndup (address, strcspn (address, "%"));

  return g_strdup_printf (strchr (bare, ':') != NULL ? "[IPv6:%s]" : "[%s]", bare);
}

static void
copy_lines (GPtrArray *to, GPtrArray *from)
{
  g_ptr_array_set_size (to, 0);
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (g_ptr_array_index (from, i)));
}

static gboolean
session_hello (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = session_client_name (self);
  g_autofree char *command = wax_smtp_command_ehlo (name, error);
  g_autoptr (WaxSmtpReply) reply = NULL;
  gboolean before_tls = self->tls == NULL && session_mode (self) == WAX_TLS_MODE_STARTTLS;

  self->channel->step = before_tls ? WAX_STEP_STARTTLS : WAX_STEP_GREETING;
  if (command == NULL || !wax_smtp_channel_write (self->channel, command, 1, cancellable, error))
    return FALSE;
  reply = wax_smtp_channel_read (self->channel, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code != 250)
    {
      WaxTransportError code = wax_smtp_outcome_refusal (reply->code);

      return wax_smtp_channel_refuse (self->channel, g_steal_pointer (&reply), code, error,
                                      "The server does not take EHLO");
    }

  g_clear_pointer (&self->capabilities, wax_smtp_capabilities_free);
  self->capabilities = wax_smtp_capabilities_parse (reply);
  copy_lines (before_tls ? self->report->extensions_before_tls : self->report->extensions,
              self->capabilities->lines);

  return TRUE;
}

/* ---- STARTTLS, RFC 3207 ---- */

static gboolean
session_no_starttls (WaxSmtpSession *self, WaxSmtpReply *reply, GError **error)
{
  if (reply != NULL)
    return wax_smtp_channel_refuse (self->channel, reply, WAX_TRANSPORT_ERROR_NO_STARTTLS, error,
                                    "The server refuses STARTTLS");

  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NO_STARTTLS,
               "%s does not offer STARTTLS on port %u", session_host (self), session_port (self));

  return FALSE;
}

/* Octets behind the reply were sent before TLS, by whoever is on the way: in TLS
 * they would be taken for the server's. */
static gboolean
session_refuse_injection (WaxSmtpSession *self, GError **error)
{
  if (!wax_smtp_channel_has_surplus (self->channel))
    return TRUE;

  wax_smtp_channel_abort (self->channel);
  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_INJECTION,
                       "More was sent behind the server's answer to STARTTLS, which may be an attack");

  return FALSE;
}

static gboolean
session_starttls (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (session_mode (self) != WAX_TLS_MODE_STARTTLS)
    return TRUE;

  self->channel->step = WAX_STEP_STARTTLS;
  if (!self->capabilities->starttls)
    return session_no_starttls (self, NULL, error);
  if (!wax_smtp_channel_write (self->channel, "STARTTLS\r\n", 1, cancellable, error))
    return FALSE;
  reply = wax_smtp_channel_read (self->channel, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code != 220)
    return session_no_starttls (self, g_steal_pointer (&reply), error);

  g_clear_pointer (&self->capabilities, wax_smtp_capabilities_free);

  return session_refuse_injection (self, error) && session_secure (self, cancellable, error)
         && session_hello (self, cancellable, error);
}

/* ---- AUTH, RFC 4954 ---- */

static gboolean
session_sign_in (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  WaxAccount *account = self->settings->account;
  gint64 start = wax_clock_monotonic ();
  g_autoptr (GBytes) exporter = NULL;
  g_autoptr (GBytes) unique = NULL;
  WaxSaslBindings bindings = { NULL, NULL };
  WaxSmtpSignIn sign_in = {
    .host = session_host (self),
    .port = session_port (self),
    .credentials = { .user = wax_account_get_user (account),
                     .password = self->settings->password,
                     .token = self->settings->token,
                     .has_client_certificate = self->report->client_cert != NULL,
                     .keeps_client_certificate = self->settings->client_certificate != NULL },
    .wanted = wax_account_get_mechanism (account),
    .remembered = wax_account_get_strongest_mechanism (account),
    .bindings = &bindings,
    .secured = TRUE,
  };
  gboolean done;

  /* Plain text carries no credential, not even to this computer. */
  if (self->tls == NULL || !wax_smtp_auth_is_due (self->capabilities, &sign_in))
    return TRUE;

  self->channel->step = WAX_STEP_AUTH;
  if (g_tls_connection_get_protocol_version (self->tls) >= G_TLS_PROTOCOL_VERSION_TLS_1_3)
    exporter = wax_tls_guard_channel_binding (self->tls, G_TLS_CHANNEL_BINDING_TLS_EXPORTER);
  else
    unique = wax_tls_guard_channel_binding (self->tls, G_TLS_CHANNEL_BINDING_TLS_UNIQUE);
  bindings.tls_exporter = exporter;
  bindings.tls_unique = unique;

  done = wax_smtp_auth_run (self->channel, self->capabilities, &sign_in, cancellable, error);
  self->report->auth_ms = wax_clock_elapsed_ms (start);

  return done;
}

/* ---- public ---- */

WaxSmtpSession *
wax_smtp_session_new (const WaxTransportSettings *settings,
                      const WaxSmtpServer *server,
                      WaxConnectionReport *report)
{
  WaxSmtpSession *self = g_new0 (WaxSmtpSession, 1);

  self->settings = settings;
  self->server = server != NULL ? wax_smtp_server_copy (server) : NULL;
  self->report = g_object_ref (report);

  return self;
}

void
wax_smtp_session_free (WaxSmtpSession *self)
{
  if (self == NULL)
    return;

  if (self->channel != NULL)
    wax_smtp_channel_abort (self->channel);
  g_clear_pointer (&self->channel, wax_smtp_channel_free);
  g_clear_pointer (&self->capabilities, wax_smtp_capabilities_free);
  g_clear_object (&self->tls);
  g_clear_pointer (&self->dane, wax_dane_free);
  g_clear_object (&self->report);
  g_clear_pointer (&self->server, wax_smtp_server_free);
  wax_smtp_limits_clear (&self->limits);
  g_free (self);
}

gboolean
wax_smtp_session_open (WaxSmtpSession *self, GCancellable *cancellable, GError **error)
{
  gint64 start = wax_clock_monotonic ();

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->server != NULL && self->channel == NULL, FALSE);

  self->report->started = wax_clock_now ();
  self->open = session_connect (self, cancellable, error)           /* RFC 5321, 3.1 */
               && session_secure_at_once (self, cancellable, error) /* RFC 8314, 3.3 */
               && session_greet (self, cancellable, error)          /* RFC 5321, 3.1 */
               && session_hello (self, cancellable, error)          /* RFC 5321, 3.2 */
               && session_starttls (self, cancellable, error)       /* RFC 3207 */
               && session_sign_in (self, cancellable, error);       /* RFC 4954 */
  self->report->total_ms = wax_clock_elapsed_ms (start);

  return self->open;
}

gboolean
wax_smtp_session_submit (WaxSmtpSession *self,
                         const WaxEnvelope *envelope,
                         GInputStream *message,
                         gint64 size,
                         WaxProgress *progress,
                         WaxSendResult *result,
                         GCancellable *cancellable,
                         GError **error)
{
  const WaxTransportSettings *settings = self->settings;
  gint64 start = wax_clock_monotonic ();
  g_auto (WaxSmtpPayload) payload = { 0 };
  WaxSmtpTransaction transaction = {
    .envelope = envelope,
    .message = message,
    .size = size,
    .progress = progress,
    .before_final = settings->before_final,
    .before_final_data = settings->before_final_data,
    .farewell = settings->one_message,
    .command_timeout_s = seconds_or (settings->command_timeout_s, COMMAND_TIMEOUT),
    .data_timeout_s = seconds_or (settings->data_timeout_s, DATA_TIMEOUT),
    .recipients = result->recipients,
    .reply = &result->reply,
  };
  gboolean sent;

  g_return_val_if_fail (wax_smtp_session_is_open (self), FALSE);

  g_clear_pointer (&self->channel->refusal, wax_smtp_reply_free);
  g_clear_pointer (&self->channel->hint, g_free);
  wax_smtp_limits_spend (&self->limits, envelope->recipients);

  self->channel->step = WAX_STEP_ENVELOPE;
  self->repeatable = self->read = FALSE;
  if (!wax_smtp_recode (envelope, message, size, self->capabilities, self->report, &payload, cancellable,
                        error))
    return FALSE;
  transaction.envelope = &payload.envelope;
  transaction.message = payload.message;
  transaction.size = payload.size;

  sent = wax_smtp_transaction_run (&transaction, self->channel, self->capabilities, cancellable, error);
  self->repeatable = transaction.repeatable;
  self->read = transaction.read || payload.message != message;
  self->report->total_ms = MAX (self->report->total_ms, 0) + wax_clock_elapsed_ms (start);

  return sent;
}

/* NOOP, RFC 5321 section 4.1.1.9. */
gboolean
wax_smtp_session_prove (WaxSmtpSession *self, GCancellable *cancellable)
{
  g_autoptr (WaxSmtpReply) reply = wax_smtp_channel_say_briefly (self->channel, "NOOP\r\n", cancellable);

  if (reply == NULL || !wax_smtp_reply_is_positive (reply))
    wax_smtp_channel_abort (self->channel);

  return wax_smtp_session_is_open (self);
}

guint
wax_smtp_session_get_room (WaxSmtpSession *self, const char *const *recipients)
{
  return wax_smtp_limits_get_room (&self->limits, self->capabilities, recipients);
}

gboolean
wax_smtp_session_is_open (WaxSmtpSession *self)
{
  return self != NULL && self->open && !self->channel->broken && !self->channel->closing;
}

gboolean
wax_smtp_session_is_quiet (WaxSmtpSession *self)
{
  return wax_smtp_channel_is_quiet (self->channel);
}

gint64
wax_smtp_session_get_idle_us (WaxSmtpSession *self)
{
  return MAX (0, wax_clock_monotonic () - self->channel->heard_at);
}

gboolean
wax_smtp_session_is_repeatable (WaxSmtpSession *self, gboolean *read)
{
  *read = self->read;

  return self->repeatable;
}

void
wax_smtp_session_set_report (WaxSmtpSession *self, WaxConnectionReport *report)
{
  g_set_object (&self->report, report);
  if (self->channel != NULL)
    g_set_object (&self->channel->report, report);
}

void
wax_smtp_session_conclude (WaxSmtpSession *self, GError *error, WaxSendResult *result)
{
  WaxSmtpChannel *channel = self->channel;
  const WaxSmtpReply *refusal = channel != NULL ? channel->refusal : NULL;
  int code = refusal != NULL ? refusal->code : 0;

  g_set_object (&result->report, self->report);
  result->error = error;
  result->state = wax_smtp_outcome_state (error, code);
  if (error == NULL)
    return;

  result->step = channel != NULL ? channel->step : self->step;
  if (refusal != NULL)
    wax_smtp_reply_to_text (refusal, &result->reply);
  g_set_str (&result->hint, wax_smtp_outcome_hint (error, result->step, code));
  if (refusal != NULL)
    wax_smtp_outcome_advise (result, session_host (self), refusal);
  if (channel != NULL && channel->hint != NULL) /* what was found out knows more than the reply */
    g_set_str (&result->hint, channel->hint);
}

void
wax_smtp_session_drop (WaxSmtpSession *self)
{
  self->open = FALSE;
  wax_smtp_channel_abort (self->channel);
}

void
wax_smtp_session_refuse (WaxSmtpSession *self, WaxStep step, const char *hint)
{
  g_clear_pointer (&self->channel->refusal, wax_smtp_reply_free);
  self->channel->step = step;
  wax_smtp_channel_set_hint (self->channel, hint);
}

void
wax_smtp_session_quit (WaxSmtpSession *self, GCancellable *cancellable)
{
  g_autoptr (GError) ignored = NULL;

  if (self == NULL || !self->open || self->channel->broken)
    return;

  self->open = FALSE;
  wax_smtp_channel_set_timeout (self->channel, QUIT_TIMEOUT);
  if (!self->channel->closing && wax_smtp_channel_write (self->channel, "QUIT\r\n", 1, cancellable, NULL))
    {
      self->channel->waiting = FALSE; /* no message waits for it */
      wax_smtp_reply_free (wax_smtp_channel_read (self->channel, cancellable, NULL));
    }
  g_io_stream_close (wax_line_stream_get_stream (self->channel->lines), cancellable, &ignored);
}
