/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The TCP connection. GIO tries several addresses side by side (Happy Eyeballs)
 * only in its asynchronous call, so that runs in a main context of its own, on
 * the calling thread. Proxies are not used: the report says which address
 * answered, and a proxy would make that untrue. */

#include "smtp-connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

typedef struct
{
  GSocketConnection *connection;
  GError *error;
  gboolean done;
  gboolean timed_out;
  GCancellable *cancellable; /* of the attempt: by the caller's or by the timer */
} Attempt;

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Attempt *attempt = data;

  attempt->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &attempt->error);
  attempt->done = TRUE;
}

static gboolean
timed_out_cb (gpointer data)
{
  Attempt *attempt = data;

  attempt->timed_out = TRUE;
  g_cancellable_cancel (attempt->cancellable);

  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
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

static void
attempt_run (Attempt *attempt, GSocketConnectable *connectable, guint timeout_s)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) timer = g_timeout_source_new_seconds (timeout_s);
  GSocketClient *client = NULL;

  g_main_context_push_thread_default (context);
  client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, timeout_s);
  g_source_set_callback (timer, timed_out_cb, attempt, NULL);
  g_source_attach (timer, context);

  g_socket_client_connect_async (client, connectable, attempt->cancellable, connected_cb, attempt);
  while (!attempt->done)
    g_main_context_iteration (context, TRUE);

  g_source_destroy (timer);
  drain (context, client);
  g_main_context_pop_thread_default (context);
}

static GSocketConnection *
connect_to (GSocketConnectable *connectable,
            guint timeout_s,
            GCancellable *cancellable,
            gboolean *timed_out,
            GError **error)
{
  g_autoptr (GCancellable) own = g_cancellable_new ();
  Attempt attempt = { .cancellable = own };
  gulong handler = 0;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), g_object_ref (own),
                                     g_object_unref);
  attempt_run (&attempt, connectable, timeout_s);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);

  *timed_out = attempt.timed_out;
  if (attempt.connection == NULL)
    g_propagate_error (error, g_steal_pointer (&attempt.error));

  return attempt.connection;
}

static GError *
explain (GError *cause, const char *host, guint16 port, gboolean timed_out, guint timeout_s)
{
  GError *error;

  if (!timed_out && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return cause;

  if (timed_out || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
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

GSocketConnection *
wax_smtp_connect (const char *host, guint16 port, guint timeout_s, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_new (host, port);
  GSocketConnection *connection;
  GError *cause = NULL;
  gboolean timed_out = FALSE;

  connection = connect_to (connectable, timeout_s, cancellable, &timed_out, &cause);
  if (connection == NULL)
    {
      g_propagate_error (error, explain (cause, host, port, timed_out, timeout_s));
      return NULL;
    }

  /* Command groups are written whole: waiting to fill a segment only delays them. */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);

  return connection;
}

gboolean
wax_smtp_speaks_tls (GSocketAddress *address, guint timeout_s, GCancellable *cancellable)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;
  gboolean timed_out = FALSE;

  connection = connect_to (G_SOCKET_CONNECTABLE (address), timeout_s, cancellable, &timed_out, NULL);
  if (connection == NULL)
    return FALSE;
  g_socket_set_timeout (g_socket_connection_get_socket (connection), timeout_s);

  tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, NULL);
  if (tls == NULL)
    return FALSE;
  g_object_set (tls, "session-resumption-enabled", FALSE, NULL);

  /* Whatever certificate it shows: that it shows one is all that is asked. */
  if (g_tls_connection_handshake (G_TLS_CONNECTION (tls), cancellable, &error))
    return TRUE;

  return g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE)
         || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED)
         || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE);
}
