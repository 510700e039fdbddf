/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The guard over real loopback connections, each with one thing wrong. Of every
 * refused connection it is also asserted that nothing was written inside TLS. */

#include "tls-guard.h"

#include <glib/gstdio.h>
#include <string.h>

#include "test-certificates.h"
#include "tls-server.h"

#define HOST "smtp.example.org"
#define DAY  (24 * 3600)

/* The authorities that all tests share, made once. */
static WaxTestCertificate *root, *middle, *stranger;

static WaxTestCertificate *
make_leaf (const char *names)
{
  return wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "leaf", .names = names, .issuer = middle });
}

static WaxTlsSettings
usual_settings (void)
{
  return (WaxTlsSettings) { .hostname = HOST, .ca_pem = root->cert_pem, .timeout_s = 30 };
}

static const WaxCheck *
find_check (WaxConnectionReport *report, const char *name)
{
  for (guint i = 0; i < report->checks->len; i++)
    if (g_str_equal (((WaxCheck *) report->checks->pdata[i])->name, name))
      return report->checks->pdata[i];
  g_assert_not_reached ();
}

/* Connects, secures, says one word if it may, and ends the server. */
static GTlsConnection *
secure (TlsServer *server,
        const WaxTlsSettings *settings,
        WaxConnectionReport *report,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GIOStream) base = tls_server_dial (server);
  GTlsConnection *tls = wax_tls_guard_secure (base, settings, report, cancellable, error);
  char buffer[6];

  if (tls != NULL)
    {
      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (tls)), "secret",
                                                6, NULL, NULL, NULL));
      g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (tls)), buffer, 6,
                                              NULL, NULL, NULL));
    }

  return tls;
}

static void
assert_refused (TlsServer *server,
                const WaxTlsSettings *settings,
                WaxTlsError code,
                const char *message,
                WaxConnectionReport *report)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (secure (server, settings, report, NULL, &error));
  g_assert_error (error, WAX_TLS_ERROR, (int) code);
  if (message != NULL)
    g_assert_cmpstr (error->message, ==, message);
  g_assert_false (report->verified);
  g_assert_cmpuint (report->checks->len, ==, 7);
  tls_server_stop (server);
  g_assert_cmpuint (server->received->len, ==, 0);
}

static void
refuse_certificate (const WaxTestCertificate *certificate, WaxTlsError code, WaxConnectionReport *report)
{
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, certificate, NULL, NULL);
  WaxTlsSettings settings = usual_settings ();

  assert_refused (server, &settings, code, NULL, report);
  g_assert_cmpuint (report->chain->len, >, 0);
}

static void
test_accepts_a_good_server (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsConnection) tls = secure (server, &settings, report, NULL, &error);
  gboolean resumption = TRUE;

  g_assert_no_error (error);
  g_assert_true (report->verified);
  g_assert_cmpstr (report->tls_version, ==, "TLS1.3");
  g_assert_true (g_str_has_prefix (report->cipher, "TLS_"));
  g_assert_cmpuint (report->chain->len, ==, 2);
  g_assert_cmpstr (find_check (report, "hostname")->detail, ==, "The certificate is for " HOST ".");
  g_assert_cmpstr (find_check (report, "chain")->detail, ==,
                   "The certificate was issued by “Test Middle” and leads to an authority that this account "
                   "trusts.");
  g_assert_cmpint (find_check (report, "revocation")->result, ==, WAX_CHECK_SKIPPED);
  g_assert_cmpint (find_check (report, "policy")->result, ==, WAX_CHECK_PASS);
  g_assert_cmpint (report->tls_ms, >=, 0);
  g_object_get (tls, "session-resumption-enabled", &resumption, NULL);
  g_assert_false (resumption);

  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
  tls_server_stop (server);
  g_assert_cmpmem (server->received->data, server->received->len, "secret", 6);
}

static void
test_reads_authorities_from_a_file (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autofree char *folder = g_dir_make_tmp ("wax-tls-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "ca.pem", NULL);
  WaxTlsSettings settings = { .hostname = HOST, .ca_file = path, .timeout_s = 30 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsConnection) tls = NULL;
  g_autoptr (GTlsConnection) second = NULL;

  assert_refused (server, &settings, WAX_TLS_ERROR_CA_FILE, NULL, report);
  g_file_set_contents (path, "no certificate", -1, &error);
  g_assert_no_error (error);
  g_clear_pointer (&server, tls_server_free);
  server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  assert_refused (server, &settings, WAX_TLS_ERROR_CA_FILE, NULL, report);

  g_file_set_contents (path, root->cert_pem, -1, &error);
  g_assert_no_error (error);
  g_clear_pointer (&server, tls_server_free);
  server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  tls = secure (server, &settings, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (report->verified);
  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_bindings_agree (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GTlsConnection) tls = secure (server, &settings, report, NULL, NULL);
  g_autoptr (GBytes) exporter = wax_tls_guard_channel_binding (tls, G_TLS_CHANNEL_BINDING_TLS_EXPORTER);
  g_autoptr (GBytes) unique = wax_tls_guard_channel_binding (tls, G_TLS_CHANNEL_BINDING_TLS_UNIQUE);

  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
  tls_server_stop (server);
  g_assert_null (unique); /* TLS 1.3 has none */
  g_assert_cmpuint (g_bytes_get_size (exporter), ==, 32);
  g_assert_true (g_bytes_equal (exporter, server->exporter));
}

static void
test_tls_1_2_may_be_refused (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer)
      server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsConnection) tls = secure (server, &settings, report, NULL, &error);
  g_autoptr (GBytes) unique = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (report->tls_version, ==, "TLS1.2");
  g_assert_true (g_str_has_prefix (report->cipher, "TLS_ECDHE_ECDSA_WITH_"));
  unique = wax_tls_guard_channel_binding (tls, G_TLS_CHANNEL_BINDING_TLS_UNIQUE);
  g_assert_nonnull (unique);
  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
  g_clear_pointer (&server, tls_server_free);

  settings.policy.minimum = "TLS1.3";
  server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL);
  assert_refused (server, &settings, WAX_TLS_ERROR_POLICY,
                  "The server agreed on TLS1.2 only; TLS 1.3 is required.", report);
}

/* The policy must hold also where the priority string does not: this program
 * runs without one, as on a system whose GIO has another TLS library. */
static void
test_refuses_cbc (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer)
      server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf,
                                 "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CBC:+AES-128-CBC", NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();

  assert_refused (server, &settings, WAX_TLS_ERROR_POLICY, NULL, report);
  g_assert_nonnull (strstr (report->cipher, "CBC"));
  g_assert_cmpstr (find_check (report, "policy")->found, !=, NULL);
}

static void
test_refuses_another_name (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf ("mail.example.net");
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();

  assert_refused (server, &settings, WAX_TLS_ERROR_HOSTNAME,
                  "This server's certificate is for mail.example.net, not " HOST ".", report);
  g_assert_cmpint (find_check (report, "chain")->result, ==, WAX_CHECK_PASS);
  g_assert_cmpint (find_check (report, "validity")->result, ==, WAX_CHECK_PASS);
  g_assert_cmpint (find_check (report, "policy")->result, ==, WAX_CHECK_SKIPPED);
  g_assert_cmpuint (report->chain->len, ==, 2);
}

static void
test_refuses_an_expired_one (void)
{
  g_autoptr (WaxTestCertificate) leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "leaf", .names = HOST, .issuer = root, .from_s = -10 * DAY, .to_s = -DAY });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_VALIDITY, report);
  g_assert_true (
      g_str_has_prefix (find_check (report, "validity")->detail, "This server's certificate expired on "));
  g_assert_cmpint (find_check (report, "chain")->result, ==, WAX_CHECK_PASS);
  g_assert_cmpint (find_check (report, "hostname")->result, ==, WAX_CHECK_PASS);
}

static void
test_refuses_one_that_is_not_valid_yet (void)
{
  g_autoptr (WaxTestCertificate) leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "leaf", .names = HOST, .issuer = root, .from_s = DAY, .to_s = 10 * DAY });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_VALIDITY, report);
  g_assert_true (g_str_has_prefix (find_check (report, "validity")->detail,
                                   "This server's certificate is not valid before "));
}

static void
test_refuses_an_unknown_authority (void)
{
  g_autoptr (WaxTestCertificate) leaf = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "leaf", .names = HOST, .issuer = stranger });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_CHAIN, report);
  g_assert_cmpstr (find_check (report, "chain")->detail, ==,
                   "This server's certificate was issued by “Stranger”, which this account does not trust.");
  g_assert_cmpint (find_check (report, "hostname")->result, ==, WAX_CHECK_PASS);
}

/* Without a private authority the system's are asked, and do not know ours. */
static void
test_asks_the_system_by_default (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = { .hostname = HOST, .timeout_s = 30 };

  assert_refused (server, &settings, WAX_TLS_ERROR_CHAIN, NULL, report);
}

static void
test_refuses_a_self_signed_one (void)
{
  g_autoptr (WaxTestCertificate)
      leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "leaf", .names = HOST });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_CHAIN, report);
  g_assert_cmpstr (find_check (report, "chain")->detail, ==,
                   "This server's certificate is signed by itself: no authority vouches for it.");
}

static void
test_refuses_a_client_certificate (void)
{
  g_autoptr (WaxTestCertificate) leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "leaf", .names = HOST, .issuer = root, .usage = "1.3.6.1.5.5.7.3.2" });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_CHAIN, report);
  g_assert_cmpstr (find_check (report, "chain")->detail, ==,
                   "This server's certificate is for client authentication, not for a server.");
}

static void
test_refuses_a_missing_staple (void)
{
  g_autoptr (WaxTestCertificate) leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "leaf", .names = HOST, .issuer = root, .must_staple = TRUE });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_REVOCATION, report);
  g_assert_cmpint (find_check (report, "chain")->result, ==, WAX_CHECK_PASS);
}

/* The first in order is the error, and the list has them all. */
static void
test_lists_all_that_is_wrong (void)
{
  g_autoptr (WaxTestCertificate)
      leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "leaf",
                                                                   .names = "mail.example.net",
                                                                   .issuer = stranger,
                                                                   .from_s = -10 * DAY,
                                                                   .to_s = -DAY });
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();

  refuse_certificate (leaf, WAX_TLS_ERROR_HOSTNAME, report);
  g_assert_cmpint (find_check (report, "hostname")->result, ==, WAX_CHECK_FAIL);
  g_assert_cmpint (find_check (report, "chain")->result, ==, WAX_CHECK_FAIL);
  g_assert_cmpint (find_check (report, "validity")->result, ==, WAX_CHECK_FAIL);
}

static void
test_holds_to_pins (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autoptr (WaxConnectionReport) again = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (leaf);
  g_autoptr (GPtrArray) chain = wax_certificate_details_chain (certificate, NULL);
  const char *right[] = { ((WaxCertificateDetails *) chain->pdata[0])->spki_sha256, NULL };
  const char *wrong[] = { ((WaxCertificateDetails *) chain->pdata[1])->spki_sha256, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsConnection) tls = NULL;

  settings.policy.pins = right;
  tls = secure (server, &settings, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (find_check (report, "pin")->result, ==, WAX_CHECK_PASS);
  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
  g_clear_pointer (&server, tls_server_free);

  settings.policy.pins = wrong;
  server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  assert_refused (server, &settings, WAX_TLS_ERROR_PIN, NULL, again);
  g_assert_cmpint (find_check (again, "chain")->result, ==, WAX_CHECK_PASS);
}

static void
test_verifies_addresses (void)
{
  static const struct
  {
    const char *names, *hostname;
    gboolean ok;
  } cases[] = {
    { "127.0.0.1", "127.0.0.1", TRUE },
    { "::1", "::1", TRUE },
    { "::1", "[::1]", TRUE },
    { "127.0.0.2", "127.0.0.1", FALSE },
    { HOST, "127.0.0.1", FALSE },
    { HOST, HOST ".", TRUE },
    { "*.example.org", HOST, TRUE },
    { "*.example.org", "a." HOST, FALSE },
    { "xn--mnchen-3ya.example", "münchen.example", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxTestCertificate) leaf = make_leaf (cases[i].names);
      g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      WaxTlsSettings settings = usual_settings ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsConnection) tls = NULL;

      settings.hostname = cases[i].hostname;
      tls = secure (server, &settings, report, NULL, &error);
      if (cases[i].ok)
        g_assert_no_error (error);
      else
        g_assert_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_HOSTNAME);
      if (tls != NULL)
        g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
    }
}

static void
test_recognises_plain_text (void)
{
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_GREETS_IN_PLAIN_TEXT, NULL, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();

  assert_refused (server, &settings, WAX_TLS_ERROR_NOT_TLS,
                  "The server does not speak TLS here; it said in plain text: “220 mail.example.net ESMTP”",
                  report);
  g_assert_cmpint (find_check (report, "hostname")->result, ==, WAX_CHECK_SKIPPED);
}

static void
test_tells_a_server_that_closes (void)
{
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_CLOSES, NULL, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GError) error = NULL;

  g_assert_null (secure (server, &settings, report, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpstr (error->message, ==,
                   "The server closed the connection instead of answering the TLS handshake");
  g_assert_false (report->verified);
}

static void
test_can_be_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_IS_SILENT, NULL, NULL, cancellable);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GError) error = NULL;

  settings.timeout_s = 3600;
  g_assert_null (secure (server, &settings, report, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_has_a_deadline (void)
{
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_IS_SILENT, NULL, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = usual_settings ();
  g_autoptr (GError) error = NULL;

  settings.timeout_s = 1;
  g_assert_null (secure (server, &settings, report, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==, "The server did not finish the TLS handshake within 1 seconds");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  root = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Test Root", .is_ca = TRUE });
  middle = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Test Middle", .is_ca = TRUE, .issuer = root });
  stranger = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Stranger", .is_ca = TRUE });

  g_test_add_func ("/tls/guard/accepts-a-good-server", test_accepts_a_good_server);
  g_test_add_func ("/tls/guard/reads-authorities-from-a-file", test_reads_authorities_from_a_file);
  g_test_add_func ("/tls/guard/bindings-agree", test_bindings_agree);
  g_test_add_func ("/tls/guard/tls-1.2-may-be-refused", test_tls_1_2_may_be_refused);
  g_test_add_func ("/tls/guard/refuses-cbc", test_refuses_cbc);
  g_test_add_func ("/tls/guard/refuses-another-name", test_refuses_another_name);
  g_test_add_func ("/tls/guard/refuses-an-expired-one", test_refuses_an_expired_one);
  g_test_add_func ("/tls/guard/refuses-one-that-is-not-valid-yet", test_refuses_one_that_is_not_valid_yet);
  g_test_add_func ("/tls/guard/refuses-an-unknown-authority", test_refuses_an_unknown_authority);
  g_test_add_func ("/tls/guard/asks-the-system-by-default", test_asks_the_system_by_default);
  g_test_add_func ("/tls/guard/refuses-a-self-signed-one", test_refuses_a_self_signed_one);
  g_test_add_func ("/tls/guard/refuses-a-client-certificate", test_refuses_a_client_certificate);
  g_test_add_func ("/tls/guard/refuses-a-missing-staple", test_refuses_a_missing_staple);
  g_test_add_func ("/tls/guard/lists-all-that-is-wrong", test_lists_all_that_is_wrong);
  g_test_add_func ("/tls/guard/holds-to-pins", test_holds_to_pins);
  g_test_add_func ("/tls/guard/verifies-addresses", test_verifies_addresses);
  g_test_add_func ("/tls/guard/recognises-plain-text", test_recognises_plain_text);
  g_test_add_func ("/tls/guard/tells-a-server-that-closes", test_tells_a_server_that_closes);
  g_test_add_func ("/tls/guard/can-be-cancelled", test_can_be_cancelled);
  g_test_add_func ("/tls/guard/has-a-deadline", test_has_a_deadline);
  status = g_test_run ();

  wax_test_certificate_free (root);
  wax_test_certificate_free (middle);
  wax_test_certificate_free (stranger);

  return status;
}
