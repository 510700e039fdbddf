/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * The handshake within @timeout_s seconds, in a main context of its own, in which
 * `accept-certificate` is emitted on the calling thread; for this room alone.
 * @client_certificate: (nullable): shown to a server that asks for one
 * Errors: those of GIO, %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
 */
gboolean wax_tls_handshake (GTlsConnection   *tls,
                            GTlsCertificate  *client_certificate,
                            guint             timeout_s,
                            GCancellable     *cancellable,
                            GError          **error);

G_END_DECLS
