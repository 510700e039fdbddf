/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** The authorities that a connection trusts; for this room alone. */
typedef struct {
  GTlsDatabase *database; /* %NULL: the system's */
  char         *path;     /* a file of ours that the database reads, or %NULL */
} WaxTlsAuthorities;

/**
 * Those in @ca_pem, else those in @ca_file, else the system's.
 * Errors: %WAX_TLS_ERROR_CA_FILE
 */
gboolean wax_tls_authorities_load  (WaxTlsAuthorities *self,
                                    const char        *ca_pem,
                                    const char        *ca_file,
                                    GError           **error);
void     wax_tls_authorities_clear (WaxTlsAuthorities *self);

G_END_DECLS
