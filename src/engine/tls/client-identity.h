/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "secret.h"

G_BEGIN_DECLS

#define WAX_CLIENT_IDENTITY_ERROR (wax_client_identity_error_quark ())
GQuark wax_client_identity_error_quark (void);

typedef enum {
  WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND, /* no such file, token or object */
  WAX_CLIENT_IDENTITY_ERROR_PASSWORD,  /* a password or PIN is needed, or the one given is wrong */
  WAX_CLIENT_IDENTITY_ERROR_INVALID,   /* neither PEM nor PKCS #12, no key, or a key of another certificate */
  WAX_CLIENT_IDENTITY_ERROR_EXPIRED,   /* the certificate is not valid now */
} WaxClientIdentityError;

/**
 * wax_client_identity_load:
 * @certificate: a PEM file (chain, and the key unless @key is given), a PKCS #12 file
 * (RFC 7292), or a `pkcs11:` URI (RFC 7512) of a certificate
 * @key: (nullable): a PEM file, or a `pkcs11:` URI; that of the same object by default
 * @password: (nullable): of the PKCS #12 file or the PEM key, or the PIN of the token; never part of a URI
 *
 * Returns: (transfer full): for wax_tls_guard_secure(), or %NULL with a
 * #WaxClientIdentityError whose message names the file or object
 */
GTlsCertificate *wax_client_identity_load (const char  *certificate,
                                           const char  *key,
                                           WaxSecret   *password,
                                           GError     **error);
/**
 * (transfer full) (nullable) Who answers for the PIN of the token that @certificate is
 * on; belongs to the main context that is the thread's default now.
 */
GTlsInteraction *wax_client_identity_interaction (GTlsCertificate *certificate);
/** Whether @uri (RFC 7512) neither has a PIN in it nor says where one is. */
gboolean         wax_client_identity_uri_is_safe (const char      *uri);

G_END_DECLS
