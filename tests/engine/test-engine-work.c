/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The facade at work: accounts, probes, drafts, and a message the whole way, as
 * a window would ask for them. */

#include "engine-fixture.h"

#include <string.h>

#include "clock.h"
#include "json-canon.h"

typedef EngineFixture Fixture;

static void
start (Fixture *self, const WaxPracticeOptions *options)
{
  engine_fixture_start (self, options, WAX_TLS_MODE_STARTTLS);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Runs the main context until an `_async` call has ended. */
static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static guint
count_log (Fixture *self, const char *search)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      list = wax_activity_log_list (wax_engine_get_log (self->engine), search, NULL, 0, 1000, &error);

  g_assert_no_error (error);
  return list->len;
}

static void
test_account_async (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (WaxAccount) other = wax_account_new ();
  g_autoptr (WaxSecret) password = wax_secret_new_string ("p");
  g_autoptr (WaxSecret) found = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  start (self, NULL);
  g_object_set (other, "label", "Practice", "address", "x@example.org", "host", "h.example.org", NULL);
  wax_engine_save_account_async (self->engine, other, password, NULL, keep_result_cb, &saved);
  g_assert_false (wax_engine_save_account_finish (self->engine, wait_for (&saved), &error));
  g_assert_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_EXISTS);
  g_clear_error (&error);
  /* The password of what was not saved is not kept. */
  g_assert_true (
      wax_vault_lookup (self->vault, WAX_VAULT_PASSWORD, wax_account_get_id (other), &found, NULL, NULL));
  g_assert_null (found);

  wax_engine_list_accounts_async (self->engine, NULL, keep_result_cb, &listed);
  list = wax_engine_list_accounts_finish (self->engine, wait_for (&listed), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);

  wax_engine_remove_account_async (self->engine, wax_account_get_id (self->account), NULL, keep_result_cb,
                                   &removed);
  g_assert_true (wax_engine_remove_account_finish (self->engine, wait_for (&removed), &error));
  g_assert_true (wax_vault_lookup (self->vault, WAX_VAULT_PASSWORD, wax_account_get_id (self->account),
                                   &found, NULL, NULL));
  g_assert_null (found);
  g_assert_null (wax_engine_find_account (self->engine, "Practice", NULL));
  engine_fixture_stop (self);
}

static void
test_probe_sends_nothing_and_is_recorded (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (WaxSendResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) commands = NULL;
  guint before;

  start (self, NULL);
  before = count_log (self, NULL);
  wax_engine_probe_async (self->engine, self->account, NULL, NULL, keep_result_cb, &done);
  result = wax_engine_probe_finish (self->engine, wait_for (&done), &error);
  g_assert_no_error (error);
  g_assert_no_error (result->error);
  g_assert_cmpint (result->state, ==, WAX_SEND_SENT);
  g_assert_true (result->report->verified);
  g_assert_cmpstr (result->report->auth_mechanism, ==, "SCRAM-SHA-256-PLUS");
  g_assert_cmpuint (count_log (self, NULL), ==, before + 2);
  commands = wax_practice_host_get_commands (self->host);
  for (char **line = commands; *line != NULL; line++)
    g_assert_false (g_str_has_prefix (*line, "MAIL"));
  engine_fixture_stop (self);
}

static void
test_probe_says_what_is_wrong (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions wrong = { .certificate = WAX_PRACTICE_CERT_WRONG_NAME };
  g_autoptr (WaxSendResult) refused = NULL;
  g_autoptr (WaxSendResult) invalid = NULL;
  g_autoptr (WaxSendResult) closed = NULL;
  g_autoptr (WaxAccount) account = wax_account_new ();
  guint before;

  start (self, &wrong);
  before = count_log (self, NULL);
  refused = wax_engine_probe (self->engine, self->account, NULL, NULL);
  g_assert_cmpint (refused->state, ==, WAX_SEND_BLOCKED);
  g_assert_cmpint (wax_send_result_exit_code (refused), ==, 77);
  g_assert_cmpuint (count_log (self, NULL), ==, before + 2);

  invalid = wax_engine_probe (self->engine, account, NULL, NULL);
  g_assert_error (invalid->error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID);
  g_assert_cmpint (wax_send_result_exit_code (invalid), ==, 78);
  g_assert_nonnull (invalid->report);

  wax_engine_close (self->engine);
  closed = wax_engine_probe (self->engine, self->account, NULL, NULL);
  g_assert_error (closed->error, WAX_ENGINE_ERROR, WAX_ENGINE_ERROR_CLOSED);
  engine_fixture_stop (self);
}

/* Autosaves overlap: the draft is one, and the last text wins. */
static void
test_overlapping_saves_are_one_draft (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (GPtrArray) list = NULL;
  GAsyncResult *results[6] = { NULL };

  start (self, NULL);
  draft = engine_fixture_draft (self, "0");
  for (int i = 0; i < 6; i++)
    {
      g_autofree char *subject = g_strdup_printf ("%d", i);

      wax_draft_set_subject (draft, subject);
      wax_engine_save_draft_async (self->engine, draft, NULL, keep_result_cb, &results[i]);
    }
  for (int i = 0; i < 6; i++)
    {
      g_assert_true (wax_engine_save_draft_finish (self->engine, wait_for (&results[i]), NULL));
      g_clear_object (&results[i]);
    }
  list = wax_engine_list_drafts (self->engine, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpint (wax_draft_get_id (draft), ==, wax_draft_get_id (g_ptr_array_index (list, 0)));
  g_assert_cmpstr (wax_draft_get_subject (g_ptr_array_index (list, 0)), ==, "5");
  engine_fixture_stop (self);
}

static void
count_changes_cb (WaxEngine *engine, guint what, gpointer user_data)
{
  guint *changes = user_data;

  if (what & WAX_ENGINE_CHANGED_OUTBOX)
    (*changes)++;
}

/* (transfer full) The item once it is in @state; the main context runs meanwhile. */
static WaxOutboxItem *
wait_for_state (Fixture *self, gint64 id, WaxOutboxState state)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      WaxOutboxItem *item = wax_outbox_get (wax_engine_get_outbox (self->engine), id, &error);

      g_assert_no_error (error);
      if (wax_outbox_item_get_state (item) == state)
        return item;
      g_object_unref (item);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_message_the_whole_way (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GAsyncResult) submitted = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) verified = NULL;
  g_autoptr (GAsyncResult) logged = NULL;
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (WaxVerification) verification = NULL;
  g_autoptr (GError) error = NULL;
  guint changes = 0;
  gint64 id, progress;

  start (self, NULL);
  g_signal_connect (self->engine, "changed", G_CALLBACK (count_changes_cb), &changes);
  wax_engine_start_delivery (self->engine);
  draft = engine_fixture_draft (self, "whole way");
  /* Sent while the save is still under way: one draft, and it is gone after. */
  wax_engine_save_draft_async (self->engine, draft, NULL, keep_result_cb, &saved);
  wax_engine_submit_async (self->engine, draft, 0, NULL, keep_result_cb, &submitted);
  id = wax_engine_submit_finish (self->engine, wait_for (&submitted), &error);
  g_assert_no_error (error);
  wait_for (&saved);
  item = wait_for_state (self, id, WAX_OUTBOX_SENT);
  g_assert_cmpuint (changes, >, 0);
  drafts = wax_engine_list_drafts (self->engine, NULL);
  g_assert_cmpuint (drafts->len, ==, 0);
  g_assert_false (wax_engine_get_progress (self->engine, id, &progress, &progress));
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 1);

  wax_engine_list_outbox_async (self->engine, NULL, keep_result_cb, &listed);
  items = wax_engine_list_outbox_finish (self->engine, wait_for (&listed), &error);
  g_assert_cmpuint (items->len, ==, 1);
  wax_engine_list_log_async (self->engine, NULL, wax_outbox_item_get_message_id (item), 0, 100, NULL,
                             keep_result_cb, &logged);
  entries = wax_engine_list_log_finish (self->engine, wait_for (&logged), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 5);
  wax_engine_verify_log_async (self->engine, NULL, keep_result_cb, &verified);
  verification = wax_engine_verify_log_finish (self->engine, wait_for (&verified), &error);
  g_assert_no_error (error);
  g_assert_cmpint (verification->verdict, ==, WAX_VERDICT_INTACT);
  engine_fixture_stop (self);
}

static void
test_deliver_for_the_command_line (Fixture *self, gconstpointer data)
{
  static const char message[] = "To: bob@example.org\nSubject: raw\n\ntext\n";
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (GInputStream) raw = g_memory_input_stream_new_from_data (message, -1, NULL);
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  gint64 first, second;

  start (self, NULL);
  draft = engine_fixture_draft (self, "one");
  first = wax_engine_submit (self->engine, draft, 0, NULL, &error);
  g_assert_no_error (error);
  second = wax_engine_submit_raw (self->engine, raw, NULL, NULL, self->account, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (wax_engine_deliver (self->engine, second, &one, NULL, &error));
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpint (wax_outbox_item_get_id (g_ptr_array_index (one, 0)), ==, second);
  g_assert_true (wax_engine_deliver (self->engine, 0, &all, NULL, &error));
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpint (wax_outbox_item_get_id (g_ptr_array_index (all, 0)), ==, first);
  g_assert_cmpint (wax_outbox_item_exit_code (g_ptr_array_index (all, 0)), ==, 0);
  engine_fixture_stop (self);
}

static void
test_retry_wakes_the_worker (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (WaxSecret) wrong = wax_secret_new_string ("wrong");
  g_autoptr (WaxSecret) right = wax_secret_new_string ("practice");
  g_autoptr (GAsyncResult) retried = NULL;
  g_autoptr (WaxOutboxItem) blocked = NULL;
  g_autoptr (WaxOutboxItem) sent = NULL;
  gint64 id;

  start (self, NULL);
  g_assert_true (wax_engine_save_account (self->engine, self->account, wrong, NULL, NULL));
  wax_engine_start_delivery (self->engine);
  draft = engine_fixture_draft (self, "retry");
  id = wax_engine_submit (self->engine, draft, 0, NULL, NULL);
  blocked = wait_for_state (self, id, WAX_OUTBOX_BLOCKED);
  g_assert_true (wax_engine_save_account (self->engine, self->account, right, NULL, NULL));
  wax_engine_outbox_action_async (self->engine, id, "retry", NULL, keep_result_cb, &retried);
  g_assert_true (wax_engine_outbox_action_finish (self->engine, wait_for (&retried), NULL));
  sent = wait_for_state (self, id, WAX_OUTBOX_SENT);
  engine_fixture_stop (self);
}

/* Closing in the middle of a delivery and of a probe ends both, and what was
 * being sent is there, unsent, when the profile opens again. */
static void
test_close_stops_what_is_under_way (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions hangs = {
    .fault = { .step = WAX_PRACTICE_STEP_EHLO_TLS, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = 600000 }
  };
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (WaxSendResult) probe = NULL;
  g_autoptr (WaxOutboxItem) sending = NULL;
  g_autoptr (WaxOutboxItem) after = NULL;
  gint64 id, progress, total;

  start (self, &hangs);
  wax_engine_start_delivery (self->engine);
  draft = engine_fixture_draft (self, "closing");
  id = wax_engine_submit (self->engine, draft, 0, NULL, NULL);
  sending = wait_for_state (self, id, WAX_OUTBOX_SENDING);
  wax_engine_probe_async (self->engine, self->account, NULL, NULL, keep_result_cb, &done);
  g_assert_true (wax_engine_get_progress (self->engine, id, &progress, &total));
  g_assert_cmpint (total, ==, wax_outbox_item_get_size (sending));
  wax_engine_close (self->engine);
  probe = wax_engine_probe_finish (self->engine, wait_for (&done), NULL);
  g_assert_nonnull (probe->error);
  g_clear_object (&self->engine);

  engine_fixture_open (self);
  after = wax_outbox_get (wax_engine_get_outbox (self->engine), id, NULL);
  g_assert_cmpint (wax_outbox_item_get_state (after), ==, WAX_OUTBOX_QUEUED);
  engine_fixture_stop (self);
}

/* Undo, and editing what waits: the item is cancelled and its draft is a draft again. */
static void
test_reopened_item_is_a_draft_again (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (WaxDraft) reopened = NULL;
  g_autoptr (WaxDraft) again = NULL;
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  start (self, NULL);
  draft = engine_fixture_draft (self, "second thoughts");
  g_assert_true (wax_engine_save_draft (self->engine, draft, NULL));
  id = wax_engine_submit (self->engine, draft, 60 * G_USEC_PER_SEC, NULL, &error);
  g_assert_no_error (error);
  item = wax_outbox_get (wax_engine_get_outbox (self->engine), id, NULL);
  g_assert_cmpint (wax_outbox_item_get_draft_id (item), ==, wax_draft_get_id (draft));

  wax_engine_reopen_draft_async (self->engine, id, NULL, keep_result_cb, &done);
  reopened = wax_engine_reopen_draft_finish (self->engine, wait_for (&done), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wax_draft_get_subject (reopened), ==, "second thoughts");
  drafts = wax_engine_list_drafts (self->engine, NULL);
  g_assert_cmpuint (drafts->len, ==, 1);
  g_assert_true (wax_engine_save_draft (self->engine, reopened, &error));

  again = wax_engine_reopen_draft (self->engine, id, &error);
  g_assert_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE);
  g_assert_null (again);
  engine_fixture_stop (self);
}

#define add(name, func) g_test_add ("/engine/facade/" name, Fixture, NULL, NULL, func, NULL)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("account-async", test_account_async);
  add ("probe-sends-nothing-and-is-recorded", test_probe_sends_nothing_and_is_recorded);
  add ("probe-says-what-is-wrong", test_probe_says_what_is_wrong);
  add ("overlapping-saves-are-one-draft", test_overlapping_saves_are_one_draft);
  add ("message-the-whole-way", test_message_the_whole_way);
  add ("deliver-for-the-command-line", test_deliver_for_the_command_line);
  add ("retry-wakes-the-worker", test_retry_wakes_the_worker);
  add ("reopened-item-is-a-draft-again", test_reopened_item_is_a_draft_again);
  add ("close-stops-what-is-under-way", test_close_stops_what_is_under_way);
  return g_test_run ();
}
