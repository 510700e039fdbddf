/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Revocation lists (RFC 5280 section 5). GnuTLS makes a tree of a list, some
 * thirty times its size, and knows nothing of the IssuingDistributionPoint, by
 * which a part of a list is told from the whole. So the list is walked through
 * where it lies, and GnuTLS does what must not be done twice: its signature. */

#include "crl.h"

#include <gnutls/abstract.h>
#include <string.h>

#include "der.h"

#define MAX_SERIAL 64
#define MAX_NAME   (16 * 1024)

/* Contents of OBJECT IDENTIFIERs. */
#define OID_REASON_CODE         "\x55\x1d\x15"
#define OID_INVALIDITY_DATE     "\x55\x1d\x18"
#define OID_CRL_NUMBER          "\x55\x1d\x14"
#define OID_AUTHORITY_KEY_ID    "\x55\x1d\x23"
#define OID_DISTRIBUTION_POINT  "\x55\x1d\x1c"
#define OID_DELTA_CRL_INDICATOR "\x55\x1d\x1b"

#define REASON_HOLD   6
#define REASON_REMOVE 8

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

/* The fields of a CertificateList, as they lie. */
typedef struct
{
  WaxDer tbs; /* with its tag: what is signed */
  WaxDer algorithm;
  WaxDer signature;

  WaxDer tbs_algorithm;
  WaxDer issuer; /* with its tag */
  gint64 this_update;
  gint64 next_update; /* 0: none */
  WaxDer revoked;
  WaxDer extensions;
} List;

/* What is said of our certificate. */
typedef struct
{
  gboolean listed;
  gint64 since;
  int reason;
} Entry;

static gboolean
refuse (GError **error, WaxRevocationError code, const char *words)
{
  g_set_error_literal (error, WAX_REVOCATION_ERROR, (int) code, words);

  return FALSE;
}

static gboolean
malformed (GError **error)
{
  return refuse (error, WAX_REVOCATION_ERROR_MALFORMED, "is not a revocation list");
}

/* ---- reading ---- */

/* TBSCertList, section 5.1.2. */
static gboolean
read_tbs (WaxDer tbs, List *list)
{
  WaxDer version, name, extensions;
  guint8 tag;

  if (wax_der_take (&tbs, WAX_DER_INTEGER, &version) && (version.length != 1 || version.data[0] != 1))
    return FALSE;
  if (!wax_der_take (&tbs, WAX_DER_SEQUENCE, &list->tbs_algorithm))
    return FALSE;
  if (!wax_der_has (&tbs, WAX_DER_SEQUENCE) || !wax_der_next (&tbs, &tag, &name, &list->issuer))
    return FALSE;
  if (!wax_der_take_time (&tbs, &list->this_update))
    return FALSE;
  if ((wax_der_has (&tbs, WAX_DER_UTC_TIME) || wax_der_has (&tbs, WAX_DER_GENERALIZED_TIME))
      && !wax_der_take_time (&tbs, &list->next_update))
    return FALSE;
  if (wax_der_has (&tbs, WAX_DER_SEQUENCE) && !wax_der_take (&tbs, WAX_DER_SEQUENCE, &list->revoked))
    return FALSE;
  if (wax_der_take (&tbs, WAX_DER_CONTEXT_CONSTRUCTED (0), &extensions)
      && (!wax_der_take (&extensions, WAX_DER_SEQUENCE, &list->extensions) || extensions.length > 0))
    return FALSE;

  return tbs.length == 0;
}

/* CertificateList, section 5.1.1. */
static gboolean
read_list (WaxDer octets, List *list)
{
  WaxDer outer, tbs;
  guint8 tag;

  if (!wax_der_take (&octets, WAX_DER_SEQUENCE, &outer) || octets.length > 0)
    return FALSE;
  if (!wax_der_has (&outer, WAX_DER_SEQUENCE) || !wax_der_next (&outer, &tag, &tbs, &list->tbs))
    return FALSE;
  if (!wax_der_take (&outer, WAX_DER_SEQUENCE, &list->algorithm)
      || !wax_der_take (&outer, WAX_DER_BIT_STRING, &list->signature) || outer.length > 0)
    return FALSE;
  /* Whole octets only: the first one counts the bits that are not used. */
  if (list->signature.length < 2 || list->signature.data[0] != 0)
    return FALSE;
  list->signature.data++;
  list->signature.length--;

  return read_tbs (tbs, list) && wax_der_equal (&list->algorithm, &list->tbs_algorithm);
}

/* Extension, section 4.1: takes the next one off @extensions. */
static gboolean
take_extension (WaxDer *extensions, WaxDer *oid, gboolean *critical, WaxDer *value)
{
  WaxDer extension, flag;

  *critical = FALSE;
  if (!wax_der_take (extensions, WAX_DER_SEQUENCE, &extension)
      || !wax_der_take (&extension, WAX_DER_OID, oid))
    return FALSE;
  if (wax_der_take (&extension, WAX_DER_BOOLEAN, &flag))
    {
      if (flag.length != 1)
        return FALSE;
      *critical = flag.data[0] != 0;
    }

  return wax_der_take (&extension, WAX_DER_OCTET_STRING, value) && extension.length == 0;
}

/* ---- what the list covers ---- */

/* GeneralNames: whether @url is among them. */
static gboolean
names_have (WaxDer names, const char *url)
{
  WaxDer name;
  guint8 tag;

  while (wax_der_next (&names, &tag, &name, NULL))
    if (tag == WAX_DER_CONTEXT (6) && name.length == strlen (url)
        && memcmp (name.data, url, name.length) == 0)
      return TRUE;

  return FALSE;
}

/* IssuingDistributionPoint, section 5.2.5. */
static gboolean
check_distribution_point (WaxDer value, const char *url, gboolean about_ca, GError **error)
{
  WaxDer point, content, names;
  guint8 tag;

  if (!wax_der_take (&value, WAX_DER_SEQUENCE, &point) || value.length > 0)
    return malformed (error);
  while (point.length > 0)
    {
      if (!wax_der_next (&point, &tag, &content, NULL))
        return malformed (error);
      if (tag == WAX_DER_CONTEXT_CONSTRUCTED (0))
        {
          if (!wax_der_take (&content, WAX_DER_CONTEXT_CONSTRUCTED (0), &names) || !names_have (names, url))
            return refuse (error, WAX_REVOCATION_ERROR_SCOPE, "is the list of another place");
          continue;
        }
      if (tag == WAX_DER_CONTEXT (3))
        return refuse (error, WAX_REVOCATION_ERROR_SCOPE, "is a list for some reasons only");
      if (content.length != 1)
        return malformed (error);
      if (content.data[0] == 0)
        continue;
      if ((tag == WAX_DER_CONTEXT (1) && about_ca) || (tag == WAX_DER_CONTEXT (2) && !about_ca)
          || tag == WAX_DER_CONTEXT (5))
        return refuse (error, WAX_REVOCATION_ERROR_SCOPE, "is a list of another kind of certificates");
      if (tag == WAX_DER_CONTEXT (4))
        return refuse (error, WAX_REVOCATION_ERROR_SCOPE, "is an indirect list, which is not read");
      if (tag != WAX_DER_CONTEXT (1) && tag != WAX_DER_CONTEXT (2))
        return malformed (error);
    }

  return TRUE;
}

static gboolean
check_extensions (WaxDer extensions, const char *url, gboolean about_ca, GError **error)
{
  while (extensions.length > 0)
    {
      WaxDer oid, value;
      gboolean critical;

      if (!take_extension (&extensions, &oid, &critical, &value))
        return malformed (error);
      if (wax_der_is_oid (&oid, OID_DELTA_CRL_INDICATOR))
        return refuse (error, WAX_REVOCATION_ERROR_SCOPE, "is a list of changes only");
      if (wax_der_is_oid (&oid, OID_DISTRIBUTION_POINT))
        {
          if (!check_distribution_point (value, url, about_ca, error))
            return FALSE;
        }
      else if (critical && !wax_der_is_oid (&oid, OID_CRL_NUMBER)
               && !wax_der_is_oid (&oid, OID_AUTHORITY_KEY_ID))
        return refuse (error, WAX_REVOCATION_ERROR_MALFORMED, "has a critical part that is not known");
    }

  return TRUE;
}

/* ---- who signed it ---- */

static gboolean
is_named (const WaxDer *name, gnutls_x509_crt_t issuer)
{
  gnutls_datum_t dn = { NULL, 0 };
  gboolean equal;

  if (name->length > MAX_NAME || gnutls_x509_crt_get_raw_dn (issuer, &dn) < 0)
    return FALSE;
  equal = dn.size == name->length && memcmp (dn.data, name->data, dn.size) == 0;
  gnutls_free (dn.data);

  return equal;
}

static gboolean
may_sign_lists (gnutls_x509_crt_t issuer)
{
  unsigned usage = 0;
  int code = gnutls_x509_crt_get_key_usage (issuer, &usage, NULL);

  if (gnutls_x509_crt_get_ca_status (issuer, NULL) != 1)
    return FALSE;

  return code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE || (code >= 0 && (usage & GNUTLS_KEY_CRL_SIGN) != 0);
}

/* RSASSA-PSS names its hash in parameters. A signature that one of them verifies
 * is a signature by the key, whatever the parameters say. */
static gboolean
verify_by (gnutls_pubkey_t key, const char *oid, const gnutls_datum_t *data, const gnutls_datum_t *signature)
{
  static const gnutls_sign_algorithm_t pss[] = { GNUTLS_SIGN_RSA_PSS_SHA256, GNUTLS_SIGN_RSA_PSS_SHA384,
                                                 GNUTLS_SIGN_RSA_PSS_SHA512 };
  gnutls_sign_algorithm_t algorithm = gnutls_oid_to_sign (oid);

  if (!g_str_equal (oid, "1.2.840.113549.1.1.10"))
    return algorithm != GNUTLS_SIGN_UNKNOWN
           && gnutls_pubkey_verify_data2 (key, algorithm, 0, data, signature) >= 0;
  for (gsize i = 0; i < G_N_ELEMENTS (pss); i++)
    if (gnutls_pubkey_verify_data2 (key, pss[i], 0, data, signature) >= 0)
      return TRUE;

  return FALSE;
}

static gboolean
check_signature (const List *list, gnutls_x509_crt_t issuer, GError **error)
{
  gnutls_datum_t data = { (unsigned char *) list->tbs.data, (unsigned) list->tbs.length };
  gnutls_datum_t signature = { (unsigned char *) list->signature.data, (unsigned) list->signature.length };
  WaxDer algorithm = list->algorithm, oid;
  g_auto (gnutls_pubkey_t) key = NULL;
  g_autofree char *oid_text = NULL;

  if (!is_named (&list->issuer, issuer))
    return refuse (error, WAX_REVOCATION_ERROR_SIGNATURE, "is the list of another authority");
  if (!may_sign_lists (issuer))
    return refuse (error, WAX_REVOCATION_ERROR_SIGNATURE,
                   "is signed by an authority that may not sign lists");
  if (!wax_der_take (&algorithm, WAX_DER_OID, &oid))
    return malformed (error);
  oid_text = wax_der_oid_text (&oid);
  if (oid_text == NULL)
    return malformed (error);
  if (gnutls_pubkey_init (&key) < 0 || gnutls_pubkey_import_x509 (key, issuer, 0) < 0
      || !verify_by (key, oid_text, &data, &signature))
    return refuse (error, WAX_REVOCATION_ERROR_SIGNATURE, "is not signed by the certificate's authority");

  return TRUE;
}

/* ---- the entries ---- */

static WaxDer
without_zeros (WaxDer serial)
{
  while (serial.length > 1 && serial.data[0] == 0)
    serial = (WaxDer) { serial.data + 1, serial.length - 1 };

  return serial;
}

/* The extensions of an entry, section 5.3. A critical one that is not known, such
 * as the certificateIssuer of an indirect list, makes the whole list useless. */
static gboolean
read_entry_extensions (WaxDer extensions, int *reason, GError **error)
{
  while (extensions.length > 0)
    {
      WaxDer oid, value, code;
      gboolean critical;

      if (!take_extension (&extensions, &oid, &critical, &value))
        return malformed (error);
      if (wax_der_is_oid (&oid, OID_REASON_CODE))
        {
          if (!wax_der_take (&value, WAX_DER_ENUMERATED, &code) || code.length != 1)
            return malformed (error);
          *reason = code.data[0];
        }
      else if (critical && !wax_der_is_oid (&oid, OID_INVALIDITY_DATE))
        return refuse (error, WAX_REVOCATION_ERROR_MALFORMED,
                       "has an entry with a critical part that is not known");
    }

  return TRUE;
}

static gboolean
find_entry (WaxDer revoked, WaxDer wanted, Entry *found, GError **error)
{
  wanted = without_zeros (wanted);
  while (revoked.length > 0)
    {
      WaxDer entry, serial, extensions = { NULL, 0 };
      gint64 since;
      int reason = 0;

      if (!wax_der_take (&revoked, WAX_DER_SEQUENCE, &entry)
          || !wax_der_take (&entry, WAX_DER_INTEGER, &serial) || !wax_der_take_time (&entry, &since)
          || (entry.length > 0 && !wax_der_take (&entry, WAX_DER_SEQUENCE, &extensions)) || entry.length > 0)
        return malformed (error);
      if (!read_entry_extensions (extensions, &reason, error))
        return FALSE;
      serial = without_zeros (serial);
      if (wax_der_equal (&serial, &wanted) && reason != REASON_REMOVE)
        *found = (Entry) { TRUE, since, reason };
    }

  return TRUE;
}

gboolean
wax_crl_judge (GBytes *octets,
               const char *url,
               gnutls_x509_crt_t certificate,
               gnutls_x509_crt_t issuer,
               gint64 now,
               WaxRevocationAnswer *answer,
               GError **error)
{
  List list = { 0 };
  Entry entry = { 0 };
  WaxDer all;
  guint8 serial[MAX_SERIAL];
  size_t serial_size = sizeof serial;
  gboolean about_ca = gnutls_x509_crt_get_ca_status (certificate, NULL) > 0;

  all.data = g_bytes_get_data (octets, &all.length);
  if (all.length == 0 || all.length > WAX_CRL_LIMIT || !read_list (all, &list)
      || gnutls_x509_crt_get_serial (certificate, serial, &serial_size) < 0)
    return malformed (error);
  if (!check_extensions (list.extensions, url, about_ca, error)
      || !find_entry (list.revoked, (WaxDer) { serial, serial_size }, &entry, error)
      || !check_signature (&list, issuer, error)
      || !wax_revocation_answer_set_times (answer, list.this_update, list.next_update, now, error))
    return FALSE;

  answer->revoked = entry.listed;
  answer->on_hold = entry.listed && entry.reason == REASON_HOLD;
  answer->revoked_at = entry.listed ? entry.since : 0;

  return TRUE;
}
