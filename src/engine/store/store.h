/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlcipher/sqlite3.h>

#include "secret.h"

G_BEGIN_DECLS

#define WAX_STORE_ERROR (wax_store_error_quark ())
GQuark wax_store_error_quark (void);

typedef enum {
  WAX_STORE_ERROR_CIPHER,    /* the linked SQLite cannot encrypt: nothing is written */
  WAX_STORE_ERROR_KEY,       /* the key does not open the file, or it is not a database */
  WAX_STORE_ERROR_NEWER,     /* written by a newer version of Waxseal */
  WAX_STORE_ERROR_FULL,      /* the disk is full: nothing was changed */
  WAX_STORE_ERROR_BUSY,      /* another process holds the database */
  WAX_STORE_ERROR_CORRUPT,
  WAX_STORE_ERROR_FAILED,    /* any other SQLite error */
  WAX_STORE_ERROR_NOT_FOUND, /* no such row, or no such file */
} WaxStoreError;

/**
 * WaxStore:
 *
 * The encrypted database of a profile: SQLCipher with a raw 32-byte key, WAL,
 * synchronous=FULL. One writer connection and one reader connection; each call
 * below locks what it uses, so a store may be shared by threads. The schema of
 * all rooms stands in schema.c, one migration after the other.
 */
#define WAX_TYPE_STORE (wax_store_get_type ())
G_DECLARE_FINAL_TYPE (WaxStore, wax_store, WAX, STORE, GObject)

/**
 * Opens @path, or makes it (mode 0600) if @create. @key has 32 octets. Without
 * @create an absent file is %WAX_STORE_ERROR_NOT_FOUND and an empty one
 * %WAX_STORE_ERROR_CORRUPT: an existing profile is never begun afresh.
 *
 * While a store is open, nothing else in this process may open and close the
 * file itself (not even to read it): that would drop SQLite's locks on it.
 */
WaxStore *wax_store_open      (const char  *path,
                               WaxSecret   *key,
                               gboolean     create,
                               GError     **error);
void      wax_store_close     (WaxStore    *self);
const char *wax_store_get_path (WaxStore   *self);
/**
 * (transfer full) Connections of their own to the same file: for a check that
 * must not meet what this store has cached, nor leave its error behind.
 */
WaxStore *wax_store_open_again (WaxStore   *self,
                               GError     **error);
/**
 * Checks the authentication code of every page of the file.
 * @finding: (out) (transfer full): %NULL if all are sound, else what is wrong, in SQLCipher's words
 */
gboolean  wax_store_check_pages (WaxStore   *self,
                               char       **finding,
                               GError     **error);

/**
 * wax_store_begin:
 *
 * Begins a write transaction (BEGIN IMMEDIATE) and holds the writer for this
 * thread until commit or rollback. Not nested: a function that needs a
 * transaction of its caller's says so in its docs and asserts wax_store_in_transaction().
 */
gboolean  wax_store_begin     (WaxStore    *self,
                               GError     **error);
/** The transaction is over either way: on an error nothing of it was written. */
gboolean  wax_store_commit    (WaxStore    *self,
                               GError     **error);
/** Harmless where this thread has no transaction. */
void      wax_store_rollback  (WaxStore    *self);
gboolean  wax_store_in_transaction (WaxStore *self);

/**
 * One view of the database, whatever others commit meanwhile: holds the reader
 * for this thread until wax_store_end_read(). Inside a write transaction of this
 * thread it has that one's view, and nothing to do.
 */
gboolean  wax_store_begin_read (WaxStore   *self,
                                GError    **error);
void      wax_store_end_read   (WaxStore   *self);

/**
 * WaxStatement:
 *
 * A prepared statement with its connection's lock held until it is freed, by
 * the thread that made it. On the writer inside a transaction of this thread;
 * otherwise on the reader, which cannot write. Free it before commit or rollback.
 * Bind by position, from 1. Column getters count from 0.
 */
typedef struct _WaxStatement WaxStatement;

/** %NULL with a #WaxStoreError. */
WaxStatement *wax_store_prepare        (WaxStore      *self,
                                        const char    *sql,
                                        GError       **error);
void          wax_statement_free       (WaxStatement  *self);
void          wax_statement_bind_int   (WaxStatement  *self, int index, gint64 value);
/** Copies. %NULL binds NULL. */
void          wax_statement_bind_text  (WaxStatement  *self, int index, const char *value);
void          wax_statement_bind_blob  (WaxStatement  *self, int index, gconstpointer data, gsize length);
void          wax_statement_bind_null  (WaxStatement  *self, int index);
/** Steps to the next row. %TRUE with *@row set to whether there is one; %FALSE with an error. */
gboolean      wax_statement_step       (WaxStatement  *self, gboolean *row, GError **error);
/** For statements without rows: steps once and resets. */
gboolean      wax_statement_run        (WaxStatement  *self, GError **error);
void          wax_statement_reset      (WaxStatement  *self);
gint64        wax_statement_int        (WaxStatement  *self, int column);
/** Valid until the next step. */
const char   *wax_statement_text       (WaxStatement  *self, int column);
const void   *wax_statement_blob       (WaxStatement  *self, int column, gsize *length);
gboolean      wax_statement_is_null    (WaxStatement  *self, int column);
gint64        wax_store_last_insert_id (WaxStore      *self);
/** Rows changed by the last run on the writer. */
int           wax_store_changes        (WaxStore      *self);
/** Runs one or more statements without parameters inside the caller's transaction. */
gboolean      wax_store_exec           (WaxStore      *self, const char *sql, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxStatement, wax_statement_free)

G_END_DECLS
