/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The Merkle tree of RFC 6962, as a stack of complete subtrees. A tree of 11
 * leaves (binary 1011) is three subtrees of 8, 2 and 1 leaves; the root folds
 * them from the smallest up. */

#include "log-tree.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

static const guint8 leaf_prefix = 0x00;
static const guint8 node_prefix = 0x01;

static void
must_work (int code)
{
  /* SHA-256 of memory fails only if the library is broken: nothing may go on then. */
  if (code < 0)
    g_error ("SHA-256 failed: %s", gnutls_strerror (code));
}

void
wax_hash (gconstpointer data, gsize length, guint8 hash[WAX_HASH_LENGTH])
{
  must_work (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, length, hash));
}

void
wax_hash_leaf (gconstpointer data, gsize length, guint8 hash[WAX_HASH_LENGTH])
{
  gnutls_hash_hd_t state;

  must_work (gnutls_hash_init (&state, GNUTLS_DIG_SHA256));
  must_work (gnutls_hash (state, &leaf_prefix, 1));
  must_work (gnutls_hash (state, data, length));
  gnutls_hash_deinit (state, hash);
}

void
wax_hash_node (const guint8 left[WAX_HASH_LENGTH],
               const guint8 right[WAX_HASH_LENGTH],
               guint8 hash[WAX_HASH_LENGTH])
{
  guint8 octets[1 + 2 * WAX_HASH_LENGTH];

  octets[0] = node_prefix;
  memcpy (octets + 1, left, WAX_HASH_LENGTH);
  memcpy (octets + 1 + WAX_HASH_LENGTH, right, WAX_HASH_LENGTH);
  wax_hash (octets, sizeof octets, hash);
}

static gboolean
has_peak (gint64 size, int level)
{
  return (size >> level & 1) != 0;
}

void
wax_log_tree_init (WaxLogTree *self)
{
  memset (self, 0, sizeof *self);
}

gboolean
wax_log_tree_load (WaxLogTree *self, gint64 size, WaxLogTreeLoadFunc load, gpointer data, GError **error)
{
  g_return_val_if_fail (size >= 0, FALSE);

  wax_log_tree_init (self);
  for (int level = 0; size >> level != 0; level++)
    if (has_peak (size, level) && !load (level, (size >> level) - 1, self->peaks[level], data, error))
      return FALSE;
  self->size = size;

  return TRUE;
}

gboolean
wax_log_tree_append (WaxLogTree *self,
                     gconstpointer leaf,
                     gsize length,
                     WaxLogTreeNodeFunc completed,
                     gpointer data,
                     GError **error)
{
  guint8 hash[WAX_HASH_LENGTH];
  int level = 0;

  wax_hash_leaf (leaf, length, hash);
  if (completed != NULL && !completed (0, self->size, hash, data, error))
    return FALSE;
  for (; has_peak (self->size, level); level++)
    {
      wax_hash_node (self->peaks[level], hash, hash);
      if (completed != NULL && !completed (level + 1, self->size >> (level + 1), hash, data, error))
        return FALSE;
    }
  memcpy (self->peaks[level], hash, WAX_HASH_LENGTH);
  self->size++;

  return TRUE;
}

void
wax_log_tree_root (const WaxLogTree *self, guint8 root[WAX_HASH_LENGTH])
{
  gboolean begun = FALSE;

  if (self->size == 0)
    {
      wax_hash ("", 0, root);
      return;
    }
  for (int level = 0; self->size >> level != 0; level++)
    {
      if (!has_peak (self->size, level))
        continue;
      if (begun)
        wax_hash_node (self->peaks[level], root, root);
      else
        memcpy (root, self->peaks[level], WAX_HASH_LENGTH);
      begun = TRUE;
    }
}
