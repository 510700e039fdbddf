/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads one X.509 certificate by GnuTLS into plain words. The certificate is a
 * stranger's, often one that was just refused: every list and every text has a
 * limit, and whatever could not be shown on one line becomes a question mark. */

#include "certificate-details.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "clock.h"
#include "hex.h"
#include "json-canon.h"
#include "shown-text.h"

#define MAX_DER    (64 * 1024)
#define MAX_CHAIN  16
#define MAX_TEXT   1024
#define MAX_NAMES  256
#define MAX_USAGES 32
#define MAX_SERIAL 64
/* Of the TLS feature extension: status_request, RFC 6066 section 8. */
#define FEATURE_STATUS_REQUEST 5

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_tlsfeatures_t, gnutls_x509_tlsfeatures_deinit, NULL)
G_DEFINE_QUARK (wax_certificate_error, wax_certificate_error)

static char *
clean_text (const void *data, gsize length)
{
  return wax_shown_text (data, length, MAX_TEXT);
}

static char *
clean_datum (gnutls_datum_t *datum)
{
  char *text = clean_text (datum->data, datum->size);

  gnutls_free (datum->data);
  datum->data = NULL;

  return text;
}

static char *
read_name (gnutls_x509_crt_t certificate, int (*get) (gnutls_x509_crt_t, gnutls_datum_t *, unsigned))
{
  gnutls_datum_t dn = { NULL, 0 };

  if (get (certificate, &dn, 0) < 0)
    return g_strdup ("");

  return clean_datum (&dn);
}

static char *
read_common_name (gnutls_x509_crt_t certificate)
{
  char name[MAX_TEXT];
  size_t size = sizeof name;

  if (gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) < 0)
    return NULL;

  return clean_text (name, size);
}

static char *
read_serial (gnutls_x509_crt_t certificate)
{
  guint8 serial[MAX_SERIAL];
  size_t size = sizeof serial;

  if (gnutls_x509_crt_get_serial (certificate, serial, &size) < 0)
    return g_strdup ("");

  return wax_hex_encode (serial, size);
}

static char *
address_to_text (const guint8 *octets, gsize length)
{
  g_autoptr (GInetAddress) address = NULL;

  if (length != 4 && length != 16)
    return NULL;
  address = g_inet_address_new_from_bytes (octets, length == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);

  return g_inet_address_to_string (address);
}

/* subjectAltName, RFC 5280 section 4.2.1.6: what a server may be called. */
static GStrv
read_names (gnutls_x509_crt_t certificate)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  for (unsigned i = 0; i < MAX_NAMES; i++)
    {
      guint8 name[MAX_TEXT];
      size_t size = sizeof name;
      int type = gnutls_x509_crt_get_subject_alt_name (certificate, i, name, &size, NULL);

      if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
        continue;
      if (type < 0)
        break;
      if (type == GNUTLS_SAN_DNSNAME)
        g_strv_builder_take (names, clean_text (name, size));
      else if (type == GNUTLS_SAN_IPADDRESS)
        {
          char *address = address_to_text (name, size);

          if (address != NULL)
            g_ptr_array_add (addresses, address);
        }
    }
  for (guint i = 0; i < addresses->len; i++)
    g_strv_builder_add (names, addresses->pdata[i]);

  return g_strv_builder_end (names);
}

static const char *
usage_in_words (const char *oid)
{
  static const struct
  {
    const char *oid, *words;
  } usages[] = {
    { GNUTLS_KP_TLS_WWW_SERVER, "server authentication" },
    { GNUTLS_KP_TLS_WWW_CLIENT, "client authentication" },
    { GNUTLS_KP_CODE_SIGNING, "code signing" },
    { GNUTLS_KP_EMAIL_PROTECTION, "e-mail protection" },
    { GNUTLS_KP_TIME_STAMPING, "time stamping" },
    { GNUTLS_KP_OCSP_SIGNING, "OCSP signing" },
    { GNUTLS_KP_IPSEC_IKE, "IPsec" },
    { GNUTLS_KP_ANY, "any purpose" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (usages); i++)
    if (g_str_equal (oid, usages[i].oid))
      return usages[i].words;

  return oid;
}

static GStrv
read_usages (gnutls_x509_crt_t certificate)
{
  g_autoptr (GStrvBuilder) usages = g_strv_builder_new ();

  for (unsigned i = 0; i < MAX_USAGES; i++)
    {
      char oid[128];
      size_t size = sizeof oid;
      g_autofree char *clean = NULL;

      if (gnutls_x509_crt_get_key_purpose_oid (certificate, i, oid, &size, NULL) < 0)
        break;
      clean = clean_text (oid, strnlen (oid, MIN (size, sizeof oid)));
      g_strv_builder_add (usages, usage_in_words (clean));
    }

  return g_strv_builder_end (usages);
}

static const char *
curve_in_words (gnutls_ecc_curve_t curve)
{
  switch (curve)
    {
    case GNUTLS_ECC_CURVE_SECP256R1:
      return "P-256";
    case GNUTLS_ECC_CURVE_SECP384R1:
      return "P-384";
    case GNUTLS_ECC_CURVE_SECP521R1:
      return "P-521";
    default:
      return gnutls_ecc_curve_get_name (curve);
    }
}

static char *
read_key (gnutls_x509_crt_t certificate)
{
  unsigned bits = 0;
  int algorithm = gnutls_x509_crt_get_pk_algorithm (certificate, &bits);
  gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
  const char *name = algorithm > 0 ? gnutls_pk_get_name ((gnutls_pk_algorithm_t) algorithm) : NULL;

  switch (algorithm)
    {
    case GNUTLS_PK_RSA:
      return g_strdup_printf ("RSA %u", bits);
    case GNUTLS_PK_RSA_PSS:
      return g_strdup_printf ("RSA-PSS %u", bits);
    case GNUTLS_PK_DSA:
      return g_strdup_printf ("DSA %u", bits);
    case GNUTLS_PK_EDDSA_ED25519:
      return g_strdup ("Ed25519");
    case GNUTLS_PK_EDDSA_ED448:
      return g_strdup ("Ed448");
    case GNUTLS_PK_ECDSA:
      if (gnutls_x509_crt_get_pk_ecc_raw (certificate, &curve, NULL, NULL) < 0
          || curve_in_words (curve) == NULL)
        return g_strdup_printf ("EC %u", bits);
      return g_strdup_printf ("EC %s", curve_in_words (curve));
    default:
      return g_strdup (name != NULL ? name : "unknown");
    }
}

static char *
read_signature (gnutls_x509_crt_t certificate)
{
  int algorithm = gnutls_x509_crt_get_signature_algorithm (certificate);
  const char *name = algorithm > 0 ? gnutls_sign_get_name ((gnutls_sign_algorithm_t) algorithm) : NULL;

  return g_strdup (name != NULL ? name : "unknown");
}

/* The SHA-256 of the SubjectPublicKeyInfo, as in RFC 7469 section 2.4. */
static char *
read_spki_sha256 (gnutls_x509_crt_t certificate)
{
  guint8 digest[32];
  size_t size = sizeof digest;

  if (gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, digest, &size) < 0)
    return g_strdup ("");

  return wax_hex_encode (digest, size);
}

static gboolean
read_must_staple (gnutls_x509_crt_t certificate)
{
  g_auto (gnutls_x509_tlsfeatures_t) features = NULL;
  unsigned feature;

  if (gnutls_x509_tlsfeatures_init (&features) < 0
      || gnutls_x509_crt_get_tlsfeatures (certificate, features, 0, NULL) < 0)
    return FALSE;
  for (unsigned i = 0; gnutls_x509_tlsfeatures_get (features, i, &feature) >= 0; i++)
    if (feature == FEATURE_STATUS_REQUEST)
      return TRUE;

  return FALSE;
}

static char *
der_to_pem (const guint8 *der, gsize length)
{
  gnutls_datum_t in = { (unsigned char *) der, (unsigned) length }, out = { NULL, 0 };
  char *pem;

  if (gnutls_pem_base64_encode2 ("CERTIFICATE", &in, &out) < 0)
    return g_strdup ("");
  pem = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);

  return pem;
}

WaxCertificateDetails *
wax_certificate_details_new_from_der (const guint8 *der, gsize length, GError **error)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  gnutls_datum_t datum = { (unsigned char *) der, (unsigned) length };
  WaxCertificateDetails *self;
  int code;

  if (length == 0 || length > MAX_DER)
    {
      g_set_error (error, WAX_CERTIFICATE_ERROR, WAX_CERTIFICATE_ERROR_PARSE,
                   "A certificate of %" G_GSIZE_FORMAT " octets is %s", length,
                   length == 0 ? "none" : "larger than the 64 KiB that are allowed");
      return NULL;
    }
  code = gnutls_x509_crt_init (&certificate);
  if (code >= 0)
    code = gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_DER);
  if (code < 0)
    {
      g_set_error (error, WAX_CERTIFICATE_ERROR, WAX_CERTIFICATE_ERROR_PARSE,
                   "The certificate cannot be read: %s", gnutls_strerror (code));
      return NULL;
    }

  self = g_new0 (WaxCertificateDetails, 1);
  self->subject = read_name (certificate, gnutls_x509_crt_get_dn3);
  self->common_name = read_common_name (certificate);
  self->issuer = read_name (certificate, gnutls_x509_crt_get_issuer_dn3);
  self->serial = read_serial (certificate);
  self->names = read_names (certificate);
  self->not_before = gnutls_x509_crt_get_activation_time (certificate);
  self->not_after = gnutls_x509_crt_get_expiration_time (certificate);
  self->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der, length);
  self->spki_sha256 = read_spki_sha256 (certificate);
  self->key = read_key (certificate);
  self->signature = read_signature (certificate);
  self->usages = read_usages (certificate);
  self->is_ca = gnutls_x509_crt_get_ca_status (certificate, NULL) > 0;
  self->must_staple = read_must_staple (certificate);
  self->pem = der_to_pem (der, length);

  return self;
}

GPtrArray *
wax_certificate_details_chain (GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GPtrArray)
      chain = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_certificate_details_free);

  for (; certificate != NULL && chain->len < MAX_CHAIN;
       certificate = g_tls_certificate_get_issuer (certificate))
    {
      g_autoptr (GByteArray) der = NULL;
      WaxCertificateDetails *details;

      g_object_get (certificate, "certificate", &der, NULL);
      if (der == NULL)
        {
          g_set_error_literal (error, WAX_CERTIFICATE_ERROR, WAX_CERTIFICATE_ERROR_PARSE,
                               "The certificate cannot be read: its encoding is not known");
          return NULL;
        }
      details = wax_certificate_details_new_from_der (der->data, der->len, error);
      if (details == NULL)
        return NULL;
      g_ptr_array_add (chain, details);
    }

  return g_steal_pointer (&chain);
}

WaxCertificateDetails *
wax_certificate_details_copy (const WaxCertificateDetails *self)
{
  WaxCertificateDetails *copy = g_new0 (WaxCertificateDetails, 1);

  copy->subject = g_strdup (self->subject);
  copy->common_name = g_strdup (self->common_name);
  copy->issuer = g_strdup (self->issuer);
  copy->serial = g_strdup (self->serial);
  copy->names = g_strdupv (self->names);
  copy->not_before = self->not_before;
  copy->not_after = self->not_after;
  copy->sha256 = g_strdup (self->sha256);
  copy->spki_sha256 = g_strdup (self->spki_sha256);
  copy->key = g_strdup (self->key);
  copy->signature = g_strdup (self->signature);
  copy->usages = g_strdupv (self->usages);
  copy->is_ca = self->is_ca;
  copy->must_staple = self->must_staple;
  copy->pem = g_strdup (self->pem);

  return copy;
}

void
wax_certificate_details_free (WaxCertificateDetails *self)
{
  if (self == NULL)
    return;

  g_free (self->subject);
  g_free (self->common_name);
  g_free (self->issuer);
  g_free (self->serial);
  g_strfreev (self->names);
  g_free (self->sha256);
  g_free (self->spki_sha256);
  g_free (self->key);
  g_free (self->signature);
  g_strfreev (self->usages);
  g_free (self->pem);
  g_free (self);
}

static void
add_strings (JsonBuilder *builder, const char *member, const char *const *strings)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (gsize i = 0; strings != NULL && strings[i] != NULL; i++)
    json_builder_add_string_value (builder, strings[i]);
  json_builder_end_array (builder);
}

static void
add_string (JsonBuilder *builder, const char *member, const char *value)
{
  json_builder_set_member_name (builder, member);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_time (JsonBuilder *builder, const char *member, gint64 seconds)
{
  g_autofree char *text = wax_clock_format (seconds * G_USEC_PER_SEC);

  add_string (builder, member, text);
}

static void
add_boolean (JsonBuilder *builder, const char *member, gboolean value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_boolean_value (builder, value);
}

JsonNode *
wax_certificate_details_to_json (const WaxCertificateDetails *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "subject", self->subject);
  add_string (builder, "common_name", self->common_name);
  add_string (builder, "issuer", self->issuer);
  add_string (builder, "serial", self->serial);
  add_strings (builder, "names", (const char *const *) self->names);
  add_time (builder, "not_before", self->not_before);
  add_time (builder, "not_after", self->not_after);
  add_string (builder, "sha256", self->sha256);
  add_string (builder, "spki_sha256", self->spki_sha256);
  add_string (builder, "key", self->key);
  add_string (builder, "signature", self->signature);
  add_strings (builder, "usages", (const char *const *) self->usages);
  add_boolean (builder, "is_ca", self->is_ca);
  add_boolean (builder, "must_staple", self->must_staple);
  add_string (builder, "pem", self->pem);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static GStrv
get_strings (JsonObject *object, const char *member, guint limit)
{
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();
  JsonArray *array = wax_json_get_array (object, member);
  guint length = array != NULL ? MIN (json_array_get_length (array), limit) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (strings, json_node_get_string (node));
    }

  return g_strv_builder_end (strings);
}

static gint64
get_time (JsonObject *object, const char *member)
{
  const char *text = wax_json_get_string (object, member, NULL);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

WaxCertificateDetails *
wax_certificate_details_from_json (JsonObject *object)
{
  WaxCertificateDetails *self = g_new0 (WaxCertificateDetails, 1);

  self->subject = g_strdup (wax_json_get_string (object, "subject", ""));
  self->common_name = g_strdup (wax_json_get_string (object, "common_name", NULL));
  self->issuer = g_strdup (wax_json_get_string (object, "issuer", ""));
  self->serial = g_strdup (wax_json_get_string (object, "serial", ""));
  self->names = get_strings (object, "names", MAX_NAMES);
  self->not_before = get_time (object, "not_before");
  self->not_after = get_time (object, "not_after");
  self->sha256 = g_strdup (wax_json_get_string (object, "sha256", ""));
  self->spki_sha256 = g_strdup (wax_json_get_string (object, "spki_sha256", ""));
  self->key = g_strdup (wax_json_get_string (object, "key", ""));
  self->signature = g_strdup (wax_json_get_string (object, "signature", ""));
  self->usages = get_strings (object, "usages", MAX_USAGES);
  self->is_ca = wax_json_get_bool (object, "is_ca", FALSE);
  self->must_staple = wax_json_get_bool (object, "must_staple", FALSE);
  self->pem = g_strdup (wax_json_get_string (object, "pem", ""));

  return self;
}
