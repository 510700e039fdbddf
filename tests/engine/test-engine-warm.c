/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A connection that is open while somebody writes: the message then goes over it.
 * And what an account remembers of its server. */

#include "engine-fixture.h"

#include "sasl-client.h"

#include <string.h>

typedef EngineFixture Fixture;

static void
start (Fixture *self, const char *mechanisms)
{
  const WaxPracticeOptions options = { .mechanisms = mechanisms };

  engine_fixture_start (self, &options, WAX_TLS_MODE_IMPLICIT);
}

static guint
count_said (Fixture *self, const char *verb)
{
  g_auto (GStrv) lines = wax_practice_host_get_commands (self->host);
  guint count = 0;

  for (char **line = lines; *line != NULL; line++)
    count += g_str_has_prefix (*line, verb);

  return count;
}

static guint
count_log (Fixture *self, const char *search)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      list = wax_activity_log_list (wax_engine_get_log (self->engine), search, NULL, 0, 1000, &error);
  guint count = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *title = NULL;

      g_object_get (g_ptr_array_index (list, i), "title", &title, NULL);
      count += strstr (title, search) != NULL;
    }

  return count;
}

static void
send_one (Fixture *self, const char *subject)
{
  g_autoptr (WaxDraft) draft = engine_fixture_draft (self, subject);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  id = wax_engine_submit (self->engine, draft, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (wax_engine_deliver (self->engine, id, &items, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpint (wax_outbox_item_get_state (items->pdata[0]), ==, WAX_OUTBOX_SENT);
}

static WaxAccount *
stored (Fixture *self)
{
  return wax_engine_find_account (self->engine, wax_account_get_id (self->account), NULL);
}

static void
test_message_goes_over_the_open_connection (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) first = NULL;
  g_autoptr (WaxSendResult) again = NULL;

  start (self, NULL);
  first = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_no_error (first->error);
  again = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_no_error (again->error);
  g_assert_true (again->report->verified);
  send_one (self, "one");
  send_one (self, "two");
  g_assert_cmpuint (count_said (self, "EHLO"), ==, 1);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 2);
  engine_fixture_stop (self);
}

/* The record tells of one connection and one sign-in, and of two messages over it. */
static void
test_one_connection_is_recorded_once (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) warm = NULL;

  start (self, NULL);
  warm = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_no_error (warm->error);
  send_one (self, "one");
  send_one (self, "two");
  g_assert_cmpuint (count_log (self, "Connected to localhost"), ==, 1);
  g_assert_cmpuint (count_log (self, "Signed in"), ==, 1);
  g_assert_cmpuint (count_log (self, "Went over the connection to localhost"), ==, 2);
  engine_fixture_stop (self);
}

static void
test_changed_account_is_connected_anew (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) warm = NULL;
  g_autoptr (GError) error = NULL;

  start (self, NULL);
  warm = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_no_error (warm->error);
  g_object_set (self->account, "name", "Ada", NULL);
  g_assert_true (wax_engine_save_account (self->engine, self->account, NULL, NULL, &error));
  g_assert_cmpuint (count_said (self, "QUIT"), ==, 1);
  send_one (self, "one");
  g_assert_cmpuint (count_said (self, "EHLO"), ==, 2);
  engine_fixture_stop (self);
}

static void
test_refused_is_not_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) warm = NULL;
  g_autoptr (WaxSecret) wrong = wax_secret_new_string ("wrong");
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  start (self, NULL);
  g_assert_true (wax_engine_save_account (self->engine, self->account, wrong, NULL, &error));
  warm = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_error (warm->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_REFUSED);
  g_assert_cmpuint (count_log (self, "Connected to localhost"), ==, 1);
  account = stored (self);
  g_assert_null (wax_account_get_strongest_mechanism (account));
  engine_fixture_stop (self);
}

static void
test_account_remembers_its_server (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxAccount) before = NULL;
  g_autoptr (WaxAccount) after = NULL;

  start (self, NULL);
  before = stored (self);
  g_assert_null (wax_account_get_strongest_mechanism (before));
  send_one (self, "one");
  after = stored (self);
  g_assert_cmpstr (wax_account_get_strongest_mechanism (after), ==, "SCRAM-SHA-256-PLUS");
  g_assert_true (g_strv_contains (wax_account_get_extensions (after), "PIPELINING"));
  engine_fixture_stop (self);
}

static void
test_a_weaker_offer_is_refused_until_accepted (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSendResult) refused = NULL;
  g_autoptr (WaxAccount) account = NULL;

  start (self, "PLAIN");
  g_object_set (self->account, "strongest-mechanism", "SCRAM-SHA-256-PLUS", NULL);
  g_assert_true (wax_engine_save_account (self->engine, self->account, NULL, NULL, &error));
  account = stored (self);
  refused = wax_engine_warm (self->engine, account, NULL);
  g_assert_error (refused->error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE);
  g_assert_cmpuint (count_said (self, "AUTH"), ==, 0);

  g_assert_true (wax_engine_accept_weaker_sign_in (self->engine, "Practice", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_log (self, "allowed to sign in by less than SCRAM-SHA-256-PLUS"), ==, 1);
  send_one (self, "one");
  g_clear_object (&account);
  account = stored (self);
  g_assert_cmpstr (wax_account_get_strongest_mechanism (account), ==, "PLAIN");
  engine_fixture_stop (self);
}

/* A face may hold the account as it was before its first sign-in: what it does with it
 * takes nothing of the protection away. */
static void
test_memory_outlives_an_older_copy (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  start (self, NULL);
  send_one (self, "one");
  g_assert_null (wax_account_get_strongest_mechanism (self->account));
  g_object_set (self->account, "name", "Ada", NULL);
  g_assert_true (wax_engine_save_account (self->engine, self->account, NULL, NULL, &error));
  account = stored (self);
  g_assert_cmpstr (wax_account_get_strongest_mechanism (account), ==, "SCRAM-SHA-256-PLUS");
  g_assert_true (g_strv_contains (wax_account_get_extensions (account), "PIPELINING"));

  /* Another user, or another server, has nothing to do with it. */
  g_object_set (account, "user", "somebody", NULL);
  g_assert_true (wax_engine_save_account (self->engine, account, NULL, NULL, &error));
  g_clear_object (&account);
  account = stored (self);
  g_assert_null (wax_account_get_strongest_mechanism (account));
  engine_fixture_stop (self);
}

static void
test_older_copy_is_not_talked_down (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) warm = NULL;
  g_autoptr (WaxSendResult) probe = NULL;
  g_autoptr (WaxAccount) older = NULL;
  g_autoptr (GError) error = NULL;

  start (self, "PLAIN");
  older = wax_account_copy (self->account);
  g_object_set (self->account, "strongest-mechanism", "SCRAM-SHA-256", NULL);
  g_assert_true (wax_engine_save_account (self->engine, self->account, NULL, NULL, &error));
  warm = wax_engine_warm (self->engine, older, NULL);
  g_assert_error (warm->error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE);
  probe = wax_engine_probe (self->engine, older, NULL, NULL);
  g_assert_error (probe->error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE);
  g_assert_cmpuint (count_said (self, "AUTH"), ==, 0);
  engine_fixture_stop (self);
}

static void
test_removed_account_has_no_connection (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) warm = NULL;
  g_autoptr (GError) error = NULL;

  start (self, NULL);
  warm = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_no_error (warm->error);
  g_assert_true (wax_engine_remove_account (self->engine, wax_account_get_id (self->account), NULL, &error));
  g_assert_cmpuint (count_said (self, "QUIT"), ==, 1);
  engine_fixture_stop (self);
}

/* On another network what was open leads nowhere: it is closed, and another is opened. */
static void
test_another_network_is_another_connection (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSendResult) warm = NULL;

  start (self, NULL);
  wax_engine_start_delivery (self->engine);
  warm = wax_engine_warm (self->engine, self->account, NULL);
  g_assert_no_error (warm->error);
  wax_engine_network_changed (self->engine);
  while (count_said (self, "QUIT") == 0)
    g_thread_yield ();
  engine_fixture_stop (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/engine/warm/" name, Fixture, NULL, NULL, test, NULL)
  ADD ("message-goes-over-the-open-connection", test_message_goes_over_the_open_connection);
  ADD ("one-connection-is-recorded-once", test_one_connection_is_recorded_once);
  ADD ("changed-account-is-connected-anew", test_changed_account_is_connected_anew);
  ADD ("refused-is-not-kept", test_refused_is_not_kept);
  ADD ("account-remembers-its-server", test_account_remembers_its_server);
  ADD ("a-weaker-offer-is-refused-until-accepted", test_a_weaker_offer_is_refused_until_accepted);
  ADD ("memory-outlives-an-older-copy", test_memory_outlives_an_older_copy);
  ADD ("older-copy-is-not-talked-down", test_older_copy_is_not_talked_down);
  ADD ("removed-account-has-no-connection", test_removed_account_has_no_connection);
  ADD ("another-network-is-another-connection", test_another_network_is_another_connection);
#undef ADD

  return g_test_run ();
}
