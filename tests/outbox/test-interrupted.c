/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A process that is killed in the middle: nothing is lost, nothing is sent
 * twice, and what cannot be known is called unknown. */

#include "outbox-fixture.h"

#include <string.h>
#include <unistd.h>

#define add(name, func) g_test_add ("/outbox/interrupted/" name, Fixture, NULL, NULL, func, NULL)

/* Longer than any test waits: the child is killed within it. */
#define FOREVER_MS (10 * 60 * 1000)

/* ---- the other process ---- */

static int
child_deliver (const char *folder)
{
  Profile profile = { 0 };
  g_autoptr (WaxOutboxItem) item = NULL;

  profile_open (&profile, folder);
  wax_outbox_deliver_one (profile.outbox, 0, NULL, &item, NULL, NULL);
  return 0;
}

static int
child_submit (const char *folder)
{
  Profile profile = { 0 };
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  profile_open (&profile, folder);
  account = wax_account_store_find (profile.store, "ada@example.org", NULL);
  g_object_set (draft, "to", "bob@example.org", "subject", "from the child", NULL);
  wax_outbox_submit (profile.outbox, draft, account, 0, NULL, &error);
  g_assert_no_error (error);
  g_print ("submitted\n");
  /* Until it is killed. */
  return pause ();
}

static GSubprocess *
start_child (Fixture *self, const char *what)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, what, self->folder,
                                         NULL);

  g_assert_no_error (error);
  return child;
}

static void
kill_child (GSubprocess *child)
{
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_object_unref (child);
}

/* ---- the tests ---- */

static gint64
final_octet_of (Fixture *self, gint64 id)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (
      self->profile.store, "SELECT final_octet FROM outbox WHERE id = ?", NULL);
  gboolean row = FALSE;

  wax_statement_bind_int (statement, 1, id);
  g_assert_true (wax_statement_step (statement, &row, NULL));
  return wax_statement_int (statement, 0);
}

static void
test_before_the_final_octet (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions hangs = {
    .fault = { .step = WAX_PRACTICE_STEP_MAIL, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = FOREVER_MS }
  };
  g_autoptr (WaxOutboxItem) item = NULL;
  GSubprocess *child;
  gint64 id;

  fixture_open (self, &hangs);
  /* With two of them the body waits for the envelope's replies. */
  id = fixture_submit (self, "bob@example.org, carol@example.org");
  child = start_child (self, "--deliver");
  while (fixture_commands (self, "MAIL") == 0)
    g_usleep (2000);

  /* It lives: nobody else takes the item. */
  fixture_idle (self);
  item = fixture_get (self, id);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENDING);
  g_clear_object (&item);

  kill_child (child);
  wax_practice_host_set_fault (self->host, &(WaxPracticeFault) { 0 });
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_id (item), ==, id);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENT);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 1);
  fixture_verify (self);
  fixture_close (self);
}

static void
test_after_the_final_octet (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions hangs = {
    .fault = { .step = WAX_PRACTICE_STEP_FINAL, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = FOREVER_MS }
  };
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GInputStream) kept = NULL;
  GSubprocess *child;
  gint64 id;

  fixture_open (self, &hangs);
  id = fixture_submit (self, "bob@example.org");
  child = start_child (self, "--deliver");
  while (final_octet_of (self, id) == 0)
    g_usleep (2000);
  kill_child (child);

  wax_practice_host_set_fault (self->host, &(WaxPracticeFault) { 0 });
  fixture_idle (self);
  item = fixture_get (self, id);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_UNKNOWN);
  g_assert_nonnull (wax_outbox_item_get_hint (item));
  g_assert_cmpint (wax_outbox_item_exit_code (item), ==, 75);
  kept = wax_outbox_open_message (self->profile.outbox, id, NULL);
  g_assert_nonnull (kept);
  fixture_idle (self);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), <=, 1);
  fixture_verify (self);
  fixture_close (self);
}

static void
test_submit_is_durable (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *line = NULL;
  GSubprocess *child;

  fixture_open (self, NULL);
  child = start_child (self, "--submit");
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line_utf8 (out, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "submitted");
  kill_child (child);

  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENT);
  g_assert_cmpstr (wax_outbox_item_get_subject (item), ==, "from the child");
  fixture_verify (self);
  fixture_close (self);
}

/* Closing the program stops a delivery before the final octet: it is no attempt. */
typedef struct
{
  Fixture *fixture;
  GCancellable *cancellable;
} Closing;

static gpointer
cancel_when_under_way (gpointer data)
{
  Closing *closing = data;

  while (fixture_commands (closing->fixture, "MAIL") == 0)
    g_usleep (2000);
  g_cancellable_cancel (closing->cancellable);
  return NULL;
}

static void
test_closing_releases (Fixture *self, gconstpointer data)
{
  static const WaxPracticeOptions hangs = {
    .fault = { .step = WAX_PRACTICE_STEP_MAIL, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = FOREVER_MS }
  };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;
  Closing closing = { self, cancellable };
  GThread *thread;

  fixture_open (self, &hangs);
  fixture_submit (self, "bob@example.org, carol@example.org");
  thread = g_thread_new ("closing", cancel_when_under_way, &closing);
  g_assert_true (wax_outbox_deliver_one (self->profile.outbox, 0, NULL, &item, cancellable, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_QUEUED);
  g_assert_cmpint (wax_outbox_item_get_attempts (item), ==, 0);

  wax_practice_host_set_fault (self->host, &(WaxPracticeFault) { 0 });
  g_clear_object (&item);
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENT);
  fixture_close (self);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--deliver") == 0)
    return child_deliver (argv[2]);
  if (argc == 3 && strcmp (argv[1], "--submit") == 0)
    return child_submit (argv[2]);

  g_test_init (&argc, &argv, NULL);
  add ("before-the-final-octet", test_before_the_final_octet);
  add ("after-the-final-octet", test_after_the_final_octet);
  add ("submit-is-durable", test_submit_is_durable);
  add ("closing-releases", test_closing_releases);
  return g_test_run ();
}
