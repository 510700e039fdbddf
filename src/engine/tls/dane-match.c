/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A chain against TLSA records. Paths from the leaf to a CA are verified by GnuTLS,
 * with that CA alone as its trust anchor. */

#include "dane-match.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

#include "der.h"

#define MAX_CHAIN 16
#define MAX_DER   (64 * 1024)

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

typedef struct
{
  gnutls_x509_crt_t certificates[MAX_CHAIN]; /* leaf first */
  GBytes *der[MAX_CHAIN];
  GBytes *spki[MAX_CHAIN]; /* (nullable) */
  guint length;
  const char *host;
} Chain;

/* ---- the chain ---- */

static gnutls_datum_t
datum_of (GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  return (gnutls_datum_t) { .data = (unsigned char *) data, .size = (unsigned) size };
}

/* (nullable) */
static gnutls_x509_crt_t
import (GBytes *der)
{
  gnutls_datum_t datum = datum_of (der);
  gnutls_x509_crt_t certificate;

  if (datum.size == 0 || datum.size > MAX_DER || gnutls_x509_crt_init (&certificate) < 0)
    return NULL;
  if (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_DER) >= 0)
    return certificate;
  gnutls_x509_crt_deinit (certificate);

  return NULL;
}

static GBytes *
spki_of (gnutls_x509_crt_t certificate)
{
  g_auto (gnutls_pubkey_t) key = NULL;
  gnutls_datum_t datum = { 0 };
  GBytes *spki;

  if (gnutls_pubkey_init (&key) < 0 || gnutls_pubkey_import_x509 (key, certificate, 0) < 0
      || gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &datum) < 0)
    return NULL;
  spki = g_bytes_new (datum.data, datum.size);
  gnutls_free (datum.data);

  return spki;
}

static void
chain_init (Chain *self, GPtrArray *chain, const char *host)
{
  *self = (Chain) { .host = host };
  for (guint i = 0; i < chain->len && i < MAX_CHAIN; i++)
    {
      gnutls_x509_crt_t certificate = import (chain->pdata[i]);

      /* What stands behind one that cannot be read is not looked at. */
      if (certificate == NULL)
        return;
      self->certificates[i] = certificate;
      self->der[i] = g_bytes_ref (chain->pdata[i]);
      self->spki[i] = spki_of (certificate);
      self->length = i + 1;
    }
}

static void
chain_clear (Chain *self)
{
  for (guint i = 0; i < self->length; i++)
    {
      gnutls_x509_crt_deinit (self->certificates[i]);
      g_bytes_unref (self->der[i]);
      g_clear_pointer (&self->spki[i], g_bytes_unref);
    }
}

/* ---- paths ---- */

/* Whether the leaf was signed by @anchor, over certificates of the chain, each of them
 * in its time and allowed to; and, with @named, is for the host. */
static gboolean
chain_leads_to (Chain *self, gnutls_x509_crt_t anchor, gboolean named)
{
  gnutls_x509_trust_list_t list = NULL;
  gnutls_typed_vdata_st data[] = {
    { .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *) GNUTLS_KP_TLS_WWW_SERVER },
    { .type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *) self->host },
  };
  unsigned status = G_MAXUINT;

  /* GnuTLS would take a leaf that is trusted by itself. */
  if (gnutls_x509_crt_equals (anchor, self->certificates[0]) || gnutls_x509_trust_list_init (&list, 1) < 0)
    return FALSE;
  if (gnutls_x509_trust_list_add_cas (list, &anchor, 1, 0) != 1
      || gnutls_x509_trust_list_verify_crt2 (list, self->certificates, self->length, data, named ? 2 : 1, 0,
                                             &status, NULL)
             < 0)
    status = G_MAXUINT;
  gnutls_x509_trust_list_deinit (list, 0);

  return status == 0;
}

static gboolean
leaf_is_good_by_itself (Chain *self)
{
  gnutls_x509_crt_t leaf = self->certificates[0];
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  return gnutls_x509_crt_get_activation_time (leaf) <= now
         && gnutls_x509_crt_get_expiration_time (leaf) >= now
         && gnutls_x509_crt_check_hostname (leaf, self->host) != 0;
}

/* ---- a bare key: `2 1 0` for a CA that the server does not send ---- */

/* What the signature of a certificate is over, RFC 5280 section 4.1.1. */
static gboolean
signed_part (GBytes *der, gnutls_datum_t *part)
{
  gnutls_datum_t all = datum_of (der);
  WaxDer rest = { .data = all.data, .length = all.size }, certificate, whole;
  guint8 tag;

  if (!wax_der_take (&rest, WAX_DER_SEQUENCE, &certificate)
      || !wax_der_next (&certificate, &tag, NULL, &whole))
    return FALSE;
  *part = (gnutls_datum_t) { .data = (unsigned char *) whole.data, .size = (unsigned) whole.length };

  return TRUE;
}

static gboolean
is_signed_by (Chain *self, guint i, gnutls_pubkey_t key)
{
  guint8 octets[1024];
  size_t size = sizeof octets;
  gnutls_datum_t part, signature;
  int algorithm = gnutls_x509_crt_get_signature_algorithm (self->certificates[i]);

  if (algorithm <= 0 || !signed_part (self->der[i], &part)
      || gnutls_x509_crt_get_signature (self->certificates[i], (char *) octets, &size) < 0)
    return FALSE;
  signature = (gnutls_datum_t) { .data = octets, .size = (unsigned) size };

  return gnutls_pubkey_verify_data2 (key, (gnutls_sign_algorithm_t) algorithm, 0, &part, &signature) >= 0;
}

static gboolean
chain_leads_to_key (Chain *self, GBytes *spki)
{
  g_auto (gnutls_pubkey_t) key = NULL;
  gnutls_datum_t datum = datum_of (spki);

  if (gnutls_pubkey_init (&key) < 0 || gnutls_pubkey_import (key, &datum, GNUTLS_X509_FMT_DER) < 0)
    return FALSE;
  if (is_signed_by (self, 0, key))
    return leaf_is_good_by_itself (self);
  for (guint i = 1; i < self->length; i++)
    if (is_signed_by (self, i, key) && chain_leads_to (self, self->certificates[i], TRUE))
      return TRUE;

  return FALSE;
}

/* ---- records ---- */

static gboolean
digest_is (GChecksumType type, GBytes *content, GBytes *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (type);
  guint8 octets[64];
  gsize size = sizeof octets, length;
  const void *data = g_bytes_get_data (content, &length);

  g_checksum_update (checksum, data, (gssize) length);
  g_checksum_get_digest (checksum, octets, &size);

  return size == g_bytes_get_size (digest) && memcmp (octets, g_bytes_get_data (digest, NULL), size) == 0;
}

static gboolean
is_of (const WaxTlsaRecord *record, Chain *chain, guint i)
{
  GBytes *content = record->selector == WAX_TLSA_PUBLIC_KEY ? chain->spki[i] : chain->der[i];

  if (content == NULL)
    return FALSE;

  switch (record->matching)
    {
    case WAX_TLSA_FULL:
      return g_bytes_equal (content, record->data);
    case WAX_TLSA_SHA256:
      return digest_is (G_CHECKSUM_SHA256, content, record->data);
    case WAX_TLSA_SHA512:
      return digest_is (G_CHECKSUM_SHA512, content, record->data);
    default:
      return FALSE;
    }
}

static gboolean
is_of_a_ca (const WaxTlsaRecord *record, Chain *chain)
{
  gboolean named = record->usage == WAX_TLSA_DANE_TA;

  for (guint i = 1; i < chain->length; i++)
    if (is_of (record, chain, i) && chain_leads_to (chain, chain->certificates[i], named))
      return TRUE;

  return FALSE;
}

/* A record that has the whole of a CA needs no server that sends it. */
static gboolean
brings_its_ca (const WaxTlsaRecord *record, Chain *chain)
{
  gnutls_x509_crt_t certificate;
  gboolean good;

  if (record->usage != WAX_TLSA_DANE_TA || record->matching != WAX_TLSA_FULL)
    return FALSE;
  if (record->selector == WAX_TLSA_PUBLIC_KEY)
    return chain_leads_to_key (chain, record->data);
  certificate = import (record->data);
  if (certificate == NULL)
    return FALSE;
  good = chain_leads_to (chain, certificate, TRUE);
  gnutls_x509_crt_deinit (certificate);

  return good;
}

static gboolean
record_fits (const WaxTlsaRecord *record, Chain *chain)
{
  if (chain->length == 0)
    return FALSE;

  switch (record->usage)
    {
    case WAX_TLSA_PKIX_EE:
    case WAX_TLSA_DANE_EE:
      return is_of (record, chain, 0);
    case WAX_TLSA_PKIX_TA:
    case WAX_TLSA_DANE_TA:
      return is_of_a_ca (record, chain) || brings_its_ca (record, chain);
    default:
      return FALSE;
    }
}

/* RFC 7671 section 9: a weaker digest is for those who do not know the stronger. */
static gboolean
is_outdone (GPtrArray *records, const WaxTlsaRecord *record)
{
  if (record->matching != WAX_TLSA_SHA256)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      const WaxTlsaRecord *other = records->pdata[i];

      if (other->usage == record->usage && other->selector == record->selector
          && other->matching == WAX_TLSA_SHA512 && wax_tlsa_record_is_usable (other))
        return TRUE;
    }

  return FALSE;
}

static gboolean
vouches_alone (const WaxTlsaRecord *record)
{
  return record->usage == WAX_TLSA_DANE_EE || record->usage == WAX_TLSA_DANE_TA;
}

WaxDaneState
wax_dane_match (GPtrArray *records, GPtrArray *chain, const char *host, const WaxTlsaRecord **matched)
{
  const WaxTlsaRecord *found = NULL;
  gboolean usable = FALSE;
  Chain read;

  chain_init (&read, chain, host);
  for (guint i = 0; i < records->len && (found == NULL || !vouches_alone (found)); i++)
    {
      const WaxTlsaRecord *record = records->pdata[i];

      if (!wax_tlsa_record_is_usable (record))
        continue;
      usable = TRUE;
      if (!is_outdone (records, record) && (found == NULL || vouches_alone (record))
          && record_fits (record, &read))
        found = record;
    }
  chain_clear (&read);

  if (matched != NULL)
    *matched = found;
  if (found != NULL)
    return vouches_alone (found) ? WAX_DANE_MATCH_ALONE : WAX_DANE_MATCH_PKIX;

  return usable ? WAX_DANE_NO_MATCH : WAX_DANE_UNUSABLE;
}
