/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "check.h"
#include "tls-exception.h"

G_BEGIN_DECLS

/** What is known of the revocation of the chain's certificates. */
typedef enum {
  WAX_REVOCATION_NOT_ASKED, /* switched off, or the chain was refused before */
  WAX_REVOCATION_NO_PLACE,  /* the certificates name nobody to ask */
  WAX_REVOCATION_GOOD,      /* asked, and none is revoked */
  WAX_REVOCATION_REVOKED,
  WAX_REVOCATION_NO_ANSWER, /* somebody was asked, and nothing trustworthy came back */
} WaxRevocationState;

/** What the server's TLSA records say (RFC 6698). */
typedef enum {
  WAX_DANE_NOT_ASKED,
  WAX_DANE_NO_RECORDS,  /* none, or none that DNSSEC proves */
  WAX_DANE_NO_ANSWER,   /* the DNS did not answer in time */
  WAX_DANE_BOGUS,       /* DNSSEC validation failed: an attack, or broken DNS */
  WAX_DANE_UNUSABLE,    /* proved records, none of which can be used */
  WAX_DANE_MATCH_PKIX,  /* usages 0 and 1: on top of a chain that is trusted */
  WAX_DANE_MATCH_ALONE, /* usages 2 and 3: the record itself vouches for the chain */
  WAX_DANE_NO_MATCH,    /* proved records, and none fits the certificate */
} WaxDaneState;

/** How much a check is asked for. */
typedef enum {
  WAX_DEMAND_OFF,
  WAX_DEMAND_SOFT, /* a bad answer fails, no answer does not */
  WAX_DEMAND_HARD, /* only a good answer passes */
} WaxDemand;

/** `off`, `soft`, `hard`. */
const char *wax_demand_to_string   (WaxDemand   demand);
gboolean    wax_demand_from_string (const char *text,
                                    WaxDemand  *demand);

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
 * @revocation, @revocation_detail: what was found out about it, in one sentence
 * @dane, @dane_detail: the same about TLSA records
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
  WaxRevocationState    revocation;
  const char           *revocation_detail;
  WaxDaneState          dane;
  const char           *dane_detail;
} WaxTlsFacts;

/**
 * WaxTlsPolicy:
 * @minimum: `TLS1.2` (default) or `TLS1.3`
 * @pins: (nullable): hex SHA-256 of accepted SubjectPublicKeyInfos, with or
 * without `sha256:` before it; unless empty, the leaf must have one of them, on
 * top of a valid chain
 * @backup_pins: (nullable): the same, of keys kept in reserve: accepted as well, and
 * then the check says that the backup is in use
 * @pins_renew: seconds since the Unix epoch, 0 for none: from 30 days before it on the
 * pin check carries a warning; the pins hold on
 * @revocation, @dane: how much they are asked for
 * @exceptions: (nullable) (element-type WaxTlsException): what the account allows, each
 * to its end; a check that passes only by one says so
 */
typedef struct {
  const char         *minimum;
  const char * const *pins;
  const char * const *backup_pins;
  gint64              pins_renew;
  WaxDemand           revocation;
  WaxDemand           dane;
  GPtrArray          *exceptions;
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
/** (transfer full) The same with the suites of @exceptions (nullable) that hold at @now in it too. */
char       *wax_tls_policy_priority_for (GPtrArray *exceptions,
                                         gint64     now);

G_END_DECLS
