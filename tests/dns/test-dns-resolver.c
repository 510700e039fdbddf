/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Against a real DNS: NSD with a signed root of its own. */

#include "dns-resolver.h"

#include <glib/gstdio.h>
#include <string.h>

#include "dns-lab.h"

#define THREADS 8

static DnsLab *lab;

static WaxDnsResolver *
resolver_within (const char *server, guint timeout_s)
{
  g_autoptr (GError) error = NULL;
  WaxDnsResolver *resolver = wax_dns_resolver_new (
      &(WaxDnsSettings) {
          .server = server,
          .trust_anchor_file = dns_lab_get_anchor (lab),
          .timeout_s = timeout_s,
      },
      &error);

  g_assert_no_error (error);
  return resolver;
}

static WaxDnsResolver *
resolver_at (const char *server)
{
  return resolver_within (server, 60);
}

static WaxDnsAnswer *
look_up (WaxDnsResolver *resolver, const char *name, int type)
{
  g_autoptr (GError) error = NULL;
  WaxDnsAnswer *answer = wax_dns_lookup (resolver, name, type, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (answer);

  return answer;
}

static void
assert_record (WaxDnsAnswer *answer, guint i, const char *octets, gsize length)
{
  g_assert_cmpuint (i, <, answer->records->len);
  g_assert_cmpmem (g_bytes_get_data (answer->records->pdata[i], NULL),
                   g_bytes_get_size (answer->records->pdata[i]), octets, length);
}

/* ---- what the DNS says ---- */

static void
test_secure (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsAnswer) a = look_up (resolver, "Mail.Signed.", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) tlsa = look_up (resolver, "_465._tcp.mail.signed", WAX_DNS_TLSA);
  g_autoptr (WaxDnsAnswer) mx = look_up (resolver, "signed", WAX_DNS_MX);

  g_assert_cmpint (a->security, ==, WAX_DNS_SECURE);
  g_assert_true (a->exists);
  g_assert_null (a->canonical);
  g_assert_null (a->why_bogus);
  g_assert_cmpuint (a->ttl_s, <=, 3600);
  g_assert_cmpuint (a->ttl_s, >, 0);
  g_assert_cmpuint (a->records->len, ==, 1);
  assert_record (a, 0, "\xc0\0\2\1", 4);
  g_assert_cmpint (tlsa->security, ==, WAX_DNS_SECURE);
  assert_record (tlsa, 0, "\3\1\1\xab\xcd", 5);
  g_assert_cmpint (mx->security, ==, WAX_DNS_SECURE);
  assert_record (mx, 0, "\0\12\4mail\6signed\0", 15);
}

static void
test_proved_absence (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsAnswer) no_name = look_up (resolver, "nothing.signed", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) no_record = look_up (resolver, "mail.signed", WAX_DNS_TLSA);

  g_assert_cmpint (no_name->security, ==, WAX_DNS_SECURE);
  g_assert_false (no_name->exists);
  g_assert_cmpuint (no_name->records->len, ==, 0);
  g_assert_cmpint (no_record->security, ==, WAX_DNS_SECURE);
  g_assert_true (no_record->exists);
  g_assert_cmpuint (no_record->records->len, ==, 0);
}

static void
test_insecure (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsAnswer) answer = look_up (resolver, "mail.plain", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) none = look_up (resolver, "nothing.plain", WAX_DNS_A);

  g_assert_cmpint (answer->security, ==, WAX_DNS_INSECURE);
  assert_record (answer, 0, "\xc0\0\2\1", 4);
  g_assert_cmpint (none->security, ==, WAX_DNS_INSECURE);
  g_assert_false (none->exists);
}

static void
test_bogus (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsAnswer) tampered = look_up (resolver, "mail.tampered", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) expired = look_up (resolver, "mail.expired", WAX_DNS_A);

  g_assert_cmpint (tampered->security, ==, WAX_DNS_BOGUS);
  g_assert_cmpuint (tampered->records->len, ==, 0);
  g_assert_nonnull (tampered->why_bogus);
  g_assert_cmpint (expired->security, ==, WAX_DNS_BOGUS);
  g_assert_cmpuint (expired->records->len, ==, 0);
  g_assert_nonnull (strstr (expired->why_bogus, "expired"));
}

static void
test_aliases (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsAnswer) within = look_up (resolver, "alias.signed", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) out = look_up (resolver, "out.signed", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) in = look_up (resolver, "in.plain", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) nothing = look_up (resolver, "alias.signed", WAX_DNS_AAAA);

  g_assert_cmpint (within->security, ==, WAX_DNS_SECURE);
  g_assert_cmpstr (within->canonical, ==, "mail.signed");
  assert_record (within, 0, "\xc0\0\2\1", 4);
  g_assert_cmpint (out->security, ==, WAX_DNS_INSECURE);
  g_assert_cmpstr (out->canonical, ==, "mail.plain");
  g_assert_cmpint (in->security, ==, WAX_DNS_INSECURE);
  g_assert_cmpstr (in->canonical, ==, "mail.signed");
  g_assert_cmpint (nothing->security, ==, WAX_DNS_SECURE);
  g_assert_cmpuint (nothing->records->len, ==, 0);
  g_assert_cmpstr (nothing->canonical, ==, "mail.signed");
}

/* More than a datagram holds: comes over TCP. More than is taken: no answer. */
static void
test_large (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsAnswer) many = look_up (resolver, "many.signed", WAX_DNS_A);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (many->security, ==, WAX_DNS_SECURE);
  g_assert_cmpuint (many->records->len, ==, 256);
  g_assert_null (wax_dns_lookup (resolver, "toomany.signed", WAX_DNS_A, NULL, &error));
  g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED);
}

/* ---- through other servers ---- */

static void
test_through_a_resolver (void)
{
  g_autofree char *server = dns_lab_resolver (lab, "");
  g_autoptr (WaxDnsResolver) resolver = resolver_at (server);
  g_autoptr (WaxDnsAnswer) secure = look_up (resolver, "mail.signed", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) insecure = look_up (resolver, "mail.plain", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) bogus = look_up (resolver, "mail.tampered", WAX_DNS_A);

  g_assert_cmpint (secure->security, ==, WAX_DNS_SECURE);
  g_assert_cmpint (insecure->security, ==, WAX_DNS_INSECURE);
  g_assert_cmpint (bogus->security, ==, WAX_DNS_BOGUS);
}

/* Nothing validates behind such a server: that is no answer, and no attack. */
static void
test_without_signatures (void)
{
  g_autofree char *server = dns_lab_resolver (lab, "  disable-edns-do: yes");
  g_autoptr (WaxDnsResolver) resolver = resolver_at (server);
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_dns_lookup (resolver, "mail.signed", WAX_DNS_A, NULL, &error));
  g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "DNSSEC"));
}

/* The library tries for a while: either way it is no answer. */
static void
assert_no_answer (WaxDnsResolver *resolver)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_dns_lookup (resolver, "mail.signed", WAX_DNS_A, NULL, &error));
  if (!g_error_matches (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED))
    g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_TIMED_OUT);
}

/* resolv.conf is that of a network that one comes to with an open program. */
static void
test_the_network_changes (void)
{
  g_autofree char *path = g_build_filename (dns_lab_get_folder (lab), "resolv.conf", NULL);
  g_autofree char *here = NULL;
  g_autoptr (WaxDnsResolver) resolver = NULL;
  g_autoptr (WaxDnsAnswer) answer = NULL;
  g_autoptr (WaxDnsAnswer) again = NULL;

  if (dns_lab_get_address (lab) == NULL)
    {
      g_test_skip ("port 53 is not ours to take");
      return;
    }
  here = g_strdup_printf ("nameserver %s\n", dns_lab_get_address (lab));
  g_assert_true (g_file_set_contents (path, here, -1, NULL));
  resolver = wax_dns_resolver_new (
      &(WaxDnsSettings) {
          .resolv_conf = path,
          .trust_anchor_file = dns_lab_get_anchor (lab),
          .timeout_s = 5,
      },
      NULL);
  answer = look_up (resolver, "mail.signed", WAX_DNS_A);
  g_assert_cmpint (answer->security, ==, WAX_DNS_SECURE);

  /* What is cached is of the old network. */
  g_assert_true (g_file_set_contents (path, "# elsewhere\nnameserver 127.0.0.0\n", -1, NULL));
  assert_no_answer (resolver);

  g_assert_true (g_file_set_contents (path, here, -1, NULL));
  again = look_up (resolver, "mail.signed", WAX_DNS_A);
  g_assert_cmpint (again->security, ==, WAX_DNS_SECURE);
}

static void
test_nobody_there (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *server = g_strdup_printf ("127.0.0.1@%u", port);
  g_autoptr (WaxDnsResolver) resolver = NULL;

  g_socket_listener_close (listener);
  resolver = resolver_within (server, 1);
  assert_no_answer (resolver);
}

/* ---- time ---- */

/* (transfer full) A server that takes questions and never answers. */
static GSocket *
sink_new (char **server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP,
                                  &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *server = g_strdup_printf ("127.0.0.1@%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));

  return socket;
}

static void
test_times_out (void)
{
  g_autofree char *server = NULL;
  g_autoptr (GSocket) sink = sink_new (&server);
  g_autoptr (WaxDnsResolver) resolver = resolver_within (server, 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_dns_lookup (resolver, "mail.signed", WAX_DNS_A, NULL, &error));
  g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_TIMED_OUT);
}

static gpointer
cancel_once_asked (gpointer data)
{
  GCancellable *cancellable = data;
  GSocket *sink = g_object_get_data (G_OBJECT (cancellable), "sink");

  g_assert_true (g_socket_condition_wait (sink, G_IO_IN, NULL, NULL));
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_is_cancelled (void)
{
  g_autofree char *server = NULL;
  g_autoptr (GSocket) sink = sink_new (&server);
  g_autoptr (WaxDnsResolver) resolver = resolver_at (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_object_set_data (G_OBJECT (cancellable), "sink", sink);
  thread = g_thread_new ("cancel", cancel_once_asked, cancellable);
  g_assert_null (wax_dns_lookup (resolver, "mail.signed", WAX_DNS_A, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  g_clear_error (&error);
  g_assert_null (wax_dns_lookup (resolver, "mail.signed", WAX_DNS_A, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- threads ---- */

static gpointer
ask_much (gpointer data)
{
  WaxDnsResolver *resolver = data;
  static const struct
  {
    const char *name;
    WaxDnsSecurity security;
  } cases[] = {
    { "mail.signed", WAX_DNS_SECURE },  { "mail.plain", WAX_DNS_INSECURE },
    { "mail.tampered", WAX_DNS_BOGUS }, { "nothing.signed", WAX_DNS_SECURE },
    { "alias.signed", WAX_DNS_SECURE },
  };

  for (guint i = 0; i < 10 * G_N_ELEMENTS (cases); i++)
    {
      gsize which = i % G_N_ELEMENTS (cases);
      g_autoptr (WaxDnsAnswer) answer = look_up (resolver, cases[which].name, WAX_DNS_A);

      g_assert_cmpint (answer->security, ==, cases[which].security);
    }

  return NULL;
}

static void
test_from_many_threads (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  GThread *threads[THREADS];

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("ask", ask_much, resolver);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
}

/* ---- settings ---- */

static void
test_refuses_bad_names (void)
{
  static const char *const names[] = { "", "a..b",
                                       "b\xc3\xbc"
                                       "cher.example",
                                       "a b", "127.0.0.1:53" };
  g_autoptr (WaxDnsResolver) resolver = resolver_at ("127.0.0.1@1");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_dns_lookup (resolver, names[i], WAX_DNS_A, NULL, &error));
      g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_NAME);
    }
}

static void
test_refuses_bad_settings (void)
{
  g_autofree char *empty = g_build_filename (dns_lab_get_folder (lab), "empty.ds", NULL);
  g_autofree char *absent = g_build_filename (dns_lab_get_folder (lab), "absent.ds", NULL);
  const WaxDnsSettings cases[] = {
    { .server = "" },
    { .server = "dns.example.org" },
    { .server = "127.0.0.1@" },
    { .server = "127.0.0.1@0" },
    { .server = "127.0.0.1@70000" },
    { .server = "127.0.0.1:53" },
    { .trust_anchor_file = empty },
    { .trust_anchor_file = absent },
  };

  g_file_set_contents (empty, "", 0, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_dns_resolver_new (&cases[i], &error));
      g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_SETTINGS);
    }
}

static void
test_takes_settings (void)
{
  static const char *const servers[] = { NULL,  "recursive",     "192.0.2.53", "192.0.2.53@5353",
                                         "::1", "2001:db8::1@53" };

  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxDnsResolver)
          resolver = wax_dns_resolver_new (&(WaxDnsSettings) { .server = servers[i] }, &error);

      g_assert_no_error (error);
      g_assert_nonnull (resolver);
    }
}

/* ---- the cache: the last test, since it ends the server ---- */

static void
test_remembers (void)
{
  g_autoptr (WaxDnsResolver) resolver = resolver_at (dns_lab_get_server (lab));
  g_autoptr (WaxDnsResolver) other = resolver_within (dns_lab_get_server (lab), 1);
  g_autoptr (WaxDnsAnswer) first = look_up (resolver, "mail.signed", WAX_DNS_A);
  g_autoptr (WaxDnsAnswer) second = NULL;

  dns_lab_stop (lab);
  second = look_up (resolver, "mail.signed", WAX_DNS_A);
  g_assert_cmpint (second->security, ==, WAX_DNS_SECURE);
  assert_record (second, 0, "\xc0\0\2\1", 4);
  assert_no_answer (other);
}

static void
add_many (GString *zone, const char *name, guint count)
{
  for (guint i = 0; i < count; i++)
    g_string_append_printf (zone, "%s A 10.0.%u.%u\n", name, i / 256, i % 256);
}

static void
set_up (void)
{
  g_autoptr (GString) zone = g_string_new ("@ MX 10 mail\n"
                                           "mail A 192.0.2.1\n"
                                           "_465._tcp.mail TLSA 3 1 1 abcd\n"
                                           "alias CNAME mail\n"
                                           "out CNAME mail.plain.\n");

  add_many (zone, "many", 256);
  add_many (zone, "toomany", 257);
  lab = dns_lab_new ();
  dns_lab_add (lab, "signed", DNS_LAB_SIGNED, zone->str);
  dns_lab_add (lab, "plain", DNS_LAB_UNSIGNED, "mail A 192.0.2.1\nin CNAME mail.signed.\n");
  dns_lab_add (lab, "tampered", DNS_LAB_TAMPERED, "mail A 192.0.2.1\n");
  dns_lab_add (lab, "expired", DNS_LAB_EXPIRED, "mail A 192.0.2.1\n");
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
  g_test_add_func ("/dns/resolver/secure", test_secure);
  g_test_add_func ("/dns/resolver/proved-absence", test_proved_absence);
  g_test_add_func ("/dns/resolver/insecure", test_insecure);
  g_test_add_func ("/dns/resolver/bogus", test_bogus);
  g_test_add_func ("/dns/resolver/aliases", test_aliases);
  g_test_add_func ("/dns/resolver/large", test_large);
  g_test_add_func ("/dns/resolver/through-a-resolver", test_through_a_resolver);
  g_test_add_func ("/dns/resolver/without-signatures", test_without_signatures);
  g_test_add_func ("/dns/resolver/the-network-changes", test_the_network_changes);
  g_test_add_func ("/dns/resolver/nobody-there", test_nobody_there);
  g_test_add_func ("/dns/resolver/times-out", test_times_out);
  g_test_add_func ("/dns/resolver/is-cancelled", test_is_cancelled);
  g_test_add_func ("/dns/resolver/from-many-threads", test_from_many_threads);
  g_test_add_func ("/dns/resolver/refuses-bad-names", test_refuses_bad_names);
  g_test_add_func ("/dns/resolver/refuses-bad-settings", test_refuses_bad_settings);
  g_test_add_func ("/dns/resolver/takes-settings", test_takes_settings);
  g_test_add_func ("/dns/resolver/remembers", test_remembers);
  status = g_test_run ();
  dns_lab_free (lab);

  return status;
}
