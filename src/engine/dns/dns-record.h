/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxMxRecord: RFC 1035 section 3.3.9.
 * @exchange: as names of this room are; `.` says that no mail is taken (RFC 7505)
 */
typedef struct {
  guint16  preference;
  char    *exchange;
} WaxMxRecord;

/**
 * WaxSrvRecord: RFC 2782.
 * @target: as names of this room are; `.` says that the service is not there
 */
typedef struct {
  guint16  priority;
  guint16  weight;
  guint16  port;
  char    *target;
} WaxSrvRecord;

/* Each takes the RDATA of one record, names uncompressed. What is malformed, or has a
 * name that could not be asked for, is %NULL. */

/** RFC 1035 section 3.4.1 and RFC 3596: an A or an AAAA record. (transfer full) (nullable) */
GInetAddress *wax_address_record_parse (GBytes       *rdata);
/** RFC 1035 sections 3.3.1 and 3.3.12: a CNAME or a PTR record. (transfer full) (nullable):
 * in lower case, without its final dot; `.` is the root */
char         *wax_name_record_parse    (GBytes       *rdata);
WaxMxRecord  *wax_mx_record_parse      (GBytes       *rdata);
void          wax_mx_record_free       (WaxMxRecord  *self);
WaxSrvRecord *wax_srv_record_parse     (GBytes       *rdata);
void          wax_srv_record_free      (WaxSrvRecord *self);
/** RFC 1035 section 3.3.14: the strings of a TXT record, joined without anything between
 * (RFC 7208 section 3.3). (transfer full) (nullable): any octets */
GBytes       *wax_txt_record_parse     (GBytes       *rdata);

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxMxRecord, wax_mx_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSrvRecord, wax_srv_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTlsaRecord, wax_tlsa_record_free)

G_END_DECLS
