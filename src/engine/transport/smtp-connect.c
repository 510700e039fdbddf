/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The TCP connection. GIO tries several addresses side by side (Happy Eyeballs)
 * only in its asynchronous call, so that runs in a main context of its own, on
 * the calling thread. A proxy is connected to in the same way. */

#include "smtp-connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "first-octets.h"
#include "smtp-await.h"
#include "smtp-proxy.h"

#define CONNECT_TIMEOUT 30

/* ---- one connection ---- */

static void
event_cb (GSocketClient *client,
          GSocketClientEvent event,
          GSocketConnectable *to,
          GIOStream *stream,
          gpointer found)
{
  if (event == G_SOCKET_CLIENT_RESOLVED || event == G_SOCKET_CLIENT_CONNECTING)
    *(gboolean *) found = TRUE;
}

static void
gone_cb (gpointer data, GObject *was)
{
  *(gboolean *) data = TRUE;
}

/* The attempts that lost end in this context too, and hold the client until then. */
static void
drain (GMainContext *context, GSocketClient *client)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (client), gone_cb, &gone);
  g_object_unref (client);
  while (!gone && g_main_context_iteration (context, FALSE))
    ;
  if (!gone)
    g_object_weak_unref (G_OBJECT (client), gone_cb, &gone);
}

static GError *
explain (GError *cause, const char *host, guint16 port, gboolean found, gboolean timed_out, guint timeout_s)
{
  GError *error;

  timed_out = timed_out || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  if (!timed_out && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return cause;

  if (timed_out && !found)
    error = g_error_new (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                         "The DNS did not tell the address of %s within %u seconds", host, timeout_s);
  else if (timed_out)
    error = g_error_new (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                         "%s did not answer on port %u within %u seconds", host, port, timeout_s);
  else if (g_error_matches (cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    error = g_error_new (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
                         "There is no host with the name %s", host);
  else if (cause->domain == G_RESOLVER_ERROR)
    error = g_error_new (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
                         "The address of %s could not be looked up: %s", host, cause->message);
  else
    error = g_error_new (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                         "No connection to %s on port %u: %s", host, port, cause->message);
  g_error_free (cause);

  return error;
}

static GSocketConnection *
connect_to (const char *host, guint16 port, guint timeout_s, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_new (host, port);
  GSocketClient *client;
  GSocketConnection *connection;
  WaxSmtpAwait wait;
  GError *cause = NULL;
  gboolean found = FALSE;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  wax_smtp_await_begin (&wait, timeout_s, cancellable);
  client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, timeout_s);
  g_signal_connect (client, "event", G_CALLBACK (event_cb), &found);
  g_socket_client_connect_async (client, connectable, wait.cancellable, wax_smtp_await_done_cb, &wait);
  wax_smtp_await_run (&wait);
  connection = g_socket_client_connect_finish (client, wait.result, &cause);
  g_signal_handlers_disconnect_by_data (client, &found);
  g_clear_object (&wait.result);
  drain (wait.context, client);
  if (connection == NULL)
    g_propagate_error (error, explain (cause, host, port, found, wait.timed_out, timeout_s));
  wax_smtp_await_clear (&wait);

  return connection;
}

/* ---- the way to the server ---- */

static char *
address_to_string (GSocketAddress *address)
{
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;

  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
report_addresses (WaxConnectionReport *report, GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);

  g_free (report->address);
  report->address = address_to_string (remote);
  g_free (report->local_address);
  report->local_address = address_to_string (local);
}

/* *@reached: the proxy was, so that a next one would do no better. */
static GSocketConnection *
connect_through (const WaxSmtpProxy *proxy,
                 const WaxSmtpServer *server,
                 guint timeout_s,
                 WaxConnectionReport *report,
                 gboolean *reached,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree char *shown = wax_smtp_proxy_shown (proxy);
  g_autoptr (GSocketConnection) connection = NULL;

  g_set_str (&report->via, shown);
  connection = connect_to (proxy->host, proxy->port, timeout_s, cancellable, error);
  *reached = connection != NULL;
  if (connection == NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (error, "The proxy %s could not be reached: ", shown);
  if (connection == NULL || !wax_smtp_proxy_tunnel (proxy, connection, server, timeout_s, cancellable, error))
    return NULL;

  return g_steal_pointer (&connection);
}

static GSocketConnection *
connect_directly (const WaxSmtpServer *server,
                  guint timeout_s,
                  WaxConnectionReport *report,
                  GCancellable *cancellable,
                  GError **error)
{
  GSocketConnection *connection = connect_to (server->target, server->port, timeout_s, cancellable, error);

  g_clear_pointer (&report->via, g_free);
  if (connection != NULL)
    report_addresses (report, connection);

  return connection;
}

GSocketConnection *
wax_smtp_connect (const WaxSmtpServer *server,
                  const WaxTransportSettings *settings,
                  WaxConnectionReport *report,
                  GCancellable *cancellable,
                  GError **error)
{
  guint timeout_s = settings->connect_timeout_s > 0 ? settings->connect_timeout_s : CONNECT_TIMEOUT;
  g_autoptr (GPtrArray) ways = NULL;
  GSocketConnection *connection = NULL;
  GError *cause = NULL;

  ways = wax_smtp_proxy_list (settings, server, timeout_s, cancellable, error);
  if (ways == NULL)
    return NULL;
  for (guint i = 0; i < ways->len && connection == NULL; i++)
    {
      const WaxSmtpProxy *proxy = g_ptr_array_index (ways, i);
      gboolean reached = FALSE;

      g_clear_error (&cause);
      connection = proxy->protocol != NULL
                       ? connect_through (proxy, server, timeout_s, report, &reached, cancellable, &cause)
                       : connect_directly (server, timeout_s, report, cancellable, &cause);
      if (reached || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        break;
    }
  if (connection == NULL)
    {
      g_propagate_error (error, cause);
      return NULL;
    }
  g_clear_error (&cause);

  /* Command groups are written whole: waiting to fill a segment only delays them. */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);

  return connection;
}

/* ---- a silent port ---- */

/* Whatever certificate it shows: that it shows one is all that is asked. */
static gboolean
is_of_tls (const GError *error)
{
  return g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE)
         || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED)
         || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE);
}

WaxSmtpListener
wax_smtp_ask (const WaxSmtpServer *server,
              const WaxTransportSettings *settings,
              guint timeout_s,
              GCancellable *cancellable)
{
  WaxTransportSettings brief = *settings;
  g_autoptr (WaxConnectionReport) ignored = wax_connection_report_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (WaxFirstOctets) stream = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;

  brief.connect_timeout_s = timeout_s;
  connection = wax_smtp_connect (server, &brief, ignored, cancellable, NULL);
  if (connection == NULL)
    return WAX_SMTP_LISTENER_SILENT;
  g_socket_set_timeout (g_socket_connection_get_socket (connection), timeout_s);

  stream = wax_first_octets_new (G_IO_STREAM (connection));
  tls = g_tls_client_connection_new (G_IO_STREAM (stream), NULL, NULL);
  if (tls == NULL)
    return WAX_SMTP_LISTENER_SILENT;
  g_object_set (tls, "session-resumption-enabled", FALSE, NULL);

  if (g_tls_connection_handshake (G_TLS_CONNECTION (tls), cancellable, &error))
    return WAX_SMTP_LISTENER_TLS;
  if (wax_first_octets_are_not_tls (stream))
    {
      said = wax_first_octets_read_line (stream);
      return g_str_has_prefix (said, "HTTP/1.") ? WAX_SMTP_LISTENER_HTTP : WAX_SMTP_LISTENER_SILENT;
    }

  return is_of_tls (error) ? WAX_SMTP_LISTENER_TLS : WAX_SMTP_LISTENER_SILENT;
}
