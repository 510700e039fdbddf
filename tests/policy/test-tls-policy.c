/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls-policy.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1795501980) /* 2026-11-24 06:33 UTC */
#define DAY (24 * 3600)

static const char *const leaf_names[] = { "smtp.example.org", NULL };
static const char *const other_names[] = { "mail.example.net", NULL };
static const char *const many_names[] = { "a.example", "b.example", "c.example",
                                          "d.example", "e.example", NULL };
static const char *const no_names[] = { NULL };
static const char *const server_usage[] = { "server authentication", NULL };
static const char *const client_usage[] = { "client authentication", NULL };
static const char *const chain_of_two[] = { "aa11", "bb22", NULL };
static const char *const chain_of_one[] = { "aa11", NULL };

/* A connection with nothing wrong. */
static WaxTlsFacts
good_facts (void)
{
  return (WaxTlsFacts) {
    .protocol = "TLS1.3",
    .cipher = "TLS_AES_256_GCM_SHA384",
    .hostname = "smtp.example.org",
    .leaf_names = leaf_names,
    .leaf_usages = server_usage,
    .leaf_subject = "CN=smtp.example.org",
    .leaf_issuer = "CN=Example Issuing\\, 7,O=Example",
    .root_issuer = "CN=Example\\, Root,O=Example",
    .not_before = NOW - DAY,
    .not_after = NOW + 30 * DAY,
    .now = NOW,
    .chain_spki = chain_of_two,
  };
}

static const WaxCheck *
find_check (GPtrArray *checks, const char *name)
{
  for (guint i = 0; i < checks->len; i++)
    if (g_str_equal (((WaxCheck *) checks->pdata[i])->name, name))
      return checks->pdata[i];
  g_assert_not_reached ();
}

static GPtrArray *
judge (WaxTlsFacts facts)
{
  return wax_tls_policy_judge (&(WaxTlsPolicy) { 0 }, &facts);
}

static void
assert_fails (WaxTlsFacts facts, const char *name, const char *detail)
{
  g_autoptr (GPtrArray) checks = judge (facts);
  const WaxCheck *check = find_check (checks, name);

  g_assert_cmpstr (check->detail, ==, detail);
  g_assert_cmpint (check->result, ==, WAX_CHECK_FAIL);
  g_assert_true (wax_tls_policy_first_failure (checks) == check);
}

static void
test_accepts_a_good_connection (void)
{
  static const char *const order[] = {
    "hostname", "chain", "validity", "revocation", "pin", "policy", "dane"
  };
  static const WaxCheckResult results[] = {
    WAX_CHECK_PASS,    WAX_CHECK_PASS, WAX_CHECK_PASS,    WAX_CHECK_SKIPPED,
    WAX_CHECK_SKIPPED, WAX_CHECK_PASS, WAX_CHECK_SKIPPED,
  };
  g_autoptr (GPtrArray) checks = judge (good_facts ());

  g_assert_cmpuint (checks->len, ==, G_N_ELEMENTS (order));
  g_assert_null (wax_tls_policy_first_failure (checks));
  for (guint i = 0; i < checks->len; i++)
    {
      const WaxCheck *check = checks->pdata[i];

      g_assert_cmpstr (check->name, ==, order[i]);
      g_assert_cmpint (check->result, ==, results[i]);
      g_assert_true (g_str_has_suffix (check->detail, "."));
    }
  g_assert_cmpstr (find_check (checks, "chain")->detail, ==,
                   "The certificate was issued by “Example Issuing, 7” and leads to an authority that this "
                   "account trusts.");
  g_assert_cmpstr (find_check (checks, "validity")->detail, ==,
                   "The certificate is valid until 2026-12-24 06:33 UTC, for 30 days more.");
}

static void
test_names_both_hosts (void)
{
  WaxTlsFacts facts = good_facts ();
  g_autoptr (GPtrArray) checks = NULL;

  facts.errors = G_TLS_CERTIFICATE_BAD_IDENTITY;
  facts.leaf_names = other_names;
  assert_fails (facts, "hostname",
                "This server's certificate is for mail.example.net, not smtp.example.org.");
  checks = judge (facts);
  g_assert_cmpstr (find_check (checks, "hostname")->expected, ==, "smtp.example.org");
  g_assert_cmpstr (find_check (checks, "hostname")->found, ==, "mail.example.net");
  g_assert_cmpint (find_check (checks, "chain")->result, ==, WAX_CHECK_PASS);
  g_assert_cmpint (find_check (checks, "validity")->result, ==, WAX_CHECK_PASS);

  facts.leaf_names = many_names;
  assert_fails (facts, "hostname",
                "This server's certificate is for a.example, b.example, c.example, d.example and 1 more, "
                "not smtp.example.org.");
  facts.leaf_names = no_names;
  assert_fails (facts, "hostname",
                "This server's certificate names no server, and should name smtp.example.org.");
}

static void
test_tells_unknown_from_self_signed (void)
{
  WaxTlsFacts facts = good_facts ();

  facts.errors = G_TLS_CERTIFICATE_UNKNOWN_CA;
  assert_fails (
      facts, "chain",
      "This server's certificate was issued by “Example, Root”, which this account does not trust.");
  facts.root_issuer = facts.leaf_subject;
  facts.chain_spki = chain_of_one;
  assert_fails (facts, "chain",
                "This server's certificate is signed by itself: no authority vouches for it.");
}

static void
test_refuses_broken_chains (void)
{
  WaxTlsFacts facts = good_facts ();

  facts.errors = G_TLS_CERTIFICATE_INSECURE;
  assert_fails (facts, "chain",
                "A certificate in this server's chain has a key or a signature that is no longer safe.");
  facts.errors = G_TLS_CERTIFICATE_GENERIC_ERROR;
  assert_fails (facts, "chain",
                "The chain from this server's certificate to “Example, Root” does not hold: a signature or a "
                "constraint in it is wrong.");
  facts.errors = 1u << 12; /* one that GIO may come to have */
  assert_fails (facts, "chain",
                "The chain from this server's certificate to “Example, Root” does not hold: a signature or a "
                "constraint in it is wrong.");
  facts.errors = 0;
  facts.leaf_usages = client_usage;
  assert_fails (facts, "chain", "This server's certificate is for client authentication, not for a server.");
  facts.leaf_usages = NULL;
  facts.leaf_subject = NULL;
  assert_fails (facts, "hostname", "The server showed no certificate.");
}

static void
test_dates_the_validity (void)
{
  WaxTlsFacts facts = good_facts ();

  facts.not_after = NOW - 5 * DAY;
  assert_fails (facts, "validity", "This server's certificate expired on 2026-11-19 06:33 UTC, 5 days ago.");
  facts = good_facts ();
  facts.not_before = NOW + DAY;
  assert_fails (
      facts, "validity",
      "This server's certificate is not valid before 2026-11-25 06:33 UTC; this computer's clock says "
      "2026-11-24 06:33 UTC.");
  facts = good_facts ();
  facts.errors = G_TLS_CERTIFICATE_EXPIRED;
  assert_fails (facts, "validity", "The certificate of an authority in this server's chain has expired.");
}

static void
test_judges_revocation (void)
{
  WaxTlsFacts facts = good_facts ();
  g_autoptr (GPtrArray) checks = NULL;

  facts.errors = G_TLS_CERTIFICATE_REVOKED;
  assert_fails (facts, "revocation", "This server's certificate has been revoked by its issuer.");
  facts.errors = G_TLS_CERTIFICATE_GENERIC_ERROR;
  facts.must_staple = facts.staple_refused = TRUE;
  assert_fails (
      facts, "revocation",
      "The server sent no valid stapled proof that its certificate is not revoked, and the certificate "
      "demands one.");
  facts.must_staple = FALSE;
  assert_fails (facts, "revocation",
                "The certificate's chain holds, but the handshake refused it: the stapled answer on its "
                "revocation is not valid, or the server sent far too many certificates.");
  checks = judge (facts);
  g_assert_cmpint (find_check (checks, "chain")->result, ==, WAX_CHECK_PASS);
}

static void
test_compares_pins (void)
{
  static const struct
  {
    const char *pins[3];
    WaxCheckResult result;
  } cases[] = {
    { { "aa11", NULL }, WAX_CHECK_PASS },
    { { "sha256:AA11", NULL }, WAX_CHECK_PASS },
    { { "cc33", "aa11", NULL }, WAX_CHECK_PASS },
    { { "bb22", NULL }, WAX_CHECK_FAIL },
    { { "", NULL }, WAX_CHECK_FAIL },
    { { NULL }, WAX_CHECK_SKIPPED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxTlsFacts facts = good_facts ();
      g_autoptr (GPtrArray) checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .pins = cases[i].pins }, &facts);

      g_assert_cmpint (find_check (checks, "pin")->result, ==, cases[i].result);
    }
}

/* A certificate whose key cannot be read has no digest, and so fits no pin. */
static void
test_an_empty_digest_fits_no_pin (void)
{
  static const char *const empty[] = { "", NULL };
  WaxTlsFacts facts = good_facts ();
  g_autoptr (GPtrArray) checks = NULL;

  facts.chain_spki = empty;
  checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .pins = empty }, &facts);
  g_assert_cmpint (find_check (checks, "pin")->result, ==, WAX_CHECK_FAIL);
}

static void
test_a_good_pin_does_not_heal_a_chain (void)
{
  WaxTlsFacts facts = good_facts ();
  g_autoptr (GPtrArray) checks = NULL;

  facts.errors = G_TLS_CERTIFICATE_UNKNOWN_CA;
  checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .pins = chain_of_one }, &facts);
  g_assert_cmpint (find_check (checks, "pin")->result, ==, WAX_CHECK_PASS);
  g_assert_cmpstr (wax_tls_policy_first_failure (checks)->name, ==, "chain");
}

static void
test_demands_version_and_suite (void)
{
  static const struct
  {
    const char *minimum, *protocol, *cipher;
    WaxCheckResult result;
  } cases[] = {
    { NULL, "TLS1.3", "TLS_CHACHA20_POLY1305_SHA256", WAX_CHECK_PASS },
    { NULL, "TLS1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", WAX_CHECK_PASS },
    { "TLS1.2", "TLS1.3", "TLS_AES_128_GCM_SHA256", WAX_CHECK_PASS },
    { "TLS1.3", "TLS1.3", "TLS_AES_128_GCM_SHA256", WAX_CHECK_PASS },
    { "TLS1.3", "TLS1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { "TLS9", "TLS1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.2", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.2", "TLS_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.1", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.3", "TLS_AES_128_CCM_8_SHA256", WAX_CHECK_FAIL },
    { NULL, "TLS1.3", NULL, WAX_CHECK_FAIL },
    { NULL, NULL, "TLS_AES_128_GCM_SHA256", WAX_CHECK_FAIL },
    { NULL, NULL, NULL, WAX_CHECK_FAIL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxTlsFacts facts = good_facts ();
      g_autoptr (GPtrArray) checks = NULL;

      facts.protocol = cases[i].protocol;
      facts.cipher = cases[i].cipher;
      checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .minimum = cases[i].minimum }, &facts);
      g_assert_cmpint (find_check (checks, "policy")->result, ==, cases[i].result);
    }
}

static void
test_lists_all_failures (void)
{
  WaxTlsFacts facts = good_facts ();
  g_autoptr (GPtrArray) checks = NULL;

  facts.errors = G_TLS_CERTIFICATE_BAD_IDENTITY | G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_EXPIRED;
  facts.not_after = NOW - DAY;
  facts.protocol = facts.cipher = NULL;
  checks = judge (facts);
  g_assert_cmpstr (wax_tls_policy_first_failure (checks)->name, ==, "hostname");
  g_assert_cmpint (find_check (checks, "chain")->result, ==, WAX_CHECK_FAIL);
  g_assert_cmpint (find_check (checks, "validity")->result, ==, WAX_CHECK_FAIL);
  g_assert_cmpint (find_check (checks, "policy")->result, ==, WAX_CHECK_SKIPPED);
}

static void
test_says_what_was_not_reached (void)
{
  g_autoptr (GPtrArray) checks = wax_tls_policy_unreached ("No certificate was seen.");

  g_assert_cmpuint (checks->len, ==, 7);
  g_assert_null (wax_tls_policy_first_failure (checks));
  g_assert_cmpint (find_check (checks, "hostname")->result, ==, WAX_CHECK_SKIPPED);
}

static void
test_results_have_words (void)
{
  for (WaxCheckResult result = WAX_CHECK_PASS; result <= WAX_CHECK_SKIPPED; result++)
    g_assert_cmpint (wax_check_result_from_string (wax_check_result_to_string (result)), ==, result);
  g_assert_cmpint (wax_check_result_from_string ("fine"), ==, WAX_CHECK_FAIL);
  g_assert_cmpint (wax_check_result_from_string (NULL), ==, WAX_CHECK_FAIL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/tls/accepts-a-good-connection", test_accepts_a_good_connection);
  g_test_add_func ("/policy/tls/names-both-hosts", test_names_both_hosts);
  g_test_add_func ("/policy/tls/tells-unknown-from-self-signed", test_tells_unknown_from_self_signed);
  g_test_add_func ("/policy/tls/refuses-broken-chains", test_refuses_broken_chains);
  g_test_add_func ("/policy/tls/dates-the-validity", test_dates_the_validity);
  g_test_add_func ("/policy/tls/judges-revocation", test_judges_revocation);
  g_test_add_func ("/policy/tls/compares-pins", test_compares_pins);
  g_test_add_func ("/policy/tls/an-empty-digest-fits-no-pin", test_an_empty_digest_fits_no_pin);
  g_test_add_func ("/policy/tls/a-good-pin-does-not-heal-a-chain", test_a_good_pin_does_not_heal_a_chain);
  g_test_add_func ("/policy/tls/demands-version-and-suite", test_demands_version_and_suite);
  g_test_add_func ("/policy/tls/lists-all-failures", test_lists_all_failures);
  g_test_add_func ("/policy/tls/says-what-was-not-reached", test_says_what_was_not_reached);
  g_test_add_func ("/policy/check/results-have-words", test_results_have_words);

  return g_test_run ();
}
