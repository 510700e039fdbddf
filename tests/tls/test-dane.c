/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The question behind a connection, against a real signed DNS. */

#include "dane.h"

#include <string.h>

#include "certificate-details.h"
#include "dns-lab.h"
#include "test-certificates.h"
#include "tls-guard.h"
#include "tls-server.h"

#define WAIT_S 60

static DnsLab *lab;
static WaxTestCertificate *authority, *certificate;
static GPtrArray *chain; /* of the one certificate */

static WaxDnsResolver *
resolver_at (const char *server)
{
  g_autoptr (GError) error = NULL;
  WaxDnsResolver *resolver = wax_dns_resolver_new (
      &(WaxDnsSettings) {
          .server = server, .trust_anchor_file = dns_lab_get_anchor (lab), .timeout_s = WAIT_S },
      &error);

  g_assert_no_error (error);
  return resolver;
}

/* @domain: (nullable): whose SRV records led to @host */
static void
assert_state_by (const char *domain, const char *host, guint16 port, WaxDaneState expected, const char *words)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDaneQuestion)
      question = domain != NULL ? wax_dane_ask_service (resolver, domain, "submissions", host, port)
                                : wax_dane_ask (resolver, host, port);
  g_autofree char *detail = NULL;
  WaxDaneState state = wax_dane_judge (question, chain, host, WAIT_S, NULL, &detail);

  g_test_message ("%s:%u: %s", host, port, detail);
  g_assert_cmpint (state, ==, expected);
  g_assert_true (g_str_has_suffix (detail, "."));
  g_assert_nonnull (strstr (detail, words));
}

static void
assert_state (const char *host, guint16 port, WaxDaneState expected, const char *words)
{
  assert_state_by (NULL, host, port, expected, words);
}

static void
test_states (void)
{
  assert_state ("mail.signed", 465, WAX_DANE_MATCH_ALONE, "3 1 1 at _465._tcp.mail.signed, proved by DNSSEC");
  assert_state ("Mail.Signed.", 465, WAX_DANE_MATCH_ALONE, "names the server's certificate");
  assert_state ("mail.signed", 466, WAX_DANE_MATCH_PKIX, "1 1 1");
  assert_state ("mail.signed", 467, WAX_DANE_NO_MATCH, "none of them is for the certificate");
  assert_state ("mail.signed", 468, WAX_DANE_UNUSABLE, "2 TLSA records");
  assert_state ("mail.signed", 587, WAX_DANE_NO_RECORDS, "DNSSEC proves it");
  assert_state ("mail.plain", 465, WAX_DANE_NO_RECORDS, "does not prove them");
  assert_state ("mail.plain", 587, WAX_DANE_NO_RECORDS, "There are no TLSA records at _587._tcp.mail.plain.");
  assert_state ("mail.tampered", 465, WAX_DANE_BOGUS, "mail.tampered is signed, and the signature is wrong");
  assert_state ("mail.expired", 465, WAX_DANE_BOGUS, "expired");
}

/* RFC 7671 section 7. */
static void
test_aliases (void)
{
  assert_state ("alias.signed", 465, WAX_DANE_MATCH_ALONE, "_465._tcp.mail.signed,");
  assert_state ("alias.signed", 467, WAX_DANE_NO_MATCH, "_467._tcp.mail.signed,");
  assert_state ("alias.signed", 469, WAX_DANE_MATCH_ALONE, "_469._tcp.alias.signed,");
  assert_state ("out.signed", 465, WAX_DANE_MATCH_ALONE, "_465._tcp.out.signed,");
  assert_state ("in.plain", 465, WAX_DANE_NO_RECORDS, "_465._tcp.in.plain");
  assert_state ("mail.signed", 470, WAX_DANE_MATCH_ALONE, "_470._tcp.mail.signed,");
}

/* RFC 7673: what led to the server must be proved too. */
static void
test_services (void)
{
  assert_state_by ("signed", "mail.signed", 465, WAX_DANE_MATCH_ALONE, "_465._tcp.mail.signed,");
  assert_state_by ("signed", "Mail.Signed.", 467, WAX_DANE_NO_MATCH, "_467._tcp.mail.signed,");
  assert_state_by ("signed", "mail.signed", 466, WAX_DANE_BOGUS, "proves other SRV records");
  assert_state_by ("signed", "alias.signed", 465, WAX_DANE_BOGUS, "_submissions._tcp.signed");
  assert_state_by ("mail.signed", "mail.signed", 465, WAX_DANE_BOGUS, "proves other SRV records");
  assert_state_by ("plain", "mail.signed", 465, WAX_DANE_NO_RECORDS, "does not prove the SRV records");
  assert_state_by ("expired", "mail.signed", 465, WAX_DANE_BOGUS, "_submissions._tcp.expired is signed");
}

static void
test_addresses_have_none (void)
{
  assert_state ("192.0.2.1", 465, WAX_DANE_NO_RECORDS, "An address has no TLSA records");
  assert_state ("2001:db8::1", 465, WAX_DANE_NO_RECORDS, "An address has no TLSA records");
  assert_state ("[2001:db8::1]", 465, WAX_DANE_NO_RECORDS, "An address has no TLSA records");
}

/* A server that answers nothing: the wait ends, and giving up does not wait. */
static void
test_no_answer (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket)
      sink = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *server = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *cancelled = NULL;
  g_autoptr (WaxDnsResolver) resolver = NULL;
  g_autoptr (WaxDaneQuestion) question = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 start;

  g_assert_true (g_socket_bind (sink, any, FALSE, NULL));
  bound = g_socket_get_local_address (sink, NULL);
  server = g_strdup_printf ("127.0.0.1@%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  resolver = resolver_at (server);
  question = wax_dane_ask (resolver, "mail.signed", 465);

  g_assert_cmpint (wax_dane_judge (question, chain, "mail.signed", 0, NULL, &detail), ==, WAX_DANE_NO_ANSWER);
  g_assert_nonnull (strstr (detail, "in time"));
  g_cancellable_cancel (cancellable);
  start = g_get_monotonic_time ();
  g_assert_cmpint (wax_dane_judge (question, chain, "mail.signed", WAIT_S, cancellable, &cancelled), ==,
                   WAX_DANE_NO_ANSWER);
  g_clear_pointer (&question, wax_dane_free);
  g_assert_cmpint (g_get_monotonic_time () - start, <, WAIT_S * G_USEC_PER_SEC);
}

/* ---- what the guard makes of it ---- */

/* @code: 0 where the connection is to be had; nothing may be said on one that is not. */
static void
assert_guarded (guint16 port, WaxDemand demand, int code)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDaneQuestion) question = wax_dane_ask (resolver, "mail.signed", port);
  g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, certificate, NULL, NULL);
  g_autoptr (GIOStream) base = tls_server_dial (server);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsConnection) tls = wax_tls_guard_secure (base,
                                                         &(WaxTlsSettings) {
                                                             .hostname = "mail.signed",
                                                             .policy = { .dane = demand },
                                                             .ca_pem = authority->cert_pem,
                                                             .dane = question,
                                                         },
                                                         report, NULL, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, WAX_TLS_ERROR, code);
  g_assert_cmpint (report->verified, ==, code == 0);
  if (tls != NULL)
    g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
  tls_server_stop (server);
  g_assert_cmpuint (server->received->len, ==, 0);
}

static void
test_guards (void)
{
  assert_guarded (465, WAX_DEMAND_HARD, 0);
  assert_guarded (466, WAX_DEMAND_HARD, 0);
  assert_guarded (467, WAX_DEMAND_HARD, WAX_TLS_ERROR_DANE);
  assert_guarded (467, WAX_DEMAND_SOFT, WAX_TLS_ERROR_DANE);
  assert_guarded (467, WAX_DEMAND_OFF, 0);
  assert_guarded (468, WAX_DEMAND_HARD, WAX_TLS_ERROR_DANE);
  assert_guarded (468, WAX_DEMAND_SOFT, 0);
  assert_guarded (471, WAX_DEMAND_HARD, 0);
  assert_guarded (587, WAX_DEMAND_HARD, WAX_TLS_ERROR_DANE);
  assert_guarded (587, WAX_DEMAND_SOFT, 0);
}

static void
add_zones (const char *spki_sha256, const char *authority_sha256)
{
  g_autofree char *zone = g_strdup_printf ("mail A 192.0.2.1\n"
                                           "_submissions._tcp SRV 0 1 465 mail\n"
                                           "_submissions._tcp SRV 1 1 467 mail\n"
                                           "_465._tcp.mail TLSA 3 1 1 %s\n"
                                           "_466._tcp.mail TLSA 1 1 1 %s\n"
                                           "_467._tcp.mail TLSA 3 1 1 %064d\n"
                                           "_468._tcp.mail TLSA 3 1 1 abcd\n"
                                           "_468._tcp.mail TLSA 9 1 1 %s\n"
                                           "_471._tcp.mail TLSA 0 0 1 %s\n"
                                           "_470._tcp.mail CNAME tlsa\n"
                                           "tlsa TLSA 3 1 1 %s\n"
                                           "alias CNAME mail\n"
                                           "_467._tcp.alias TLSA 3 1 1 %s\n"
                                           "_469._tcp.alias TLSA 3 1 1 %s\n"
                                           "out CNAME mail.plain.\n"
                                           "_465._tcp.out TLSA 3 1 1 %s\n",
                                           spki_sha256, spki_sha256, 0, spki_sha256, authority_sha256,
                                           spki_sha256, spki_sha256, spki_sha256, spki_sha256);
  g_autofree char *plain = g_strdup_printf (
      "mail A 192.0.2.1\n_465._tcp.mail TLSA 3 1 1 %064d\n"
      "_submissions._tcp SRV 0 1 465 mail.signed.\nin CNAME mail.signed.\n",
      0);

  dns_lab_add (lab, "signed", DNS_LAB_SIGNED, zone);
  dns_lab_add (lab, "plain", DNS_LAB_UNSIGNED, plain);
  dns_lab_add (lab, "tampered", DNS_LAB_TAMPERED,
               "mail A 192.0.2.1\n_submissions._tcp SRV 0 1 465 mail.signed.\n");
  dns_lab_add (lab, "expired", DNS_LAB_EXPIRED,
               "mail A 192.0.2.1\n_submissions._tcp SRV 0 1 465 mail.signed.\n");
}

static void
set_up (void)
{
  g_autoptr (GTlsCertificate) gio = NULL;
  g_autoptr (GTlsCertificate) root = NULL;
  g_autoptr (GPtrArray) details = NULL;
  g_autoptr (GPtrArray) authorities = NULL;
  g_autoptr (GByteArray) der = NULL;

  authority = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Root", .is_ca = TRUE });
  certificate = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "x", .names = "mail.signed", .issuer = authority });
  gio = wax_test_certificate_to_gio (certificate);
  details = wax_certificate_details_chain (gio, NULL);
  root = wax_test_certificate_to_gio (authority);
  authorities = wax_certificate_details_chain (root, NULL);
  g_object_get (gio, "certificate", &der, NULL);
  chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (chain, g_bytes_new (der->data, der->len));
  lab = dns_lab_new ();
  add_zones (((WaxCertificateDetails *) details->pdata[0])->spki_sha256,
             ((WaxCertificateDetails *) authorities->pdata[0])->sha256);
  dns_lab_start (lab);
}

int
main (int argc, char **argv)
{
  const char *missing = dns_lab_missing ();
  int status;

  g_test_init (&argc, &argv, NULL);
  if (missing != NULL)
    {
      g_print ("1..0 # SKIP %s\n", missing);
      return 0;
    }

  set_up ();
  g_test_add_func ("/tls/dane/states", test_states);
  g_test_add_func ("/tls/dane/aliases", test_aliases);
  g_test_add_func ("/tls/dane/services", test_services);
  g_test_add_func ("/tls/dane/addresses-have-none", test_addresses_have_none);
  g_test_add_func ("/tls/dane/no-answer", test_no_answer);
  g_test_add_func ("/tls/dane/guards", test_guards);
  status = g_test_run ();
  dns_lab_free (lab);
  g_ptr_array_unref (chain);
  wax_test_certificate_free (certificate);
  wax_test_certificate_free (authority);

  return status;
}
