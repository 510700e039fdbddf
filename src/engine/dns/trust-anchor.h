/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WaxTrustAnchor:
 *
 * A key that DNSSEC validation starts from (RFC 4033 section 2).
 * @zone: as wax_dns_name_check() returns it
 * @record: one DS or DNSKEY record in zone-file form, on one line
 */
typedef struct {
  char *zone;
  char *record;
} WaxTrustAnchor;

void       wax_trust_anchor_free   (WaxTrustAnchor *self);
/**
 * wax_trust_anchor_parse:
 *
 * Reads DS and DNSKEY records in zone-file form: comments, parentheses, an optional
 * TTL and class; no directives, and every owner written out. One that validation
 * could not use (an unknown algorithm or digest, a digest of the wrong length, a key
 * that is no zone key or is revoked) is an error: a validator would pass over it, and
 * find that nothing need be proved.
 * Returns: (transfer full) (element-type WaxTrustAnchor): at least one; or %NULL with
 * %WAX_DNS_ERROR_SETTINGS
 */
GPtrArray *wax_trust_anchor_parse  (const char     *text,
                                    GError        **error);
/** The same of a file of at most 256 KiB. */
GPtrArray *wax_trust_anchor_load   (const char     *path,
                                    GError        **error);
/** (transfer full) The root's keys: those compiled in, and those of the system's file where there is one. */
GPtrArray *wax_trust_anchor_root   (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTrustAnchor, wax_trust_anchor_free)

G_END_DECLS
