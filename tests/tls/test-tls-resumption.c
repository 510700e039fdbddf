/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The trap: somewhere in the process a certificate with errors was accepted, and
 * GIO keeps that session by host name. A later connection resumes it, and GIO
 * asks nobody. The guard must neither resume it nor accept it.
 *
 * Not a GLib test program: g_test_init() switches GIO's session cache off. */

#include "tls-guard.h"

#include "tls-server.h"

#define HOST "smtp.example.org"

static gboolean
accept_anything_cb (GTlsConnection *tls,
                    GTlsCertificate *certificate,
                    GTlsCertificateFlags errors,
                    gpointer data)
{
  return TRUE;
}

/* Reads what the server says: the session ticket comes before it. */
static void
read_hello (GIOStream *tls)
{
  g_autoptr (GError) error = NULL;
  char buffer[5];

  g_input_stream_read_all (g_io_stream_get_input_stream (tls), buffer, sizeof buffer, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A careless connection, as a library in the same process may make it. */
static void
connect_carelessly (TlsServer *server)
{
  g_autoptr (GIOStream) base = tls_server_dial (server);
  g_autoptr (GSocketConnectable) identity = g_network_address_new (HOST, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (base, identity, &error);

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_anything_cb), NULL);
  read_hello (tls);
  g_io_stream_close (tls, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (WaxTestCertificate)
      leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "leaf", .names = HOST });
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, leaf, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GError) error = NULL;
  WaxTlsSettings settings = { .hostname = HOST, .timeout_s = 30 };

  connect_carelessly (server);
  g_assert_false (server->resumed);
  connect_carelessly (server);
  g_assert_true (server->resumed); /* else the trap is not set, and this test proves nothing */

  base = tls_server_dial (server);
  g_assert_null (wax_tls_guard_secure (base, &settings, report, NULL, &error));
  g_assert_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CHAIN);
  g_assert_false (report->verified);
  /* Without a resumed session the handshake ends at the certificate. */
  g_assert_null (report->tls_version);

  tls_server_stop (server);
  g_assert_cmpuint (server->received->len, ==, 0);
  g_print ("TAP version 13\n1..1\nok 1 /tls/guard/refuses-a-session-that-was-never-good\n");

  return 0;
}
