/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "test-certificates.h"

G_BEGIN_DECLS

/** What an authority says of a certificate. */
typedef enum {
  AUTHORITY_GOOD,
  AUTHORITY_REVOKED,
  AUTHORITY_ON_HOLD,
  AUTHORITY_REMOVED, /* in a list: was on hold once */
  AUTHORITY_UNKNOWN, /* nothing: it was never issued */
} AuthorityVerdict;

/** (transfer full) DER of the first certificate in @pem. */
GBytes *authority_der     (const char               *pem);
/** (transfer full) DER of a whole chain, leaf first. (element-type GBytes) */
GPtrArray *authority_chain (const WaxTestCertificate *leaf, const WaxTestCertificate *issuer);
/**
 * (transfer full) An OCSP response by openssl(1).
 * @request: OCSPRequest; @about: whose serial the verdict is on
 * @signer: whose key signs; @lasts: with a nextUpdate of a day
 */
GBytes *authority_respond (const char               *folder,
                           const WaxTestCertificate *issuer,
                           const WaxTestCertificate *signer,
                           const WaxTestCertificate *about,
                           AuthorityVerdict          verdict,
                           gboolean                  lasts,
                           GBytes                   *request);
/**
 * (transfer full) A revocation list by openssl(1), for a day.
 * @extensions: (nullable): lines of an extension section of its configuration
 */
GBytes *authority_list    (const char               *folder,
                           const WaxTestCertificate *signer,
                           const WaxTestCertificate *about,
                           AuthorityVerdict          verdict,
                           const char               *extensions);

G_END_DECLS
