/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each outcome of a delivery, against a real server in the process. */

#include "outbox-fixture.h"

#include <string.h>

#include "clock.h"
#include "json-canon.h"
#include "retry-rule.h"

#define add(name, func) g_test_add ("/outbox/outcome/" name, Fixture, NULL, NULL, func, NULL)

static void
assert_state (WaxOutboxItem *item, WaxOutboxState state, int exit_code)
{
  g_assert_cmpstr (wax_outbox_state_to_string (wax_outbox_item_get_state (item)), ==,
                   wax_outbox_state_to_string (state));
  g_assert_cmpint (wax_outbox_item_exit_code (item), ==, exit_code);
  g_assert_cmpstr (wax_json_get_string (wax_outbox_item_get_result (item), "state", ""), ==,
                   wax_outbox_state_to_string (state));
  g_assert_cmpstr (wax_json_get_string (wax_outbox_item_get_result (item), "message_id", ""), ==,
                   wax_outbox_item_get_message_id (item));
}

static void
test_sent (Fixture *self, gconstpointer data)
{
  static const char *const members[] = { "state",      "message_id", "reply", "recipients",
                                         "connection", "timing_ms",  "error", NULL };
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *received = NULL;
  g_auto (GStrv) messages = NULL;
  JsonObject *result;
  char buffer[4096] = { 0 };
  gsize length = 0;
  gint64 id;

  fixture_open (self, NULL);
  id = fixture_submit (self, "bob@example.org");
  g_assert_cmpuint (fixture_drafts (self), ==, 0);
  stream = wax_outbox_open_message (self->profile.outbox, id, &error);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (stream, buffer, sizeof buffer - 1, &length, NULL, NULL));
  before = g_strndup (buffer, length);

  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_SENT, 0);
  messages = wax_practice_host_list_messages (self->host);
  g_assert_cmpuint (g_strv_length (messages), ==, 1);
  g_assert_true (g_file_get_contents (messages[0], &received, NULL, NULL));
  g_assert_cmpstr (received, ==, before);
  g_assert_cmpint (wax_outbox_item_get_size (item), ==, (gint64) length);
  g_assert_cmpint (wax_outbox_item_get_attempts (item), ==, 1);

  /* The object of `send --json`, no member more or less. */
  result = wax_outbox_item_get_result (item);
  g_assert_cmpuint (json_object_get_size (result), ==, G_N_ELEMENTS (members) - 1);
  for (gsize i = 0; members[i] != NULL; i++)
    g_assert_true (json_object_has_member (result, members[i]));
  g_assert_cmpint (wax_json_get_int (wax_json_get_object (result, "reply"), "code", 0), ==, 250);
  g_assert_true (json_object_get_null_member (result, "error"));
  g_assert_nonnull (wax_outbox_item_get_report (item));
  g_assert_cmpstr (wax_outbox_item_get_report (item)->auth_mechanism, ==, "SCRAM-SHA-256-PLUS");

  /* Nothing of the message is left, and everything of the delivery is in the log. */
  g_assert_null (wax_outbox_open_message (self->profile.outbox, id, &error));
  g_assert_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE);
  g_clear_error (&error);
  g_assert_null (wax_draft_store_load (self->profile.store, 1, NULL));
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_EMAIL_ACTIVITY, -1), ==, 3);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_NETWORK_ACTIVITY, WAX_EVENT_SUCCESS), ==, 1);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_AUTHENTICATION, WAX_EVENT_SUCCESS), ==, 1);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_DETECTION_FINDING, -1), ==, 0);
  fixture_idle (self);
  fixture_verify (self);

  /* What was read back from the store says the same. */
  g_clear_object (&item);
  item = fixture_get (self, id);
  assert_state (item, WAX_OUTBOX_SENT, 0);
  g_assert_cmpstr (wax_outbox_item_get_report (item)->tls_version, ==, "TLS1.3");
  g_assert_cmpint (wax_outbox_item_get_report (item)->total_ms, >=, 0);
  fixture_close (self);
}

static void
test_deferred_then_sent (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions busy = { .fault = { .step = WAX_PRACTICE_STEP_MAIL,
                                                      .kind = WAX_PRACTICE_FAULT_REPLY,
                                                      .text = "451 4.3.0 Later\r\n" } };
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 due;

  fixture_open (self, &busy);
  fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_DEFERRED, 75);
  g_assert_nonnull (strstr (wax_outbox_item_get_detail (item), "Later"));
  due = wax_outbox_item_get_next_attempt (item);
  g_assert_cmpint (due, >, wax_clock_now ());
  g_assert_cmpint (wax_outbox_next_due (self->profile.outbox, NULL), ==, due);
  fixture_idle (self);

  wax_practice_host_set_fault (self->host, &(WaxPracticeFault) { 0 });
  wax_clock_set_offset (2 * G_TIME_SPAN_MINUTE);
  g_assert_cmpint (wax_outbox_next_due (self->profile.outbox, NULL), ==, 0);
  g_clear_object (&item);
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_SENT, 0);
  g_assert_cmpint (wax_outbox_item_get_attempts (item), ==, 2);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 1);
  wax_clock_set_offset (0);
  fixture_close (self);
}

static void
test_deferred_ends_after_days (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions busy = { .fault = { .step = WAX_PRACTICE_STEP_MAIL,
                                                      .kind = WAX_PRACTICE_FAULT_REPLY,
                                                      .text = "451 4.3.0 Later\r\n" } };
  g_autoptr (WaxOutboxItem) item = NULL;

  fixture_open (self, &busy);
  fixture_submit (self, "bob@example.org");
  /* The computer was off for six days, and has no network yet: that is not the end. */
  for (int i = 1; i <= WAX_RETRY_LEAST_ATTEMPTS; i++)
    {
      g_clear_object (&item);
      wax_clock_set_offset (6 * G_TIME_SPAN_DAY + i * 2 * G_TIME_SPAN_HOUR);
      item = fixture_deliver (self);
      if (i < WAX_RETRY_LEAST_ATTEMPTS)
        assert_state (item, WAX_OUTBOX_DEFERRED, 75);
    }
  assert_state (item, WAX_OUTBOX_FAILED, 69);
  g_assert_nonnull (strstr (wax_outbox_item_get_detail (item), "five days"));
  wax_clock_set_offset (0);
  fixture_close (self);
}

static void
test_no_server_is_a_deferral (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;

  fixture_open (self, NULL);
  wax_practice_host_stop (self->host);
  fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_DEFERRED);
  g_assert_cmpint (wax_outbox_item_get_next_attempt (item), >, 0);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_NETWORK_ACTIVITY, WAX_EVENT_FAILURE), ==, 1);
  fixture_close (self);
}

static void
test_blocked_by_password (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 id;

  fixture_open (self, NULL);
  fixture_password (self, "wrong");
  id = fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_BLOCKED, 77);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_AUTHENTICATION, WAX_EVENT_FAILURE), ==, 1);
  g_assert_cmpuint (fixture_commands (self, "MAIL"), ==, 0);
  fixture_idle (self);

  fixture_password (self, "practice");
  g_assert_true (wax_outbox_retry (self->profile.outbox, id, NULL));
  g_clear_object (&item);
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_SENT, 0);
  fixture_close (self);
}

static void
test_blocked_without_password (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  g_auto (GStrv) commands = NULL;

  fixture_open (self, NULL);
  fixture_password (self, NULL);
  fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_BLOCKED, 77);
  g_assert_nonnull (strstr (wax_outbox_item_get_detail (item), "password"));
  g_assert_nonnull (wax_outbox_item_get_hint (item));
  commands = wax_practice_host_get_commands (self->host);
  g_assert_cmpuint (g_strv_length (commands), ==, 0);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_NETWORK_ACTIVITY, -1), ==, 0);
  fixture_close (self);
}

static void
test_blocked_without_account (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;

  fixture_open (self, NULL);
  fixture_submit (self, "bob@example.org");
  g_assert_true (wax_store_begin (self->profile.store, NULL));
  g_assert_true (wax_account_store_remove (self->profile.store, wax_account_get_id (self->account), NULL));
  g_assert_true (wax_store_commit (self->profile.store, NULL));
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_BLOCKED, 78);
  /* By its address: its number says nothing to anybody. */
  g_assert_nonnull (strstr (wax_outbox_item_get_detail (item), "ada@example.org"));
  fixture_close (self);
}

static void
test_blocked_by_certificate (Fixture *self, gconstpointer data)
{
  static const WaxPracticeCert certificates[] = { WAX_PRACTICE_CERT_WRONG_NAME, WAX_PRACTICE_CERT_EXPIRED,
                                                  WAX_PRACTICE_CERT_UNKNOWN_CA };

  for (gsize i = 0; i < G_N_ELEMENTS (certificates); i++)
    {
      const WaxPracticeOptions wrong = { .certificate = certificates[i] };
      g_autoptr (WaxOutboxItem) item = NULL;
      g_auto (GStrv) commands = NULL;

      fixture_open (self, &wrong);
      fixture_submit (self, "bob@example.org");
      item = fixture_deliver (self);
      assert_state (item, WAX_OUTBOX_BLOCKED, 77);
      commands = wax_practice_host_get_commands (self->host);
      g_assert_cmpuint (g_strv_length (commands), ==, 0);
      g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_DETECTION_FINDING, -1), ==, 1);
      g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_NETWORK_ACTIVITY, WAX_EVENT_FAILURE), ==, 1);
      g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_AUTHENTICATION, -1), ==, 0);
      g_assert_false (wax_outbox_item_get_report (item)->verified);
      fixture_verify (self);
      fixture_close (self);
    }
}

static void
test_failed_for_good (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions refuses = { .fault = { .step = WAX_PRACTICE_STEP_FINAL,
                                                         .kind = WAX_PRACTICE_FAULT_REPLY,
                                                         .text = "554 5.7.1 No such words here\r\n" } };
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GInputStream) kept = NULL;
  gint64 id;

  fixture_open (self, &refuses);
  id = fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_FAILED, 69);
  g_assert_nonnull (strstr (wax_outbox_item_get_detail (item), "No such words here"));
  fixture_idle (self);
  /* The message is kept, and cancelling makes a draft of it again. */
  kept = wax_outbox_open_message (self->profile.outbox, id, NULL);
  g_assert_nonnull (kept);
  g_assert_true (wax_outbox_cancel (self->profile.outbox, id, NULL));
  g_assert_cmpuint (fixture_drafts (self), ==, 1);
  fixture_close (self);
}

/* The entries that say that the user chose to send to the rest. */
static guint
count_choices (Fixture *self, WaxOutboxItem *item)
{
  g_autoptr (GPtrArray) list = wax_activity_log_list (self->profile.log, NULL,
                                                      wax_outbox_item_get_message_id (item), 0, 100, NULL);
  guint count = 0;

  for (guint i = 0; i < list->len; i++)
    count += strstr (wax_activity_entry_get_json (list->pdata[i]), "\"send-to-rest\"") != NULL;
  return count;
}

static void
test_one_of_three_refused (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions refuses = { .refuse_recipient = "nobody@example.org" };
  g_autoptr (WaxOutboxItem) item = NULL;
  JsonArray *recipients;
  gint64 id;

  fixture_open (self, &refuses);
  id = fixture_submit (self, "a@example.org, nobody@example.org, c@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_FAILED, 67);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 0);
  recipients = wax_json_get_array (wax_outbox_item_get_result (item), "recipients");
  g_assert_cmpuint (json_array_get_length (recipients), ==, 3);
  g_assert_cmpint (wax_json_get_int (json_array_get_object_element (recipients, 1), "code", 0), ==, 550);

  /* By the user's choice it goes to the others, and the log says whose choice it was. */
  g_assert_true (wax_outbox_send_to_rest (self->profile.outbox, id, NULL));
  g_clear_object (&item);
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_PARTIAL);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 1);
  g_assert_cmpuint (count_choices (self, item), ==, 1);
  fixture_close (self);
}

static void
test_unknown_is_never_retried (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions drops = { .fault = { .step = WAX_PRACTICE_STEP_FINAL,
                                                       .kind = WAX_PRACTICE_FAULT_DROP } };
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autofree char *message_id = NULL;
  gint64 id;

  fixture_open (self, &drops);
  id = fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_UNKNOWN, 75);
  message_id = g_strdup (wax_outbox_item_get_message_id (item));
  wax_practice_host_set_fault (self->host, &(WaxPracticeFault) { 0 });
  wax_clock_set_offset (G_TIME_SPAN_DAY);
  fixture_idle (self);
  g_assert_cmpint (wax_outbox_next_due (self->profile.outbox, NULL), ==, -1);
  wax_clock_set_offset (0);

  /* Only the user may, and then it is the same message. */
  g_assert_true (wax_outbox_retry (self->profile.outbox, id, NULL));
  g_clear_object (&item);
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_SENT, 0);
  g_assert_cmpstr (wax_outbox_item_get_message_id (item), ==, message_id);
  fixture_close (self);
}

/* A clock that was days ahead, and is set right: what waits does not wait for days. */
static void
test_clock_set_back (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions busy = { .fault = { .step = WAX_PRACTICE_STEP_MAIL,
                                                      .kind = WAX_PRACTICE_FAULT_REPLY,
                                                      .text = "451 4.3.0 Later\r\n" } };
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 queued;

  fixture_open (self, &busy);
  wax_clock_set_offset (4 * G_TIME_SPAN_DAY);
  fixture_submit (self, "bob@example.org");
  item = fixture_deliver (self);
  assert_state (item, WAX_OUTBOX_DEFERRED, 75);
  queued = fixture_submit (self, "eve@example.org");
  wax_clock_set_offset (0);

  wax_practice_host_set_fault (self->host, &(WaxPracticeFault) { 0 });
  g_assert_cmpint (wax_outbox_next_due (self->profile.outbox, NULL), ==, 0);
  for (int i = 0; i < 2; i++)
    {
      g_clear_object (&item);
      item = fixture_deliver (self);
      assert_state (item, WAX_OUTBOX_SENT, 0);
    }
  g_clear_object (&item);
  item = fixture_get (self, queued);
  assert_state (item, WAX_OUTBOX_SENT, 0);
  fixture_close (self);
}

static void
run_sql (Fixture *self, const char *sql)
{
  g_assert_true (wax_store_begin (self->profile.store, NULL));
  g_assert_true (wax_store_exec (self->profile.store, sql, NULL));
  g_assert_true (wax_store_commit (self->profile.store, NULL));
}

/* "Nothing was changed", which is what the store says, is not what has happened. */
static void
test_accepted_but_not_recorded (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  fixture_open (self, NULL);
  id = fixture_submit (self, "bob@example.org");
  run_sql (self, "CREATE TRIGGER refuse BEFORE UPDATE ON outbox WHEN NEW.state = 'sent' "
                 "BEGIN SELECT RAISE (ABORT, 'no room'); END");
  g_assert_false (wax_outbox_deliver_one (self->profile.outbox, 0, NULL, &item, NULL, &error));
  g_assert_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_UNRECORDED);
  g_assert_nonnull (strstr (error->message, "accepted"));
  g_assert_nonnull (strstr (error->message, "no room"));
  run_sql (self, "DROP TRIGGER refuse");

  fixture_idle (self);
  item = fixture_get (self, id);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_UNKNOWN);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 1);
  fixture_verify (self);
  fixture_close (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("sent", test_sent);
  add ("deferred-then-sent", test_deferred_then_sent);
  add ("deferred-ends-after-days", test_deferred_ends_after_days);
  add ("no-server-is-a-deferral", test_no_server_is_a_deferral);
  add ("blocked-by-password", test_blocked_by_password);
  add ("blocked-without-password", test_blocked_without_password);
  add ("blocked-without-account", test_blocked_without_account);
  add ("blocked-by-certificate", test_blocked_by_certificate);
  add ("failed-for-good", test_failed_for_good);
  add ("one-of-three-refused", test_one_of_three_refused);
  add ("unknown-is-never-retried", test_unknown_is_never_retried);
  add ("clock-set-back", test_clock_set_back);
  add ("accepted-but-not-recorded", test_accepted_but_not_recorded);
  return g_test_run ();
}
