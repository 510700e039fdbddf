/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "check.h"

G_BEGIN_DECLS

/**
 * WaxTlsFacts:
 *
 * What a finished handshake (or one that failed at verification) showed. Filled
 * by room `tls`; pure data here. Strings are borrowed by wax_tls_policy_judge().
 * @protocol: `TLS1.3` or `TLS1.2`
 * @cipher: the IANA name, such as `TLS_AES_256_GCM_SHA384`
 * @errors: the verification errors found by GIO
 * @hostname: the name that was asked for (from the account, never from DNS)
 * @leaf_names: the leaf's DNS and IP names
 * @leaf_usages: its extended key usages in words; empty means that it says nothing
 * @leaf_subject: the leaf's subject, RFC 4514; %NULL: the server showed no certificate
 * @leaf_issuer: who signed the leaf, as the leaf has it
 * @root_issuer: the issuer of the last certificate that the server sent: not proved
 * @must_staple: the leaf demands a stapled OCSP answer (RFC 7633)
 * @staple_refused: GIO refused the chain for the staple's sake: none where one
 * is demanded, or one that is not valid
 * @not_before, @not_after: seconds since the Unix epoch
 * @now: the same
 * @chain_spki: hex SHA-256 of each certificate's SubjectPublicKeyInfo, leaf first
 */
typedef struct {
  const char           *protocol;
  const char           *cipher;
  GTlsCertificateFlags  errors;
  const char           *hostname;
  const char * const   *leaf_names;
  const char * const   *leaf_usages;
  const char           *leaf_subject;
  const char           *leaf_issuer;
  const char           *root_issuer;
  gboolean              must_staple;
  gboolean              staple_refused;
  gint64                not_before;
  gint64                not_after;
  gint64                now;
  const char * const   *chain_spki;
} WaxTlsFacts;

/**
 * WaxTlsPolicy:
 * @minimum: `TLS1.2` (default) or `TLS1.3`
 * @pins: (nullable): hex SHA-256 of accepted SubjectPublicKeyInfos, with or
 * without `sha256:` before it; unless empty, the leaf must have one of them, on
 * top of a valid chain
 */
typedef struct {
  const char         *minimum;
  const char * const *pins;
} WaxTlsPolicy;

/**
 * wax_tls_policy_judge:
 *
 * The verdict, pure: the checks `hostname`, `chain`, `validity`, `revocation`,
 * `pin`, `policy`, `dane`, in that order, each with its sentence. Anything but
 * an AEAD suite with ephemeral key exchange over TLS 1.2 or later fails `policy`.
 * Returns: (transfer full) (element-type WaxCheck): all checks
 */
GPtrArray  *wax_tls_policy_judge     (const WaxTlsPolicy *policy,
                                      const WaxTlsFacts  *facts);
/** (transfer full) The same checks, all skipped with @detail, for a connection
 * that did not get as far as a certificate. */
GPtrArray  *wax_tls_policy_unreached (const char         *detail);
/** The first failed check, or %NULL if the connection may be used. */
const WaxCheck *wax_tls_policy_first_failure (GPtrArray *checks);
/** Whether @cipher (IANA name) is AEAD with forward secrecy. */
gboolean    wax_tls_policy_cipher_is_strong (const char *protocol,
                                             const char *cipher);
/** The GnuTLS priority string, for G_TLS_GNUTLS_PRIORITY, set first in main(). */
const char *wax_tls_policy_priority  (void);

G_END_DECLS
