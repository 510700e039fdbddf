/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The log in use: appending, searching, several processes, a process that is
 * killed, and the keyring beside it. */

#include "json-canon.h"
#include "log-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_verdict (LogFixture *f, WaxVerdict verdict, gint64 entries)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxVerification) result = wax_activity_log_verify (f->log, NULL, &error);

  g_assert_no_error (error);
  if (result->verdict != verdict)
    g_test_message ("%s", result->sentence);
  g_assert_cmpint (result->verdict, ==, verdict);
  g_assert_cmpint (result->entries, ==, entries);
}

static void
test_empty_log_verifies (LogFixture *f, gconstpointer data)
{
  assert_verdict (f, WAX_VERDICT_INTACT, 0);
  log_fixture_close (f);
  log_fixture_open (f);
  assert_verdict (f, WAX_VERDICT_INTACT, 0);
}

static void
test_append_and_reopen (LogFixture *f, gconstpointer data)
{
  g_autofree char *before = wax_activity_log_get_verifier (f->log);
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  log_fixture_record (f, 9);
  assert_verdict (f, WAX_VERDICT_INTACT, 9);
  log_fixture_close (f);
  log_fixture_open (f);
  log_fixture_record (f, 4);
  assert_verdict (f, WAX_VERDICT_INTACT, 13);
  g_assert_cmpint (wax_activity_log_get_size (f->log), ==, 13);
  after = wax_activity_log_get_verifier (f->log);
  g_assert_cmpstr (before, ==, after);
  g_assert_true (g_str_has_prefix (before, "io.github.waxseal.Waxseal/log/" PROFILE "+"));

  entries = wax_activity_log_list (f->log, NULL, NULL, 2, 5, NULL);
  g_assert_cmpuint (entries->len, ==, 5);
  for (guint i = 0; i < entries->len; i++)
    g_assert_cmpint (wax_activity_entry_get_seq (g_ptr_array_index (entries, i)), ==, 10 - (gint64) i);
}

static void
test_transactions (LogFixture *f, gconstpointer data)
{
  g_assert_true (wax_activity_log_begin (f->log, NULL));
  for (int i = 0; i < 5; i++)
    g_assert_true (wax_activity_log_append (f->log, log_fixture_event ("Kept"), NULL));
  g_assert_true (wax_activity_log_commit (f->log, NULL));

  g_assert_true (wax_activity_log_begin (f->log, NULL));
  g_assert_true (wax_activity_log_append (f->log, log_fixture_event ("Dropped"), NULL));
  wax_activity_log_rollback (f->log);

  /* One without an entry has no checkpoint either. */
  g_assert_true (wax_activity_log_begin (f->log, NULL));
  g_assert_true (wax_activity_log_commit (f->log, NULL));

  log_fixture_record (f, 1);
  assert_verdict (f, WAX_VERDICT_INTACT, 6);
}

static void
test_search (LogFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *search;
    guint found;
  } cases[] = {
    { "", 3 },           { "  ", 3 },
    { "apple", 2 },      { "APPLE", 2 },
    { "app", 2 }, /* as it is typed */
    { "apple pear", 1 }, { "pear apple", 1 },
    { "plum", 0 },       { "bob@example.net", 1 },
    { "\"", 0 },         { "* AND", 1 }, /* of "and others" */
    { "apple OR", 0 },   { "NOT apple", 0 },
    { "apple*", 2 },     { "words:apple", 0 },
    { "(apple", 2 },     { "apple\"pear", 1 },
    { "^apple", 2 },     { "'; DROP TABLE activity; --", 0 },
    { "caf\xe9", 0 },    { "NEAR(apple pear)", 0 },
    { "-apple", 2 },     { "{apple}", 2 },
  };
  g_autoptr (GError) error = NULL;

  wax_activity_log_record (f->log, log_fixture_event ("An apple fell"), &error);
  wax_activity_log_record (f->log, log_fixture_event ("An apple pear fell"), &error);
  wax_activity_log_record (f->log, log_fixture_event ("To bob@example.net and others"), &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) entries = wax_activity_log_list (f->log, cases[i].search, NULL, 0, 10, &error);

      g_assert_no_error (error);
      if (entries->len != cases[i].found)
        g_error ("'%s' finds %u, not %u", cases[i].search, entries->len, cases[i].found);
    }
}

static void
test_entry_properties (LogFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *title = NULL;
  g_autofree char *json = NULL;
  gint64 seq, time;
  int class_uid, status;

  log_fixture_record (f, 1);
  entries = wax_activity_log_list (f->log, NULL, NULL, 0, 1, NULL);
  g_object_get (g_ptr_array_index (entries, 0), "seq", &seq, "time", &time, "class-uid", &class_uid, "status",
                &status, "title", &title, "json", &json, NULL);
  g_assert_cmpint (seq, ==, 0);
  g_assert_cmpint (time, >, 0);
  g_assert_cmpint (class_uid, ==, 6002);
  g_assert_cmpint (status, ==, 1);
  g_assert_cmpstr (title, ==, "Event number 0");
  g_assert_true (g_str_has_prefix (json, "{\"activity_id\":3,\"app\":{"));
}

/* ---- the keyring --------------------------------------------------------- */

static void
assert_open_fails (LogFixture *f, WaxActivityError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) alarm = NULL;
  g_autoptr (GError) refused = NULL;
  g_autoptr (WaxActivityLog) log = NULL;

  g_assert_null (wax_activity_log_open (f->store, f->vault, PROFILE, FALSE, NULL, &error));
  g_assert_error (error, WAX_ACTIVITY_ERROR, (int) code);
  log = wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, NULL);
  g_assert_nonnull (log);
  alarm = wax_activity_log_dup_alarm (log);
  g_assert_error (alarm, WAX_ACTIVITY_ERROR, (int) code);
  g_assert_false (wax_activity_log_record (log, log_fixture_event ("More"), &refused));
  g_assert_error (refused, WAX_ACTIVITY_ERROR, (int) code);
}

static void
test_missing_key_is_an_alarm (LogFixture *f, gconstpointer data)
{
  log_fixture_record (f, 3);
  g_clear_object (&f->log);
  g_assert_true (wax_vault_clear (f->vault, WAX_VAULT_LOG_IDENTITY, PROFILE, NULL, NULL));
  assert_open_fails (f, WAX_ACTIVITY_ERROR_KEY_MISSING);
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, NULL);
  assert_verdict (f, WAX_VERDICT_MISSING_SIGNATURE, 0);
}

static void
test_missing_anchor_is_an_alarm (LogFixture *f, gconstpointer data)
{
  log_fixture_record (f, 3);
  g_clear_object (&f->log);
  g_assert_true (wax_vault_clear (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, NULL, NULL));
  assert_open_fails (f, WAX_ACTIVITY_ERROR_KEY_MISSING);
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, NULL);
  assert_verdict (f, WAX_VERDICT_MISSING_SIGNATURE, 3);
}

/* The keyring remembers a log, and the database is new. */
static void
test_vanished_log_is_an_alarm (LogFixture *f, gconstpointer data)
{
  log_fixture_record (f, 3);
  g_assert_true (wax_activity_log_flush (f->log, NULL, NULL));
  log_fixture_close (f);
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  f->store = wax_store_open (f->path, f->key, TRUE, NULL);
  assert_open_fails (f, WAX_ACTIVITY_ERROR_ROLLED_BACK);
}

/* Entries, tree and the keyring's items are gone, and the checkpoints tell that
 * there was a log: no key is made beside it. */
static void
test_emptied_log_is_no_fresh_start (LogFixture *f, gconstpointer data)
{
  g_autoptr (WaxSecret) identity = NULL;
  g_autoptr (GError) error = NULL;

  log_fixture_record (f, 3);
  g_clear_object (&f->log);
  g_assert_true (wax_store_begin (f->store, &error));
  g_assert_true (wax_store_exec (f->store, "DELETE FROM activity; DELETE FROM activity_node", &error));
  g_assert_true (wax_store_commit (f->store, &error));
  g_assert_no_error (error);
  g_assert_true (wax_vault_clear (f->vault, WAX_VAULT_LOG_IDENTITY, PROFILE, NULL, NULL));
  g_assert_true (wax_vault_clear (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, NULL, NULL));
  assert_open_fails (f, WAX_ACTIVITY_ERROR_KEY_MISSING);
  g_assert_true (wax_vault_lookup (f->vault, WAX_VAULT_LOG_IDENTITY, PROFILE, &identity, NULL, &error));
  g_assert_null (identity);
}

static void
test_another_key_is_an_alarm (LogFixture *f, gconstpointer data)
{
  g_autoptr (WaxSecret) seed = wax_secret_new_random (32);
  g_autoptr (WaxSecret) hex = wax_secret_to_hex (seed);

  log_fixture_record (f, 3);
  g_clear_object (&f->log);
  g_assert_true (wax_vault_store (f->vault, WAX_VAULT_LOG_IDENTITY, PROFILE, "Test", hex, NULL, NULL));
  assert_open_fails (f, WAX_ACTIVITY_ERROR_ROLLED_BACK);
}

/* What is committed stays committed; the flush says that the anchor did not move. */
static void
test_refusing_keyring (LogFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  log_fixture_record (f, 1);
  wax_memory_vault_fail_with (WAX_MEMORY_VAULT (f->vault), WAX_VAULT_ERROR_LOCKED);
  log_fixture_record (f, 3);
  g_assert_cmpint (wax_activity_log_get_size (f->log), ==, 4);
  g_assert_false (wax_activity_log_flush (f->log, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
  g_clear_error (&error);

  /* A keyring that does not answer is never "no key". */
  g_assert_null (wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
}

/* Another log on the same profile has moved the anchor further: it is left so. */
static void
test_anchor_is_not_moved_back (LogFixture *f, gconstpointer data)
{
  g_autoptr (WaxActivityLog) other = wax_activity_log_open (f->store, f->vault, PROFILE, FALSE, NULL, NULL);
  g_autoptr (WaxSecret) before = NULL;
  g_autoptr (WaxSecret) after = NULL;

  log_fixture_record (f, 3); /* the first of them moves the anchor, the rest wait */
  g_assert_true (wax_activity_log_record (other, log_fixture_event ("Other"), NULL));
  g_assert_true (wax_activity_log_flush (other, NULL, NULL));
  g_assert_true (wax_vault_lookup (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, &before, NULL, NULL));
  g_assert_true (g_str_has_prefix (wax_secret_peek (before), "v1:4:"));
  g_assert_true (wax_activity_log_flush (f->log, NULL, NULL));
  g_assert_true (wax_vault_lookup (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, &after, NULL, NULL));
  g_assert_cmpstr (wax_secret_peek (after), ==, wax_secret_peek (before));
}

/* ---- threads and processes ----------------------------------------------- */

static gpointer
record_some (gpointer data)
{
  for (int i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;

      wax_activity_log_record (data, log_fixture_event ("From a thread"), &error);
      g_assert_no_error (error);
    }

  return NULL;
}

static void
test_threads (LogFixture *f, gconstpointer data)
{
  GThread *threads[3];

  for (int i = 0; i < 3; i++)
    threads[i] = g_thread_new ("record", record_some, f->log);
  for (int i = 0; i < 5; i++)
    {
      /* While they append, each view of the log is whole. */
      g_autoptr (WaxVerification) result = wax_activity_log_verify (f->log, NULL, NULL);

      g_assert_cmpint (result->verdict, ==, WAX_VERDICT_INTACT);
    }
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  assert_verdict (f, WAX_VERDICT_INTACT, 60);
}

/* In a child: opens what the parent has closed, and appends until told or killed. */
static void
append_in_child (LogFixture *f, int count, int ready)
{
  g_autoptr (GError) error = NULL;

  f->store = wax_store_open (f->path, f->key, FALSE, &error);
  if (f->store == NULL)
    _exit (2);
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, FALSE, NULL, &error);
  if (f->log == NULL)
    _exit (3);
  for (int i = 0; count < 0 || i < count; i++)
    {
      if (!wax_activity_log_record (f->log, log_fixture_event ("From a child"), &error))
        _exit (4);
      if (ready >= 0 && write (ready, "x", 1) != 1)
        _exit (5);
    }
  g_clear_object (&f->log);
  g_clear_object (&f->store);
  _exit (0);
}

static void
test_processes (LogFixture *f, gconstpointer data)
{
  pid_t children[3];

  log_fixture_record (f, 2);
  log_fixture_close (f);
  for (int i = 0; i < 3; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        append_in_child (f, 15, -1);
    }
  for (int i = 0; i < 3; i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
  log_fixture_open (f);
  assert_verdict (f, WAX_VERDICT_INTACT, 47);
}

#define KILL_ROUNDS 20

/* Whatever a killed process was doing, the log verifies, nothing that was
 * committed is lost, and the next one goes on. */
static void
test_killed_at_any_point (LogFixture *f, gconstpointer data)
{
  gint64 size = 0;

  log_fixture_close (f);
  for (int round = 0; round < KILL_ROUNDS; round++)
    {
      int wait_for = g_test_rand_int_range (1, 12);
      int ready[2];
      pid_t child;

      g_assert_cmpint (pipe (ready), ==, 0);
      child = fork ();
      if (child == 0)
        append_in_child (f, -1, ready[1]);
      close (ready[1]);
      for (int i = 0; i < wait_for; i++)
        {
          char octet;

          g_assert_cmpint (read (ready[0], &octet, 1), ==, 1);
        }
      /* Somewhere in the next append. */
      g_usleep ((gulong) g_test_rand_int_range (0, 3000));
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
      close (ready[0]);

      log_fixture_open (f);
      g_assert_cmpint (wax_activity_log_get_size (f->log), >=, size + wait_for);
      size = wax_activity_log_get_size (f->log);
      assert_verdict (f, WAX_VERDICT_INTACT, size);
      log_fixture_record (f, 1);
      size++;
      log_fixture_close (f);
    }
}

static void
test_cancelled_verification (LogFixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  log_fixture_record (f, 2);
  g_cancellable_cancel (cancellable);
  g_assert_null (wax_activity_log_verify (f->log, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
add (const char *path, void (*test) (LogFixture *, gconstpointer))
{
  g_test_add (path, LogFixture, NULL, log_fixture_set_up, test, log_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/activity/log/empty-log-verifies", test_empty_log_verifies);
  add ("/activity/log/append-and-reopen", test_append_and_reopen);
  add ("/activity/log/transactions", test_transactions);
  add ("/activity/log/search", test_search);
  add ("/activity/log/entry-properties", test_entry_properties);
  add ("/activity/log/missing-key-is-an-alarm", test_missing_key_is_an_alarm);
  add ("/activity/log/missing-anchor-is-an-alarm", test_missing_anchor_is_an_alarm);
  add ("/activity/log/vanished-log-is-an-alarm", test_vanished_log_is_an_alarm);
  add ("/activity/log/emptied-log-is-no-fresh-start", test_emptied_log_is_no_fresh_start);
  add ("/activity/log/another-key-is-an-alarm", test_another_key_is_an_alarm);
  add ("/activity/log/refusing-keyring", test_refusing_keyring);
  add ("/activity/log/anchor-is-not-moved-back", test_anchor_is_not_moved_back);
  add ("/activity/log/threads", test_threads);
  add ("/activity/log/processes", test_processes);
  add ("/activity/log/killed-at-any-point", test_killed_at_any_point);
  add ("/activity/log/cancelled-verification", test_cancelled_verification);

  return g_test_run ();
}
