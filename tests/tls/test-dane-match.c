/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "dane-match.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

#include "test-certificates.h"

#define HOST "mail.example.org"
#define DAY  (24 * 3600)

static WaxTestCertificate *root, *middle, *leaf, *stranger;

static GBytes *
der_of (const WaxTestCertificate *certificate)
{
  gnutls_datum_t pem = { (unsigned char *) certificate->own_pem, (unsigned) strlen (certificate->own_pem) };
  gnutls_datum_t der = { 0 };
  GBytes *bytes;

  g_assert_cmpint (gnutls_pem_base64_decode2 ("CERTIFICATE", &pem, &der), ==, 0);
  bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);

  return bytes;
}

static GBytes *
spki_of (const WaxTestCertificate *certificate)
{
  gnutls_datum_t pem = { (unsigned char *) certificate->key_pem, (unsigned) strlen (certificate->key_pem) };
  gnutls_datum_t der = { 0 };
  gnutls_privkey_t private_key;
  gnutls_pubkey_t key;
  GBytes *bytes;

  gnutls_privkey_init (&private_key);
  gnutls_pubkey_init (&key);
  g_assert_cmpint (gnutls_privkey_import_x509_raw (private_key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_privkey (key, private_key, 0, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der), ==, 0);
  bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_pubkey_deinit (key);
  gnutls_privkey_deinit (private_key);

  return bytes;
}

static GPtrArray *
chain_of (const WaxTestCertificate *first, const WaxTestCertificate *second, const WaxTestCertificate *third)
{
  const WaxTestCertificate *all[] = { first, second, third };
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (all) && all[i] != NULL; i++)
    g_ptr_array_add (chain, der_of (all[i]));

  return chain;
}

/* Adds the record that @certificate asks for. */
static void
add_record (GPtrArray *records,
            guint8 usage,
            guint8 selector,
            guint8 matching,
            const WaxTestCertificate *certificate)
{
  g_autoptr (GBytes) content = selector == 1 ? spki_of (certificate) : der_of (certificate);
  g_autoptr (GByteArray) rdata = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  guint8 digest[64];
  gsize size = sizeof digest;

  g_byte_array_append (rdata, (const guint8[]) { usage, selector, matching }, 3);
  if (matching == 0)
    g_byte_array_append (rdata, g_bytes_get_data (content, NULL), (guint) g_bytes_get_size (content));
  else
    {
      g_autoptr (GChecksum) checksum = g_checksum_new (matching == 1 ? G_CHECKSUM_SHA256 : G_CHECKSUM_SHA512);

      g_checksum_update (checksum, g_bytes_get_data (content, NULL), (gssize) g_bytes_get_size (content));
      g_checksum_get_digest (checksum, digest, &size);
      g_byte_array_append (rdata, digest, (guint) size);
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&rdata));
  g_ptr_array_add (records, wax_tlsa_record_parse (bytes));
}

static void
add_raw (GPtrArray *records, const char *octets, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (octets, length);

  g_ptr_array_add (records, wax_tlsa_record_parse (bytes));
}

static GPtrArray *
no_records (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tlsa_record_free);
}

static WaxDaneState
match_one (guint8 usage,
           guint8 selector,
           guint8 matching,
           const WaxTestCertificate *certificate,
           GPtrArray *chain,
           const char *host)
{
  g_autoptr (GPtrArray) records = no_records ();
  const WaxTlsaRecord *matched = NULL;
  WaxDaneState state;

  add_record (records, usage, selector, matching, certificate);
  state = wax_dane_match (records, chain, host, &matched);
  g_assert_true ((matched != NULL) == (state == WAX_DANE_MATCH_ALONE || state == WAX_DANE_MATCH_PKIX));

  return state;
}

static void
test_every_kind (void)
{
  const struct
  {
    guint8 usage;
    const WaxTestCertificate *certificate;
    WaxDaneState expected;
  } cases[] = {
    { 0, middle, WAX_DANE_MATCH_PKIX }, { 0, root, WAX_DANE_MATCH_PKIX },
    { 0, leaf, WAX_DANE_NO_MATCH },     { 0, stranger, WAX_DANE_NO_MATCH },
    { 1, leaf, WAX_DANE_MATCH_PKIX },   { 1, middle, WAX_DANE_NO_MATCH },
    { 1, stranger, WAX_DANE_NO_MATCH }, { 2, middle, WAX_DANE_MATCH_ALONE },
    { 2, root, WAX_DANE_MATCH_ALONE },  { 2, leaf, WAX_DANE_NO_MATCH },
    { 2, stranger, WAX_DANE_NO_MATCH }, { 3, leaf, WAX_DANE_MATCH_ALONE },
    { 3, middle, WAX_DANE_NO_MATCH },   { 3, stranger, WAX_DANE_NO_MATCH },
  };
  g_autoptr (GPtrArray) chain = chain_of (leaf, middle, root);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint8 selector = 0; selector < 2; selector++)
      for (guint8 matching = 0; matching < 3; matching++)
        g_assert_cmpint (match_one (cases[i].usage, selector, matching, cases[i].certificate, chain, HOST),
                         ==, cases[i].expected);
}

/* RFC 7671 section 5.2.2: a digest cannot bring back what the server does not send. */
static void
test_authority_that_is_not_sent (void)
{
  g_autoptr (WaxTestCertificate) direct = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "direct", .names = HOST, .issuer = root });
  g_autoptr (GPtrArray) chain = chain_of (leaf, middle, NULL);
  g_autoptr (GPtrArray) alone = chain_of (direct, NULL, NULL);

  for (guint8 selector = 0; selector < 2; selector++)
    {
      g_assert_cmpint (match_one (2, selector, 0, root, chain, HOST), ==, WAX_DANE_MATCH_ALONE);
      g_assert_cmpint (match_one (2, selector, 0, root, alone, HOST), ==, WAX_DANE_MATCH_ALONE);
      g_assert_cmpint (match_one (2, selector, 0, root, chain, "other.example.org"), ==, WAX_DANE_NO_MATCH);
      g_assert_cmpint (match_one (2, selector, 0, root, alone, "other.example.org"), ==, WAX_DANE_NO_MATCH);
      g_assert_cmpint (match_one (2, selector, 0, stranger, chain, HOST), ==, WAX_DANE_NO_MATCH);
      g_assert_cmpint (match_one (2, selector, 1, root, chain, HOST), ==, WAX_DANE_NO_MATCH);
      g_assert_cmpint (match_one (0, selector, 0, root, chain, HOST), ==, WAX_DANE_NO_MATCH);
    }
}

/* RFC 7671 section 5.1: usage 3 looks at neither name nor dates; usage 2 at both. */
static void
test_names_and_dates (void)
{
  g_autoptr (WaxTestCertificate) old = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "old", .names = HOST, .issuer = middle, .from_s = -10 * DAY, .to_s = -DAY });
  g_autoptr (GPtrArray) expired = chain_of (old, middle, root);
  g_autoptr (GPtrArray) good = chain_of (leaf, middle, root);

  g_assert_cmpint (match_one (3, 1, 1, old, expired, HOST), ==, WAX_DANE_MATCH_ALONE);
  g_assert_cmpint (match_one (2, 1, 1, root, expired, HOST), ==, WAX_DANE_NO_MATCH);
  g_assert_cmpint (match_one (2, 1, 0, root, expired, HOST), ==, WAX_DANE_NO_MATCH);
  g_assert_cmpint (match_one (3, 1, 1, leaf, good, "other.example.org"), ==, WAX_DANE_MATCH_ALONE);
  g_assert_cmpint (match_one (2, 1, 1, root, good, "other.example.org"), ==, WAX_DANE_NO_MATCH);
}

/* That a server shows a CA does not mean that it signed anything. */
static void
test_authority_that_signed_nothing (void)
{
  g_autoptr (GPtrArray) chain = chain_of (stranger, middle, root);
  g_autoptr (WaxTestCertificate) no_ca = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "no CA", .names = HOST, .issuer = leaf });
  g_autoptr (GPtrArray) misused = chain_of (no_ca, leaf, middle);

  g_assert_cmpint (match_one (2, 0, 1, middle, chain, HOST), ==, WAX_DANE_NO_MATCH);
  g_assert_cmpint (match_one (0, 1, 1, root, chain, HOST), ==, WAX_DANE_NO_MATCH);
  g_assert_cmpint (match_one (2, 1, 1, leaf, misused, HOST), ==, WAX_DANE_NO_MATCH);
  g_assert_cmpint (match_one (2, 1, 1, middle, misused, HOST), ==, WAX_DANE_NO_MATCH);
}

static void
test_roll_over (void)
{
  g_autoptr (GPtrArray) chain = chain_of (leaf, middle, NULL);
  g_autoptr (GPtrArray) records = no_records ();
  const WaxTlsaRecord *matched = NULL;

  add_record (records, 3, 1, 1, stranger);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, &matched), ==, WAX_DANE_NO_MATCH);
  add_record (records, 1, 0, 1, leaf);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, &matched), ==, WAX_DANE_MATCH_PKIX);
  add_record (records, 3, 1, 1, leaf);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, &matched), ==, WAX_DANE_MATCH_ALONE);
  g_assert_true (matched == records->pdata[2]);
}

static void
test_stronger_digest_counts (void)
{
  g_autoptr (GPtrArray) chain = chain_of (leaf, middle, NULL);
  g_autoptr (GPtrArray) records = no_records ();

  add_record (records, 3, 1, 1, leaf);
  add_raw (records, "\3\1\2too short", 12);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_MATCH_ALONE);
  add_record (records, 3, 0, 2, stranger);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_MATCH_ALONE);
  add_record (records, 3, 1, 2, stranger);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_NO_MATCH);
}

static void
test_unusable (void)
{
  g_autoptr (GPtrArray) chain = chain_of (leaf, middle, NULL);
  g_autoptr (GPtrArray) nothing = chain_of (NULL, NULL, NULL);
  g_autoptr (GPtrArray) records = no_records ();

  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_UNUSABLE);
  add_record (records, 255, 1, 1, leaf);
  add_record (records, 4, 0, 1, leaf);
  add_record (records, 3, 1, 3, leaf);
  add_raw (records, "\3\2\1", 3);
  add_raw (records, "\3\1\0", 3);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_UNUSABLE);
  add_raw (records, "\2\0\0not a certificate", 20);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_NO_MATCH);
  add_record (records, 3, 1, 1, leaf);
  g_assert_cmpint (wax_dane_match (records, chain, HOST, NULL), ==, WAX_DANE_MATCH_ALONE);
  g_assert_cmpint (wax_dane_match (records, nothing, HOST, NULL), ==, WAX_DANE_NO_MATCH);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  root = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Root", .is_ca = TRUE });
  middle = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Middle", .is_ca = TRUE, .issuer = root });
  leaf = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "leaf", .names = HOST, .issuer = middle });
  stranger = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "stranger", .names = HOST });
  g_test_add_func ("/tls/dane-match/every-kind", test_every_kind);
  g_test_add_func ("/tls/dane-match/authority-that-is-not-sent", test_authority_that_is_not_sent);
  g_test_add_func ("/tls/dane-match/names-and-dates", test_names_and_dates);
  g_test_add_func ("/tls/dane-match/authority-that-signed-nothing", test_authority_that_signed_nothing);
  g_test_add_func ("/tls/dane-match/roll-over", test_roll_over);
  g_test_add_func ("/tls/dane-match/stronger-digest-counts", test_stronger_digest_counts);
  g_test_add_func ("/tls/dane-match/unusable", test_unusable);
  status = g_test_run ();
  wax_test_certificate_free (root);
  wax_test_certificate_free (middle);
  wax_test_certificate_free (leaf);
  wax_test_certificate_free (stranger);

  return status;
}
