/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxTestCertificate:
 *
 * A throwaway certificate with its key, made on the spot by GnuTLS, so that no
 * test expires. Keys are P-256.
 * @cert_pem: the certificate, followed by those of its issuers but the root
 * @key_pem: its private key, PKCS #8, not encrypted
 */
typedef struct _WaxTestCertificate WaxTestCertificate;

struct _WaxTestCertificate
{
  char *cert_pem;
  char *key_pem;
  /*< private >*/
  char *own_pem;
  gboolean is_root;
};

/**
 * WaxTestCertificateSpec:
 * @common_name: the subject's CN
 * @names: (nullable): DNS names and IP addresses, comma-separated
 * @issuer: (nullable): who signs it; %NULL signs by itself
 * @is_ca: may sign others
 * @from_s, @to_s: validity in seconds from now; both 0 is an hour ago to a day ahead
 * @usage: (nullable): the one extended key usage, as an OID; %NULL: server
 * authentication, or none for a CA
 * @must_staple: RFC 7633
 * @ocsp_url, @crl_url: (nullable): where it says that it can be asked about
 * @no_crl_sign: of a CA: may sign certificates but no revocation lists
 */
typedef struct {
  const char               *common_name;
  const char               *names;
  const WaxTestCertificate *issuer;
  gboolean                  is_ca;
  gint64                    from_s, to_s;
  const char               *usage;
  gboolean                  must_staple;
  const char               *ocsp_url, *crl_url;
  gboolean                  no_crl_sign;
} WaxTestCertificateSpec;

/** (transfer full) Aborts the test where GnuTLS refuses. */
WaxTestCertificate *wax_test_certificate_new    (const WaxTestCertificateSpec *spec);
void                wax_test_certificate_free   (WaxTestCertificate           *self);
/** (transfer full) The certificate and its key, for a #GTlsServerConnection. */
GTlsCertificate    *wax_test_certificate_to_gio (const WaxTestCertificate     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTestCertificate, wax_test_certificate_free)

G_END_DECLS
