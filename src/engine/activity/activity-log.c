/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sealed log: appending and what keeps it honest.
 *
 * Several processes append to one profile. So nothing about the tree is kept
 * from one transaction to the next: each begins by reading the right edge of the
 * tree from the stored nodes and holding it against the last signed checkpoint.
 * The keyring's anchor may lag behind (it is moved at most every five seconds,
 * and by each process for itself); it must never be ahead of the store. */

#include "activity-log.h"
#include "activity-private.h"
#include "clock.h"
#include "event-schema.h"
#include "hex.h"
#include "json-canon.h"

#include <string.h>

#define SEED_LENGTH     32
#define SALT_LENGTH     16
#define ANCHOR_EVERY_US (5 * G_USEC_PER_SEC)
/* After the keyring refused: it may be asking the user each time. */
#define ANCHOR_RETRY_US (300 * G_USEC_PER_SEC)

G_DEFINE_QUARK (wax_activity_error, wax_activity_error)
G_DEFINE_FINAL_TYPE (WaxActivityLog, wax_activity_log, G_TYPE_OBJECT)

/* ---- the keyring --------------------------------------------------------- */

gboolean
wax_log_read_anchor (WaxActivityLog *self,
                     WaxLogAnchor *anchor,
                     gboolean *found,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (WaxSecret) line = NULL;

  if (!wax_vault_lookup (self->vault, WAX_VAULT_LOG_ANCHOR, self->profile_id, &line, cancellable, error))
    return FALSE;
  *found = line != NULL && wax_log_anchor_parse (anchor, wax_secret_peek (line));

  return TRUE;
}

static gboolean
write_anchor (WaxActivityLog *self, const WaxLogAnchor *anchor, GCancellable *cancellable, GError **error)
{
  g_autofree char *line = wax_log_anchor_to_line (anchor);
  g_autoptr (WaxSecret) secret = wax_secret_new_string (line);

  return wax_vault_store (self->vault, WAX_VAULT_LOG_ANCHOR, self->profile_id,
                          "Waxseal: how far the record goes", secret, cancellable, error);
}

static gboolean
read_signer (WaxActivityLog *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSecret) hex = NULL;
  g_autoptr (WaxSecret) seed = NULL;

  g_clear_pointer (&self->signer, wax_note_signer_free);
  if (!wax_vault_lookup (self->vault, WAX_VAULT_LOG_IDENTITY, self->profile_id, &hex, cancellable, error))
    return FALSE;
  if (hex == NULL)
    return TRUE;
  /* An item that is no key is as good as none. */
  seed = wax_secret_from_hex (hex);
  if (seed != NULL && wax_secret_get_length (seed) == SEED_LENGTH)
    self->signer = wax_note_signer_new (self->origin, seed, NULL);

  return TRUE;
}

static gboolean
make_signer (WaxActivityLog *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSecret) seed = wax_secret_new_random (SEED_LENGTH);
  g_autoptr (WaxSecret) hex = wax_secret_to_hex (seed);

  return wax_vault_store (self->vault, WAX_VAULT_LOG_IDENTITY, self->profile_id,
                          "Waxseal: signing key of the record", hex, cancellable, error)
         && (self->signer = wax_note_signer_new (self->origin, seed, error)) != NULL;
}

/* ---- opening ------------------------------------------------------------- */

typedef struct
{
  gboolean fresh; /* no entry and no checkpoint */
  WaxLogExtent extent;
  gboolean has_anchor;
  WaxLogAnchor anchor;
} Findings;

static gboolean
read_keyring (WaxActivityLog *self, Findings *findings, GCancellable *cancellable, GError **error)
{
  return read_signer (self, cancellable, error)
         && wax_log_read_anchor (self, &findings->anchor, &findings->has_anchor, cancellable, error);
}

static gboolean
read_extent (WaxActivityLog *self, Findings *findings, GError **error)
{
  if (!wax_log_read_extent (self->store, &findings->extent, error))
    return FALSE;
  findings->fresh = findings->extent.size == 0 && findings->extent.signed_size == 0;

  return TRUE;
}

/* A new log: its key and its anchor are there before its first entry. */
static gboolean
make_keys (WaxActivityLog *self, Findings *findings, GCancellable *cancellable, GError **error)
{
  WaxLogTree empty;

  if (self->signer == NULL && !make_signer (self, cancellable, error))
    return FALSE;
  if (findings->has_anchor)
    return TRUE;

  wax_log_tree_init (&empty);
  findings->anchor.size = 0;
  findings->anchor.epoch = 0;
  wax_log_tree_root (&empty, findings->anchor.root);
  findings->has_anchor = write_anchor (self, &findings->anchor, cancellable, error);

  return findings->has_anchor;
}

static gboolean
check_anchor (WaxActivityLog *self, const Findings *findings, GError **error)
{
  WaxLogTree tree;
  guint8 root[WAX_HASH_LENGTH];

  if (findings->extent.size < findings->anchor.size)
    {
      g_set_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK,
                   "The record was cut or rolled back: it has %" G_GINT64_FORMAT
                   " entries, and the keyring remembers %" G_GINT64_FORMAT
                   ". Nothing is added to it; keep a copy of the profile, and restore the newest backup.",
                   findings->extent.size, findings->anchor.size);
      return FALSE;
    }
  if (!wax_log_tree_load (&tree, findings->anchor.size, wax_log_load_node, self->store, error))
    return FALSE;
  wax_log_tree_root (&tree, root);
  if (memcmp (root, findings->anchor.root, WAX_HASH_LENGTH) == 0)
    return TRUE;
  wax_log_set_changed (error, "its tree is not the one that the keyring remembers");

  return FALSE;
}

static gboolean
check_log (WaxActivityLog *self, const Findings *findings, GError **error)
{
  WaxLogTree tree;

  if (!findings->fresh && (self->signer == NULL || !findings->has_anchor))
    {
      g_set_error (
          error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_KEY_MISSING,
          "The record has %" G_GINT64_FORMAT
          " entries, but its %s is not in the keyring. Somebody removed it, or the profile came here "
          "without it. Nothing is added to the record; restore the keyring.",
          MAX (findings->extent.size, findings->extent.signed_size),
          self->signer == NULL ? "signing key" : "anchor");
      return FALSE;
    }

  return check_anchor (self, findings, error)
         && wax_log_tree_load (&tree, findings->extent.size, wax_log_load_node, self->store, error)
         && wax_log_check_edge (self, &tree, TRUE, error);
}

/* How it mostly goes: a sound log. The keyring is read before the store, since
 * what it says must not be ahead of it. *@sound is %FALSE for an empty log too. */
static gboolean
look (WaxActivityLog *self, Findings *findings, gboolean *sound, GCancellable *cancellable, GError **error)
{
  gboolean done;

  *sound = FALSE;
  if (!read_keyring (self, findings, cancellable, error) || !wax_store_begin_read (self->store, error))
    return FALSE;
  done = read_extent (self, findings, error);
  *sound = done && !findings->fresh && check_log (self, findings, NULL);
  wax_store_end_read (self->store);

  return done;
}

/* With writers held: another process may just be making the same log, and its
 * half-made state must not look like an alarm, nor be made twice. */
static gboolean
look_closely (WaxActivityLog *self, Findings *findings, GCancellable *cancellable, GError **error)
{
  gboolean done;

  if (!wax_store_begin (self->store, error))
    return FALSE;
  done = read_keyring (self, findings, cancellable, error) && read_extent (self, findings, error);
  if (done && findings->fresh && !(findings->has_anchor && findings->anchor.size > 0))
    done = make_keys (self, findings, cancellable, error);
  done = done && check_log (self, findings, error);
  wax_store_rollback (self->store);

  return done;
}

static WaxActivityLog *
log_new (WaxStore *store, WaxVault *vault, const char *profile_id)
{
  WaxActivityLog *self = g_object_new (WAX_TYPE_ACTIVITY_LOG, NULL);
  g_autofree char *install = g_uri_escape_string (profile_id, NULL, FALSE);

  self->store = g_object_ref (store);
  self->vault = g_object_ref (vault);
  self->profile_id = g_strdup (profile_id);
  self->origin = g_strconcat (WAX_APP_ID "/log/", install, NULL);

  return self;
}

/* What is wrong with the log itself, and not with reaching it. */
static gboolean
is_alarm (const GError *error)
{
  return error->domain == WAX_ACTIVITY_ERROR
         || g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT);
}

WaxActivityLog *
wax_activity_log_open (WaxStore *store,
                       WaxVault *vault,
                       const char *profile_id,
                       gboolean tolerant,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (WaxActivityLog) self = NULL;
  g_autoptr (GError) inner = NULL;
  Findings findings = { 0 };
  gboolean sound;

  g_return_val_if_fail (WAX_IS_STORE (store), NULL);
  g_return_val_if_fail (WAX_IS_VAULT (vault), NULL);
  g_return_val_if_fail (profile_id != NULL && *profile_id != '\0', NULL);

  self = log_new (store, vault, profile_id);
  if (look (self, &findings, &sound, cancellable, &inner)
      && (sound || look_closely (self, &findings, cancellable, &inner)))
    {
      self->written_size = findings.anchor.size;
      return g_steal_pointer (&self);
    }
  if (tolerant && is_alarm (inner))
    {
      self->alarm = g_steal_pointer (&inner);
      return g_steal_pointer (&self);
    }
  g_propagate_error (error, g_steal_pointer (&inner));

  return NULL;
}

static void
wax_activity_log_finalize (GObject *object)
{
  WaxActivityLog *self = WAX_ACTIVITY_LOG (object);

  g_clear_object (&self->store);
  g_clear_object (&self->vault);
  g_clear_pointer (&self->profile_id, g_free);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->signer, wax_note_signer_free);
  g_clear_error (&self->alarm);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wax_activity_log_parent_class)->finalize (object);
}

static void
wax_activity_log_class_init (WaxActivityLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_activity_log_finalize;
}

static void
wax_activity_log_init (WaxActivityLog *self)
{
  g_mutex_init (&self->mutex);
}

GError *
wax_activity_log_dup_alarm (WaxActivityLog *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), NULL);

  return self->alarm != NULL ? g_error_copy (self->alarm) : NULL;
}

/* ---- appending ----------------------------------------------------------- */

/* Smaller than what this process committed itself: the file was exchanged under it. */
static gboolean
check_progress (WaxActivityLog *self, gint64 size, GError **error)
{
  gboolean shrunk;

  g_mutex_lock (&self->mutex);
  shrunk = self->has_reached && size < self->reached.size;
  g_mutex_unlock (&self->mutex);
  if (shrunk)
    wax_log_set_changed (error, "entries that were just written are gone");

  return !shrunk;
}

gboolean
wax_activity_log_begin (WaxActivityLog *self, GError **error)
{
  WaxLogExtent extent;

  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), FALSE);

  if (self->alarm != NULL)
    {
      g_propagate_error (error, g_error_copy (self->alarm));
      return FALSE;
    }
  if (!wax_store_begin (self->store, error))
    return FALSE;
  if (!wax_log_read_extent (self->store, &extent, error) || !check_progress (self, extent.size, error)
      || !wax_log_tree_load (&self->tree, extent.size, wax_log_load_node, self->store, error)
      || !wax_log_check_edge (self, &self->tree, FALSE, error))
    {
      wax_store_rollback (self->store);
      return FALSE;
    }
  self->began_at = extent.size;

  return TRUE;
}

static JsonObject *
metadata_of (gint64 seq)
{
  JsonObject *metadata = json_object_new ();
  JsonObject *product = json_object_new ();

  json_object_set_string_member (product, "name", "Waxseal");
  json_object_set_string_member (product, "vendor_name", "Waxseal");
  json_object_set_string_member (product, "version", WAX_VERSION);
  json_object_set_object_member (metadata, "product", product);
  json_object_set_string_member (metadata, "version", WAX_OCSF_VERSION);
  json_object_set_int_member (metadata, "sequence", seq);

  return metadata;
}

/* Ours, in `unmapped`: the salt, without which the hash of a deleted entry could
 * be guessed back; the account; and the size of the checkpoint before, so that a
 * missing checkpoint is missed. */
static void
fill_unmapped (WaxActivityLog *self, WaxActivityEvent *event)
{
  JsonObject *unmapped = wax_json_get_object (event->object, "unmapped");

  if (unmapped == NULL)
    {
      unmapped = json_object_new ();
      json_object_set_object_member (event->object, "unmapped", unmapped);
    }
  if (wax_json_get_string (unmapped, "salt", NULL) == NULL)
    {
      g_autoptr (WaxSecret) salt = wax_secret_new_random (SALT_LENGTH);
      g_autofree char *hex = wax_hex_encode (wax_secret_peek (salt), SALT_LENGTH);

      json_object_set_string_member (unmapped, "salt", hex);
    }
  if (event->account_id != NULL)
    json_object_set_string_member (unmapped, "account_id", event->account_id);
  /* A connection or a sign-in may belong to a message as well. */
  if (event->message_id != NULL && wax_json_get_object (event->object, "email") == NULL)
    json_object_set_string_member (unmapped, "message_id", event->message_id);
  json_object_set_int_member (unmapped, "checkpoint", self->began_at);
}

static void
complete_event (WaxActivityLog *self, WaxActivityEvent *event)
{
  JsonObject *object = event->object;
  int class_uid = event->class_uid;
  g_autofree char *title = g_utf8_make_valid (event->title != NULL ? event->title : "", -1);

  json_object_set_int_member (object, "class_uid", class_uid);
  json_object_set_int_member (object, "category_uid", wax_event_schema_category (class_uid));
  json_object_set_int_member (object, "activity_id", event->activity_id);
  json_object_set_int_member (object, "type_uid", (gint64) class_uid * 100 + event->activity_id);
  json_object_set_int_member (object, "severity_id", event->severity_id);
  /* Of a finding it means the state of its handling: 1 is "new". */
  json_object_set_int_member (object, "status_id",
                              class_uid == WAX_CLASS_DETECTION_FINDING ? 1 : (int) event->status);
  json_object_set_int_member (object, "time", wax_clock_now () / 1000);
  json_object_set_string_member (object, "message", title);
  json_object_set_object_member (object, "metadata", metadata_of (self->tree.size));
  fill_unmapped (self, event);
}

static gboolean
insert_entry (WaxActivityLog *self,
              const WaxEventIndex *index,
              const char *octets,
              const guint8 *hash,
              GError **error)
{
  g_autoptr (WaxStatement) insert = NULL;

  insert = wax_store_prepare (
      self->store,
      "INSERT INTO activity (seq, time, class_uid, status, account_id, message_id, title, "
      "words, octets, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      error);
  if (insert == NULL)
    return FALSE;
  wax_statement_bind_int (insert, 1, self->tree.size);
  wax_statement_bind_int (insert, 2, index->time);
  wax_statement_bind_int (insert, 3, index->class_uid);
  wax_statement_bind_int (insert, 4, index->status);
  wax_statement_bind_text (insert, 5, index->account_id);
  wax_statement_bind_text (insert, 6, index->message_id);
  wax_statement_bind_text (insert, 7, index->title);
  wax_statement_bind_text (insert, 8, index->words);
  wax_statement_bind_blob (insert, 9, octets, strlen (octets));
  wax_statement_bind_blob (insert, 10, hash, WAX_HASH_LENGTH);

  return wax_statement_run (insert, error);
}

static gboolean
insert_words (WaxActivityLog *self, const char *words, GError **error)
{
  g_autoptr (WaxStatement) insert = NULL;

  insert = wax_store_prepare (self->store, "INSERT INTO activity_words (rowid, words) VALUES (?, ?)", error);
  if (insert == NULL)
    return FALSE;
  wax_statement_bind_int (insert, 1, self->tree.size);
  wax_statement_bind_text (insert, 2, words);

  return wax_statement_run (insert, error);
}

static gboolean
insert_node (int level, gint64 position, const guint8 hash[WAX_HASH_LENGTH], gpointer data, GError **error)
{
  WaxStatement *insert = data;

  wax_statement_bind_int (insert, 1, level);
  wax_statement_bind_int (insert, 2, position);
  wax_statement_bind_blob (insert, 3, hash, WAX_HASH_LENGTH);

  return wax_statement_run (insert, error);
}

static gboolean
grow_tree (WaxActivityLog *self, const guint8 entry[WAX_HASH_LENGTH], GError **error)
{
  g_autoptr (WaxStatement) insert = NULL;

  insert = wax_store_prepare (self->store,
                              "INSERT INTO activity_node (level, position, hash) VALUES (?, ?, ?)", error);

  return insert != NULL
         && wax_log_tree_append (&self->tree, entry, WAX_HASH_LENGTH, insert_node, insert, error);
}

gboolean
wax_activity_log_append (WaxActivityLog *self, WaxActivityEvent *event, GError **error)
{
  g_autoptr (WaxActivityEvent) taken = event;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *octets = NULL;
  g_auto (WaxEventIndex) index = { 0 };
  guint8 hash[WAX_HASH_LENGTH];

  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), FALSE);
  g_return_val_if_fail (wax_store_in_transaction (self->store), FALSE);

  complete_event (self, event);
  if (!wax_event_schema_check (event->object, error))
    return FALSE;
  node = json_node_init_object (json_node_alloc (), event->object);
  octets = wax_json_canonicalize (node, error);
  if (octets == NULL)
    return FALSE;
  if (strlen (octets) > WAX_ENTRY_MAX_LENGTH)
    {
      g_set_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_EVENT,
                   "An entry of the record may have %" G_GSIZE_FORMAT " octets at most",
                   WAX_ENTRY_MAX_LENGTH);
      return FALSE;
    }
  wax_hash (octets, strlen (octets), hash);
  wax_event_index_derive (event->object, &index);

  return insert_entry (self, &index, octets, hash, error) && insert_words (self, index.words, error)
         && grow_tree (self, hash, error);
}

/* ---- committing ---------------------------------------------------------- */

static gboolean
insert_checkpoint (WaxActivityLog *self, const guint8 root[WAX_HASH_LENGTH], GError **error)
{
  g_autofree char *text = wax_checkpoint_text (self->origin, self->tree.size, root);
  g_autofree char *note = wax_note_signer_sign (self->signer, text, error);
  g_autoptr (WaxStatement) insert = NULL;

  if (note == NULL)
    return FALSE;
  insert = wax_store_prepare (self->store, "INSERT INTO activity_checkpoint (size, note) VALUES (?, ?)",
                              error);
  if (insert == NULL)
    return FALSE;
  wax_statement_bind_int (insert, 1, self->tree.size);
  wax_statement_bind_text (insert, 2, note);

  return wax_statement_run (insert, error);
}

/* Moves the keyring's anchor forward to what this process has reached, unless
 * another has moved it further. */
static gboolean
move_anchor (WaxActivityLog *self, GCancellable *cancellable, GError **error)
{
  WaxLogAnchor reached, current;
  gboolean needed, found;

  g_mutex_lock (&self->mutex);
  reached = self->reached;
  needed = self->has_reached && reached.size > self->written_size;
  g_mutex_unlock (&self->mutex);
  if (!needed)
    return TRUE;

  if (!wax_log_read_anchor (self, &current, &found, cancellable, error))
    return FALSE;
  if ((!found || current.size < reached.size) && !write_anchor (self, &reached, cancellable, error))
    return FALSE;

  g_mutex_lock (&self->mutex);
  self->written_size = MAX (self->written_size, reached.size);
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static void
note_reached (WaxActivityLog *self, const WaxLogAnchor *anchor)
{
  gint64 now = wax_clock_monotonic ();
  gboolean due;

  g_mutex_lock (&self->mutex);
  if (!self->has_reached || anchor->size > self->reached.size)
    self->reached = *anchor;
  self->has_reached = TRUE;
  due = now >= self->next_write;
  if (due)
    self->next_write = now + ANCHOR_EVERY_US;
  g_mutex_unlock (&self->mutex);

  /* What was committed stays committed: a keyring that refuses is told of by
   * wax_activity_log_flush(). */
  if (due && !move_anchor (self, NULL, NULL))
    {
      g_mutex_lock (&self->mutex);
      self->next_write = now + ANCHOR_RETRY_US;
      g_mutex_unlock (&self->mutex);
    }
}

gboolean
wax_activity_log_commit (WaxActivityLog *self, GError **error)
{
  WaxLogAnchor anchor = { 0 };
  gboolean appended;

  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), FALSE);
  g_return_val_if_fail (wax_store_in_transaction (self->store), FALSE);

  appended = self->tree.size > self->began_at;
  if (appended)
    {
      anchor.size = self->tree.size;
      wax_log_tree_root (&self->tree, anchor.root);
      if (!insert_checkpoint (self, anchor.root, error))
        {
          wax_store_rollback (self->store);
          return FALSE;
        }
    }
  if (!wax_store_commit (self->store, error))
    return FALSE;
  if (appended)
    note_reached (self, &anchor);

  return TRUE;
}

void
wax_activity_log_rollback (WaxActivityLog *self)
{
  g_return_if_fail (WAX_IS_ACTIVITY_LOG (self));

  wax_store_rollback (self->store);
}

gboolean
wax_activity_log_record (WaxActivityLog *self, WaxActivityEvent *event, GError **error)
{
  if (!wax_activity_log_begin (self, error))
    {
      wax_activity_event_free (event);
      return FALSE;
    }
  if (!wax_activity_log_append (self, event, error))
    {
      wax_activity_log_rollback (self);
      return FALSE;
    }

  return wax_activity_log_commit (self, error);
}

gboolean
wax_activity_log_flush (WaxActivityLog *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), FALSE);

  return move_anchor (self, cancellable, error);
}

gint64
wax_activity_log_get_size (WaxActivityLog *self)
{
  WaxLogExtent extent;

  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), 0);

  return wax_log_read_extent (self->store, &extent, NULL) ? extent.size : 0;
}

char *
wax_activity_log_get_verifier (WaxActivityLog *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), NULL);

  return self->signer != NULL ? wax_note_verifier_to_string (wax_note_signer_get_verifier (self->signer))
                              : NULL;
}
