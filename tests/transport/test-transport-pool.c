/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Open connections that wait for their next message. Each EHLO at the practice host
 * is a connection. */

#include "transport-pool.h"

#include "rig.h"

#include <string.h>

static WaxSendResult *
send_by (WaxTransport *transport)
{
  g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
  g_autoptr (GInputStream)
      message = g_memory_input_stream_new_from_data (RIG_MESSAGE, strlen (RIG_MESSAGE), NULL);

  return wax_transport_send (transport, envelope, message, (gint64) strlen (RIG_MESSAGE), NULL, NULL);
}

static void
send_through (WaxTransportPool *pool, Rig *rig)
{
  WaxTransport *transport = wax_transport_pool_take (pool, &rig->settings);
  g_autoptr (WaxSendResult) result = send_by (transport);

  rig_assert_sent (result);
  wax_transport_pool_give (pool, transport);
}

static void
test_one_connection_carries_many (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();

  g_assert_false (wax_transport_pool_is_warm (pool, &rig->settings));
  for (int i = 0; i < 3; i++)
    send_through (pool, rig);
  g_assert_true (wax_transport_pool_is_warm (pool, &rig->settings));
  g_assert_cmpuint (rig_count_said (rig, "EHLO"), ==, 1);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 3);
}

/* A changed account never goes over a connection that was made with another: each
 * setting by itself makes it one. */
static void
test_other_settings_are_another_connection (void)
{
  static const struct
  {
    const char *property;
    const char *value;
  } changes[] = {
    { "user", "another" }, { "mechanism", "PLAIN" }, { "minimum-tls", "TLS1.3" },     { "revocation", "off" },
    { "dane", "off" },     { "proxy", "none" },      { "client-cert", "/tmp/c.pem" }, { "exceptions", "[]" },
  };
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();

  send_through (pool, rig);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (WaxAccount) changed = wax_account_copy (rig->account);
      WaxTransportSettings settings = rig->settings;

      g_object_set (changed, changes[i].property, changes[i].value, NULL);
      settings.account = changed;
      g_test_message ("%s", changes[i].property);
      g_assert_false (wax_transport_pool_is_warm (pool, &settings));
    }
  g_assert_true (wax_transport_pool_is_warm (pool, &rig->settings));
  g_object_set (rig->account, "mechanism", "PLAIN", NULL);
  send_through (pool, rig);
  g_assert_cmpuint (rig_count_said (rig, "EHLO"), ==, 2);
}

static void
test_another_password_is_another_connection (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();
  g_autoptr (WaxSendResult) result = NULL;
  WaxTransport *transport;

  send_through (pool, rig);
  g_clear_pointer (&rig->settings.password, wax_secret_unref);
  rig->settings.password = wax_secret_new_string ("wrong");
  g_assert_false (wax_transport_pool_is_warm (pool, &rig->settings));
  transport = wax_transport_pool_take (pool, &rig->settings);
  result = send_by (transport);
  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_AUTH, 77);
  wax_transport_pool_give (pool, transport);
  g_assert_false (wax_transport_pool_is_warm (pool, &rig->settings));
}

/* What the account remembers of the server is no setting. */
static void
test_what_is_remembered_changes_nothing (void)
{
  static const char *const lines[] = { "PIPELINING", NULL };
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();

  send_through (pool, rig);
  g_object_set (rig->account, "extensions", lines, "strongest-mechanism", "SCRAM-SHA-1", NULL);
  g_assert_true (wax_transport_pool_is_warm (pool, &rig->settings));
}

static void
test_idle_for_too_long_is_closed (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();
  gint64 next;

  g_assert_cmpint (wax_transport_pool_sweep (pool), ==, -1);
  send_through (pool, rig);
  next = wax_transport_pool_sweep (pool);
  g_assert_cmpint (next, >, 0);
  g_assert_cmpint (next, <=, WAX_TRANSPORT_POOL_IDLE_S * G_USEC_PER_SEC);
  g_assert_true (wax_transport_pool_is_warm (pool, &rig->settings));

  wax_transport_pool_set_idle_limit (pool, 0);
  g_assert_cmpint (wax_transport_pool_sweep (pool), ==, -1);
  g_assert_false (wax_transport_pool_is_warm (pool, &rig->settings));
  g_assert_cmpuint (rig_count_said (rig, "QUIT"), ==, 1);
}

/* One that is in use when its account changes is closed when it comes back. */
static void
test_dropped_while_in_use (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();
  const char *id = wax_account_get_id (rig->account);
  const char *drops[] = { id, NULL, "another" };

  for (guint i = 0; i < G_N_ELEMENTS (drops); i++)
    {
      WaxTransport *transport = wax_transport_pool_take (pool, &rig->settings);
      g_autoptr (WaxSendResult) result = send_by (transport);

      rig_assert_sent (result);
      wax_transport_pool_drop (pool, drops[i]);
      wax_transport_pool_give (pool, transport);
      g_assert_cmpint (wax_transport_pool_is_warm (pool, &rig->settings), ==, i == 2);
    }
  wax_transport_pool_drop (pool, id);
  g_assert_false (wax_transport_pool_is_warm (pool, &rig->settings));
  g_assert_cmpuint (rig_count_said (rig, "QUIT"), ==, 3);
}

/* The server has closed it: the next message goes over a fresh one. */
static void
test_closed_by_the_server (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();
  WaxTransport *transport = wax_transport_pool_take (pool, &rig->settings);
  g_autoptr (WaxSendResult) result = send_by (transport);

  rig_assert_sent (result);
  wax_practice_host_stop (rig->host);
  while (wax_transport_is_open (transport))
    g_thread_yield ();
  wax_transport_pool_give (pool, transport);
  g_assert_false (wax_transport_pool_is_warm (pool, &rig->settings));
}

#define THREADS  4
#define MESSAGES 25

typedef struct
{
  WaxTransportPool *pool;
  Rig *rig;
} Work;

static gpointer
send_many (gpointer data)
{
  Work *work = data;

  for (int i = 0; i < MESSAGES; i++)
    send_through (work->pool, work->rig);

  return NULL;
}

static void
test_several_threads (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxTransportPool) pool = wax_transport_pool_new ();
  Work work = { pool, rig };
  GThread *threads[THREADS];

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("sender", send_many, &work);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, THREADS * MESSAGES);
  g_assert_cmpuint (rig_count_said (rig, "EHLO"), <, THREADS * MESSAGES);
  /* No more wait than may, and those close in order. */
  g_assert_cmpuint (rig_count_said (rig, "EHLO") - rig_count_said (rig, "QUIT"), <=, WAX_TRANSPORT_POOL_EACH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/transport/pool/" name, test)
  ADD ("one-connection-carries-many", test_one_connection_carries_many);
  ADD ("other-settings-are-another-connection", test_other_settings_are_another_connection);
  ADD ("another-password-is-another-connection", test_another_password_is_another_connection);
  ADD ("what-is-remembered-changes-nothing", test_what_is_remembered_changes_nothing);
  ADD ("idle-for-too-long-is-closed", test_idle_for_too_long_is_closed);
  ADD ("dropped-while-in-use", test_dropped_while_in_use);
  ADD ("closed-by-the-server", test_closed_by_the_server);
  ADD ("several-threads", test_several_threads);
#undef ADD

  return g_test_run ();
}
