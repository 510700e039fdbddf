/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/**
 * A blob is a run of chunk rows (256 KiB each), so any size streams in constant
 * memory. Writing happens in transactions of its own (some MiB each) while the
 * blob is marked incomplete; wax_blob_finish(), inside the caller's transaction,
 * makes it count. Incomplete blobs are swept at the next open at which no other
 * process (and no other store of this one) has the database open.
 */
/** Makes an empty, incomplete blob: its id, or -1 with an error. Takes its own transaction. */
gint64         wax_blob_create (WaxStore  *store,
                                GError   **error);
/** (transfer full) Close it to flush the last chunk. Takes its own transactions. */
GOutputStream *wax_blob_write  (WaxStore  *store,
                                gint64     blob);
/** Marks complete; needs the caller's transaction. */
gboolean       wax_blob_finish (WaxStore  *store,
                                gint64     blob,
                                GError   **error);
/** (transfer full) A seekable stream from the start. Holds no lock between reads. */
GInputStream  *wax_blob_read   (WaxStore  *store,
                                gint64     blob,
                                GError   **error);
/** Octets, or -1. */
gint64         wax_blob_size   (WaxStore  *store,
                                gint64     blob,
                                GError   **error);
/** Marks incomplete, so that it no longer counts, in constant time; needs the
 * caller's transaction. After its commit wax_blob_delete() frees the space, or
 * the next sweep does. */
gboolean       wax_blob_discard (WaxStore *store,
                                 gint64    blob,
                                 GError  **error);
/** Removes a blob that is incomplete or was discarded, some MiB a transaction of
 * its own: others get to write meanwhile, whatever its size. */
gboolean       wax_blob_delete (WaxStore  *store,
                                gint64     blob,
                                GError   **error);

G_END_DECLS
