/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Verifying the log: every entry's octets against its hash, the tree rebuilt
 * from them against the stored nodes and each signed checkpoint, the search
 * columns and the search index against the octets, the keyring's anchor against
 * the tree, and the authentication code of every page of the file. All on
 * connections of its own: a bad page poisons the one that met it. */

#include "activity-log.h"
#include "activity-private.h"
#include "clock.h"
#include "event-schema.h"
#include "json-canon.h"

#include <string.h>

#define MAX_LEVELS 63

void
wax_verification_free (WaxVerification *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->sentence, g_free);
  g_clear_pointer (&self->root, g_free);
  g_free (self);
}

/* One run. */
typedef struct
{
  WaxActivityLog *log;
  WaxStore *store;
  gboolean reading; /* within one view of it */
  WaxVerification *result;
  gboolean has_anchor;
  WaxLogAnchor anchor;
  WaxLogTree tree;
  WaxStatement *levels[MAX_LEVELS]; /* the stored nodes of each level, in order */
  WaxStatement *checkpoints;        /* in order of size */
  gint64 next_checkpoint;           /* size of the one at hand, -1 after the last */
  gint64 last_checkpoint;           /* size of the one before */
  gint64 seq;                       /* the entry at hand */
  char *time;                       /* its time, in words */
} Run;

/* The verdict is in, and the run over: for steps that return whether to go on. */
static gboolean
    G_GNUC_PRINTF (4, 5) conclude (Run *run, WaxVerdict verdict, gint64 entry, const char *format, ...)
{
  va_list arguments;

  if (run->result->sentence != NULL)
    return FALSE;
  va_start (arguments, format);
  run->result->sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  run->result->verdict = verdict;
  run->result->first_bad = entry;

  return FALSE;
}

static gboolean
is_concluded (Run *run)
{
  return run->result->sentence != NULL;
}

/* A read failed. A page that does not decrypt is a verdict; the rest is an error. */
static gboolean
read_failed (Run *run, GError *inner, GError **error)
{
  if (!g_error_matches (inner, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT)
      && !g_error_matches (inner, WAX_STORE_ERROR, WAX_STORE_ERROR_KEY))
    {
      g_propagate_error (error, inner);
      return FALSE;
    }
  g_error_free (inner);
  if (run->time == NULL)
    return conclude (run, WAX_VERDICT_TAMPERED, 0,
                     "The record was changed: a page of the database no longer decrypts, or a table of it is "
                     "gone, before the first entry could be read.");

  return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                   "The record was changed: a page of the database no longer decrypts, or a table of it is "
                   "gone. The last entry that can be read is number %" G_GINT64_FORMAT " of %s.",
                   run->seq, run->time);
}

/* ---- the tree ------------------------------------------------------------ */

static gboolean
compare_node (int level, gint64 position, const guint8 hash[WAX_HASH_LENGTH], gpointer data, GError **error)
{
  Run *run = data;
  WaxStatement *select = run->levels[level];
  const void *stored = NULL;
  gsize length = 0;
  gboolean row;

  if (select == NULL)
    {
      select = wax_store_prepare (
          run->store, "SELECT position, hash FROM activity_node WHERE level = ? ORDER BY position", error);
      if (select == NULL)
        return FALSE;
      run->levels[level] = select;
      wax_statement_bind_int (select, 1, level);
    }
  if (!wax_statement_step (select, &row, error))
    return FALSE;
  if (row && wax_statement_int (select, 0) == position)
    stored = wax_statement_blob (select, 1, &length);
  if (stored != NULL && length == WAX_HASH_LENGTH && memcmp (stored, hash, WAX_HASH_LENGTH) == 0)
    return TRUE;
  if (level == 0)
    return conclude (run, WAX_VERDICT_TAMPERED, position,
                     "Entry %" G_GINT64_FORMAT
                     " of %s was changed: it is not the entry that the tree was built "
                     "over.",
                     position, run->time);

  return conclude (run, WAX_VERDICT_TAMPERED, position << level,
                   "The tree was changed: its stored hash over the entries %" G_GINT64_FORMAT
                   " to %" G_GINT64_FORMAT " is not what they give.",
                   position << level, ((position + 1) << level) - 1);
}

static gboolean
check_no_node_is_left (Run *run, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  gint64 expected = 0;
  gboolean row;

  for (int level = 0; run->tree.size >> level != 0; level++)
    expected += run->tree.size >> level;
  select = wax_store_prepare (run->store, "SELECT count (*) FROM activity_node", error);
  if (select == NULL || !wax_statement_step (select, &row, error))
    return FALSE;
  if (wax_statement_int (select, 0) == expected)
    return TRUE;

  return conclude (run, WAX_VERDICT_TAMPERED, -1,
                   "The tree was changed: hashes were added to it or removed.");
}

/* ---- checkpoints --------------------------------------------------------- */

static gboolean
next_checkpoint (Run *run, GError **error)
{
  gboolean row;

  if (!wax_statement_step (run->checkpoints, &row, error))
    return FALSE;
  run->next_checkpoint = row ? wax_statement_int (run->checkpoints, 0) : -1;

  return TRUE;
}

static gboolean
check_signature (Run *run, const WaxNote *note)
{
  const WaxNoteVerifier *verifier = wax_note_signer_get_verifier (run->log->signer);

  switch (wax_note_verifier_check (verifier, note))
    {
    case WAX_SIGNATURE_GOOD:
      return TRUE;
    case WAX_SIGNATURE_ABSENT:
      return conclude (run, WAX_VERDICT_MISSING_SIGNATURE, run->last_checkpoint,
                       "A signature is missing: the checkpoint over %" G_GINT64_FORMAT
                       " entries is not signed by this record's key.",
                       run->tree.size);
    case WAX_SIGNATURE_BAD:
    default:
      return conclude (run, WAX_VERDICT_TAMPERED, run->last_checkpoint,
                       "A checkpoint was changed: the signature of the one over %" G_GINT64_FORMAT
                       " entries does not fit it.",
                       run->tree.size);
    }
}

/* The checkpoint at hand is over the entries so far. */
static gboolean
check_checkpoint (Run *run)
{
  const char *octets = wax_statement_text (run->checkpoints, 1);
  g_autoptr (WaxNote) note = octets != NULL ? wax_note_parse (octets, strlen (octets), NULL) : NULL;
  g_autoptr (WaxCheckpoint) checkpoint = note != NULL ? wax_checkpoint_parse (note->text, NULL) : NULL;
  guint8 root[WAX_HASH_LENGTH];

  if (checkpoint == NULL)
    return conclude (run, WAX_VERDICT_MISSING_SIGNATURE, run->last_checkpoint,
                     "A signature is missing: the checkpoint over %" G_GINT64_FORMAT
                     " entries cannot be read.",
                     run->tree.size);
  if (!check_signature (run, note))
    return FALSE;
  wax_log_tree_root (&run->tree, root);
  if (checkpoint->size == run->tree.size && g_str_equal (checkpoint->origin, run->log->origin)
      && memcmp (checkpoint->root, root, WAX_HASH_LENGTH) == 0)
    return TRUE;

  if (run->last_checkpoint == run->seq)
    return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                     "Entry %" G_GINT64_FORMAT " of %s was changed: it is not what was signed.", run->seq,
                     run->time);

  return conclude (run, WAX_VERDICT_TAMPERED, run->last_checkpoint,
                   "The record was changed: one of the entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                   " (of %s) is not what was signed.",
                   run->last_checkpoint, run->seq, run->time);
}

/* All checkpoints up to the size reached. */
static gboolean
pass_checkpoints (Run *run, GError **error)
{
  while (run->next_checkpoint >= 0 && run->next_checkpoint <= run->tree.size)
    {
      if (run->next_checkpoint < run->tree.size)
        return conclude (run, WAX_VERDICT_TAMPERED, -1,
                         "A checkpoint was added: there is one over %" G_GINT64_FORMAT
                         " entries that belongs to "
                         "no commit.",
                         run->next_checkpoint);
      if (!check_checkpoint (run))
        return FALSE;
      run->result->checkpoints++;
      run->last_checkpoint = run->tree.size;
      if (!next_checkpoint (run, error))
        return FALSE;
    }

  return TRUE;
}

/* ---- entries ------------------------------------------------------------- */

static gboolean
same_text (WaxStatement *select, int column, const char *expected)
{
  return g_strcmp0 (wax_statement_text (select, column), expected) == 0;
}

/* Columns of the select: seq, octets, hash, then those of the index. */
static gboolean
check_index_columns (Run *run, WaxStatement *select, JsonObject *event)
{
  g_auto (WaxEventIndex) index = { 0 };

  wax_event_index_derive (event, &index);
  if (wax_statement_int (select, 3) == index.time && wax_statement_int (select, 4) == index.class_uid
      && wax_statement_int (select, 5) == index.status && same_text (select, 6, index.account_id)
      && same_text (select, 7, index.message_id) && same_text (select, 8, index.title)
      && same_text (select, 9, index.words))
    return TRUE;

  return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                   "Entry %" G_GINT64_FORMAT
                   " of %s shows otherwise than it was written: its search columns were changed.",
                   run->seq, run->time);
}

/* Each entry names the checkpoint that it follows, so that one in the middle is missed. */
static gboolean
check_predecessor (Run *run, JsonObject *event)
{
  gint64 follows = wax_json_get_int (wax_json_get_object (event, "unmapped"), "checkpoint", -1);

  if (follows == run->last_checkpoint)
    return TRUE;

  return conclude (run, WAX_VERDICT_MISSING_SIGNATURE, run->last_checkpoint,
                   "A signature is missing: entry %" G_GINT64_FORMAT
                   " of %s follows a checkpoint over %" G_GINT64_FORMAT " entries, which is not there.",
                   run->seq, run->time, follows);
}

static gboolean
check_event (Run *run, WaxStatement *select, const char *octets, gsize length)
{
  g_autoptr (JsonNode) node = NULL;

  node = wax_json_parse_object (octets, (gssize) length, WAX_ENTRY_MAX_LENGTH, NULL);
  if (node == NULL)
    return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                     "Entry %" G_GINT64_FORMAT " of %s was changed: it is not an event.", run->seq,
                     run->time);

  return check_predecessor (run, json_node_get_object (node))
         && check_index_columns (run, select, json_node_get_object (node));
}

/* The octets are the truth: they are hashed as they are, never written anew. */
static gboolean
check_octets (Run *run, WaxStatement *select, const char *octets, gsize length, GError **error)
{
  guint8 hash[WAX_HASH_LENGTH];
  gsize stored_length;
  const void *stored = wax_statement_blob (select, 2, &stored_length);

  wax_hash (octets, length, hash);
  if (stored == NULL || stored_length != WAX_HASH_LENGTH || memcmp (stored, hash, WAX_HASH_LENGTH) != 0)
    return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                     "Entry %" G_GINT64_FORMAT
                     " of %s was changed: its octets do not have the hash it was stored with.",
                     run->seq, run->time);

  return wax_log_tree_append (&run->tree, hash, WAX_HASH_LENGTH, compare_node, run, error);
}

static gboolean
check_entry (Run *run, WaxStatement *select, GError **error)
{
  const char *octets;
  gsize length;

  run->seq = run->tree.size;
  if (wax_statement_int (select, 0) != run->seq)
    return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                     "Entry %" G_GINT64_FORMAT " is missing: it was removed from the record.", run->seq);
  g_clear_pointer (&run->time, g_free);
  run->time = wax_clock_format (wax_statement_int (select, 3));
  octets = wax_statement_blob (select, 1, &length);
  if (octets == NULL)
    return conclude (run, WAX_VERDICT_TAMPERED, run->seq,
                     "Entry %" G_GINT64_FORMAT
                     " of %s is empty: its contents were removed without a record of it.",
                     run->seq, run->time);
  if (!check_octets (run, select, octets, length, error) || !check_event (run, select, octets, length))
    return FALSE;
  run->result->entries++;

  return pass_checkpoints (run, error);
}

static gboolean
check_entries (Run *run, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  gboolean row;

  run->checkpoints = wax_store_prepare (run->store,
                                        "SELECT size, note FROM activity_checkpoint ORDER BY size", error);
  select = wax_store_prepare (
      run->store,
      "SELECT seq, octets, hash, time, class_uid, status, account_id, message_id, title, "
      "words FROM activity ORDER BY seq",
      error);
  if (run->checkpoints == NULL || select == NULL || !next_checkpoint (run, error))
    return FALSE;
  for (;;)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !wax_statement_step (select, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (!check_entry (run, select, error))
        return FALSE;
    }
}

/* ---- the ends ------------------------------------------------------------ */

/* The root that the keyring remembers, at its size: from the stored nodes, which
 * by now are known to be what the entries give. */
static gboolean
load_node (int level, gint64 position, guint8 hash[WAX_HASH_LENGTH], gpointer data, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  const void *octets;
  gsize length;
  gboolean row;

  select = wax_store_prepare (data, "SELECT hash FROM activity_node WHERE level = ? AND position = ?", error);
  if (select == NULL)
    return FALSE;
  wax_statement_bind_int (select, 1, level);
  wax_statement_bind_int (select, 2, position);
  if (!wax_statement_step (select, &row, error))
    return FALSE;
  memset (hash, 0, WAX_HASH_LENGTH);
  octets = row ? wax_statement_blob (select, 0, &length) : NULL;
  if (octets != NULL && length == WAX_HASH_LENGTH)
    memcpy (hash, octets, WAX_HASH_LENGTH);

  return TRUE;
}

static gboolean
check_anchor (Run *run, GError **error)
{
  WaxLogTree tree;
  guint8 root[WAX_HASH_LENGTH];

  if (!run->has_anchor)
    return run->tree.size == 0
           || conclude (
               run, WAX_VERDICT_MISSING_SIGNATURE, -1,
               "The anchor is missing: the keyring does not say how far the record went, so it cannot be "
               "told whether its end was cut off.");
  if (run->tree.size < run->anchor.size)
    return conclude (run, WAX_VERDICT_TRUNCATED, run->tree.size,
                     "The record was cut or rolled back: it ends with %" G_GINT64_FORMAT
                     " entries, and the keyring remembers %" G_GINT64_FORMAT ". Entry %" G_GINT64_FORMAT
                     " and what followed are gone.",
                     run->tree.size, run->anchor.size, run->tree.size);
  if (!wax_log_tree_load (&tree, run->anchor.size, load_node, run->store, error))
    return FALSE;
  wax_log_tree_root (&tree, root);
  if (memcmp (root, run->anchor.root, WAX_HASH_LENGTH) == 0)
    return TRUE;

  return conclude (run, WAX_VERDICT_TRUNCATED, -1,
                   "The record was rolled back and went on otherwise: its first %" G_GINT64_FORMAT
                   " entries are not those that the keyring remembers.",
                   run->anchor.size);
}

static gboolean
check_end (Run *run, GError **error)
{
  if (run->next_checkpoint >= 0)
    return conclude (run, WAX_VERDICT_TRUNCATED, run->tree.size,
                     "The record was cut: %" G_GINT64_FORMAT
                     " entries were signed, and it ends with %" G_GINT64_FORMAT ". Entry %" G_GINT64_FORMAT
                     " and what followed are gone.",
                     run->next_checkpoint, run->tree.size, run->tree.size);
  if (!check_anchor (run, error))
    return FALSE;
  if (run->last_checkpoint < run->tree.size)
    return conclude (run, WAX_VERDICT_MISSING_SIGNATURE, run->last_checkpoint,
                     "A signature is missing: the entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                     " are covered by no checkpoint.",
                     run->last_checkpoint, run->tree.size - 1);

  return check_no_node_is_left (run, error);
}

/* FTS5 compares its index with the table it is over. It is a statement that
 * writes, so it waits for the writer; nothing is changed. */
static gboolean
check_words (Run *run, GError **error)
{
  g_autoptr (GError) inner = NULL;
  gboolean sound;

  if (!wax_store_begin (run->store, error))
    return FALSE;
  sound = wax_store_exec (
      run->store, "INSERT INTO activity_words (activity_words, rank) VALUES ('integrity-check', 1)", &inner);
  wax_store_rollback (run->store);
  if (sound)
    return TRUE;
  if (g_error_matches (inner, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT))
    return conclude (
        run, WAX_VERDICT_TAMPERED, -1,
        "The search index was changed: it does not hold what the entries say, so a search would not "
        "find all of them.");
  g_propagate_error (error, g_steal_pointer (&inner));

  return FALSE;
}

static gboolean
check_pages (Run *run, GError **error)
{
  g_autofree char *finding = NULL;

  if (!wax_store_check_pages (run->store, &finding, error))
    return FALSE;
  if (finding == NULL)
    return TRUE;

  return conclude (
      run, WAX_VERDICT_TAMPERED, -1,
      "The database file was changed: a page of it is not what Waxseal wrote (%s). All entries could "
      "be read.",
      finding);
}

/* ---- the run ------------------------------------------------------------- */

static gboolean
check_key (Run *run)
{
  if (run->log->signer != NULL)
    return TRUE;

  return conclude (
      run, WAX_VERDICT_MISSING_SIGNATURE, -1,
      "The signing key of the record is not in the keyring, so its signatures cannot be verified.");
}

static void
run_clear (Run *run)
{
  for (int level = 0; level < MAX_LEVELS; level++)
    g_clear_pointer (&run->levels[level], wax_statement_free);
  g_clear_pointer (&run->checkpoints, wax_statement_free);
  if (run->reading)
    wax_store_end_read (run->store);
  run->reading = FALSE;
  g_clear_object (&run->store);
}

static gboolean
read_all (Run *run, GCancellable *cancellable, GError **error)
{
  run->store = wax_store_open_again (run->log->store, error);
  /* One view of the whole, whatever is appended meanwhile. */
  if (run->store == NULL || !wax_store_begin_read (run->store, error))
    return FALSE;
  run->reading = TRUE;

  return check_entries (run, cancellable, error) && check_end (run, error);
}

static gboolean
check_all (Run *run, GCancellable *cancellable, GError **error)
{
  if (!check_key (run) || !read_all (run, cancellable, error))
    return FALSE;
  run_clear (run);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  run->store = wax_store_open_again (run->log->store, error);

  return run->store != NULL && check_pages (run, error) && check_words (run, error);
}

static void
conclude_sound (Run *run)
{
  run->result->verdict = WAX_VERDICT_INTACT;
  run->result->first_bad = -1;
  if (run->result->entries == 0)
    run->result->sentence = g_strdup ("The record is intact: it has no entries yet.");
  else
    run->result->sentence = g_strdup_printf ("The record is intact: %" G_GINT64_FORMAT
                                             " entries, %" G_GINT64_FORMAT
                                             " signed checkpoints, the last entry of %s.",
                                             run->result->entries, run->result->checkpoints, run->time);
}

WaxVerification *
wax_activity_log_verify (WaxActivityLog *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxVerification) result = g_new0 (WaxVerification, 1);
  g_autoptr (GError) inner = NULL;
  guint8 root[WAX_HASH_LENGTH];
  gboolean sound, failed;
  Run run = { .log = self, .result = result };

  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), NULL);
  g_return_val_if_fail (!wax_store_in_transaction (self->store), NULL);

  /* The keyring before the store: what other processes add meanwhile is then
   * never ahead of what is read. */
  if (!wax_log_read_anchor (self, &run.anchor, &run.has_anchor, cancellable, error))
    return NULL;
  sound = check_all (&run, cancellable, &inner);
  failed = !sound && !is_concluded (&run) && !read_failed (&run, g_steal_pointer (&inner), error)
           && !is_concluded (&run);
  run_clear (&run);
  if (sound)
    conclude_sound (&run);
  g_clear_pointer (&run.time, g_free);
  if (failed)
    return NULL;

  wax_log_tree_root (&run.tree, root);
  result->root = g_base64_encode (root, sizeof root);

  return g_steal_pointer (&result);
}

WaxVerification *
wax_verification_for_error (const GError *error)
{
  WaxVerification *result;
  WaxVerdict verdict;

  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_KEY)
      || g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT))
    verdict = WAX_VERDICT_TAMPERED;
  else if (g_error_matches (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK))
    verdict = WAX_VERDICT_TRUNCATED;
  else if (g_error_matches (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_KEY_MISSING))
    verdict = WAX_VERDICT_MISSING_SIGNATURE;
  else
    return NULL;

  result = g_new0 (WaxVerification, 1);
  result->verdict = verdict;
  result->first_bad = -1;
  result->root = g_strdup ("");
  result->sentence = g_strdup_printf ("The record cannot be read: %s", error->message);

  return result;
}
