/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WAX_CERTIFICATE_ERROR (wax_certificate_error_quark ())
GQuark wax_certificate_error_quark (void);

typedef enum {
  WAX_CERTIFICATE_ERROR_PARSE, /* not a DER certificate, or larger than 64 KiB */
} WaxCertificateError;

/**
 * WaxCertificateDetails:
 *
 * What a person wants to know of one X.509 certificate (RFC 5280), read from
 * its DER by GnuTLS. Times are seconds since the Unix epoch; digests are
 * lower-case hexadecimal.
 */
typedef struct {
  char     *subject;     /* RFC 4514 */
  char     *common_name; /* (nullable) */
  char     *issuer;      /* RFC 4514 */
  char     *serial;      /* hex */
  GStrv     names;       /* DNS names, then IP addresses, of subjectAltName */
  gint64    not_before;
  gint64    not_after;
  char     *sha256;      /* of the certificate */
  char     *spki_sha256; /* of the SubjectPublicKeyInfo: what a pin holds */
  char     *key;         /* `EC P-256`, `RSA 2048`, `Ed25519` */
  char     *signature;   /* `ECDSA-SHA256` */
  GStrv     usages;      /* extended key usages in words: `server authentication` */
  gboolean  is_ca;
  gboolean  must_staple; /* RFC 7633 */
  char     *pem;
} WaxCertificateDetails;

WaxCertificateDetails *wax_certificate_details_new_from_der (const guint8                *der,
                                                             gsize                        length,
                                                             GError                     **error);
/** Leaf first, up to 16 certificates along the issuers of @certificate.
 * Returns: (transfer full) (element-type WaxCertificateDetails) */
GPtrArray             *wax_certificate_details_chain        (GTlsCertificate             *certificate,
                                                             GError                     **error);
WaxCertificateDetails *wax_certificate_details_copy         (const WaxCertificateDetails *self);
void                   wax_certificate_details_free         (WaxCertificateDetails       *self);
/** (transfer full) The members that CLI.md lists, and `names`, `serial`, `pem`…; times as RFC 3339. */
JsonNode              *wax_certificate_details_to_json      (const WaxCertificateDetails *self);
WaxCertificateDetails *wax_certificate_details_from_json    (JsonObject                  *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxCertificateDetails, wax_certificate_details_free)

G_END_DECLS
