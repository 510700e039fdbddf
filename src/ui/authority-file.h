/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "certificate-details.h"

G_BEGIN_DECLS

#define WAX_AUTHORITY_ERROR (wax_authority_error_quark ())
GQuark wax_authority_error_quark (void);

typedef enum {
  WAX_AUTHORITY_ERROR_NONE_FOUND, /* there is no certificate in the file */
  WAX_AUTHORITY_ERROR_TOO_LARGE,  /* the file, or the number of certificates */
} WaxAuthorityError;

/**
 * The certificates in @bytes, PEM or DER. Whatever else is in a PEM file, such as
 * a private key, is passed over.
 * Returns: (transfer full) (nullable) (element-type WaxCertificateDetails): one or more
 */
GPtrArray *wax_authority_parse (GBytes     *bytes,
                                GError    **error);
/** (transfer full) The certificates as one PEM text. */
char      *wax_authority_to_pem (GPtrArray *certificates);

G_END_DECLS
