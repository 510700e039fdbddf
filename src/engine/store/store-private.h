/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/** How long one process waits for another's write, or for its opening. */
#define WAX_STORE_PATIENCE_MS 15000

/**
 * What SQLite's @code means, as a #WaxStoreError with a sentence.
 * @db: (nullable): the connection that has the details
 * @path: the file that the sentence names
 */
void wax_store_set_error (GError     **error,
                          sqlite3     *db,
                          const char  *path,
                          int          code);

/**
 * Joins those who have the database at @path open, through an advisory lock on
 * a file beside it. Waits while another process is opening.
 * @alone: (out): nobody else has it open, and nobody can open it until
 * wax_store_lock_share() or wax_store_lock_leave()
 * Returns: a descriptor, or -1 with %WAX_STORE_ERROR_BUSY or %WAX_STORE_ERROR_FAILED
 */
int  wax_store_lock_join  (const char  *path,
                           gboolean    *alone,
                           GError     **error);
void wax_store_lock_share (int          lock);
void wax_store_lock_leave (int          lock);

/** Removes what writers that died have left; only when nobody else has the database open. */
gboolean wax_blob_sweep (WaxStore  *store,
                         GError   **error);

G_END_DECLS
