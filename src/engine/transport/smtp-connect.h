/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "transport.h"

G_BEGIN_DECLS

/**
 * wax_smtp_connect:
 *
 * A TCP connection with TCP_NODELAY, to whichever address of @host answers first
 * (RFC 8305). @timeout_s bounds the whole of it, the look-up included.
 * Returns: (transfer full): or %NULL with %WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
 * %WAX_TRANSPORT_ERROR_CONNECT or %G_IO_ERROR_CANCELLED
 */
GSocketConnection *wax_smtp_connect    (const char      *host,
                                        guint16          port,
                                        guint            timeout_s,
                                        GCancellable    *cancellable,
                                        GError         **error);
/**
 * Whether the port at @address answers a TLS ClientHello, asked on a connection
 * of its own that carries nothing else.
 */
gboolean           wax_smtp_speaks_tls (GSocketAddress  *address,
                                        guint            timeout_s,
                                        GCancellable    *cancellable);

G_END_DECLS
