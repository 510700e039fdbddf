/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "dns-record.h"
#include "tls-policy.h"

G_BEGIN_DECLS

/**
 * wax_dane_match:
 * @records: (element-type WaxTlsaRecord): what DNSSEC proved
 * @chain: (element-type GBytes): DER, leaf first, at most 16 are looked at; the
 * trust anchor of a verified chain may stand at its end
 * @host: the name that usage 2 is checked for
 * @matched: (out) (optional) (nullable): the record that fits, borrowed of @records
 *
 * Judges a certificate chain by TLSA records (RFC 6698 section 2.1, RFC 7671 sections 4
 * to 9), pure. A CA counts only where it signed the leaf, directly or over certificates
 * of the chain: that a server shows it proves nothing. Usage 2 asks for @host and for
 * dates besides, usage 3 for neither (RFC 7671 section 5.1). Of two digests of the same
 * the stronger counts (section 9).
 * Returns: one of %WAX_DANE_UNUSABLE, %WAX_DANE_MATCH_ALONE, %WAX_DANE_MATCH_PKIX (where
 * nothing matches alone) and %WAX_DANE_NO_MATCH
 */
WaxDaneState wax_dane_match (GPtrArray            *records,
                             GPtrArray            *chain,
                             const char           *host,
                             const WaxTlsaRecord **matched);

G_END_DECLS
