/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The SMTP session as a transport: opened when first needed, kept for the next
 * message, opened once more where it went while it was idle. */

#include "smtp-transport.h"

#include "smtp-session.h"

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
  const char *host = wax_account_get_host (self->settings.account);
  guint port = wax_account_get_port (self->settings.account);

  if (host != NULL && *host != '\0' && port > 0 && port <= G_MAXUINT16)
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
    wax_smtp_route_reached (route);
  else
    g_propagate_error (error, cause);

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
  gboolean reused = wax_smtp_session_is_open (self->session);
  GError *error = NULL;
  gboolean sent;

  sent = smtp_transport_ensure_open (self, cancellable, &error)
         && wax_smtp_session_submit (self->session, envelope, message, size, progress, result, cancellable,
                                     &error);

  /* Servers close idle sessions: nothing of the message was sent yet, and none of it was read. */
  if (!sent && reused && wax_smtp_session_was_stale (self->session)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      if (smtp_transport_ensure_open (self, cancellable, &error))
        wax_smtp_session_submit (self->session, envelope, message, size, progress, result, cancellable,
                                 &error);
    }

  return smtp_transport_conclude (self, result, error);
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
