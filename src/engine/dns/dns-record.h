/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RFC 6698 section 7.2, RFC 7218: how a certificate is to be vouched for. */
typedef enum {
  WAX_TLSA_PKIX_TA = 0, /* a CA that must be on the trusted path */
  WAX_TLSA_PKIX_EE = 1, /* the server's certificate, on top of a trusted path */
  WAX_TLSA_DANE_TA = 2, /* a CA to be trusted for this server */
  WAX_TLSA_DANE_EE = 3, /* the server's certificate, whoever signed it */
} WaxTlsaUsage;

/** RFC 6698 section 7.3: of what. */
typedef enum {
  WAX_TLSA_CERTIFICATE = 0,
  WAX_TLSA_PUBLIC_KEY = 1, /* the SubjectPublicKeyInfo */
} WaxTlsaSelector;

/** RFC 6698 section 7.4: how it is written. */
typedef enum {
  WAX_TLSA_FULL = 0,
  WAX_TLSA_SHA256 = 1,
  WAX_TLSA_SHA512 = 2,
} WaxTlsaMatching;

/**
 * WaxTlsaRecord:
 * @usage, @selector, @matching: as they stand there, also where they are unknown
 * @data: the certificate association data; may be empty
 */
typedef struct {
  guint8  usage;
  guint8  selector;
  guint8  matching;
  GBytes *data;
} WaxTlsaRecord;

/** RFC 6698 section 2.1. Returns: (transfer full) (nullable): %NULL where @rdata is too short. */
WaxTlsaRecord *wax_tlsa_record_parse     (GBytes              *rdata);
void           wax_tlsa_record_free      (WaxTlsaRecord       *self);
/** Whether its numbers are known and its data has the length that they ask for. */
gboolean       wax_tlsa_record_is_usable (const WaxTlsaRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTlsaRecord, wax_tlsa_record_free)

G_END_DECLS
