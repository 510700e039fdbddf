/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-log.h"
#include "checkpoint.h"
#include "log-anchor.h"

G_BEGIN_DECLS

/** No entry's octets are longer; a verifier need not read more. */
#define WAX_ENTRY_MAX_LENGTH ((gsize) 8 * 1024 * 1024)

struct _WaxActivityLog
{
  GObject parent_instance;

  WaxStore *store;
  WaxVault *vault;
  char *profile_id;
  char *origin;
  WaxNoteSigner *signer; /* NULL if the keyring has no key */
  GError *alarm;         /* why nothing may be appended */

  /* Of the transaction, so guarded by the store's writer. */
  WaxLogTree tree;
  gint64 began_at; /* size at its begin; the size of the last checkpoint too */

  GMutex mutex;
  WaxLogAnchor reached; /* (guarded) what this process has committed last */
  gboolean has_reached;
  gint64 written_size;  /* (guarded) of the anchor, as far as this process knows */
  gint64 next_write;    /* (guarded) monotonic µs before which the anchor is left alone */
};

/** How far a store's log goes, by its tables alone. */
typedef struct {
  gint64 size;        /* one more than the highest number */
  gint64 signed_size; /* of the newest checkpoint, 0 for none */
} WaxLogExtent;

gboolean wax_log_read_extent    (WaxStore      *store,
                                 WaxLogExtent  *extent,
                                 GError       **error);
/** WAX_ACTIVITY_ERROR_ROLLED_BACK: @what is wrong, as the middle of a sentence. */
void     wax_log_set_changed    (GError        **error,
                                 const char     *what);
/** #WaxLogTreeLoadFunc over the stored nodes; @data is the #WaxStore. */
gboolean wax_log_load_node      (int             level,
                                 gint64          position,
                                 guint8          hash[WAX_HASH_LENGTH],
                                 gpointer        data,
                                 GError        **error);
/** Whether @tree is what was signed last. The signature itself is looked at when
 * the log is opened; between two transactions of one process the root is enough. */
gboolean wax_log_check_edge     (WaxActivityLog   *self,
                                 const WaxLogTree *tree,
                                 gboolean          check_signature,
                                 GError          **error);
/** *@anchor and *@found; %FALSE if the keyring does not answer. A line that
 * cannot be read counts as none. */
gboolean wax_log_read_anchor    (WaxActivityLog *self,
                                 WaxLogAnchor   *anchor,
                                 gboolean       *found,
                                 GCancellable   *cancellable,
                                 GError        **error);

G_END_DECLS
