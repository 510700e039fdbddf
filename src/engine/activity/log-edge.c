/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The right edge of the stored log: how far it goes, the hashes of its tree, and
 * whether they are what was signed last. Read when the log is opened and again at
 * the begin of each transaction, since other processes append too. */

#include "activity-private.h"

#include <string.h>

gboolean
wax_log_read_extent (WaxStore *store, WaxLogExtent *extent, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  gboolean row;

  select = wax_store_prepare (store,
                              "SELECT (SELECT coalesce (max (seq) + 1, 0) FROM activity),"
                              " (SELECT coalesce (max (size), 0) FROM activity_checkpoint)",
                              error);
  if (select == NULL || !wax_statement_step (select, &row, error))
    return FALSE;
  extent->size = wax_statement_int (select, 0);
  extent->signed_size = wax_statement_int (select, 1);

  return TRUE;
}

void
wax_log_set_changed (GError **error, const char *what)
{
  g_set_error (
      error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK,
      "The record was changed by something other than Waxseal: %s. Nothing is added to it; verify it, and "
      "keep a copy of the profile.",
      what);
}

gboolean
wax_log_load_node (int level, gint64 position, guint8 hash[WAX_HASH_LENGTH], gpointer data, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  const void *octets = NULL;
  gsize length = 0;
  gboolean row;

  select = wax_store_prepare (data, "SELECT hash FROM activity_node WHERE level = ? AND position = ?", error);
  if (select == NULL)
    return FALSE;
  wax_statement_bind_int (select, 1, level);
  wax_statement_bind_int (select, 2, position);
  if (!wax_statement_step (select, &row, error))
    return FALSE;
  if (row)
    octets = wax_statement_blob (select, 0, &length);
  if (octets == NULL || length != WAX_HASH_LENGTH)
    {
      wax_log_set_changed (error, "a hash of its tree is missing");
      return FALSE;
    }
  memcpy (hash, octets, WAX_HASH_LENGTH);

  return TRUE;
}

/* (transfer full): the newest signed note; %NULL without an error if there is none. */
static char *
read_last_note (WaxStore *store, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  gboolean row;

  select = wax_store_prepare (store, "SELECT note FROM activity_checkpoint ORDER BY size DESC LIMIT 1",
                              error);
  if (select == NULL || !wax_statement_step (select, &row, error) || !row)
    return NULL;

  return g_strdup (wax_statement_text (select, 0));
}

/* Whether the right edge is what was signed last. The signature itself is looked
 * at when the log is opened; between two transactions of one process the root is
 * enough. */
gboolean
wax_log_check_edge (WaxActivityLog *self, const WaxLogTree *tree, gboolean check_signature, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *octets = read_last_note (self->store, &inner);
  g_autoptr (WaxNote) note = NULL;
  g_autoptr (WaxCheckpoint) checkpoint = NULL;
  guint8 root[WAX_HASH_LENGTH];

  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (octets == NULL && tree->size == 0)
    return TRUE;
  if (octets != NULL)
    note = wax_note_parse (octets, strlen (octets), NULL);
  if (note != NULL)
    checkpoint = wax_checkpoint_parse (note->text, NULL);
  if (checkpoint == NULL)
    {
      wax_log_set_changed (error, "its last checkpoint is missing or cannot be read");
      return FALSE;
    }
  wax_log_tree_root (tree, root);
  if (checkpoint->size != tree->size || memcmp (checkpoint->root, root, WAX_HASH_LENGTH) != 0
      || !g_str_equal (checkpoint->origin, self->origin))
    {
      wax_log_set_changed (error, "its tree is not the one that was signed last");
      return FALSE;
    }
  if (check_signature
      && wax_note_verifier_check (wax_note_signer_get_verifier (self->signer), note) != WAX_SIGNATURE_GOOD)
    {
      wax_log_set_changed (error, "its last checkpoint is not signed by the key in the keyring");
      return FALSE;
    }

  return TRUE;
}
