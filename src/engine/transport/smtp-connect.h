/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-route.h"

G_BEGIN_DECLS

/**
 * wax_smtp_connect:
 *
 * A TCP connection with TCP_NODELAY to @server: to whichever of its addresses answers
 * first (RFC 8305), or through the proxy that the account or the system wants.
 * `connect_timeout_s` of @settings bounds the connection with the look-up before it,
 * and once more what a proxy does.
 *
 * @report gets `address` and `local_address` or, through a proxy, `via`: behind a
 * proxy nobody knows which address answered, and ours is not for the server to hear.
 *
 * Returns: (transfer full): or %NULL with %WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
 * %WAX_TRANSPORT_ERROR_CONNECT, %WAX_TRANSPORT_ERROR_PROXY or %G_IO_ERROR_CANCELLED
 */
GSocketConnection *wax_smtp_connect (const WaxSmtpServer        *server,
                                     const WaxTransportSettings *settings,
                                     WaxConnectionReport        *report,
                                     GCancellable               *cancellable,
                                     GError                    **error);

/** What a port is, that says nothing by itself. */
typedef enum {
  WAX_SMTP_LISTENER_SILENT, /* or what it says is neither of these */
  WAX_SMTP_LISTENER_TLS,
  WAX_SMTP_LISTENER_HTTP,
} WaxSmtpListener;

/** How @server answers a TLS ClientHello, asked within about @timeout_s seconds on a
 * connection of its own that carries nothing else. */
WaxSmtpListener    wax_smtp_ask     (const WaxSmtpServer        *server,
                                     const WaxTransportSettings *settings,
                                     guint                       timeout_s,
                                     GCancellable               *cancellable);

G_END_DECLS
