/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The practice host's certificates, made by GnuTLS at each start, so that no
 * private key lies in the project or on a disk. */

#include "practice-certificates.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#define DAY ((time_t) 24 * 3600)

/* A certificate with its key, both owned. */
typedef struct
{
  gnutls_x509_crt_t certificate;
  gnutls_x509_privkey_t key;
} Identity;

static void
identity_clear (Identity *self)
{
  g_clear_pointer (&self->certificate, gnutls_x509_crt_deinit);
  g_clear_pointer (&self->key, gnutls_x509_privkey_deinit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Identity, identity_clear)

static gboolean
check (int rc, GError **error)
{
  if (rc >= 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The practice server's certificate cannot be made: %s",
               gnutls_strerror (rc));
  return FALSE;
}

/* A new key, and a certificate for it that has all but what tells a CA from a server. */
static gboolean
identity_begin (Identity *self, const char *name, time_t not_before, time_t not_after, GError **error)
{
  guint8 serial[16], key_id[20];
  gsize key_id_size = sizeof key_id;

  if (!check (gnutls_x509_privkey_init (&self->key), error)
      || !check (gnutls_x509_privkey_generate (self->key, GNUTLS_PK_ECDSA,
                                               GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                 error)
      || !check (gnutls_x509_crt_init (&self->certificate), error)
      || !check (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), error))
    return FALSE;
  serial[0] = (serial[0] & 0x7f) | 0x40; /* a positive number of full length */

  return check (gnutls_x509_crt_set_version (self->certificate, 3), error)
         && check (gnutls_x509_crt_set_serial (self->certificate, serial, sizeof serial), error)
         && check (gnutls_x509_crt_set_key (self->certificate, self->key), error)
         && check (gnutls_x509_crt_set_activation_time (self->certificate, not_before), error)
         && check (gnutls_x509_crt_set_expiration_time (self->certificate, not_after), error)
         && check (gnutls_x509_crt_set_dn_by_oid (self->certificate, GNUTLS_OID_X520_ORGANIZATION_NAME, 0,
                                                  "Waxseal practice", strlen ("Waxseal practice")),
                   error)
         && check (gnutls_x509_crt_set_dn_by_oid (self->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                                  (unsigned) strlen (name)),
                   error)
         && check (
             gnutls_x509_crt_get_key_id (self->certificate, GNUTLS_KEYID_USE_SHA1, key_id, &key_id_size),
             error)
         && check (gnutls_x509_crt_set_subject_key_id (self->certificate, key_id, key_id_size), error);
}

static gboolean
identity_make_ca (Identity *self, const char *name, time_t now, GError **error)
{
  return identity_begin (self, name, now - 30 * DAY, now + 30 * DAY, error)
         && check (gnutls_x509_crt_set_basic_constraints (self->certificate, 1, 0), error)
         && check (gnutls_x509_crt_set_key_usage (self->certificate,
                                                  GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
                   error)
         && check (
             gnutls_x509_crt_sign2 (self->certificate, self->certificate, self->key, GNUTLS_DIG_SHA256, 0),
             error);
}

/* The names a certificate is for: this machine's own, or another host's. */
static gboolean
identity_set_names (Identity *self, gboolean wrong_name, GError **error)
{
  static const guint8 ipv4[] = { 127, 0, 0, 1 };
  static const guint8 ipv6[16] = { [15] = 1 };
  const char *name = wrong_name ? "mail.example.net" : "localhost";

  if (!check (gnutls_x509_crt_set_subject_alt_name (self->certificate, GNUTLS_SAN_DNSNAME, name,
                                                    (unsigned) strlen (name), GNUTLS_FSAN_SET),
              error))
    return FALSE;
  if (wrong_name)
    return TRUE;

  return check (gnutls_x509_crt_set_subject_alt_name (self->certificate, GNUTLS_SAN_IPADDRESS, ipv4,
                                                      sizeof ipv4, GNUTLS_FSAN_APPEND),
                error)
         && check (gnutls_x509_crt_set_subject_alt_name (self->certificate, GNUTLS_SAN_IPADDRESS, ipv6,
                                                         sizeof ipv6, GNUTLS_FSAN_APPEND),
                   error);
}

static gboolean
identity_make_server (Identity *self, Identity *ca, WaxPracticeCert kind, time_t now, GError **error)
{
  gboolean expired = kind == WAX_PRACTICE_CERT_EXPIRED;
  gboolean wrong_name = kind == WAX_PRACTICE_CERT_WRONG_NAME;
  time_t not_before = expired ? now - 10 * DAY : now - DAY / 24;
  time_t not_after = expired ? now - DAY : now + 7 * DAY;
  guint8 ca_id[20];
  gsize ca_id_size = sizeof ca_id;

  return identity_begin (self, wrong_name ? "mail.example.net" : "localhost", not_before, not_after, error)
         && identity_set_names (self, wrong_name, error)
         && check (gnutls_x509_crt_set_basic_constraints (self->certificate, 0, -1), error)
         && check (gnutls_x509_crt_set_key_usage (self->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE), error)
         && check (gnutls_x509_crt_set_key_purpose_oid (self->certificate, GNUTLS_KP_TLS_WWW_SERVER, 0),
                   error)
         && check (gnutls_x509_crt_get_key_id (ca->certificate, GNUTLS_KEYID_USE_SHA1, ca_id, &ca_id_size),
                   error)
         && check (gnutls_x509_crt_set_authority_key_id (self->certificate, ca_id, ca_id_size), error)
         && check (gnutls_x509_crt_sign2 (self->certificate, ca->certificate, ca->key, GNUTLS_DIG_SHA256, 0),
                   error);
}

static char *
certificate_to_pem (gnutls_x509_crt_t certificate, GError **error)
{
  gnutls_datum_t pem = { NULL, 0 };
  char *copy;

  if (!check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem), error))
    return NULL;
  copy = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);

  return copy;
}

/* PKCS #8: what GIO and GnuTLS both read. */
static char *
key_to_pem (gnutls_x509_privkey_t key, GError **error)
{
  gnutls_datum_t pem = { NULL, 0 };
  char *copy;

  if (!check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem),
              error))
    return NULL;
  copy = g_strndup ((const char *) pem.data, pem.size);
  gnutls_memset (pem.data, 0, pem.size);
  gnutls_free (pem.data);

  return copy;
}

gboolean
wax_practice_certificates_make (WaxPracticeCert kind, char **ca_pem, char **chain_pem, GError **error)
{
  g_auto (Identity) trusted = { 0 };
  g_auto (Identity) other = { 0 };
  g_auto (Identity) server = { 0 };
  g_autofree char *trusted_pem = NULL;
  g_autofree char *issuer_pem = NULL;
  g_autofree char *server_pem = NULL;
  g_autofree char *key_pem = NULL;
  Identity *issuer = &trusted;
  time_t now = time (NULL);

  if (!identity_make_ca (&trusted, "Waxseal practice CA", now, error))
    return FALSE;
  if (kind == WAX_PRACTICE_CERT_UNKNOWN_CA)
    {
      if (!identity_make_ca (&other, "Another CA", now, error))
        return FALSE;
      issuer = &other;
    }
  if (!identity_make_server (&server, issuer, kind, now, error))
    return FALSE;

  if ((trusted_pem = certificate_to_pem (trusted.certificate, error)) == NULL
      || (issuer_pem = certificate_to_pem (issuer->certificate, error)) == NULL
      || (server_pem = certificate_to_pem (server.certificate, error)) == NULL
      || (key_pem = key_to_pem (server.key, error)) == NULL)
    return FALSE;

  *chain_pem = g_strconcat (server_pem, issuer_pem, key_pem, NULL);
  *ca_pem = g_steal_pointer (&trusted_pem);

  return TRUE;
}
