/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Proxies: which, and the tunnel through one, SOCKS5 (RFC 1928, 1929) or HTTP
 * CONNECT, both by GIO. The connection to the proxy is made first and by itself, so
 * that an error can say which of the two did not answer. TLS comes later, inside the
 * tunnel and to the server: a proxy sees a name, a port and ciphertext. */

#include "smtp-proxy.h"

#include <string.h>

#include "proxy-url.h"
#include "smtp-await.h"

#define MAX_PROXIES 8

static void
proxy_free (gpointer data)
{
  WaxSmtpProxy *self = data;

  g_free (self->protocol);
  g_free (self->host);
  g_free (self->user);
  g_clear_pointer (&self->password, wax_secret_unref);
  g_free (self);
}

static GPtrArray *
list_new (void)
{
  return g_ptr_array_new_with_free_func (proxy_free);
}

static void
list_add_direct (GPtrArray *list)
{
  g_ptr_array_add (list, g_new0 (WaxSmtpProxy, 1));
}

char *
wax_smtp_proxy_shown (const WaxSmtpProxy *self)
{
  return wax_proxy_url_shown (self->protocol, self->host, self->port);
}

/* ---- the account's ---- */

static gboolean
list_add_account (GPtrArray *list, const WaxTransportSettings *settings, const char *text, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (WaxProxyUrl) url = wax_proxy_url_parse (text, &cause);
  WaxSmtpProxy *proxy;

  if (url == NULL)
    {
      g_set_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID, "Proxy: %s", cause->message);
      return FALSE;
    }
  proxy = g_new0 (WaxSmtpProxy, 1);
  proxy->protocol = g_steal_pointer (&url->scheme);
  proxy->host = g_steal_pointer (&url->host);
  proxy->port = url->port;
  proxy->user = g_steal_pointer (&url->user);
  if (settings->proxy_password != NULL)
    proxy->password = wax_secret_ref (settings->proxy_password);
  g_ptr_array_add (list, proxy);

  return TRUE;
}

/* ---- the system's ---- */

/* A server on this machine is not behind any proxy. */
static gboolean
is_local (const char *target)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (target);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_str_equal (target, "localhost") || g_str_has_suffix (target, ".localhost");
}

/* One that is to look the name up itself, and gives back the connection as it is. */
static gboolean
is_usable (const char *protocol)
{
  g_autoptr (GProxy) proxy = g_proxy_get_default_for_protocol (protocol);

  return proxy != NULL && g_proxy_supports_hostname (proxy) && !g_str_equal (protocol, "https");
}

/* What the system's settings say is passed over where it makes no sense. */
static void
list_add_system (GPtrArray *list, const char *text)
{
  g_autofree char *scheme = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  g_autofree char *host = NULL;
  WaxSmtpProxy *proxy;
  int port = -1;

  if (g_str_has_prefix (text, "direct:"))
    {
      list_add_direct (list);
      return;
    }
  if (!g_uri_split_with_user (text, G_URI_FLAGS_HAS_PASSWORD, &scheme, &user, &password, NULL, &host, &port,
                              NULL, NULL, NULL, NULL)
      || scheme == NULL || host == NULL || *host == '\0' || port < 1 || port > 65535 || !is_usable (scheme))
    return;

  proxy = g_new0 (WaxSmtpProxy, 1);
  proxy->protocol = g_steal_pointer (&scheme);
  proxy->host = g_steal_pointer (&host);
  proxy->port = (guint16) port;
  proxy->user = g_steal_pointer (&user);
  if (password != NULL)
    proxy->password = wax_secret_new_string (password);
  g_ptr_array_add (list, proxy);
}

static GStrv
ask_system (const WaxSmtpServer *server, guint timeout_s, GCancellable *cancellable, GError **error)
{
  GProxyResolver *resolver = g_proxy_resolver_get_default ();
  gboolean literal = strchr (server->target, ':') != NULL;
  g_autofree char *uri = g_strdup_printf (
      "%s://%s%s%s:%u", server->mode == WAX_TLS_MODE_IMPLICIT ? "smtps" : "smtp", literal ? "[" : "",
      server->target, literal ? "]" : "", server->port);
  WaxSmtpAwait wait;
  g_autoptr (GError) cause = NULL;
  GStrv proxies;
  gboolean timed_out;

  wax_smtp_await_begin (&wait, timeout_s, cancellable);
  g_proxy_resolver_lookup_async (resolver, uri, wait.cancellable, wax_smtp_await_done_cb, &wait);
  wax_smtp_await_run (&wait);
  proxies = g_proxy_resolver_lookup_finish (resolver, wait.result, &cause);
  timed_out = wait.timed_out;
  wax_smtp_await_clear (&wait);

  if (proxies != NULL)
    return proxies;
  if (timed_out)
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                 "The system did not say within %u seconds which proxy to use", timeout_s);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROXY,
                 "The system's settings do not say which proxy to use: %s", cause->message);

  return NULL;
}

GPtrArray *
wax_smtp_proxy_list (const WaxTransportSettings *settings,
                     const WaxSmtpServer *server,
                     guint timeout_s,
                     GCancellable *cancellable,
                     GError **error)
{
  const char *wanted = wax_account_get_proxy (settings->account);
  g_autoptr (GPtrArray) list = list_new ();
  g_auto (GStrv) proxies = NULL;

  /* Plain text stays on this machine, whatever else is set. */
  if (server->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK || g_strcmp0 (wanted, "none") == 0
      || (wanted == NULL && is_local (server->target)))
    {
      list_add_direct (list);
      return g_steal_pointer (&list);
    }
  if (wanted != NULL)
    return list_add_account (list, settings, wanted, error) ? g_steal_pointer (&list) : NULL;

  proxies = ask_system (server, timeout_s, cancellable, error);
  if (proxies == NULL)
    return NULL;
  for (char **proxy = proxies; *proxy != NULL && list->len < MAX_PROXIES; proxy++)
    list_add_system (list, *proxy);
  if (list->len == 0)
    {
      g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROXY,
                           "The system's settings want a proxy of a kind that mail cannot go through");
      return NULL;
    }

  return g_steal_pointer (&list);
}

/* ---- the tunnel ---- */

/* GIO writes the name into the CONNECT line as it stands. */
static char *
destination_name (const WaxSmtpProxy *self, const char *target)
{
  if (g_str_equal (self->protocol, "http") && strchr (target, ':') != NULL)
    return g_strdup_printf ("[%s]", target);

  return g_strdup (target);
}

static GProxyAddress *
tunnel_address (const WaxSmtpProxy *self,
                GSocketConnection *connection,
                const WaxSmtpServer *server,
                GError **error)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, error);
  g_autofree char *name = destination_name (self, server->target);

  if (remote == NULL)
    return NULL;

  return G_PROXY_ADDRESS (g_proxy_address_new (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)), self->port, self->protocol, name,
      server->port, self->user, self->password != NULL ? wax_secret_peek (self->password) : NULL));
}

/* The status of an HTTP proxy that GIO has no code for ends its message; 0: none. */
static guint
status_of (const GError *cause)
{
  const char *space = strrchr (cause->message, ' ');
  guint64 status = 0;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED) && space != NULL)
    g_ascii_string_to_unsigned (space + 1, 10, 300, 599, &status, NULL);

  return (guint) status;
}

/* (nullable) What the proxy wants of the user, or does not let happen: nothing that
 * is otherwise a moment later. */
static const char *
refusal (const WaxSmtpProxy *self, const GError *cause)
{
  guint status = status_of (cause);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED) || status == 401)
    return self->user != NULL ? "does not take this user name and password"
                              : "wants a user name and a password";
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED) || (status >= 400 && status < 500))
    return "does not allow it";

  return NULL;
}

static void
explain (const WaxSmtpProxy *self,
         GError *cause,
         const WaxSmtpServer *server,
         guint timeout_s,
         GError **error)
{
  g_autofree char *shown = wax_smtp_proxy_shown (self);
  const char *refused = refusal (self, cause);

  if (refused != NULL)
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROXY,
                 "The proxy %s was asked for %s on port %u, and %s", shown, server->target, server->port,
                 refused);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                 "The proxy %s did not connect to %s on port %u within %u seconds", shown, server->target,
                 server->port, timeout_s);
  else
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                 "The proxy %s could not connect to %s on port %u: %s", shown, server->target, server->port,
                 cause->message);
}

gboolean
wax_smtp_proxy_tunnel (const WaxSmtpProxy *self,
                       GSocketConnection *connection,
                       const WaxSmtpServer *server,
                       guint timeout_s,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GProxy) proxy = g_proxy_get_default_for_protocol (self->protocol);
  g_autoptr (GProxyAddress) address = NULL;
  g_autoptr (GIOStream) tunnel = NULL;
  g_autoptr (GError) cause = NULL;
  WaxSmtpAwait wait;

  g_return_val_if_fail (proxy != NULL, FALSE);

  address = tunnel_address (self, connection, server, error);
  if (address == NULL)
    return FALSE;

  g_socket_set_timeout (g_socket_connection_get_socket (connection), timeout_s);
  wax_smtp_await_begin (&wait, timeout_s, cancellable);
  g_proxy_connect_async (proxy, G_IO_STREAM (connection), address, wait.cancellable, wax_smtp_await_done_cb,
                         &wait);
  wax_smtp_await_run (&wait);
  tunnel = g_proxy_connect_finish (proxy, wait.result, &cause);
  if (wait.timed_out && tunnel == NULL)
    {
      g_clear_error (&cause);
      cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "");
    }
  wax_smtp_await_clear (&wait);

  if (tunnel != NULL)
    return TRUE;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    explain (self, cause, server, timeout_s, error);

  return FALSE;
}
