/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The expected values were printed by `openssl x509` and, for the key,
 * `openssl pkey -pubin -outform DER | sha256sum`. */

#include "certificate-details.h"

#include <string.h>

#include "test-certificates.h"

static WaxCertificateDetails *
read_sample (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", "certificate-details", name,
                                                 NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *der = NULL;
  WaxCertificateDetails *details;
  gsize length;

  g_file_get_contents (path, &der, &length, &error);
  g_assert_no_error (error);
  details = wax_certificate_details_new_from_der ((const guint8 *) der, length, &error);
  g_assert_no_error (error);

  return details;
}

static void
test_reads_all (void)
{
  static const char *const names[] = { "mail.example.net", "*.example.org", "192.0.2.7", "2001:db8::7",
                                       NULL };
  static const char *const usages[] = { "server authentication", "client authentication", "1.2.3.4", NULL };
  g_autoptr (WaxCertificateDetails) details = read_sample ("rsa.der");

  g_assert_cmpstr (details->subject, ==, "CN=mail.example.net,O=Waxseal,C=NO");
  g_assert_cmpstr (details->issuer, ==, details->subject);
  g_assert_cmpstr (details->common_name, ==, "mail.example.net");
  g_assert_cmpstr (details->serial, ==, "7c57d55a3d434bbd089c9277e62c704ea6d14de7");
  g_assert_cmpstrv (details->names, names);
  g_assert_cmpint (details->not_before, ==, 1795501980); /* 2026-11-24 06:33:00 */
  g_assert_cmpint (details->not_after, ==, 4949101980);  /* 2126-10-31 06:33:00 */
  g_assert_cmpstr (details->sha256, ==, "aec4746a1a9851e483bed186deb64a9102b003ff7bd61ad1ebaa81f9989dff20");
  g_assert_cmpstr (details->spki_sha256, ==,
                   "38df5390cf53eb8c6a06757a606f23d3e1f36301f4979a70de4ab03087cf641a");
  g_assert_cmpstr (details->key, ==, "RSA 2048");
  g_assert_cmpstr (details->signature, ==, "RSA-SHA256");
  g_assert_cmpstrv (details->usages, usages);
  g_assert_true (details->is_ca);
  g_assert_true (details->must_staple);
  g_assert_true (g_str_has_prefix (details->pem, "-----BEGIN CERTIFICATE-----\nMIID4zCCAsug"));
}

static void
test_names_keys (void)
{
  g_autoptr (WaxCertificateDetails) ed25519 = read_sample ("ed25519.der");
  g_autoptr (WaxCertificateDetails) ec = read_sample ("ec.der");

  g_assert_cmpstr (ed25519->key, ==, "Ed25519");
  g_assert_cmpstr (ed25519->signature, ==, "EdDSA-Ed25519");
  g_assert_cmpstr (ed25519->spki_sha256, ==,
                   "aaa4a8c1d55e7c03675eb9b4c6538251162ed5594d1aa6f519815349b53ec740");
  g_assert_false (ed25519->must_staple);
  g_assert_cmpstr (ec->key, ==, "EC P-384");
  g_assert_cmpstr (ec->signature, ==, "ECDSA-SHA256");
  g_assert_cmpstr (ec->spki_sha256, ==, "6dd42327e00b7b3784009e7e1341c2dbf9e89d028235144b57fd9ce77648f368");
  g_assert_cmpuint (g_strv_length (ec->names), ==, 0);
}

static void
test_shows_no_control_characters (void)
{
  g_autoptr (WaxTestCertificate)
      made = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "a\nb\u202ec" });
  g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (made);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = wax_certificate_details_chain (certificate, &error);
  const WaxCertificateDetails *details;

  g_assert_no_error (error);
  g_assert_cmpuint (chain->len, ==, 1);
  details = chain->pdata[0];
  g_assert_cmpstr (details->common_name, ==, "a?b?c");
  g_assert_cmpstr (details->subject, ==, "CN=a?b?c");
}

static void
test_walks_the_chain (void)
{
  g_autoptr (WaxTestCertificate)
      root = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Root", .is_ca = TRUE });
  g_autoptr (WaxTestCertificate) middle = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Middle", .is_ca = TRUE, .issuer = root });
  g_autoptr (WaxTestCertificate)
      leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Leaf", .issuer = middle });
  g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (leaf);
  g_autoptr (GPtrArray) chain = wax_certificate_details_chain (certificate, NULL);

  g_assert_cmpuint (chain->len, ==, 2);
  g_assert_cmpstr (((WaxCertificateDetails *) chain->pdata[0])->issuer, ==, "CN=Middle");
  g_assert_cmpstr (((WaxCertificateDetails *) chain->pdata[1])->subject, ==, "CN=Middle");
  g_assert_cmpstr (((WaxCertificateDetails *) chain->pdata[1])->issuer, ==, "CN=Root");
}

static void
test_refuses_garbage (void)
{
  g_autofree guint8 *large = g_malloc0 (64 * 1024 + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_certificate_details_new_from_der (large, 64 * 1024 + 1, &error));
  g_assert_error (error, WAX_CERTIFICATE_ERROR, WAX_CERTIFICATE_ERROR_PARSE);
  g_clear_error (&error);
  g_assert_null (wax_certificate_details_new_from_der (large, 100, &error));
  g_assert_error (error, WAX_CERTIFICATE_ERROR, WAX_CERTIFICATE_ERROR_PARSE);
  g_clear_error (&error);
  g_assert_null (wax_certificate_details_new_from_der (NULL, 0, &error));
  g_assert_error (error, WAX_CERTIFICATE_ERROR, WAX_CERTIFICATE_ERROR_PARSE);
}

static void
assert_same (const WaxCertificateDetails *a, const WaxCertificateDetails *b)
{
  g_assert_cmpstr (a->subject, ==, b->subject);
  g_assert_cmpstr (a->common_name, ==, b->common_name);
  g_assert_cmpstr (a->issuer, ==, b->issuer);
  g_assert_cmpstr (a->serial, ==, b->serial);
  g_assert_cmpstrv (a->names, b->names);
  g_assert_cmpint (a->not_before, ==, b->not_before);
  g_assert_cmpint (a->not_after, ==, b->not_after);
  g_assert_cmpstr (a->sha256, ==, b->sha256);
  g_assert_cmpstr (a->spki_sha256, ==, b->spki_sha256);
  g_assert_cmpstr (a->key, ==, b->key);
  g_assert_cmpstr (a->signature, ==, b->signature);
  g_assert_cmpstrv (a->usages, b->usages);
  g_assert_cmpint (a->is_ca, ==, b->is_ca);
  g_assert_cmpint (a->must_staple, ==, b->must_staple);
  g_assert_cmpstr (a->pem, ==, b->pem);
}

static void
test_goes_through_json (void)
{
  g_autoptr (WaxCertificateDetails) details = read_sample ("rsa.der");
  g_autoptr (WaxCertificateDetails) copy = wax_certificate_details_copy (details);
  g_autoptr (JsonNode) json = wax_certificate_details_to_json (details);
  g_autoptr (WaxCertificateDetails) back = wax_certificate_details_from_json (json_node_get_object (json));

  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (json), "not_before"), ==,
                   "2026-11-24T06:33:00Z");
  assert_same (details, copy);
  assert_same (details, back);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/certificate-details/reads-all", test_reads_all);
  g_test_add_func ("/tls/certificate-details/names-keys", test_names_keys);
  g_test_add_func ("/tls/certificate-details/shows-no-control-characters", test_shows_no_control_characters);
  g_test_add_func ("/tls/certificate-details/walks-the-chain", test_walks_the_chain);
  g_test_add_func ("/tls/certificate-details/refuses-garbage", test_refuses_garbage);
  g_test_add_func ("/tls/certificate-details/goes-through-json", test_goes_through_json);

  return g_test_run ();
}
