/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The SMTP session as a transport: opened when first needed, kept for the next
 * message, opened once more where it went while it was idle. */

#include "smtp-transport.h"

#include "sasl-client.h"
#include "smtp-session.h"

/* Seconds of idleness after which a connection is proved. */
#define PROOF_AFTER 10

struct _WaxSmtpTransport
{
  WaxTransport parent_instance;

  WaxTransportSettings settings; /* the strings and objects are ours */
  WaxSmtpSession *session;
  WaxConnectionReport *report;
  gboolean used; /* the report was handed out */
};

G_DEFINE_FINAL_TYPE (WaxSmtpTransport, wax_smtp_transport, WAX_TYPE_TRANSPORT)

/* ---- the report of one more message on the same connection ---- */

static GPtrArray *
copy_strings (GPtrArray *from)
{
  GPtrArray *to = g_ptr_array_new_full (from->len, g_free);

  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (g_ptr_array_index (from, i)));

  return to;
}

static void
copy_tls_facts (WaxConnectionReport *to, WaxConnectionReport *from)
{
  to->tls_version = g_strdup (from->tls_version);
  to->cipher = g_strdup (from->cipher);
  to->verified = from->verified;
  to->client_cert_asked = from->client_cert_asked;
  g_set_str (&to->client_cert, from->client_cert);
  g_ptr_array_unref (to->exceptions);
  to->exceptions = copy_strings (from->exceptions);
  g_ptr_array_set_size (to->checks, 0);
  for (guint i = 0; i < from->checks->len; i++)
    g_ptr_array_add (to->checks, wax_check_copy (g_ptr_array_index (from->checks, i)));
  g_ptr_array_set_size (to->chain, 0);
  for (guint i = 0; i < from->chain->len; i++)
    g_ptr_array_add (to->chain, wax_certificate_details_copy (g_ptr_array_index (from->chain, i)));
}

/* What is true of the connection, without what was said for an earlier message. */
static WaxConnectionReport *
report_continue (WaxConnectionReport *from)
{
  WaxConnectionReport *to = wax_connection_report_new ();

  g_set_str (&to->host, from->host);
  g_set_str (&to->server, from->server);
  g_set_str (&to->via, from->via);
  g_ptr_array_unref (to->tried);
  to->tried = copy_strings (from->tried);
  g_set_str (&to->address, from->address);
  g_set_str (&to->local_address, from->local_address);
  to->port = from->port;
  g_set_str (&to->mode, from->mode);
  to->started = from->started;
  copy_tls_facts (to, from);
  g_set_str (&to->auth_mechanism, from->auth_mechanism);
  g_set_str (&to->auth_reason, from->auth_reason);
  g_set_str (&to->auth_identity, from->auth_identity);
  g_set_str (&to->channel_binding, from->channel_binding);
  g_set_str (&to->greeting, from->greeting);
  g_ptr_array_unref (to->extensions_before_tls);
  to->extensions_before_tls = copy_strings (from->extensions_before_tls);
  g_ptr_array_unref (to->extensions);
  to->extensions = copy_strings (from->extensions);
  to->connect_ms = from->connect_ms;
  to->tls_ms = from->tls_ms;
  to->revocation_ms = from->revocation_ms;
  to->auth_ms = from->auth_ms;

  return to;
}

static void
smtp_transport_renew_report (WaxSmtpTransport *self)
{
  g_autoptr (WaxConnectionReport) report = NULL;

  if (!self->used)
    return;

  report = report_continue (self->report);
  g_set_object (&self->report, report);
  wax_smtp_session_set_report (self->session, report);
  self->used = FALSE;
}

/* ---- the session ---- */

static gboolean
smtp_transport_has_server (WaxSmtpTransport *self, GError **error)
{
  /* What is no name stands in nothing that is written, a proxy's CONNECT for one. */
  g_autofree char *host = wax_host_normalize (wax_account_get_host (self->settings.account), NULL);
  guint port = wax_account_get_port (self->settings.account);

  if (host != NULL && port > 0 && port <= G_MAXUINT16)
    return TRUE;

  g_set_error_literal (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID,
                       "The account does not say which server and port to send through");

  return FALSE;
}

/* A session, and a report, of their own for each server that is tried. @server is
 * NULL where none could be found. */
static void
smtp_transport_begin (WaxSmtpTransport *self, const WaxSmtpServer *server, WaxSmtpRoute *route)
{
  g_clear_pointer (&self->session, wax_smtp_session_free);
  g_clear_object (&self->report);
  self->report = wax_connection_report_new ();
  g_set_str (&self->report->host, wax_account_get_host (self->settings.account));
  g_set_str (&self->report->mode, wax_tls_mode_to_string (wax_account_get_mode (self->settings.account)));
  self->used = FALSE;
  self->session = wax_smtp_session_new (&self->settings, server, self->report);
  if (route != NULL)
    wax_smtp_route_copy_tried (route, self->report);
}

/* The account here is a copy, which the next connection may not fall below either. */
static void
smtp_transport_remember (WaxSmtpTransport *self)
{
  WaxAccount *account = self->settings.account;
  const char *used = self->report->auth_mechanism;

  if (used != NULL)
    g_object_set (account, "strongest-mechanism",
                  wax_sasl_strongest (wax_account_get_strongest_mechanism (account), used), NULL);
}

/* The account's servers in turn, until one is reached. */
static gboolean
smtp_transport_open_any (WaxSmtpTransport *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSmtpRoute) route = wax_smtp_route_new (&self->settings);
  GError *cause = NULL;
  gboolean opened = FALSE;

  do
    {
      g_autoptr (WaxSmtpServer) server = wax_smtp_route_next (route, cancellable, &cause);

      smtp_transport_begin (self, server, route);
      opened = server != NULL && wax_smtp_session_open (self->session, cancellable, &cause);
    }
  while (!opened && wax_smtp_route_goes_on (route, self->report, &cause));

  if (opened)
    {
      wax_smtp_route_reached (route);
      smtp_transport_remember (self);
    }
  else
    {
      g_propagate_error (error, cause);
    }

  return opened;
}

static gboolean
smtp_transport_ensure_open (WaxSmtpTransport *self, GCancellable *cancellable, GError **error)
{
  if (wax_smtp_session_is_open (self->session))
    {
      smtp_transport_renew_report (self);
      return TRUE;
    }

  if (!smtp_transport_has_server (self, error))
    {
      smtp_transport_begin (self, NULL, NULL);
      return FALSE;
    }

  return smtp_transport_open_any (self, cancellable, error);
}

static WaxSendResult *
smtp_transport_conclude (WaxSmtpTransport *self, WaxSendResult *result, GError *error)
{
  wax_smtp_session_conclude (self->session, error, result);
  self->used = TRUE;

  return result;
}

static WaxSendResult *
smtp_transport_open (WaxTransport *transport, GCancellable *cancellable)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (transport);
  GError *error = NULL;

  smtp_transport_ensure_open (self, cancellable, &error);

  return smtp_transport_conclude (self, wax_send_result_new (), error);
}

/* ---- a message ---- */

/* A message on its way through as many transactions as it takes. */
typedef struct
{
  const WaxEnvelope *envelope;
  GInputStream *message;
  gint64 size;
  goffset start; /* where the message begins in the stream, or -1: it cannot be read again */
  gboolean read;
  WaxProgress *progress;
  WaxSendResult *result;
  GCancellable *cancellable;
} Shipment;

static void
shipment_init (Shipment *self)
{
  GSeekable *seekable = G_IS_SEEKABLE (self->message) ? G_SEEKABLE (self->message) : NULL;

  self->start = seekable != NULL && g_seekable_can_seek (seekable) ? g_seekable_tell (seekable) : -1;
}

/* Into several transactions: some recipients would have it before others are refused. */
static gboolean
shipment_may_split (Shipment *self)
{
  return self->envelope->options.send_to_rest && self->start >= 0;
}

/* Back to where the message begins. */
static gboolean
shipment_rewind (Shipment *self, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!self->read)
    return TRUE;
  if (self->start >= 0
      && g_seekable_seek (G_SEEKABLE (self->message), self->start, G_SEEK_SET, self->cancellable, &cause))
    return TRUE;
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_SOURCE,
               "The message could not be read a second time: %s",
               cause != NULL ? cause->message : "it can be read only once");

  return FALSE;
}

/* An open session of which the server still knows, with room for some of @recipients.
 * Without @split all of them must have it, as far as a fresh session would. */
static gboolean
smtp_transport_make_ready (WaxSmtpTransport *self,
                           const char *const *recipients,
                           gboolean split,
                           GCancellable *cancellable,
                           GError **error)
{
  int proof = self->settings.proof_after_s;
  guint room;

  if (!wax_smtp_session_is_open (self->session))
    return smtp_transport_ensure_open (self, cancellable, error);

  smtp_transport_renew_report (self);
  if (proof == 0)
    proof = PROOF_AFTER;
  if (wax_smtp_session_is_quiet (self->session)
      && (proof < 0 || wax_smtp_session_get_idle_us (self->session) > (gint64) proof * G_USEC_PER_SEC))
    wax_smtp_session_prove (self->session, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!wax_smtp_session_is_open (self->session))
    return smtp_transport_ensure_open (self, cancellable, error);

  room = wax_smtp_session_get_room (self->session, recipients);
  if (room == 0 || (!split && room < g_strv_length ((GStrv) recipients)))
    {
      wax_smtp_session_quit (self->session, cancellable);
      return smtp_transport_ensure_open (self, cancellable, error);
    }
  self->report->reused = TRUE;

  return TRUE;
}

/* One transaction, over a connection that is ready; over another one where that went
 * and the message can be read again. */
static gboolean
smtp_transport_submit (WaxSmtpTransport *self,
                       Shipment *shipment,
                       const WaxEnvelope *envelope,
                       GError **error)
{
  WaxSendResult *result = shipment->result;
  gboolean reused = self->report->reused;
  guint before = result->recipients->len;
  g_autoptr (GError) cause = NULL;

  for (;;)
    {
      gboolean repeatable, read;

      if (!shipment_rewind (shipment, error))
        return FALSE;
      if (wax_smtp_session_submit (self->session, envelope, shipment->message, shipment->size,
                                   shipment->progress, result, shipment->cancellable, &cause))
        {
          shipment->read = TRUE;
          return TRUE;
        }
      /* Also what is not repeated: a refused part of it may have others behind it. */
      repeatable = wax_smtp_session_is_repeatable (self->session, &read);
      shipment->read = read;
      if (!reused || !repeatable || (read && shipment->start < 0))
        break;

      /* Servers close idle sessions. */
      reused = FALSE;
      g_clear_error (&cause);
      g_ptr_array_set_size (result->recipients, (int) before);
      wax_smtp_session_drop (self->session);
      if (!smtp_transport_ensure_open (self, shipment->cancellable, error))
        return FALSE;
    }
  g_propagate_error (error, g_steal_pointer (&cause));

  return FALSE;
}

static gboolean
refuse_to_split (WaxSmtpTransport *self, const WaxEnvelope *envelope, guint room, GError **error)
{
  wax_smtp_session_refuse (self->session, WAX_STEP_ENVELOPE,
                           "Send it to fewer recipients at a time, or let it go to as many as are taken.");
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_RECIPIENTS,
               "The server takes no more than %u of the %u recipients in one message, and nothing was sent",
               room, g_strv_length (envelope->recipients));

  return FALSE;
}

/* The next transaction: to as many recipients as the server takes of those from @from
 * on; *@count says how many. */
static gboolean
smtp_transport_send_some (WaxSmtpTransport *self,
                          Shipment *shipment,
                          guint from,
                          guint *count,
                          GError **error)
{
  const WaxEnvelope *envelope = shipment->envelope;
  const char *const *recipients = (const char *const *) envelope->recipients + from;
  guint left = g_strv_length (envelope->recipients) - from;
  gboolean split = shipment_may_split (shipment);
  g_autoptr (GPtrArray) some = g_ptr_array_new ();
  WaxEnvelope slice = *envelope; /* with what it has, but its recipients */

  *count = left;
  if (!smtp_transport_make_ready (self, recipients, split, shipment->cancellable, error))
    return FALSE;

  *count = wax_smtp_session_get_room (self->session, recipients);
  if (*count < left && !split)
    return refuse_to_split (self, envelope, *count, error);

  for (guint i = 0; i < *count; i++)
    g_ptr_array_add (some, envelope->recipients[from + i]);
  g_ptr_array_add (some, NULL);
  slice.recipients = (GStrv) some->pdata;

  return smtp_transport_submit (self, shipment, &slice, error);
}

/* A reply of 2yz to its RCPT, in a message that was taken. */
static guint
count_accepted (GPtrArray *recipients, guint from)
{
  guint accepted = 0;

  for (guint i = from; i < recipients->len; i++)
    accepted += ((WaxRecipientResult *) g_ptr_array_index (recipients, i))->reply.code / 100 == 2 ? 1 : 0;

  return accepted;
}

/* A later transaction failed as a whole: what RCPT was told there does not hold. */
static void
shipment_withdraw (Shipment *self, guint from)
{
  WaxReplyText *final = &self->result->reply;

  if (final->code / 100 == 2)
    wax_reply_text_clear (final); /* that of an earlier one */
  for (guint i = from; i < self->result->recipients->len; i++)
    {
      WaxReplyText *reply = &((WaxRecipientResult *) g_ptr_array_index (self->result->recipients, i))->reply;

      if (reply->code / 100 != 2)
        continue;
      wax_reply_text_clear (reply);
      reply->code = final->code;
      reply->enhanced = g_strdup (final->enhanced);
      reply->text = g_strdup (final->text);
    }
}

/* Those of whom the server was not asked. */
static void
shipment_add_untried (Shipment *self)
{
  GPtrArray *results = self->result->recipients;

  for (guint i = results->len; i > 0 && self->envelope->recipients[i] != NULL; i++)
    {
      WaxRecipientResult *result = g_new0 (WaxRecipientResult, 1);

      result->address = g_strdup (self->envelope->recipients[i]);
      g_ptr_array_add (results, result);
    }
}

static WaxSendResult *
smtp_transport_send (WaxTransport *transport,
                     const WaxEnvelope *envelope,
                     GInputStream *message,
                     gint64 size,
                     WaxProgress *progress,
                     GCancellable *cancellable)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (transport);
  WaxSendResult *result = wax_send_result_new ();
  Shipment shipment = { envelope, message, size, -1, FALSE, progress, result, cancellable };
  guint total = g_strv_length (envelope->recipients), accepted = 0;
  GError *error = NULL;

  shipment_init (&shipment);
  for (guint from = 0, count; from < total; from += count)
    {
      g_clear_error (&error);
      if (smtp_transport_send_some (self, &shipment, from, &count, &error))
        {
          accepted += count_accepted (result->recipients, from);
        }
      else if (!shipment_may_split (&shipment)
               || !g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_RECIPIENTS))
        {
          if (from > 0)
            shipment_withdraw (&shipment, from);
          break;
        }
    }
  if (accepted > 0)
    {
      shipment_add_untried (&shipment);
      if (g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_RECIPIENTS))
        g_clear_error (&error);
    }

  smtp_transport_conclude (self, result, error);
  if (accepted > 0 && accepted < total && result->state != WAX_SEND_UNKNOWN)
    result->state = WAX_SEND_PARTIAL;

  return result;
}

static void
smtp_transport_close (WaxTransport *transport, GCancellable *cancellable)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (transport);

  wax_smtp_session_quit (self->session, cancellable);
  g_clear_pointer (&self->session, wax_smtp_session_free);
}

static gboolean
smtp_transport_is_open (WaxTransport *transport)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (transport);

  return wax_smtp_session_is_open (self->session) && wax_smtp_session_is_quiet (self->session);
}

static gint64
smtp_transport_get_idle_us (WaxTransport *transport)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (transport);

  return smtp_transport_is_open (transport) ? wax_smtp_session_get_idle_us (self->session) : 0;
}

static void
smtp_transport_set_before_final (WaxTransport *transport, WaxBeforeFinal before_final, gpointer data)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (transport);

  self->settings.before_final = before_final;
  self->settings.before_final_data = data;
}

static void
wax_smtp_transport_finalize (GObject *object)
{
  WaxSmtpTransport *self = WAX_SMTP_TRANSPORT (object);

  g_clear_pointer (&self->session, wax_smtp_session_free);
  g_clear_object (&self->report);
  g_clear_object (&self->settings.account);
  g_clear_pointer (&self->settings.password, wax_secret_unref);
  g_clear_pointer (&self->settings.token, wax_secret_unref);
  g_clear_pointer (&self->settings.proxy_password, wax_secret_unref);
  g_clear_object (&self->settings.client_certificate);
  g_clear_pointer (&self->settings.resolver, wax_dns_resolver_unref);
  g_free ((char *) self->settings.ca_file);
  g_free ((char *) self->settings.client_name);

  G_OBJECT_CLASS (wax_smtp_transport_parent_class)->finalize (object);
}

static void
wax_smtp_transport_class_init (WaxSmtpTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  WaxTransportClass *transport_class = WAX_TRANSPORT_CLASS (klass);

  object_class->finalize = wax_smtp_transport_finalize;
  transport_class->open = smtp_transport_open;
  transport_class->send = smtp_transport_send;
  transport_class->close = smtp_transport_close;
  transport_class->is_open = smtp_transport_is_open;
  transport_class->get_idle_us = smtp_transport_get_idle_us;
  transport_class->set_before_final = smtp_transport_set_before_final;
}

static void
wax_smtp_transport_init (WaxSmtpTransport *self)
{
}

WaxTransport *
wax_smtp_transport_new (const WaxTransportSettings *settings)
{
  WaxSmtpTransport *self = g_object_new (WAX_TYPE_SMTP_TRANSPORT, NULL);

  self->settings = *settings;
  self->settings.account = wax_account_copy (settings->account);
  self->settings.password = settings->password != NULL ? wax_secret_ref (settings->password) : NULL;
  if (settings->proxy_password != NULL)
    wax_secret_ref (self->settings.proxy_password);
  self->settings.token = settings->token != NULL ? wax_secret_ref (settings->token) : NULL;
  if (settings->client_certificate != NULL)
    g_object_ref (self->settings.client_certificate);
  if (settings->resolver != NULL)
    wax_dns_resolver_ref (self->settings.resolver);
  self->settings.ca_file = g_strdup (settings->ca_file);
  self->settings.client_name = g_strdup (settings->client_name);

  return WAX_TRANSPORT (self);
}
