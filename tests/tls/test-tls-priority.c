/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The priority string as the programs set it: GnuTLS itself then offers nothing
 * weak. A process reads the string once, hence a program of its own. */

#include "tls-guard.h"

#include "tls-server.h"

#define HOST "smtp.example.org"

static WaxTestCertificate *root, *leaf;

static GTlsConnection *
connect_to (const char *priority, WaxConnectionReport *report, GError **error)
{
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, priority, NULL);
  g_autoptr (GIOStream) base = tls_server_dial (server);
  WaxTlsSettings settings = { .hostname = HOST, .ca_pem = root->cert_pem, .timeout_s = 30 };

  return wax_tls_guard_secure (base, &settings, report, NULL, error);
}

static void
test_offers_what_is_strong (void)
{
  static const struct
  {
    const char *priority, *version, *cipher;
  } cases[] = {
    { "NORMAL", "TLS1.3", NULL },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM", "TLS1.3", "TLS_AES_128_GCM_SHA256" },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305", "TLS1.3",
      "TLS_CHACHA20_POLY1305_SHA256" },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM", "TLS1.2",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+CHACHA20-POLY1305", "TLS1.2",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsConnection) tls = connect_to (cases[i].priority, report, &error);

      g_assert_no_error (error);
      g_assert_true (report->verified);
      g_assert_cmpstr (report->tls_version, ==, cases[i].version);
      if (cases[i].cipher != NULL)
        g_assert_cmpstr (report->cipher, ==, cases[i].cipher);
    }
}

static void
test_offers_nothing_weak (void)
{
  static const char *const weak[] = {
    "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CBC:+AES-128-CBC",
    "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA:+RSA",
    "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0",
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-CCM-8",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (weak); i++)
    {
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      g_autoptr (GError) error = NULL;

      g_assert_null (connect_to (weak[i], report, &error));
      g_assert_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_HANDSHAKE);
      g_assert_null (report->cipher);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("G_TLS_GNUTLS_PRIORITY", wax_tls_policy_priority (), TRUE);
  g_test_init (&argc, &argv, NULL);
  root = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Root", .is_ca = TRUE });
  leaf = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "leaf", .names = HOST, .issuer = root });
  g_test_add_func ("/tls/priority/offers-what-is-strong", test_offers_what_is_strong);
  g_test_add_func ("/tls/priority/offers-nothing-weak", test_offers_nothing_weak);
  status = g_test_run ();
  wax_test_certificate_free (root);
  wax_test_certificate_free (leaf);

  return status;
}
