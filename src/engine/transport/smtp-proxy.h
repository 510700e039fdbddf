/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-route.h"

G_BEGIN_DECLS

/**
 * WaxSmtpProxy:
 * @protocol: as GIO names it, such as `socks5`; %NULL: no proxy, the server itself
 */
typedef struct {
  char      *protocol;
  char      *host;
  guint16    port;
  char      *user;     /* (nullable) */
  WaxSecret *password; /* (nullable) */
} WaxSmtpProxy;

/**
 * wax_smtp_proxy_list:
 *
 * The ways to @server in the order in which they are to be tried: what the account's
 * `proxy` says, or else what the system's settings say (GProxyResolver); these are
 * never asked for a server on this machine.
 * Returns: (transfer full) (element-type WaxSmtpProxy): at least one, or %NULL with
 * %WAX_TRANSPORT_ERROR_PROXY, %WAX_TRANSPORT_ERROR_CONNECT or %G_IO_ERROR_CANCELLED
 */
GPtrArray         *wax_smtp_proxy_list   (const WaxTransportSettings *settings,
                                          const WaxSmtpServer        *server,
                                          guint                       timeout_s,
                                          GCancellable               *cancellable,
                                          GError                    **error);
/** (transfer full) The proxy without its user and password. */
char              *wax_smtp_proxy_shown  (const WaxSmtpProxy         *self);
/**
 * wax_smtp_proxy_tunnel:
 * @connection: to the proxy; of no use after a failure
 *
 * Asks the proxy for @server, by its name: it is the proxy that looks it up.
 * Errors: %WAX_TRANSPORT_ERROR_PROXY (it wants a sign-in, or forbids),
 * %WAX_TRANSPORT_ERROR_CONNECT (it could not connect, or did not answer),
 * %G_IO_ERROR_CANCELLED. The sentence says that it is the proxy.
 */
gboolean           wax_smtp_proxy_tunnel (const WaxSmtpProxy         *self,
                                          GSocketConnection          *connection,
                                          const WaxSmtpServer        *server,
                                          guint                       timeout_s,
                                          GCancellable               *cancellable,
                                          GError                    **error);

G_END_DECLS
