/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "trust-anchor.h"

#include "dns-resolver.h"

#define DIGEST_32 "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
#define KEY_64    "oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA=="

static void
test_reads_zone_file_form (void)
{
  static const struct
  {
    const char *text;
    const char *zone;
    const char *record;
  } cases[] = {
    { ". IN DS 20326 8 2 " DIGEST_32 "\n", ".", ". IN DS 20326 8 2 " DIGEST_32 },
    { "; a comment\n\nExample.\t3600\tIN\tDS\t1 13 2 " DIGEST_32 " ; id = 1\r\n", "example",
      "example. IN DS 1 13 2 " DIGEST_32 },
    { "a.example IN 60 DS 1 13 2 (\n  E06D44B80B8F1D39A95C0B0D7C65D084 ; half\n"
      "  58E880409BBC683457104237C7F8EC8D )\n",
      "a.example", "a.example. IN DS 1 13 2 " DIGEST_32 },
    { "test. DNSKEY 257 3 13 " KEY_64, "test", "test. IN DNSKEY 257 3 13 " KEY_64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) anchors = wax_trust_anchor_parse (cases[i].text, &error);
      const WaxTrustAnchor *anchor;

      g_assert_no_error (error);
      g_assert_cmpuint (anchors->len, ==, 1);
      anchor = anchors->pdata[0];
      g_assert_cmpstr (anchor->zone, ==, cases[i].zone);
      g_assert_cmpstr (anchor->record, ==, cases[i].record);
    }
}

/* What a validator passes over would leave its zone unproved. */
static void
test_refuses_what_proves_nothing (void)
{
  static const char *const texts[] = {
    "",
    "; nothing\n",
    "nonsense",
    ". IN A 127.0.0.1",
    ". IN DS 20326 8 2",
    ". IN DS 20326 8 2 E06D",
    ". IN DS 20326 8 2 X06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 20326 5 2 " DIGEST_32,
    ". IN DS 20326 250 2 " DIGEST_32,
    ". IN DS 20326 8 1 E06D44B80B8F1D39A95C0B0D7C65D08458E88040",
    ". IN DS 20326 8 3 " DIGEST_32,
    ". IN DS 70000 8 2 " DIGEST_32,
    ". IN DS 20326 8 " DIGEST_32,
    "test. IN DNSKEY 256 3 1 " KEY_64,
    "test. IN DNSKEY 1 3 13 " KEY_64,
    "test. IN DNSKEY 385 3 13 " KEY_64,
    "test. IN DNSKEY 257 2 13 " KEY_64,
    "test. IN DNSKEY 257 3 13 QUJD",
    "test. IN DNSKEY 257 3 13 !!!!",
    "a b IN DS 20326 8 2 " DIGEST_32,
    "$ORIGIN test.\n. IN DS 20326 8 2 " DIGEST_32,
    ". IN DS 20326 8 2 " DIGEST_32 "\nx",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_trust_anchor_parse (texts[i], &error));
      g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_SETTINGS);
    }
}

static void
test_knows_the_root (void)
{
  g_autoptr (GPtrArray) anchors = wax_trust_anchor_root ();

  g_assert_cmpuint (anchors->len, >=, 2);
  for (guint i = 0; i < anchors->len; i++)
    g_assert_cmpstr (((WaxTrustAnchor *) anchors->pdata[i])->zone, ==, ".");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns/trust-anchor/reads-zone-file-form", test_reads_zone_file_form);
  g_test_add_func ("/dns/trust-anchor/refuses-what-proves-nothing", test_refuses_what_proves_nothing);
  g_test_add_func ("/dns/trust-anchor/knows-the-root", test_knows_the_root);

  return g_test_run ();
}
