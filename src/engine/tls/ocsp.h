/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "revocation-answer.h"

G_BEGIN_DECLS

/** The largest answer that is taken, in octets. */
#define WAX_OCSP_LIMIT (64 * 1024)

/**
 * (transfer full) A request (RFC 6960 section 4.1) about @certificate, with a SHA-1
 * CertID and without a nonce, as RFC 5019 has it; %NULL where GnuTLS cannot make one.
 */
GBytes  *wax_ocsp_request (gnutls_x509_crt_t     certificate,
                           gnutls_x509_crt_t     issuer);

/**
 * wax_ocsp_judge:
 * @octets: an OCSPResponse (RFC 6960 section 4.2)
 * @now: seconds since the Unix epoch
 *
 * Takes an answer only if it is signed by @issuer, or by a responder whose certificate
 * @issuer signed for that purpose (section 4.2.2.2), is about @certificate by its serial
 * and both hashes of @issuer, and holds at @now.
 * Returns: %FALSE with a #WaxRevocationError
 */
gboolean wax_ocsp_judge   (GBytes               *octets,
                           gnutls_x509_crt_t     certificate,
                           gnutls_x509_crt_t     issuer,
                           gint64                now,
                           WaxRevocationAnswer  *answer,
                           GError              **error);

G_END_DECLS
