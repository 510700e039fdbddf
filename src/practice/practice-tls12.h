/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxPracticeTls12:
 *
 * The server's side of a TLS 1.2 connection, by GnuTLS itself: GIO has no
 * setting for a version, only an environment variable for the whole process,
 * which would bind the client under test as well.
 */
#define WAX_TYPE_PRACTICE_TLS12 (wax_practice_tls12_get_type ())
G_DECLARE_FINAL_TYPE (WaxPracticeTls12, wax_practice_tls12, WAX, PRACTICE_TLS12, GIOStream)

/**
 * Shakes hands with the client on @socket. @chain_pem holds the certificates
 * and the key; @cancellable is for the whole life of the stream.
 * Errors: %G_TLS_ERROR_HANDSHAKE.
 */
GIOStream *wax_practice_tls12_accept     (GSocket           *socket,
                                          const char        *chain_pem,
                                          GCancellable      *cancellable,
                                          GError           **error);
/** (transfer full) (nullable): the tls-unique channel binding (RFC 5929). */
GBytes    *wax_practice_tls12_get_unique (WaxPracticeTls12  *self);

G_END_DECLS
