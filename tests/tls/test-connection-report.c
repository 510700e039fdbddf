/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connection-report.h"

#include <string.h>

#include "json-canon.h"
#include "test-certificates.h"

static WaxConnectionReport *
make_report (void)
{
  g_autoptr (WaxTestCertificate) made = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "smtp.example.org", .names = "smtp.example.org" });
  g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (made);
  WaxConnectionReport *report = wax_connection_report_new ();

  report->host = g_strdup ("smtp.example.org");
  report->address = g_strdup ("192.0.2.1");
  report->local_address = g_strdup ("192.0.2.2");
  report->port = 465;
  report->mode = g_strdup ("implicit");
  report->started = G_GINT64_CONSTANT (1795501980123457);
  report->tls_version = g_strdup ("TLS1.3");
  report->cipher = g_strdup ("TLS_AES_256_GCM_SHA384");
  report->verified = TRUE;
  g_ptr_array_add (report->checks, wax_check_new ("hostname", WAX_CHECK_PASS, "Fine.", "a", "b"));
  g_ptr_array_add (report->checks, wax_check_new ("dane", WAX_CHECK_SKIPPED, "Not looked up.", NULL, NULL));
  g_clear_pointer (&report->chain, g_ptr_array_unref);
  report->chain = wax_certificate_details_chain (certificate, NULL);
  report->auth_mechanism = g_strdup ("SCRAM-SHA-256-PLUS");
  report->auth_reason = g_strdup ("the strongest that was offered");
  report->auth_identity = g_strdup ("alice");
  report->channel_binding = g_strdup ("tls-exporter");
  report->greeting = g_strdup ("smtp.example.org ESMTP");
  g_ptr_array_add (report->extensions, g_strdup ("PIPELINING"));
  g_ptr_array_add (report->extensions_before_tls, g_strdup ("STARTTLS"));
  report->connect_ms = 3;
  report->tls_ms = 0;
  report->total_ms = 12;
  wax_connection_report_add_line (report, 'C', "EHLO example.org");

  return report;
}

static char *
to_text (WaxConnectionReport *report)
{
  g_autoptr (JsonNode) json = wax_connection_report_to_json (report);
  g_autoptr (GError) error = NULL;
  char *text = wax_json_canonicalize (json, &error);

  g_assert_no_error (error);

  return text;
}

static void
test_goes_through_json (void)
{
  g_autoptr (WaxConnectionReport) report = make_report ();
  g_autofree char *text = to_text (report);
  g_autoptr (JsonNode) parsed = wax_json_parse_object (text, -1, 1024 * 1024, NULL);
  g_autoptr (WaxConnectionReport) back = wax_connection_report_from_json (json_node_get_object (parsed));
  g_autofree char *again = to_text (back);

  g_assert_cmpstr (again, ==, text);
  g_assert_cmpint (back->started, ==, report->started);
  g_assert_cmpint (back->auth_ms, ==, -1);
  g_assert_cmpint (back->tls_ms, ==, 0);
  g_assert_cmpuint (back->chain->len, ==, 1);
  g_assert_cmpint (((WaxCheck *) back->checks->pdata[1])->result, ==, WAX_CHECK_SKIPPED);
}

static void
test_has_the_members_of_the_contract (void)
{
  g_autoptr (WaxConnectionReport) report = make_report ();
  g_autoptr (JsonNode) json = wax_connection_report_to_json (report);
  JsonObject *object = json_node_get_object (json);
  JsonObject *tls = json_object_get_object_member (object, "tls");
  JsonObject *check = json_array_get_object_element (json_object_get_array_member (tls, "checks"), 0);
  JsonObject *leaf = json_array_get_object_element (json_object_get_array_member (tls, "chain"), 0);

  g_assert_cmpstr (json_object_get_string_member (object, "host"), ==, "smtp.example.org");
  g_assert_cmpint (json_object_get_int_member (object, "port"), ==, 465);
  g_assert_cmpstr (json_object_get_string_member (object, "mode"), ==, "implicit");
  g_assert_cmpstr (json_object_get_string_member (tls, "version"), ==, "TLS1.3");
  g_assert_true (json_object_get_boolean_member (tls, "verified"));
  g_assert_cmpstr (json_object_get_string_member (check, "result"), ==, "pass");
  g_assert_cmpstr (json_object_get_string_member (leaf, "key"), ==, "EC P-256");
  g_assert_cmpuint (strlen (json_object_get_string_member (leaf, "spki_sha256")), ==, 64);
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (object, "auth"), "mechanism"), ==,
      "SCRAM-SHA-256-PLUS");
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (object, "timing_ms"), "connect"), ==, 3);
}

static void
test_an_empty_report_goes_through_json (void)
{
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autoptr (WaxConnectionReport) back = NULL;
  g_autoptr (JsonNode) json = wax_connection_report_to_json (report);

  g_assert_null (wax_connection_report_from_json (json_node_get_object (json)));
  json_object_set_string_member (json_node_get_object (json), "host", "h");
  back = wax_connection_report_from_json (json_node_get_object (json));
  g_assert_null (back->tls_version);
  g_assert_null (back->auth_mechanism);
  g_assert_cmpint (back->total_ms, ==, -1);
  g_assert_false (back->verified);
}

/* A report from a newer version, or a damaged one, must not bring a face down. */
static void
test_survives_foreign_types (void)
{
  g_autoptr (JsonNode) json = wax_json_parse_object (
      "{\"host\":\"h\",\"port\":70000,\"mode\":5,\"tls\":{\"version\":[],\"verified\":\"yes\","
      "\"checks\":[1,{\"name\":3,\"result\":\"fine\"}],\"chain\":[null,{}]},\"auth\":\"none\","
      "\"extensions\":[1,\"SIZE\"],\"timing_ms\":[],\"transcript\":{}}",
      -1, 4096, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_from_json (json_node_get_object (json));

  g_assert_cmpuint (report->port, ==, G_MAXUINT16);
  g_assert_null (report->mode);
  g_assert_false (report->verified);
  g_assert_cmpuint (report->checks->len, ==, 1);
  g_assert_cmpint (((WaxCheck *) report->checks->pdata[0])->result, ==, WAX_CHECK_FAIL);
  g_assert_cmpuint (report->chain->len, ==, 1);
  g_assert_cmpuint (report->extensions->len, ==, 1);
}

static void
test_sums_up_in_a_line (void)
{
  g_autoptr (WaxConnectionReport) report = make_report ();
  g_autofree char *good = wax_connection_report_summary (report);
  g_autofree char *refused = NULL, *nothing = NULL, *plain = NULL;
  g_autoptr (WaxConnectionReport) other = wax_connection_report_new ();

  g_assert_cmpstr (good, ==,
                   "smtp.example.org · TLS 1.3 · AES-256-GCM · certificate verified · SCRAM-SHA-256-PLUS");

  other->host = g_strdup ("smtp.example.org");
  nothing = wax_connection_report_summary (other);
  g_assert_cmpstr (nothing, ==, "smtp.example.org");
  g_ptr_array_add (other->checks, wax_check_new ("hostname", WAX_CHECK_FAIL, "No.", NULL, NULL));
  refused = wax_connection_report_summary (other);
  g_assert_cmpstr (refused, ==, "smtp.example.org · certificate for another server");
  g_ptr_array_set_size (other->checks, 0);
  other->mode = g_strdup ("plaintext");
  plain = wax_connection_report_summary (other);
  g_assert_cmpstr (plain, ==, "smtp.example.org · not encrypted, stays on this computer");
}

/* What was needed to let the connection through goes through JSON, and onto the line. */
static void
test_exceptions_are_told (void)
{
  g_autoptr (WaxConnectionReport) report = make_report ();
  g_autoptr (WaxConnectionReport) back = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autofree char *line = NULL;
  WaxCheck *check = report->checks->pdata[0], *second = report->checks->pdata[1];

  check->warning = g_strdup ("Soon.");
  check->exception = g_strdup ("TLS 1.2, until 2027-01-01");
  check->exception_until = 1798761600; /* 2027-01-01 */
  second->exception_until = check->exception_until + 24 * 3600;
  g_ptr_array_add (report->exceptions, g_strdup (check->exception));
  report->client_cert_asked = report->reused = TRUE;
  report->client_cert = g_strdup ("CN=Me");
  report->round_trips = 6;
  report->revocation_ms = 7;

  json = wax_connection_report_to_json (report);
  back = wax_connection_report_from_json (json_node_get_object (json));
  check = back->checks->pdata[0];
  g_assert_cmpstr (check->warning, ==, "Soon.");
  g_assert_cmpstr (check->exception, ==, "TLS 1.2, until 2027-01-01");
  g_assert_cmpint (check->exception_until, ==, 1798761600);
  g_assert_cmpuint (back->exceptions->len, ==, 1);
  g_assert_cmpstr (back->exceptions->pdata[0], ==, "TLS 1.2, until 2027-01-01");
  g_assert_true (back->client_cert_asked && back->reused);
  g_assert_cmpstr (back->client_cert, ==, "CN=Me");
  g_assert_cmpuint (back->round_trips, ==, 6);
  g_assert_cmpint (back->revocation_ms, ==, 7);
  line = wax_connection_report_summary (back);
  g_assert_true (g_str_has_suffix (line, " · SCRAM-SHA-256-PLUS · exception until 2027-01-01"));
}

static void
test_ciphers_have_words (void)
{
  static const struct
  {
    const char *name, *words;
  } cases[] = {
    { "TLS_AES_256_GCM_SHA384", "AES-256-GCM" },
    { "TLS_CHACHA20_POLY1305_SHA256", "ChaCha20-Poly1305" },
    { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "AES-128-GCM" },
    { "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ChaCha20-Poly1305" },
    { "TLS_RSA_WITH_AES_128_CBC_SHA", "AES-128-CBC" },
    { "odd", "odd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autofree char *words = NULL;

      report->cipher = g_strdup (cases[i].name);
      words = wax_connection_report_cipher_words (report);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_the_transcript_is_bounded (void)
{
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autofree char *longest = g_strnfill (5000, 'x');

  wax_connection_report_add_line (report, 'S', "220 a\033[2J\r\nb\xff");
  g_assert_cmpstr (report->transcript->pdata[0], ==, "S: 220 a?[2J??b\xef\xbf\xbd");
  for (guint i = 0; i < 1000; i++)
    wax_connection_report_add_line (report, 'C', longest);
  g_assert_cmpuint (report->transcript->len, ==, 500);
  g_assert_cmpuint (strlen (report->transcript->pdata[1]), ==, 1003);
  g_assert_cmpstr (report->transcript->pdata[499], ==, "… the rest was not kept");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/report/goes-through-json", test_goes_through_json);
  g_test_add_func ("/tls/report/has-the-members-of-the-contract", test_has_the_members_of_the_contract);
  g_test_add_func ("/tls/report/an-empty-report-goes-through-json", test_an_empty_report_goes_through_json);
  g_test_add_func ("/tls/report/survives-foreign-types", test_survives_foreign_types);
  g_test_add_func ("/tls/report/sums-up-in-a-line", test_sums_up_in_a_line);
  g_test_add_func ("/tls/report/exceptions-are-told", test_exceptions_are_told);
  g_test_add_func ("/tls/report/ciphers-have-words", test_ciphers_have_words);
  g_test_add_func ("/tls/report/the-transcript-is-bounded", test_the_transcript_is_bounded);

  return g_test_run ();
}
