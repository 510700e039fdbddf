/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a connection goes: addresses that are dead, names that the DNS tells,
 * servers that cannot be reached. */

#include "clock.h"
#include "net.h"
#include "rig.h"
#include "smtp-route.h"

#include <glib/gstdio.h>
#include <string.h>

/* So long that a test which waits for it is ended by its own limit. */
#define NEVER 3000

/* ---- addresses, RFC 8305 ---- */

/* The certificate is for localhost, and so is the account; the name in the SRV record
 * has the addresses. */
static Rig *
rig_at (const char *addresses, guint16 port)
{
  Rig *rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autofree char *target = NULL;

  net_resolver_clear ();
  if (port == 0)
    port = (guint16) wax_account_get_port (rig->account);
  target = g_strdup_printf ("0 0 %u mail.example", port);
  net_resolver_add_service ("_submissions._tcp.localhost", target);
  net_resolver_add ("mail.example", addresses);
  g_object_set (rig->account, "host", "localhost", "srv", TRUE, NULL);
  rig->settings.connect_timeout_s = NEVER;
  wax_smtp_route_forget ();

  return rig;
}

static void
test_dead_address_holds_nobody_up (void)
{
  static const char *const dead[] = { "127.0.0.2", "::1" };

  for (gsize i = 0; i < G_N_ELEMENTS (dead); i++)
    {
      g_autofree char *addresses = g_strdup_printf ("%s 127.0.0.1", dead[i]);
      g_autoptr (Rig) rig = NULL;
      g_autoptr (NetHole) hole = NULL;
      g_autoptr (WaxSendResult) result = NULL;

      if (strchr (dead[i], ':') != NULL && !net_has_ipv6 ())
        continue;
      rig = rig_at (addresses, 0);
      hole = net_hole_new (dead[i], (guint16) wax_account_get_port (rig->account));
      result = rig_send (rig, NULL);

      rig_assert_sent (result);
      g_assert_cmpstr (result->report->address, ==, "127.0.0.1");
      g_test_message ("past a dead %s in %" G_GINT64_FORMAT " ms", dead[i], result->report->connect_ms);
    }
}

static void
test_refusing_address (void)
{
  g_autoptr (Rig) rig = rig_at ("127.0.0.3 127.0.0.1", 0);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_sent (result);
  g_assert_cmpstr (result->report->address, ==, "127.0.0.1");
}

static void
test_ipv6 (void)
{
  g_autoptr (Rig) inner = NULL;
  g_autoptr (NetPeer) relay = NULL;
  g_autofree char *target = NULL;
  g_autoptr (WaxSendResult) result = NULL;

  if (!net_has_ipv6 ())
    {
      g_test_skip ("no ::1 here");
      return;
    }
  inner = rig_at ("::1", 0);
  relay = net_peer_new_relay ("::1", (guint16) wax_account_get_port (inner->account));
  target = g_strdup_printf ("0 0 %u mail.example", net_peer_get_port (relay));
  net_resolver_add_service ("_submissions._tcp.localhost", target);
  result = rig_send (inner, NULL);

  rig_assert_sent (result);
  g_assert_cmpstr (result->report->address, ==, "::1");
  g_assert_cmpuint (rig_count_said (inner, "EHLO [IPv6:::1]"), ==, 1);
}

static void
test_unknown_name (void)
{
  g_autoptr (Rig) rig = rig_at ("127.0.0.1", 0);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "host", "nowhere.example", "srv", FALSE, NULL);
  result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND, WAX_STEP_CONNECT, 68);
  g_assert_nonnull (strstr (result->error->message, "nowhere.example"));
}

/* ---- SRV, RFC 2782, 6186, 8314 ---- */

typedef struct
{
  const char *submissions; /* %i, %s: the ports of the practice host */
  const char *submission;
  gboolean starttls; /* what the account prefers */
  const char *mode;  /* NULL: it fails */
  const char *words;
} SrvCase;

static char *
expand (const char *text, WaxPracticeHost *host)
{
  g_autofree char *implicit = g_strdup_printf ("%u", wax_practice_host_get_implicit_port (host));
  g_autofree char *starttls = g_strdup_printf ("%u", wax_practice_host_get_starttls_port (host));
  g_autofree char *closed = g_strdup_printf ("%u", net_closed_port ());
  GString *result = g_string_new (text);

  g_string_replace (result, "IMPLICIT", implicit, 0);
  g_string_replace (result, "STARTTLS", starttls, 0);
  g_string_replace (result, "CLOSED", closed, 0);

  return g_string_free (result, FALSE);
}

static void
run_srv_case (const SrvCase *c)
{
  g_autoptr (Rig) rig = rig_at ("127.0.0.1", 0);
  g_autofree char *submissions = c->submissions != NULL ? expand (c->submissions, rig->host) : NULL;
  g_autofree char *submission = c->submission != NULL ? expand (c->submission, rig->host) : NULL;
  g_autoptr (WaxSendResult) result = NULL;

  g_test_message ("%s / %s", c->submissions, c->submission);
  net_resolver_clear ();
  net_resolver_add ("mail.example", "127.0.0.1");
  if (submissions != NULL)
    net_resolver_add_service ("_submissions._tcp.localhost", submissions);
  if (submission != NULL)
    net_resolver_add_service ("_submission._tcp.localhost", submission);
  g_object_set (rig->account, "mode", c->starttls ? WAX_TLS_MODE_STARTTLS : WAX_TLS_MODE_IMPLICIT, NULL);
  result = rig_send (rig, NULL);

  g_assert_cmpstr (result->report->host, ==, "localhost");
  if (c->mode == NULL)
    {
      rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND, WAX_STEP_CONNECT, 68);
      g_assert_nonnull (strstr (result->error->message, c->words));
      g_assert_null (result->report->server);
      return;
    }
  rig_assert_sent (result);
  g_assert_cmpstr (result->report->mode, ==, c->mode);
  g_assert_true (g_str_has_prefix (result->report->server, "mail.example:"));
  g_assert_true (result->report->verified);
}

static void
test_srv (void)
{
  static const SrvCase cases[] = {
    { "0 0 IMPLICIT mail.example", "0 0 STARTTLS mail.example", FALSE, "implicit", NULL },
    { "0 0 IMPLICIT mail.example", "0 0 STARTTLS mail.example", TRUE, "starttls", NULL },
    { NULL, "0 0 STARTTLS mail.example", FALSE, "starttls", NULL },
    { "0 0 IMPLICIT mail.example", NULL, TRUE, "implicit", NULL },
    { "0 0 0 .", "0 0 STARTTLS mail.example", FALSE, "starttls", NULL },
    /* The order is that of the priorities; who cannot be reached is passed over. */
    { "20 0 CLOSED mail.example,10 0 IMPLICIT mail.example", NULL, FALSE, "implicit", NULL },
    { "10 0 CLOSED mail.example,20 0 IMPLICIT mail.example", NULL, FALSE, "implicit", NULL },
    { "10 0 IMPLICIT gone.example,20 0 IMPLICIT mail.example", NULL, FALSE, "implicit", NULL },
    { "10 0 IMPLICIT not_a..name,20 0 IMPLICIT mail.example", NULL, FALSE, "implicit", NULL },
    { NULL, NULL, FALSE, NULL, "neither _submissions._tcp.localhost nor _submission._tcp.localhost" },
    { "0 0 0 .", NULL, FALSE, NULL, "has no mail submission service" },
    { "0 0 0 .", "0 0 0 .", TRUE, NULL, "has no mail submission service" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    run_srv_case (&cases[i]);
}

/* What the DNS says is not what the certificate must be for. */
static void
test_srv_cannot_choose_the_name (void)
{
  g_autoptr (Rig) rig = rig_at ("127.0.0.1", 0);
  g_autofree char *target = g_strdup_printf ("0 0 %u localhost", wax_account_get_port (rig->account));
  g_autoptr (WaxSendResult) result = NULL;

  net_resolver_add_service ("_submissions._tcp.victim.example", target);
  g_object_set (rig->account, "host", "victim.example", NULL);
  result = rig_send (rig, NULL);

  g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
  g_assert_cmpstr (g_quark_to_string (result->error->domain), ==, "wax_tls_error");
  g_assert_nonnull (strstr (result->error->message, "victim.example"));
  rig_assert_unsaid (rig, "EHLO");
}

static void
test_report_keeps_the_server (void)
{
  g_autoptr (Rig) rig = rig_at ("127.0.0.1", 0);
  g_autoptr (WaxSendResult) first = rig_send (rig, NULL);
  g_autoptr (WaxSendResult) second = rig_send (rig, NULL);
  g_autoptr (JsonNode) json = wax_connection_report_to_json (second->report);
  g_autoptr (WaxConnectionReport) again = wax_connection_report_from_json (json_node_get_object (json));

  rig_assert_sent (first);
  rig_assert_sent (second);
  g_assert_cmpstr (second->report->server, ==, first->report->server);
  g_assert_cmpstr (again->server, ==, first->report->server);
  g_assert_cmpuint (net_resolver_count ("_submissions._tcp.localhost"), ==, 1);
}

/* ---- further servers ---- */

static void
use_fallback (Rig *rig, Rig *other)
{
  g_autofree char *url = g_strdup_printf ("smtps://localhost:%u", wax_account_get_port (other->account));
  const char *const urls[] = { url, NULL };

  g_object_set (rig->account, "fallbacks", urls, NULL);
  wax_smtp_route_forget ();
}

typedef struct
{
  WaxPracticeFault fault;
  WaxPracticeCert certificate;
  gboolean goes_on;
} FallbackCase;

/* Both servers have a CA of their own. */
static char *
join_authorities (Rig *first, Rig *second)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (wax_practice_host_get_ca_pem (first->host), "\n",
                                       wax_practice_host_get_ca_pem (second->host), NULL);
  char *path = NULL;
  int fd = g_file_open_tmp ("waxseal-test-XXXXXX.pem", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);

  return path;
}

static void
run_fallback_case (const FallbackCase *c)
{
  const WaxPracticeOptions options = { .fault = c->fault, .certificate = c->certificate };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (Rig) other = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autofree char *authorities = join_authorities (rig, other);
  g_autoptr (WaxSendResult) result = NULL;

  g_test_message ("step %d, kind %d, certificate %d", (int) c->fault.step, (int) c->fault.kind,
                  (int) c->certificate);
  rig->settings.ca_file = authorities;
  rig->settings.command_timeout_s = 1;
  use_fallback (rig, other);
  result = rig_send (rig, NULL);
  g_unlink (authorities);

  g_assert_cmpuint (rig_count_said (other, "EHLO"), ==, c->goes_on ? 1 : 0);
  if (!c->goes_on)
    {
      g_assert_nonnull (result->error);
      g_assert_cmpuint (result->report->tried->len, ==, 0);
      return;
    }
  rig_assert_sent (result);
  g_assert_cmpstr (result->report->host, ==, "localhost");
  g_assert_cmpuint (result->report->port, ==, wax_account_get_port (other->account));
  g_assert_cmpuint (result->report->tried->len, ==, 1);
}

static void
test_only_who_was_not_reached (void)
{
  static const FallbackCase cases[] = {
    { { WAX_PRACTICE_STEP_CONNECT, WAX_PRACTICE_FAULT_DROP }, 0, TRUE },
    { { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_DROP }, 0, TRUE },
    { { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_DELAY, .delay_ms = 60000 }, 0, TRUE },
    { { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_REPLY, .text = "421 4.3.2 closing\r\n" }, 0, TRUE },
    { { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_REPLY, .text = "450 4.3.2 busy\r\n" }, 0, TRUE },
    { { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_REPLY, .text = "554 5.7.1 not you\r\n" }, 0, FALSE },
    { { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_REPLY, .text = "SSH-2.0-Other\r\n" }, 0, FALSE },
    { { WAX_PRACTICE_STEP_NONE }, WAX_PRACTICE_CERT_WRONG_NAME, FALSE },
    { { WAX_PRACTICE_STEP_NONE }, WAX_PRACTICE_CERT_EXPIRED, FALSE },
    { { WAX_PRACTICE_STEP_NONE }, WAX_PRACTICE_CERT_UNKNOWN_CA, FALSE },
    { { WAX_PRACTICE_STEP_EHLO_TLS, WAX_PRACTICE_FAULT_DROP }, 0, FALSE },
    { { WAX_PRACTICE_STEP_EHLO_TLS, WAX_PRACTICE_FAULT_REPLY, .text = "421 4.3.2 closing\r\n" }, 0, FALSE },
    { { WAX_PRACTICE_STEP_AUTH, WAX_PRACTICE_FAULT_REPLY, .text = "535 5.7.8 no\r\n" }, 0, FALSE },
    { { WAX_PRACTICE_STEP_AUTH, WAX_PRACTICE_FAULT_REPLY, .text = "454 4.7.0 later\r\n" }, 0, FALSE },
    { { WAX_PRACTICE_STEP_AUTH, WAX_PRACTICE_FAULT_DROP }, 0, FALSE },
    { { WAX_PRACTICE_STEP_MAIL, WAX_PRACTICE_FAULT_REPLY, .text = "451 4.3.0 later\r\n" }, 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    run_fallback_case (&cases[i]);
}

static void
test_each_by_its_own_name (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (Rig) other = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autofree char *url = g_strdup_printf ("smtps://two.example:%u", wax_account_get_port (other->account));
  const char *const urls[] = { url, NULL };
  g_autoptr (WaxSendResult) result = NULL;

  wax_smtp_route_forget ();
  net_resolver_clear ();
  net_resolver_add ("two.example", "127.0.0.1");
  g_object_set (rig->account, "fallbacks", urls, "port", (guint) net_closed_port (), NULL);
  rig->settings.ca_file = wax_practice_host_get_ca_file (other->host);
  result = rig_send (rig, NULL);

  g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
  g_assert_cmpstr (result->report->host, ==, "two.example");
  g_assert_nonnull (strstr (result->error->message, "two.example"));
  g_assert_cmpuint (result->report->tried->len, ==, 1);
}

static void
test_nobody_is_there (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  const char *const urls[] = { "smtps+srv://nowhere.example", "smtps://gone.example", NULL };
  g_autoptr (WaxSendResult) result = NULL;

  wax_smtp_route_forget ();
  net_resolver_clear ();
  g_object_set (rig->account, "fallbacks", urls, "port", (guint) net_closed_port (), NULL);
  result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND, WAX_STEP_CONNECT, 68);
  g_assert_true (g_str_has_prefix (result->error->message, "None of the account's servers could be reached"));
  g_assert_nonnull (strstr (result->error->message, "gone.example"));
  g_assert_cmpuint (result->report->tried->len, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (result->report->tried, 0), "127.0.0.1"));
  g_assert_nonnull (strstr (g_ptr_array_index (result->report->tried, 1), "nowhere.example"));
}

/* A fresh connection, and how many servers were tried before it. */
static guint
tried_now (Rig *rig)
{
  g_autoptr (WaxSendResult) result = NULL;

  g_clear_object (&rig->transport);
  result = rig_send (rig, NULL);
  rig_assert_sent (result);

  return result->report->tried->len;
}

static void
test_who_failed_is_tried_last (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (Rig) other = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);

  use_fallback (rig, other);
  g_object_set (rig->account, "port", (guint) net_closed_port (), NULL);
  rig->settings.ca_file = wax_practice_host_get_ca_file (other->host);

  g_assert_cmpuint (tried_now (rig), ==, 1);
  g_assert_cmpuint (tried_now (rig), ==, 0);
  wax_clock_set_offset ((WAX_SMTP_ROUTE_MEMORY_S + 60) * G_USEC_PER_SEC);
  g_assert_cmpuint (tried_now (rig), ==, 1);
  wax_clock_set_offset (0);
}

/* Last, and not never. */
static void
test_who_failed_is_still_tried (void)
{
  WaxPracticeOptions options = { .fault = { WAX_PRACTICE_STEP_CONNECT, WAX_PRACTICE_FAULT_DROP } };
  const WaxPracticeFault none = { WAX_PRACTICE_STEP_NONE };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autofree char *url = g_strdup_printf ("smtps://localhost:%u", net_closed_port ());
  const char *const urls[] = { url, NULL };
  g_autoptr (WaxSendResult) failed = NULL;

  wax_smtp_route_forget ();
  g_object_set (rig->account, "fallbacks", urls, NULL);
  failed = rig_send (rig, NULL);
  g_assert_cmpint (failed->state, ==, WAX_SEND_DEFERRED);

  wax_practice_host_set_fault (rig->host, &none);
  g_assert_cmpuint (tried_now (rig), ==, 0);
}

int
main (int argc, char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  net_resolver_install ();
  g_test_add_func ("/smtp/connect/dead-address-holds-nobody-up", test_dead_address_holds_nobody_up);
  g_test_add_func ("/smtp/connect/refusing-address", test_refusing_address);
  g_test_add_func ("/smtp/connect/ipv6", test_ipv6);
  g_test_add_func ("/smtp/connect/unknown-name", test_unknown_name);
  g_test_add_func ("/smtp/connect/srv", test_srv);
  g_test_add_func ("/smtp/connect/srv-cannot-choose-the-name", test_srv_cannot_choose_the_name);
  g_test_add_func ("/smtp/connect/report-keeps-the-server", test_report_keeps_the_server);
  g_test_add_func ("/smtp/failover/only-who-was-not-reached", test_only_who_was_not_reached);
  g_test_add_func ("/smtp/failover/each-by-its-own-name", test_each_by_its_own_name);
  g_test_add_func ("/smtp/failover/nobody-is-there", test_nobody_is_there);
  g_test_add_func ("/smtp/failover/who-failed-is-tried-last", test_who_failed_is_tried_last);
  g_test_add_func ("/smtp/failover/who-failed-is-still-tried", test_who_failed_is_still_tried);
  code = g_test_run ();
  net_resolver_uninstall ();

  return code;
}
