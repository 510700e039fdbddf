/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The encrypted database: that it is encrypted, that it refuses what it must,
 * and that threads, processes and a full disk leave it whole. */

#include "schema.h"
#include "store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
  WaxSecret *key;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("waxseal-store-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "waxseal.db", NULL);
  f->key = wax_secret_new_random (32);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
  wax_secret_unref (f->key);
}

static WaxStore *
open_store (Fixture *f, gboolean create)
{
  g_autoptr (GError) error = NULL;
  WaxStore *store = wax_store_open (f->path, f->key, create, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);

  return store;
}

static void
assert_open_fails (Fixture *f, gboolean create, WaxStoreError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_store_open (f->path, f->key, create, &error));
  g_assert_error (error, WAX_STORE_ERROR, (int) code);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static gboolean
put_setting (WaxStore *store, const char *name, const char *value, GError **error)
{
  g_autoptr (WaxStatement) insert = NULL;

  insert = wax_store_prepare (store, "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", error);
  if (insert == NULL)
    return FALSE;
  wax_statement_bind_text (insert, 1, name);
  wax_statement_bind_text (insert, 2, value);

  return wax_statement_run (insert, error);
}

static gint64
count_settings (WaxStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxStatement) select = wax_store_prepare (store, "SELECT count (*) FROM setting", &error);
  gboolean row;

  g_assert_no_error (error);
  wax_statement_step (select, &row, &error);
  g_assert_no_error (error);
  g_assert_true (row);

  return wax_statement_int (select, 0);
}

static void
put_one (WaxStore *store, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  wax_store_begin (store, &error);
  g_assert_no_error (error);
  put_setting (store, name, value, &error);
  g_assert_no_error (error);
  wax_store_commit (store, &error);
  g_assert_no_error (error);
}

/* Changes one octet of the closed file. */
static void
flip (Fixture *f, gsize offset)
{
  g_autofree char *octets = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (f->path, &octets, &length, NULL));
  g_assert_cmpuint (offset, <, length);
  octets[offset] ^= 0x01;
  g_assert_true (g_file_set_contents (f->path, octets, (gssize) length, NULL));
}

static gboolean
file_has (const char *path, const char *needle)
{
  g_autofree char *octets = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &octets, &length, NULL));

  return memmem (octets, length, needle, strlen (needle)) != NULL;
}

/* ---- encryption ---------------------------------------------------------- */

static void
test_file_is_encrypted (Fixture *f, gconstpointer data)
{
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL);
  g_autofree char *wal_copy = g_strconcat (f->path, "-copy", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (wal);
  g_autoptr (GFile) to = g_file_new_for_path (wal_copy);
  WaxStore *store = open_store (f, TRUE);
  GStatBuf status;

  put_one (store, "needle-in-a-haystack", "needle-in-a-haystack");
  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  g_assert_cmpint (g_stat (wal, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_finalize_object (store);

  g_assert_cmpint (g_stat (f->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (status.st_size % 4096, ==, 0);
  g_assert_false (file_has (f->path, "SQLite format 3"));
  g_assert_false (file_has (f->path, "needle"));
  g_assert_false (file_has (f->path, "CREATE TABLE"));
  g_assert_false (file_has (wal_copy, "needle"));

  store = open_store (f, FALSE);
  g_assert_cmpint (count_settings (store), ==, 1);
  g_assert_finalize_object (store);
}

static void
test_settings_that_protect (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *pragma;
    const char *value;
  } expected[] = {
    { "PRAGMA journal_mode", "wal" },
    { "PRAGMA synchronous", "2" },
    { "PRAGMA foreign_keys", "1" },
    { "PRAGMA secure_delete", "1" },
    { "PRAGMA temp_store", "2" },
    { "PRAGMA cipher_page_size", "4096" },
    { "PRAGMA cipher_hmac_algorithm", "HMAC_SHA512" },
    { "PRAGMA cipher_kdf_algorithm", "PBKDF2_HMAC_SHA512" },
  };
  g_autoptr (WaxStore) store = open_store (f, TRUE);

  for (int writing = 0; writing < 2; writing++)
    {
      if (writing)
        g_assert_true (wax_store_begin (store, NULL));
      for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
        {
          g_autoptr (WaxStatement) select = wax_store_prepare (store, expected[i].pragma, NULL);
          gboolean row;

          g_assert_nonnull (select);
          g_assert_true (wax_statement_step (select, &row, NULL));
          g_assert_true (row);
          g_assert_cmpstr (wax_statement_text (select, 0), ==, expected[i].value);
        }
    }
  wax_store_rollback (store);
}

static void
test_wrong_key (Fixture *f, gconstpointer data)
{
  g_object_unref (open_store (f, TRUE));
  wax_secret_unref (f->key);
  f->key = wax_secret_new_random (32);

  assert_open_fails (f, FALSE, WAX_STORE_ERROR_KEY);
  assert_open_fails (f, TRUE, WAX_STORE_ERROR_KEY);
}

static void
test_plain_database_is_refused (Fixture *f, gconstpointer data)
{
  sqlite3 *db;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize length_before, length_after;

  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE t (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (f->path, &before, &length_before, NULL));

  assert_open_fails (f, FALSE, WAX_STORE_ERROR_KEY);
  assert_open_fails (f, TRUE, WAX_STORE_ERROR_KEY);

  g_assert_true (g_file_get_contents (f->path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length_before, after, length_after);
}

static void
test_absent_and_empty_are_not_begun_afresh (Fixture *f, gconstpointer data)
{
  assert_open_fails (f, FALSE, WAX_STORE_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));

  g_assert_true (g_file_set_contents (f->path, "", 0, NULL));
  assert_open_fails (f, FALSE, WAX_STORE_ERROR_CORRUPT);
  g_object_unref (open_store (f, TRUE));
}

static void
test_newer_version (Fixture *f, gconstpointer data)
{
  g_autofree char *stamp = g_strdup_printf ("PRAGMA user_version = %d", wax_schema_version () + 1);
  WaxStore *store = open_store (f, TRUE);

  g_assert_true (wax_store_begin (store, NULL));
  g_assert_true (wax_store_exec (store, stamp, NULL));
  g_assert_true (wax_store_commit (store, NULL));
  g_assert_finalize_object (store);

  assert_open_fails (f, FALSE, WAX_STORE_ERROR_NEWER);
}

/* ---- damage -------------------------------------------------------------- */

static void
fill (WaxStore *store, int rows)
{
  g_autofree char *value = g_strnfill (1000, 'x');

  g_assert_true (wax_store_begin (store, NULL));
  for (int i = 0; i < rows; i++)
    {
      g_autofree char *name = g_strdup_printf ("row-%06d", i);

      g_assert_true (put_setting (store, name, value, NULL));
    }
  g_assert_true (wax_store_commit (store, NULL));
}

static void
test_flipped_octet_is_found (Fixture *f, gconstpointer data)
{
  WaxStore *store = open_store (f, TRUE);
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  fill (store, 400);
  g_object_unref (store);
  g_assert_cmpint (g_stat (f->path, &status), ==, 0);
  flip (f, (gsize) status.st_size - 5000);

  store = open_store (f, FALSE);
  {
    g_autofree char *finding = NULL;

    g_assert_true (wax_store_check_pages (store, &finding, &error));
    g_assert_nonnull (finding);
  }
  {
    g_autoptr (WaxStatement)
        select = wax_store_prepare (store, "SELECT sum (length (value || name)) FROM setting", NULL);
    gboolean row;

    g_assert_false (wax_statement_step (select, &row, &error));
    g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT);
  }
  g_object_unref (store);

  /* The first page: it cannot be told from a wrong key. */
  flip (f, 2000);
  assert_open_fails (f, FALSE, WAX_STORE_ERROR_KEY);
}

static void
test_sound_file_checks_sound (Fixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = open_store (f, TRUE);
  g_autoptr (WaxStore) again = wax_store_open_again (store, NULL);
  g_autofree char *finding = NULL;

  fill (store, 400);
  g_assert_cmpint (count_settings (again), ==, 400);
  g_assert_true (wax_store_check_pages (store, &finding, NULL));
  g_assert_null (finding);
}

/* ---- space --------------------------------------------------------------- */

static void
test_full_database (Fixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = open_store (f, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *value = g_strnfill (1000 * 1000, 'x');

  put_one (store, "before", "kept");
  g_assert_true (wax_store_begin (store, NULL));
  g_assert_true (wax_store_exec (store, "PRAGMA max_page_count = 100", NULL));
  g_assert_false (put_setting (store, "big", value, &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FULL);
  wax_store_rollback (store);
  wax_store_rollback (store); /* harmless */

  g_assert_false (wax_store_in_transaction (store));
  g_assert_cmpint (count_settings (store), ==, 1);
  put_one (store, "small", "fits");
}

/* The same from the file system's side: a limit on the size of files. */
static void
test_full_disk (Fixture *f, gconstpointer data)
{
  struct rlimit before, limit;
  g_autoptr (WaxStore) store = open_store (f, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *value = g_strnfill (1000 * 1000, 'x');
  gboolean done;

  put_one (store, "before", "kept");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 900 * 1000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);

  g_assert_true (wax_store_begin (store, NULL));
  done = put_setting (store, "big", value, &error);
  if (done)
    done = wax_store_commit (store, &error);
  else
    wax_store_rollback (store);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_false (done);
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FULL);
  g_assert_cmpint (count_settings (store), ==, 1);
  put_one (store, "after", "there is space again");
}

/* ---- transactions, threads, processes ------------------------------------ */

static void
test_rollback_and_own_view (Fixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = open_store (f, TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_true (wax_store_begin (store, NULL));
  g_assert_true (put_setting (store, "a", "b", NULL));
  g_assert_cmpint (wax_store_changes (store), ==, 1);
  g_assert_cmpint (count_settings (store), ==, 1); /* its own change */
  wax_store_rollback (store);
  g_assert_cmpint (count_settings (store), ==, 0);

  /* Outside a transaction nothing can be written. */
  g_assert_false (put_setting (store, "a", "b", &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED);
}

static void
test_closed_store_answers_with_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = open_store (f, TRUE);
  g_autoptr (GError) error = NULL;

  wax_store_close (store);
  wax_store_close (store);
  g_assert_false (wax_store_begin (store, &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED);
  g_assert_null (wax_store_prepare (store, "SELECT 1", NULL));
}

#define WRITERS 4
#define ROUNDS  25

typedef struct
{
  WaxStore *store;
  int number;
} WriterState;

static gpointer
write_rounds (gpointer data)
{
  WriterState *state = data;

  for (int i = 0; i < ROUNDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d-%d", state->number, i);

      put_one (state->store, name, "x");
      g_assert_cmpint (count_settings (state->store), >=, i + 1);
    }

  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = open_store (f, TRUE);
  GThread *threads[WRITERS];
  WriterState states[WRITERS];

  for (int i = 0; i < WRITERS; i++)
    {
      states[i] = (WriterState) { store, i };
      threads[i] = g_thread_new ("writer", write_rounds, &states[i]);
    }
  for (int i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (count_settings (store), ==, WRITERS * ROUNDS);
}

/* All of them also race for making the database. */
static void
test_processes (Fixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = NULL;
  pid_t children[WRITERS];

  for (int i = 0; i < WRITERS; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        {
          WriterState state = { wax_store_open (f->path, f->key, TRUE, NULL), i };

          if (state.store == NULL)
            _exit (1);
          write_rounds (&state);
          g_object_unref (state.store);
          _exit (0);
        }
    }
  for (int i = 0; i < WRITERS; i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    }
  store = open_store (f, FALSE);
  g_assert_cmpint (count_settings (store), ==, WRITERS * ROUNDS);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/store/file-is-encrypted", test_file_is_encrypted);
  add ("/store/settings-that-protect", test_settings_that_protect);
  add ("/store/wrong-key", test_wrong_key);
  add ("/store/plain-database-is-refused", test_plain_database_is_refused);
  add ("/store/absent-and-empty-are-not-begun-afresh", test_absent_and_empty_are_not_begun_afresh);
  add ("/store/newer-version", test_newer_version);
  add ("/store/flipped-octet-is-found", test_flipped_octet_is_found);
  add ("/store/sound-file-checks-sound", test_sound_file_checks_sound);
  add ("/store/full-database", test_full_database);
  add ("/store/full-disk", test_full_disk);
  add ("/store/rollback-and-own-view", test_rollback_and_own_view);
  add ("/store/closed-store-answers-with-errors", test_closed_store_answers_with_errors);
  add ("/store/threads", test_threads);
  add ("/store/processes", test_processes);

  return g_test_run ();
}
