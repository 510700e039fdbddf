/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Certificates for the tests, each wrong in the one way that its test is about. */

#include "test-certificates.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

static void
check (int code)
{
  if (code < 0)
    g_error ("GnuTLS refused: %s", gnutls_strerror (code));
}

static char *
take_datum (gnutls_datum_t *datum)
{
  char *text = g_strndup ((const char *) datum->data, datum->size);

  gnutls_free (datum->data);

  return text;
}

static gnutls_x509_privkey_t
load_key (const char *pem)
{
  gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_x509_privkey_t key;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0));

  return key;
}

static gnutls_x509_crt_t
load_certificate (const char *pem)
{
  gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_x509_crt_t certificate;

  check (gnutls_x509_crt_init (&certificate));
  check (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM));

  return certificate;
}

static void
set_names (gnutls_x509_crt_t certificate, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, ",", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (list[i]);

      if (address != NULL)
        check (gnutls_x509_crt_set_subject_alt_name (
            certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
            (unsigned) g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND));
      else
        check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, list[i],
                                                     (unsigned) strlen (list[i]), GNUTLS_FSAN_APPEND));
    }
}

static void
set_validity (gnutls_x509_crt_t certificate, const WaxTestCertificateSpec *spec)
{
  gboolean usual = spec->from_s == 0 && spec->to_s == 0;
  time_t now = time (NULL);

  check (gnutls_x509_crt_set_activation_time (certificate, now + (usual ? -3600 : spec->from_s)));
  check (gnutls_x509_crt_set_expiration_time (certificate, now + (usual ? 24 * 3600 : spec->to_s)));
}

static void
set_key_usage (gnutls_x509_crt_t certificate, const WaxTestCertificateSpec *spec)
{
  const char *usage = spec->usage;

  check (gnutls_x509_crt_set_ca_status (certificate, spec->is_ca));
  check (gnutls_x509_crt_set_key_usage (
      certificate, spec->is_ca ? GNUTLS_KEY_KEY_CERT_SIGN | (spec->no_crl_sign ? 0 : GNUTLS_KEY_CRL_SIGN)
                               : GNUTLS_KEY_DIGITAL_SIGNATURE));
  if (usage == NULL && !spec->is_ca)
    usage = GNUTLS_KP_TLS_WWW_SERVER;
  if (usage != NULL)
    check (gnutls_x509_crt_set_key_purpose_oid (certificate, usage, 0));
}

/* The TLS feature extension with status_request in it, RFC 7633 section 4. */
static void
set_must_staple (gnutls_x509_crt_t certificate)
{
  static const guint8 features[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };

  check (
      gnutls_x509_crt_set_extension_by_oid (certificate, "1.3.6.1.5.5.7.1.24", features, sizeof features, 0));
}

static void
set_places (gnutls_x509_crt_t certificate, const WaxTestCertificateSpec *spec)
{
  gnutls_datum_t url = { NULL, 0 };

  if (spec->ocsp_url != NULL)
    {
      url.data = (unsigned char *) spec->ocsp_url;
      url.size = (unsigned) strlen (spec->ocsp_url);
      check (gnutls_x509_crt_set_authority_info_access (certificate, GNUTLS_IA_OCSP_URI, &url));
    }
  if (spec->crl_url != NULL)
    check (gnutls_x509_crt_set_crl_dist_points2 (certificate, GNUTLS_SAN_URI, spec->crl_url,
                                                 (unsigned) strlen (spec->crl_url), 0));
}

static void
set_serial (gnutls_x509_crt_t certificate)
{
  guint8 serial[16];

  for (gsize i = 0; i < sizeof serial; i++)
    serial[i] = (guint8) g_random_int_range (0, 256);
  serial[0] = (guint8) (serial[0] & 0x3f) | 0x40;
  check (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial));
}

static void
sign_by (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const WaxTestCertificate *issuer)
{
  gnutls_x509_crt_t issuer_certificate;
  gnutls_x509_privkey_t issuer_key;

  if (issuer == NULL)
    {
      check (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0));
      return;
    }
  issuer_certificate = load_certificate (issuer->own_pem);
  issuer_key = load_key (issuer->key_pem);
  check (gnutls_x509_crt_sign2 (certificate, issuer_certificate, issuer_key, GNUTLS_DIG_SHA256, 0));
  gnutls_x509_crt_deinit (issuer_certificate);
  gnutls_x509_privkey_deinit (issuer_key);
}

WaxTestCertificate *
wax_test_certificate_new (const WaxTestCertificateSpec *spec)
{
  WaxTestCertificate *self = g_new0 (WaxTestCertificate, 1);
  gnutls_datum_t datum = { NULL, 0 };
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  check (gnutls_x509_crt_init (&certificate));
  check (gnutls_x509_crt_set_version (certificate, 3));
  check (gnutls_x509_crt_set_key (certificate, key));
  check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, spec->common_name,
                                        (unsigned) strlen (spec->common_name)));
  set_serial (certificate);
  set_validity (certificate, spec);
  set_key_usage (certificate, spec);
  if (spec->names != NULL)
    set_names (certificate, spec->names);
  if (spec->must_staple)
    set_must_staple (certificate);
  set_places (certificate, spec);
  sign_by (certificate, key, spec->issuer);

  check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &datum));
  self->own_pem = take_datum (&datum);
  check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &datum));
  self->key_pem = take_datum (&datum);
  self->is_root = spec->issuer == NULL;
  self->cert_pem = g_strconcat (
      self->own_pem, spec->issuer != NULL && !spec->issuer->is_root ? spec->issuer->cert_pem : NULL, NULL);

  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);

  return self;
}

void
wax_test_certificate_free (WaxTestCertificate *self)
{
  if (self == NULL)
    return;

  g_free (self->cert_pem);
  g_free (self->key_pem);
  g_free (self->own_pem);
  g_free (self);
}

GTlsCertificate *
wax_test_certificate_to_gio (const WaxTestCertificate *self)
{
  g_autofree char *pem = g_strconcat (self->cert_pem, self->key_pem, NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_pem (pem, -1, &error);

  g_assert_no_error (error);

  return certificate;
}
