/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What must fail verification. The one who changes things here has the database
 * key and SQLCipher, and mends what a cleverer one would mend. */

#include "hex.h"
#include "json-canon.h"
#include "log-fixture.h"
#include "log-tree.h"

#include <string.h>

/* Twelve entries, in commits of one and of three, anchored. */
static void
fill (LogFixture *f)
{
  log_fixture_record (f, 6);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (wax_activity_log_begin (f->log, NULL));
      for (int k = 0; k < 3; k++)
        g_assert_true (wax_activity_log_append (f->log, log_fixture_event ("One of three"), NULL));
      g_assert_true (wax_activity_log_commit (f->log, NULL));
    }
  g_assert_true (wax_activity_log_flush (f->log, NULL, NULL));
}

static void
tamper (LogFixture *f, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxStore) store = wax_store_open_again (f->store, &error);

  g_assert_no_error (error);
  g_assert_true (wax_store_begin (store, NULL));
  wax_store_exec (store, sql, &error);
  g_assert_no_error (error);
  g_assert_true (wax_store_commit (store, NULL));
}

static WaxVerification *
verify (LogFixture *f)
{
  g_autoptr (GError) error = NULL;
  WaxVerification *result = wax_activity_log_verify (f->log, NULL, &error);

  g_assert_no_error (error);
  g_test_message ("%d: %s", result->verdict, result->sentence);

  return result;
}

static void
assert_verdict (LogFixture *f, WaxVerdict verdict, gint64 first_bad, const char *words)
{
  g_autoptr (WaxVerification) result = verify (f);

  g_assert_cmpint (result->verdict, ==, verdict);
  g_assert_cmpint (result->first_bad, ==, first_bad);
  g_assert_nonnull (strstr (result->sentence, words));
}

/* One octet of entry 4's title, with or without its hash made to fit. */
static void
change_entry (LogFixture *f, gboolean mend_hash)
{
  g_autoptr (WaxStore) store = wax_store_open_again (f->store, NULL);
  g_autoptr (WaxStatement)
      select = wax_store_prepare (store, "SELECT octets FROM activity WHERE seq = 4", NULL);
  g_autoptr (WaxStatement) update = NULL;
  g_autofree char *octets = NULL;
  guint8 hash[WAX_HASH_LENGTH];
  const char *stored;
  gboolean row;
  gsize length;

  g_assert_true (wax_statement_step (select, &row, NULL) && row);
  stored = wax_statement_blob (select, 0, &length);
  octets = g_strndup (stored, length);
  g_clear_pointer (&select, wax_statement_free);
  memcpy (strstr (octets, "number 4"), "number 5", 8);
  wax_hash (octets, length, hash);

  g_assert_true (wax_store_begin (store, NULL));
  update = wax_store_prepare (store,
                              mend_hash
                                  ? "UPDATE activity SET octets = ?, hash = ?, title = 'Event number 5', "
                                    "words = 'Event number 5' WHERE seq = 4"
                                  : "UPDATE activity SET octets = ? WHERE seq = 4",
                              NULL);
  wax_statement_bind_blob (update, 1, octets, length);
  if (mend_hash)
    wax_statement_bind_blob (update, 2, hash, sizeof hash);
  g_assert_true (wax_statement_run (update, NULL));
  g_clear_pointer (&update, wax_statement_free);
  g_assert_true (wax_store_commit (store, NULL));
}

static void
test_sound (LogFixture *f, gconstpointer data)
{
  g_autoptr (WaxVerification) result = NULL;

  fill (f);
  result = verify (f);
  g_assert_cmpint (result->verdict, ==, WAX_VERDICT_INTACT);
  g_assert_cmpint (result->entries, ==, 12);
  g_assert_cmpint (result->checkpoints, ==, 8);
  g_assert_cmpint (result->first_bad, ==, -1);
  g_assert_cmpuint (strlen (result->root), ==, 44);
}

static void
test_changed_octet (LogFixture *f, gconstpointer data)
{
  fill (f);
  change_entry (f, FALSE);
  assert_verdict (f, WAX_VERDICT_TAMPERED, 4, "Entry 4 of 20");
}

static void
test_changed_hash (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity SET hash = zeroblob (32) WHERE seq = 4");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 4, "Entry 4 of 20");
}

static void
test_changed_octet_and_hash (LogFixture *f, gconstpointer data)
{
  fill (f);
  change_entry (f, TRUE);
  assert_verdict (f, WAX_VERDICT_TAMPERED, 4, "Entry 4 of 20");
}

/* With the whole tree made to fit too, only the signatures are left to tell. */
static void
test_changed_octet_and_tree (LogFixture *f, gconstpointer data)
{
  g_autoptr (WaxStore) store = NULL;
  g_autoptr (WaxStatement) select = NULL;
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  gboolean row;

  fill (f);
  change_entry (f, TRUE);
  store = wax_store_open_again (f->store, NULL);
  select = wax_store_prepare (store, "SELECT hash FROM activity ORDER BY seq", NULL);
  while (wax_statement_step (select, &row, NULL) && row)
    {
      gsize length;
      const guint8 *hash = wax_statement_blob (select, 0, &length);

      g_byte_array_append (hashes, hash, (guint) length);
    }
  g_clear_pointer (&select, wax_statement_free);

  g_assert_true (wax_store_begin (store, NULL));
  for (guint width = hashes->len / 32, level = 0; width > 0; width /= 2, level++)
    for (guint i = 0; i < width; i++)
      {
        g_autoptr (WaxStatement) update = NULL;
        guint8 *at = hashes->data + 32 * i;

        if (level == 0)
          wax_hash_leaf (at, 32, at);
        else
          wax_hash_node (hashes->data + 64 * i, hashes->data + 64 * i + 32, at);
        update = wax_store_prepare (
            store, "UPDATE activity_node SET hash = ? WHERE level = ? AND position = ?", NULL);
        wax_statement_bind_blob (update, 1, at, 32);
        wax_statement_bind_int (update, 2, level);
        wax_statement_bind_int (update, 3, i);
        g_assert_true (wax_statement_run (update, NULL));
      }
  g_assert_true (wax_store_commit (store, NULL));
  assert_verdict (f, WAX_VERDICT_TAMPERED, 4, "Entry 4 of 20");
}

static void
test_swapped_entries (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity SET seq = -1 WHERE seq = 2;"
             "UPDATE activity SET seq = 2 WHERE seq = 3;"
             "UPDATE activity SET seq = 3 WHERE seq = -1;");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 2, "Entry 2");
}

/* Within one commit. */
static void
test_swapped_entries_of_a_commit (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity SET seq = -1 WHERE seq = 7;"
             "UPDATE activity SET seq = 7 WHERE seq = 8;"
             "UPDATE activity SET seq = 8 WHERE seq = -1;");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 7, "Entry 7");
}

static void
test_removed_entry (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "DELETE FROM activity WHERE seq = 5");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 5, "Entry 5 is missing");
}

static void
test_emptied_entry (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity SET octets = NULL WHERE seq = 5");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 5, "Entry 5");
}

static void
test_added_entry (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "INSERT INTO activity SELECT 12, time, class_uid, status, account_id, message_id, title, words, "
             "octets, "
             "hash FROM activity WHERE seq = 11");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 12, "Entry 12");
}

static void
test_added_node (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "INSERT INTO activity_node VALUES (9, 0, zeroblob (32))");
  assert_verdict (f, WAX_VERDICT_TAMPERED, -1, "tree was changed");
}

#define CUT_TAIL                                                                                         \
  "INSERT INTO activity_words (activity_words, rowid, words) SELECT 'delete', seq, words FROM activity " \
  "WHERE seq > 8;"                                                                                       \
  "DELETE FROM activity WHERE seq > 8; DELETE FROM activity_node WHERE ((position + 1) << level) > 9;"

static void
test_cut_below_the_anchor (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, CUT_TAIL "DELETE FROM activity_checkpoint WHERE size > 9");
  assert_verdict (f, WAX_VERDICT_TRUNCATED, 9, "keyring remembers 12");
}

static void
test_cut_with_checkpoints_left (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, CUT_TAIL);
  assert_verdict (f, WAX_VERDICT_TRUNCATED, 9, "Entry 9");
}

/* The whole database as it was before: sound in itself. */
static void
test_older_copy_restored (LogFixture *f, gconstpointer data)
{
  g_autofree char *copy = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  fill (f);
  log_fixture_close (f);
  g_assert_true (g_file_get_contents (f->path, &copy, &length, NULL));
  log_fixture_open (f);
  log_fixture_record (f, 3);
  g_assert_true (wax_activity_log_flush (f->log, NULL, NULL));
  log_fixture_close (f);
  g_assert_true (g_file_set_contents (f->path, copy, (gssize) length, NULL));

  f->store = wax_store_open (f->path, f->key, FALSE, &error);
  g_assert_no_error (error);
  g_assert_null (wax_activity_log_open (f->store, f->vault, PROFILE, FALSE, NULL, &error));
  g_assert_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK);
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, NULL);
  assert_verdict (f, WAX_VERDICT_TRUNCATED, 12, "keyring remembers 15");
}

/* An older copy that then went on to another history of the same length. */
static void
test_older_copy_goes_on_otherwise (LogFixture *f, gconstpointer data)
{
  g_autoptr (WaxSecret) anchor = NULL;
  g_autofree char *copy = NULL;
  gsize length;

  fill (f);
  log_fixture_close (f);
  g_assert_true (g_file_get_contents (f->path, &copy, &length, NULL));
  log_fixture_open (f);
  log_fixture_record (f, 3);
  g_assert_true (wax_activity_log_flush (f->log, NULL, NULL));
  g_assert_true (wax_vault_lookup (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, &anchor, NULL, NULL));
  log_fixture_close (f);
  g_assert_true (g_file_set_contents (f->path, copy, (gssize) length, NULL));

  /* Who does it has the keyring for a while, and puts the anchor back. */
  g_assert_true (wax_vault_clear (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, NULL, NULL));
  {
    g_autoptr (WaxVault) other = wax_memory_vault_new ();
    g_autoptr (WaxSecret) seed = NULL;
    g_autofree char *line = g_strdup (
        "v1:0:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855:0");
    g_autoptr (WaxSecret) empty = wax_secret_new_string (line);
    WaxVault *mine = f->vault;

    g_assert_true (wax_vault_lookup (mine, WAX_VAULT_LOG_IDENTITY, PROFILE, &seed, NULL, NULL));
    g_assert_true (wax_vault_store (other, WAX_VAULT_LOG_IDENTITY, PROFILE, "Test", seed, NULL, NULL));
    g_assert_true (wax_vault_store (other, WAX_VAULT_LOG_ANCHOR, PROFILE, "Test", empty, NULL, NULL));
    f->vault = other;
    log_fixture_open (f);
    log_fixture_record (f, 3);
    f->vault = mine;
    g_clear_object (&f->log);
  }
  g_assert_true (wax_vault_store (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, "Test", anchor, NULL, NULL));
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, NULL);
  assert_verdict (f, WAX_VERDICT_TRUNCATED, -1, "went on otherwise");
}

static void
test_missing_last_signature (LogFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fill (f);
  tamper (f, "DELETE FROM activity_checkpoint WHERE size = 12");
  assert_verdict (f, WAX_VERDICT_MISSING_SIGNATURE, 9, "the entries 9 to 11");

  /* And nothing is signed on top of it. */
  g_assert_false (wax_activity_log_record (f->log, log_fixture_event ("More"), &error));
  g_assert_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK);
}

static void
test_missing_middle_signature (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "DELETE FROM activity_checkpoint WHERE size = 3");
  assert_verdict (f, WAX_VERDICT_MISSING_SIGNATURE, 2, "entry 3");
}

static void
test_signature_line_gone (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity_checkpoint SET note = replace (note, '/log/', '/lag/') WHERE size = 9");
  assert_verdict (f, WAX_VERDICT_MISSING_SIGNATURE, 6, "not signed");
}

static void
test_changed_checkpoint (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity_checkpoint SET note = (SELECT replace (note, char (10) || '6' || char (10), "
             "char (10) || "
             "'9' || char (10)) FROM activity_checkpoint WHERE size = 6) WHERE size = 9");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 6, "signature");
}

/* A genuine one of another size. */
static void
test_checkpoint_of_another_size (LogFixture *f, gconstpointer data)
{
  fill (f);
  tamper (f, "UPDATE activity_checkpoint SET note = (SELECT note FROM activity_checkpoint WHERE size = 6) "
             "WHERE size = 9");
  assert_verdict (f, WAX_VERDICT_TAMPERED, 6, "not what was signed");
}

static void
test_changed_columns (LogFixture *f, gconstpointer data)
{
  static const char *const changes[] = {
    "title = 'Nothing happened'", "time = time + 1",        "status = 2", "class_uid = 2004",
    "account_id = 'other'",       "message_id = '<other>'", "words = ''",
  };

  fill (f);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *sql = g_strdup_printf (
          "CREATE TEMP TABLE kept AS SELECT * FROM activity WHERE seq = 7;"
          "UPDATE activity SET %s WHERE seq = 7",
          changes[i]);
      g_autoptr (WaxStore) store = wax_store_open_again (f->store, NULL);

      g_assert_true (wax_store_begin (store, NULL));
      g_assert_true (wax_store_exec (store, sql, NULL));
      g_assert_true (wax_store_commit (store, NULL));
      assert_verdict (f, WAX_VERDICT_TAMPERED, 7, "Entry 7 of 20");
      g_assert_true (wax_store_begin (store, NULL));
      g_assert_true (wax_store_exec (store, "REPLACE INTO activity SELECT * FROM kept", NULL));
      g_assert_true (wax_store_commit (store, NULL));
    }
  assert_verdict (f, WAX_VERDICT_INTACT, -1, "intact");
}

static void
test_index_row_deleted (LogFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;

  fill (f);
  tamper (f,
          "INSERT INTO activity_words (activity_words, rowid, words) VALUES ('delete', 4, 'Event number 4')");
  found = wax_activity_log_list (f->log, "number 4", NULL, 0, 10, NULL);
  g_assert_cmpuint (found->len, ==, 0);
  assert_verdict (f, WAX_VERDICT_TAMPERED, -1, "search index");
}

static void
test_missing_anchor (LogFixture *f, gconstpointer data)
{
  fill (f);
  g_assert_true (wax_vault_clear (f->vault, WAX_VAULT_LOG_ANCHOR, PROFILE, NULL, NULL));
  assert_verdict (f, WAX_VERDICT_MISSING_SIGNATURE, -1, "anchor is missing");
}

/* The verdict over whatever state the file is in. */
static WaxVerification *
verify_file (LogFixture *f)
{
  g_autoptr (GError) error = NULL;
  WaxVerification *result;

  f->store = wax_store_open (f->path, f->key, FALSE, &error);
  if (f->store == NULL)
    return wax_verification_for_error (error);
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, TRUE, NULL, &error);
  g_assert_no_error (error);
  result = wax_activity_log_verify (f->log, NULL, &error);
  g_assert_no_error (error);
  log_fixture_close (f);

  return result;
}

/* Any octet of the file: one in each page, each in a copy that is otherwise sound. */
static void
test_flipped_octet (LogFixture *f, gconstpointer data)
{
  g_autofree char *octets = NULL;
  gsize length;

  fill (f);
  log_fixture_close (f);
  g_assert_true (g_file_get_contents (f->path, &octets, &length, NULL));
  for (gsize page = 0; page < length; page += 4096)
    {
      gsize offset = page + (gsize) g_test_rand_int_range (0, 4096);
      char sound = octets[offset];
      g_autoptr (WaxVerification) result = NULL;

      octets[offset] ^= (char) (1 << g_test_rand_int_range (0, 8));
      g_assert_true (g_file_set_contents (f->path, octets, (gssize) length, NULL));
      octets[offset] = sound;
      result = verify_file (f);
      g_assert_nonnull (result);
      g_test_message ("octet %" G_GSIZE_FORMAT ": %s", offset, result->sentence);
      g_assert_cmpint (result->verdict, ==, WAX_VERDICT_TAMPERED);
    }
  g_assert_true (g_file_set_contents (f->path, octets, (gssize) length, NULL));
  {
    g_autoptr (WaxVerification) result = verify_file (f);

    g_assert_cmpint (result->verdict, ==, WAX_VERDICT_INTACT);
  }
}

/* A whole table: who has the key can take it away, and the verdict is still one. */
static void
test_removed_table (LogFixture *f, gconstpointer data)
{
  g_autofree char *sql = g_strconcat ("DROP TABLE ", (const char *) data, NULL);
  g_autoptr (WaxVerification) open = NULL;
  g_autoptr (WaxVerification) anew = NULL;

  fill (f);
  tamper (f, sql);
  open = verify (f);
  g_assert_cmpint (open->verdict, ==, WAX_VERDICT_TAMPERED);
  log_fixture_close (f);
  anew = verify_file (f);
  g_assert_nonnull (anew);
  g_assert_cmpint (anew->verdict, ==, WAX_VERDICT_TAMPERED);
}

static void
add (const char *path, void (*test) (LogFixture *, gconstpointer))
{
  g_test_add (path, LogFixture, NULL, log_fixture_set_up, test, log_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  static const char *const tables[] = { "activity", "activity_checkpoint", "activity_node",
                                        "activity_words" };

  g_test_init (&argc, &argv, NULL);
  add ("/activity/verify/sound", test_sound);
  add ("/activity/verify/changed-octet", test_changed_octet);
  add ("/activity/verify/changed-hash", test_changed_hash);
  add ("/activity/verify/changed-octet-and-hash", test_changed_octet_and_hash);
  add ("/activity/verify/changed-octet-and-tree", test_changed_octet_and_tree);
  add ("/activity/verify/swapped-entries", test_swapped_entries);
  add ("/activity/verify/swapped-entries-of-a-commit", test_swapped_entries_of_a_commit);
  add ("/activity/verify/removed-entry", test_removed_entry);
  add ("/activity/verify/emptied-entry", test_emptied_entry);
  add ("/activity/verify/added-entry", test_added_entry);
  add ("/activity/verify/added-node", test_added_node);
  add ("/activity/verify/cut-below-the-anchor", test_cut_below_the_anchor);
  add ("/activity/verify/cut-with-checkpoints-left", test_cut_with_checkpoints_left);
  add ("/activity/verify/older-copy-restored", test_older_copy_restored);
  add ("/activity/verify/older-copy-goes-on-otherwise", test_older_copy_goes_on_otherwise);
  add ("/activity/verify/missing-last-signature", test_missing_last_signature);
  add ("/activity/verify/missing-middle-signature", test_missing_middle_signature);
  add ("/activity/verify/signature-line-gone", test_signature_line_gone);
  add ("/activity/verify/changed-checkpoint", test_changed_checkpoint);
  add ("/activity/verify/checkpoint-of-another-size", test_checkpoint_of_another_size);
  add ("/activity/verify/changed-columns", test_changed_columns);
  add ("/activity/verify/index-row-deleted", test_index_row_deleted);
  add ("/activity/verify/missing-anchor", test_missing_anchor);
  add ("/activity/verify/flipped-octet", test_flipped_octet);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *path = g_strconcat ("/activity/verify/removed-table/", tables[i], NULL);

      g_test_add (path, LogFixture, tables[i], log_fixture_set_up, test_removed_table, log_fixture_tear_down);
    }

  return g_test_run ();
}
