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

/* ---- demands ---- */

static void
test_revocation_counts_as_much_as_is_asked (void)
{
  static const struct
  {
    WaxRevocationState state;
    WaxDemand demand;
    WaxCheckResult result;
    gboolean warns;
  } cases[] = {
    { WAX_REVOCATION_GOOD, WAX_DEMAND_OFF, WAX_CHECK_SKIPPED, FALSE },
    { WAX_REVOCATION_REVOKED, WAX_DEMAND_OFF, WAX_CHECK_SKIPPED, FALSE },
    { WAX_REVOCATION_NOT_ASKED, WAX_DEMAND_SOFT, WAX_CHECK_SKIPPED, FALSE },
    { WAX_REVOCATION_NO_PLACE, WAX_DEMAND_SOFT, WAX_CHECK_SKIPPED, FALSE },
    { WAX_REVOCATION_NO_ANSWER, WAX_DEMAND_SOFT, WAX_CHECK_SKIPPED, TRUE },
    { WAX_REVOCATION_GOOD, WAX_DEMAND_SOFT, WAX_CHECK_PASS, FALSE },
    { WAX_REVOCATION_REVOKED, WAX_DEMAND_SOFT, WAX_CHECK_FAIL, FALSE },
    { WAX_REVOCATION_NOT_ASKED, WAX_DEMAND_HARD, WAX_CHECK_FAIL, FALSE },
    { WAX_REVOCATION_NO_PLACE, WAX_DEMAND_HARD, WAX_CHECK_FAIL, FALSE },
    { WAX_REVOCATION_NO_ANSWER, WAX_DEMAND_HARD, WAX_CHECK_FAIL, FALSE },
    { WAX_REVOCATION_GOOD, WAX_DEMAND_HARD, WAX_CHECK_PASS, FALSE },
    { WAX_REVOCATION_REVOKED, WAX_DEMAND_HARD, WAX_CHECK_FAIL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxTlsFacts facts = good_facts ();
      g_autoptr (GPtrArray) checks = NULL;
      const WaxCheck *check;

      facts.revocation = cases[i].state;
      checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .revocation = cases[i].demand }, &facts);
      check = checks->pdata[3];
      g_assert_cmpstr (check->name, ==, "revocation");
      g_assert_cmpint (check->result, ==, cases[i].result);
      g_assert_cmpint (check->warning != NULL, ==, cases[i].warns);
    }
}

/* What was refused before anybody was asked is refused for its own reason. */
static void
test_an_earlier_refusal_comes_first (void)
{
  static const char *const other[] = { "cc33", NULL };
  WaxTlsFacts facts = good_facts ();
  WaxTlsPolicy policy = { .revocation = WAX_DEMAND_HARD, .pins = other };
  g_autoptr (GPtrArray) checks = wax_tls_policy_judge (&policy, &facts);

  g_assert_cmpstr (wax_tls_policy_first_failure (checks)->name, ==, "pin");
  g_assert_cmpint (find_check (checks, "revocation")->result, ==, WAX_CHECK_SKIPPED);
}

static void
test_dane_counts_as_much_as_is_asked (void)
{
  static const struct
  {
    WaxDaneState state;
    WaxCheckResult soft, hard;
  } cases[] = {
    { WAX_DANE_NOT_ASKED, WAX_CHECK_SKIPPED, WAX_CHECK_FAIL },
    { WAX_DANE_NO_RECORDS, WAX_CHECK_SKIPPED, WAX_CHECK_FAIL },
    { WAX_DANE_NO_ANSWER, WAX_CHECK_SKIPPED, WAX_CHECK_FAIL },
    { WAX_DANE_BOGUS, WAX_CHECK_FAIL, WAX_CHECK_FAIL },
    { WAX_DANE_UNUSABLE, WAX_CHECK_SKIPPED, WAX_CHECK_FAIL },
    { WAX_DANE_MATCH_PKIX, WAX_CHECK_PASS, WAX_CHECK_PASS },
    { WAX_DANE_MATCH_ALONE, WAX_CHECK_PASS, WAX_CHECK_PASS },
    { WAX_DANE_NO_MATCH, WAX_CHECK_FAIL, WAX_CHECK_FAIL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (WaxDemand demand = WAX_DEMAND_OFF; demand <= WAX_DEMAND_HARD; demand++)
      {
        WaxTlsFacts facts = good_facts ();
        g_autoptr (GPtrArray) checks = NULL;

        facts.dane = cases[i].state;
        checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .dane = demand }, &facts);
        g_assert_cmpint (find_check (checks, "dane")->result, ==,
                         demand == WAX_DEMAND_OFF    ? WAX_CHECK_SKIPPED
                         : demand == WAX_DEMAND_SOFT ? cases[i].soft
                                                     : cases[i].hard);
      }
}

/* A record vouches in place of an authority, and heals nothing else. */
static void
test_a_record_vouches_for_the_chain_alone (void)
{
  static const struct
  {
    GTlsCertificateFlags errors;
    WaxDaneState state;
    WaxDemand demand;
    const char *failure;
  } cases[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, WAX_DANE_MATCH_ALONE, WAX_DEMAND_SOFT, NULL },
    { G_TLS_CERTIFICATE_UNKNOWN_CA, WAX_DANE_MATCH_ALONE, WAX_DEMAND_OFF, "chain" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA, WAX_DANE_MATCH_PKIX, WAX_DEMAND_SOFT, "chain" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA, WAX_DANE_NO_RECORDS, WAX_DEMAND_SOFT, "chain" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_INSECURE, WAX_DANE_MATCH_ALONE, WAX_DEMAND_SOFT,
      "chain" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_GENERIC_ERROR, WAX_DANE_MATCH_ALONE, WAX_DEMAND_SOFT,
      "chain" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY, WAX_DANE_MATCH_ALONE, WAX_DEMAND_SOFT,
      "hostname" },
    { G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_EXPIRED, WAX_DANE_MATCH_ALONE, WAX_DEMAND_SOFT,
      "validity" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxTlsFacts facts = good_facts ();
      g_autoptr (GPtrArray) checks = NULL;
      const WaxCheck *failure;

      facts.errors = cases[i].errors;
      facts.dane = cases[i].state;
      checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .dane = cases[i].demand }, &facts);
      failure = wax_tls_policy_first_failure (checks);
      g_assert_cmpstr (failure != NULL ? failure->name : NULL, ==, cases[i].failure);
    }
}

/* ---- warnings ---- */

static void
test_warns_of_what_ends_soon (void)
{
  static const struct
  {
    gint64 from, to;
    gboolean warns;
  } cases[] = {
    { -76 * DAY, 14 * DAY, FALSE },
    { -76 * DAY, 14 * DAY - 1, TRUE },
    { -6 * DAY, DAY, FALSE },
    { -6 * DAY, DAY / 2, TRUE },
  };
  static const char *const pins[] = { "aa11", NULL };
  static const struct
  {
    gint64 renew;
    const char *words; /* NULL: no warning */
  } renewals[] = {
    { 0, NULL },
    { NOW + 31 * DAY, NULL },
    { NOW + 30 * DAY, "to be renewed by 2026-12-24, in 30 days" },
    { NOW - DAY, "were to be renewed by 2026-11-23, 1 day ago" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxTlsFacts facts = good_facts ();
      g_autoptr (GPtrArray) checks = NULL;

      facts.not_before = NOW + cases[i].from;
      facts.not_after = NOW + cases[i].to;
      checks = judge (facts);
      g_assert_cmpint (find_check (checks, "validity")->warning != NULL, ==, cases[i].warns);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (renewals); i++)
    {
      WaxTlsFacts facts = good_facts ();
      WaxTlsPolicy policy = { .pins = pins, .pins_renew = renewals[i].renew };
      g_autoptr (GPtrArray) checks = wax_tls_policy_judge (&policy, &facts);
      const WaxCheck *check = find_check (checks, "pin");

      g_assert_cmpint (check->result, ==, WAX_CHECK_PASS);
      if (renewals[i].words == NULL)
        g_assert_null (check->warning);
      else
        g_assert_nonnull (strstr (check->warning, renewals[i].words));
    }
}

/* ---- exceptions ---- */

#define CBC "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"

static void
test_exceptions_reach_as_far_as_they_say (void)
{
  static const struct
  {
    const char *minimum, *protocol, *cipher;
    WaxTlsAllow allow;
    const char *value;
    gint64 since, until;
    WaxCheckResult result;
    const char *words; /* of the failure */
  } cases[] = {
    { NULL, "TLS1.2", CBC, WAX_TLS_ALLOW_CIPHER, CBC, -DAY, DAY, WAX_CHECK_PASS, NULL },
    { NULL, "TLS1.2", CBC, WAX_TLS_ALLOW_CIPHER, CBC, -DAY, 0, WAX_CHECK_FAIL, "ended on 2026-11-24" },
    { NULL, "TLS1.2", CBC, WAX_TLS_ALLOW_CIPHER, CBC, DAY, 2 * DAY, WAX_CHECK_FAIL,
      "begins only on 2026-11-25" },
    { NULL, "TLS1.2", CBC, WAX_TLS_ALLOW_CIPHER, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", -DAY, DAY,
      WAX_CHECK_FAIL, "too weak" },
    { NULL, "TLS1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", WAX_TLS_ALLOW_CIPHER, "TLS_RSA_WITH_AES_128_CBC_SHA",
      -DAY, DAY, WAX_CHECK_FAIL, "too weak" },
    { NULL, "TLS1.1", CBC, WAX_TLS_ALLOW_CIPHER, CBC, -DAY, DAY, WAX_CHECK_FAIL, "required" },
    { "TLS1.3", "TLS1.2", CBC, WAX_TLS_ALLOW_CIPHER, CBC, -DAY, DAY, WAX_CHECK_FAIL, "TLS 1.3 is required" },
    { "TLS1.3", "TLS1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", WAX_TLS_ALLOW_VERSION, NULL, -DAY, DAY,
      WAX_CHECK_PASS, NULL },
    { "TLS1.3", "TLS1.2", CBC, WAX_TLS_ALLOW_VERSION, NULL, -DAY, DAY, WAX_CHECK_FAIL, "too weak" },
    { "TLS1.3", "TLS1.1", CBC, WAX_TLS_ALLOW_VERSION, NULL, -DAY, DAY, WAX_CHECK_FAIL, "required" },
    { "TLS1.3", "TLS1.2", CBC, WAX_TLS_ALLOW_VERSION, NULL, -DAY, -1, WAX_CHECK_FAIL, "ended on 2026-11-24" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxTlsFacts facts = good_facts ();
      g_autoptr (GPtrArray)
          exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);
      WaxTlsPolicy policy = { .minimum = cases[i].minimum, .exceptions = exceptions };
      g_autoptr (GPtrArray) checks = NULL;
      const WaxCheck *check;

      g_ptr_array_add (exceptions, wax_tls_exception_new (cases[i].allow, cases[i].value,
                                                          NOW + cases[i].since, NOW + cases[i].until, NULL));
      facts.protocol = cases[i].protocol;
      facts.cipher = cases[i].cipher;
      checks = wax_tls_policy_judge (&policy, &facts);
      check = find_check (checks, "policy");
      g_assert_cmpint (check->result, ==, cases[i].result);
      g_assert_cmpint (check->exception != NULL, ==, cases[i].result == WAX_CHECK_PASS);
      g_assert_cmpint (check->exception_until, ==, cases[i].result == WAX_CHECK_PASS ? NOW + DAY : 0);
      if (cases[i].words != NULL)
        g_assert_nonnull (strstr (check->detail, cases[i].words));
    }
}

/* An exception that is not needed is not spoken of. */
static void
test_exceptions_are_silent_where_nothing_is_weak (void)
{
  WaxTlsFacts facts = good_facts ();
  g_autoptr (GPtrArray) exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);
  g_autoptr (GPtrArray) checks = NULL;

  g_ptr_array_add (exceptions,
                   wax_tls_exception_new (WAX_TLS_ALLOW_UNTRUSTED, "aa11", NOW - DAY, NOW + DAY, NULL));
  g_ptr_array_add (exceptions,
                   wax_tls_exception_new (WAX_TLS_ALLOW_VERSION, NULL, NOW - DAY, NOW + DAY, NULL));
  checks = wax_tls_policy_judge (&(WaxTlsPolicy) { .minimum = "TLS1.3", .exceptions = exceptions }, &facts);
  for (guint i = 0; i < checks->len; i++)
    g_assert_null (((WaxCheck *) checks->pdata[i])->exception);
}

static void
test_priority_has_what_holds_today (void)
{
  g_autoptr (GPtrArray) exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);
  g_autofree char *none = wax_tls_policy_priority_for (NULL, NOW);
  g_autofree char *now = NULL;
  g_autofree char *later = NULL;

  g_ptr_array_add (exceptions, wax_tls_exception_new (WAX_TLS_ALLOW_CIPHER, CBC, NOW - DAY, NOW + DAY, NULL));
  g_ptr_array_add (exceptions,
                   wax_tls_exception_new (WAX_TLS_ALLOW_CIPHER, "NULL", NOW - DAY, NOW + DAY, NULL));
  now = wax_tls_policy_priority_for (exceptions, NOW);
  later = wax_tls_policy_priority_for (exceptions, NOW + DAY);
  g_assert_cmpstr (none, ==, wax_tls_policy_priority ());
  g_assert_cmpstr (later, ==, none);
  g_assert_true (g_str_has_prefix (now, none));
  g_assert_cmpstr (now + strlen (none), ==, ":+AES-128-CBC:+SHA256");
}

/* A profile that was edited brings in nothing endless and nothing nameless. */
static void
test_exceptions_are_read_strictly (void)
{
  static const struct
  {
    const char *text, *fault;
  } cases[] = {
    { "{}", "not a JSON array" },
    { "[1]", "not an object" },
    { "[{}]", "not an object" },
    { "[{\"allow\":\"version\"}]", "no end" },
    { "[{\"allow\":\"version\",\"since\":0,\"until\":31622401}]", "longer than a year" },
    { "[{\"allow\":\"version\",\"since\":-9223372036854775807,\"until\":9223372036854775807}]", "no date" },
    { "[{\"allow\":\"version\",\"since\":-5,\"until\":5}]", "no date" },
    { "[{\"allow\":\"version\",\"since\":9223372036854775800,\"until\":9223372036854775807}]", "no date" },
    { "[{\"allow\":\"version\",\"value\":\"TLS1.1\",\"since\":1,\"until\":2}]", "nothing more to name" },
    { "[{\"allow\":\"version\",\"reason\":\"a\\nb\",\"since\":1,\"until\":2}]", "one line of text" },
    { "[{\"allow\":\"untrusted\",\"value\":\"ab\",\"since\":1,\"until\":2}]", "SHA-256" },
    { "[{\"allow\":\"cipher\",\"value\":\"TLS_RSA_WITH_AES_128_CBC_SHA\",\"since\":1,\"until\":2}]",
      "ECDHE" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_tls_exceptions_from_text (cases[i].text, &error));
      g_assert_error (error, WAX_TLS_EXCEPTION_ERROR, WAX_TLS_EXCEPTION_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].fault));
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
  g_test_add_func ("/policy/tls/revocation-counts-as-much-as-is-asked",
                   test_revocation_counts_as_much_as_is_asked);
  g_test_add_func ("/policy/tls/an-earlier-refusal-comes-first", test_an_earlier_refusal_comes_first);
  g_test_add_func ("/policy/tls/dane-counts-as-much-as-is-asked", test_dane_counts_as_much_as_is_asked);
  g_test_add_func ("/policy/tls/a-record-vouches-for-the-chain-alone",
                   test_a_record_vouches_for_the_chain_alone);
  g_test_add_func ("/policy/tls/warns-of-what-ends-soon", test_warns_of_what_ends_soon);
  g_test_add_func ("/policy/tls/exceptions-reach-as-far-as-they-say",
                   test_exceptions_reach_as_far_as_they_say);
  g_test_add_func ("/policy/tls/exceptions-are-silent-where-nothing-is-weak",
                   test_exceptions_are_silent_where_nothing_is_weak);
  g_test_add_func ("/policy/tls/exceptions-are-read-strictly", test_exceptions_are_read_strictly);
  g_test_add_func ("/policy/tls/priority-has-what-holds-today", test_priority_has_what_holds_today);
  g_test_add_func ("/policy/tls/lists-all-failures", test_lists_all_failures);
  g_test_add_func ("/policy/tls/says-what-was-not-reached", test_says_what_was_not_reached);
  g_test_add_func ("/policy/check/results-have-words", test_results_have_words);

  return g_test_run ();
}
