/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "revocation-answer.h"

G_BEGIN_DECLS

/** The largest list that is taken, in octets. */
#define WAX_CRL_LIMIT (20 * 1024 * 1024)

/**
 * wax_crl_judge:
 * @octets: a CertificateList in DER (RFC 5280 section 5.1)
 * @url: the distribution point of @certificate that it came from
 * @now: seconds since the Unix epoch
 *
 * Takes a list only if it is signed by @issuer, which may sign lists, is complete for
 * certificates such as @certificate at @url, has no critical extension that is not known
 * here, and holds at @now. Indirect and delta lists, and those for some reasons only,
 * are no answer.
 * Returns: %FALSE with a #WaxRevocationError
 */
gboolean wax_crl_judge (GBytes               *octets,
                        const char           *url,
                        gnutls_x509_crt_t     certificate,
                        gnutls_x509_crt_t     issuer,
                        gint64                now,
                        WaxRevocationAnswer  *answer,
                        GError              **error);

G_END_DECLS
