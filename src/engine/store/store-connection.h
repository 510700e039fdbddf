/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlcipher/sqlite3.h>

#include "secret.h"

G_BEGIN_DECLS

/** Asks a connection in memory, so that nothing is made where the answer is no. */
gboolean wax_store_connection_can_encrypt (GError       **error);
/** Opens the existing file @path with @key and proves that the key is right. */
sqlite3 *wax_store_connection_open        (const char    *path,
                                           WaxSecret     *key,
                                           GError       **error);
/** Whether the file begins as an unencrypted database does. */
gboolean wax_store_connection_is_plain    (sqlite3       *db);
gboolean wax_store_connection_use_wal     (sqlite3       *db,
                                           const char    *path,
                                           GError       **error);
/** The first column of the first row in @value; 0 if there is none. Returns SQLite's code. */
int      wax_store_connection_query_int   (sqlite3       *db,
                                           const char    *sql,
                                           gint64        *value);
/** (transfer full) (nullable) */
char    *wax_store_connection_query_text  (sqlite3       *db,
                                           const char    *sql,
                                           int           *code);

G_END_DECLS
