/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pins in reserve, exceptions and client certificates over real connections. */

#include <string.h>

#include "tls-guard.h"
#include "tls-server.h"

#define HOST "smtp.example.org"
#define DAY  (24 * 3600)

static WaxTestCertificate *root, *stranger;

static char *
key_of (const WaxTestCertificate *certificate)
{
  g_autoptr (GTlsCertificate) gio = wax_test_certificate_to_gio (certificate);
  g_autoptr (GPtrArray) chain = wax_certificate_details_chain (gio, NULL);

  return g_strdup (((WaxCertificateDetails *) chain->pdata[0])->spki_sha256);
}

static const WaxCheck *
find_check (WaxConnectionReport *report, const char *name)
{
  for (guint i = 0; i < report->checks->len; i++)
    if (g_str_equal (((WaxCheck *) report->checks->pdata[i])->name, name))
      return report->checks->pdata[i];
  g_assert_not_reached ();
}

/* Says one word in TLS if it may, and reads as much. */
static gboolean
talk (TlsServer *server, const WaxTlsSettings *settings, WaxConnectionReport *report, GError **error)
{
  g_autoptr (GIOStream) base = tls_server_dial (server);
  g_autoptr (GTlsConnection) tls = wax_tls_guard_secure (base, settings, report, NULL, error);
  g_autoptr (GError) cause = NULL;
  char buffer[6];
  gboolean ok;

  if (tls == NULL)
    return FALSE;
  ok = g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (tls)), "secret", 6, NULL, NULL,
                                  &cause)
       && g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (tls)), buffer, 6, NULL, NULL,
                                   &cause);
  if (cause != NULL && !wax_tls_guard_explain_loss (G_IO_STREAM (tls), report, cause, error))
    g_propagate_error (error, g_steal_pointer (&cause));
  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);

  return ok;
}

static GPtrArray *
untrusted (const char *key, gint64 since_s, gint64 until_s)
{
  GPtrArray *exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_ptr_array_add (exceptions,
                   wax_tls_exception_new (WAX_TLS_ALLOW_UNTRUSTED, key, now + since_s, now + until_s, NULL));

  return exceptions;
}

static WaxTestCertificate *
make_leaf (const char *names, const WaxTestCertificate *issuer)
{
  return wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "leaf", .names = names, .issuer = issuer });
}

/* ---- exceptions ---- */

static void
test_lets_the_named_key_through (void)
{
  static const struct
  {
    const char *names;
    gboolean self_signed;
  } cases[] = { { HOST, TRUE }, { HOST, FALSE }, { "127.0.0.1", TRUE }, { NULL, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxTestCertificate)
          leaf = make_leaf (cases[i].names, cases[i].self_signed ? NULL : stranger);
      g_autofree char *key = key_of (leaf);
      g_autoptr (GPtrArray) exceptions = untrusted (key, -DAY, DAY);
      g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autoptr (GError) error = NULL;
      WaxTlsSettings settings = {
        .hostname = HOST,
        .policy = { .exceptions = exceptions, .revocation = WAX_DEMAND_SOFT },
        .timeout_s = 30,
      };

      g_assert_true (talk (server, &settings, report, &error));
      g_assert_no_error (error);
      g_assert_true (report->verified);
      g_assert_cmpstr (report->tls_version, ==, "TLS1.3");
      g_assert_cmpint (find_check (report, "chain")->result, ==, WAX_CHECK_PASS);
      g_assert_nonnull (find_check (report, "chain")->exception);
      g_assert_cmpint (find_check (report, "chain")->exception_until, >, 0);
      g_assert_cmpint (find_check (report, "revocation")->result, ==, WAX_CHECK_SKIPPED);
      g_assert_cmpuint (report->exceptions->len, ==, 1);
      if (g_strcmp0 (cases[i].names, HOST) == 0)
        g_assert_null (find_check (report, "hostname")->exception);
      else
        g_assert_nonnull (find_check (report, "hostname")->exception);
    }
}

/* Another key, a day that has passed, a certificate that has ended, or a demand that
 * nobody can meet: not one octet goes. */
static void
test_lets_nothing_else_through (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST, NULL);
  g_autoptr (WaxTestCertificate) other = make_leaf (HOST, NULL);
  g_autoptr (WaxTestCertificate) expired = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "old", .names = HOST, .from_s = -10 * DAY, .to_s = -DAY });
  g_autofree char *key = key_of (leaf);
  g_autofree char *other_key = key_of (other);
  g_autofree char *expired_key = key_of (expired);
  const struct
  {
    const WaxTestCertificate *certificate;
    const char *key;
    gint64 since_s, until_s;
    WaxDemand revocation;
    WaxTlsError code;
    const char *words;
  } cases[] = {
    { leaf, other_key, -DAY, DAY, WAX_DEMAND_OFF, WAX_TLS_ERROR_CHAIN, "is for another key" },
    { leaf, key, -2 * DAY, -DAY, WAX_DEMAND_OFF, WAX_TLS_ERROR_CHAIN, "ended on" },
    { leaf, key, DAY, 2 * DAY, WAX_DEMAND_OFF, WAX_TLS_ERROR_CHAIN, "begins only on" },
    { expired, expired_key, -DAY, DAY, WAX_DEMAND_OFF, WAX_TLS_ERROR_VALIDITY, "expired on" },
    { leaf, key, -DAY, DAY, WAX_DEMAND_HARD, WAX_TLS_ERROR_REVOCATION, "no authority vouches" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) exceptions = untrusted (cases[i].key, cases[i].since_s, cases[i].until_s);
      g_autoptr (TlsServer)
          server = tls_server_start (TLS_SERVER_SPEAKS_TLS, cases[i].certificate, NULL, NULL);
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autoptr (GError) error = NULL;
      WaxTlsSettings settings = {
        .hostname = HOST,
        .policy = { .exceptions = exceptions, .revocation = cases[i].revocation },
        .timeout_s = 30,
      };

      g_assert_false (talk (server, &settings, report, &error));
      g_assert_error (error, WAX_TLS_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_false (report->verified);
      tls_server_stop (server);
      g_assert_cmpuint (server->received->len, ==, 0);
    }
}

/* ---- pins ---- */

static void
test_takes_the_key_in_reserve (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST, root);
  g_autofree char *key = key_of (leaf);
  g_autofree char *other = key_of (root);
  const char *pins[] = { other, NULL }, *backup[] = { key, NULL };
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autoptr (GError) error = NULL;
  WaxTlsSettings settings = {
    .hostname = HOST,
    .policy = { .pins = pins, .backup_pins = backup },
    .ca_pem = root->cert_pem,
    .timeout_s = 30,
  };

  g_assert_true (talk (server, &settings, report, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (find_check (report, "pin")->warning, "backup key"));

  settings.policy.backup_pins = NULL;
  g_assert_false (talk (server, &settings, report, &error));
  g_assert_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_PIN);
}

/* ---- client certificates ---- */

static const char *const versions[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2" };

static void
test_shows_the_client_certificate (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST, root);
  g_autoptr (WaxTestCertificate) mine = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Me", .issuer = root, .usage = "1.3.6.1.5.5.7.3.2" });
  g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (mine);

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, versions[i], NULL);
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autoptr (GError) error = NULL;
      WaxTlsSettings settings = {
        .hostname = HOST, .ca_pem = root->cert_pem, .client_certificate = certificate, .timeout_s = 30
      };

      server->clients = root;
      g_assert_true (talk (server, &settings, report, &error));
      g_assert_no_error (error);
      g_assert_true (report->client_cert_asked);
      g_assert_cmpstr (report->client_cert, ==, "CN=Me");
      tls_server_stop (server);
      g_assert_cmpstr (server->client, ==, "CN=Me");
    }
}

static void
test_says_that_a_client_certificate_is_wanted (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST, root);
  g_autoptr (WaxTestCertificate) strange = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "Stranger's", .issuer = stranger, .usage = "1.3.6.1.5.5.7.3.2" });
  g_autoptr (GTlsCertificate) wrong = wax_test_certificate_to_gio (strange);

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (versions); i++)
    {
      gboolean shows = i % 2 == 1;
      g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, versions[i / 2], NULL);
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autoptr (GError) error = NULL;
      WaxTlsSettings settings = {
        .hostname = HOST,
        .ca_pem = root->cert_pem,
        .client_certificate = shows ? wrong : NULL,
        .timeout_s = 30,
      };

      server->clients = root;
      g_assert_false (talk (server, &settings, report, &error));
      g_assert_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CLIENT_CERTIFICATE);
      g_assert_true (report->client_cert_asked);
      g_assert_cmpstr (report->client_cert, ==, shows ? "CN=Stranger's" : NULL);
    }
}

static void
test_shows_none_unasked (void)
{
  g_autoptr (WaxTestCertificate) leaf = make_leaf (HOST, root);
  g_autoptr (WaxTestCertificate) mine = make_leaf ("me", root);
  g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (mine);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  WaxTlsSettings settings = {
    .hostname = HOST, .ca_pem = root->cert_pem, .client_certificate = certificate, .timeout_s = 30
  };

  g_assert_true (talk (server, &settings, report, NULL));
  g_assert_false (report->client_cert_asked);
  g_assert_null (report->client_cert);
  tls_server_stop (server);
  g_assert_null (server->client);
}

/* Whoever prepares the process later, such as a profile's accounts after the command
 * line, takes nothing away from what was asked for before. Before any connection: in a
 * process of its own. */
static void
test_process_offers_what_all_want (void)
{
  static const char *const suites[] = { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                                        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (suites); i++)
    {
      g_autoptr (GPtrArray)
          exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);

      g_ptr_array_add (exceptions,
                       wax_tls_exception_new (WAX_TLS_ALLOW_CIPHER, suites[i], now - 60, now + DAY, NULL));
      g_assert_true (wax_tls_guard_prepare_process (exceptions));
    }
  for (const char *const *part =
           (const char *const[]) { "+AES-128-CBC", "+SHA256", "+AES-256-CBC", "+SHA384", NULL };
       *part != NULL; part++)
    g_assert_nonnull (strstr (g_getenv ("G_TLS_GNUTLS_PRIORITY"), *part));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  root = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Test Root", .is_ca = TRUE });
  stranger = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Stranger", .is_ca = TRUE });
  g_test_add_func ("/tls/exceptions/lets-the-named-key-through", test_lets_the_named_key_through);
  g_test_add_func ("/tls/exceptions/lets-nothing-else-through", test_lets_nothing_else_through);
  g_test_add_func ("/tls/exceptions/process-offers-what-all-want", test_process_offers_what_all_want);
  g_test_add_func ("/tls/pins/takes-the-key-in-reserve", test_takes_the_key_in_reserve);
  g_test_add_func ("/tls/client/shows-the-certificate", test_shows_the_client_certificate);
  g_test_add_func ("/tls/client/says-that-one-is-wanted", test_says_that_a_client_certificate_is_wanted);
  g_test_add_func ("/tls/client/shows-none-unasked", test_shows_none_unasked);
  status = g_test_run ();
  wax_test_certificate_free (root);
  wax_test_certificate_free (stranger);

  return status;
}
