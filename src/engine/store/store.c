/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The store: one writer and one reader connection, each behind a lock. A thread
 * takes the writer for a whole transaction and sees its own changes through it;
 * everybody else reads through the reader, in WAL mode without waiting. */

#include "store.h"
#include "schema.h"
#include "store-connection.h"
#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Free pages are handed back to the disk from this many on (16 MiB). */
#define VACUUM_FROM_PAGES 4096

struct _WaxStore
{
  GObject parent_instance;

  char *path;
  WaxSecret *key;
  int lock;

  GRecMutex writer_lock;
  GRecMutex reader_lock;
  sqlite3 *writer; /* NULL once closed */
  sqlite3 *reader;
  GThread *owner; /* (atomic) whose transaction is on the writer */
};

struct _WaxStatement
{
  WaxStore *store;
  GRecMutex *lock;
  sqlite3 *db;
  sqlite3_stmt *stmt;
  int bind_code; /* the first bind that failed */
};

G_DEFINE_FINAL_TYPE (WaxStore, wax_store, G_TYPE_OBJECT)

static gboolean
exec (sqlite3 *db, const char *path, const char *sql, GError **error)
{
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;

  wax_store_set_error (error, db, path, code);

  return FALSE;
}

/* ---- opening ------------------------------------------------------------- */

/* Makes an empty file that only the user can read, or finds one. SQLite gives
 * its helper files the same mode. */
static gboolean
make_file (const char *path, GError **error)
{
  struct stat status;
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (errno == EEXIST && stat (path, &status) == 0 && S_ISREG (status.st_mode)
      && ((status.st_mode & 077) == 0 || chmod (path, 0600) == 0))
    return TRUE;

  g_set_error (error, WAX_STORE_ERROR, errno == ENOSPC ? WAX_STORE_ERROR_FULL : WAX_STORE_ERROR_FAILED,
               "The database %s cannot be made: %s.", path, g_strerror (errno));

  return FALSE;
}

static gboolean
has_file (const char *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND, "There is no database at %s: %s.", path,
                   g_strerror (errno));
      return FALSE;
    }
  if (status.st_size == 0)
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT,
                   "The database %s is empty: its contents were lost or removed. Restore a backup.", path);
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_version (WaxStore *self, int *version, GError **error)
{
  gint64 value;
  int code = wax_store_connection_query_int (self->writer, "PRAGMA user_version", &value);

  if (code != SQLITE_OK)
    {
      wax_store_set_error (error, self->writer, self->path, code);
      return FALSE;
    }
  if (value > wax_schema_version () || value < 0)
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NEWER,
                   "The profile's database was written by a newer Waxseal (format %" G_GINT64_FORMAT
                   "; this one knows %d). Use the newer program for this profile: nothing was changed.",
                   value, wax_schema_version ());
      return FALSE;
    }
  *version = (int) value;

  return TRUE;
}

/* One step of the schema, whole or not at all. Another process may have taken
 * it meanwhile: the version is read again once the writer is ours. */
static gboolean
migrate_once (WaxStore *self, int *version, GError **error)
{
  g_autofree char *stamp = NULL;
  int expected = *version;

  if (!exec (self->writer, self->path, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!read_version (self, version, error))
    goto failed;
  if (*version == expected)
    {
      stamp = g_strdup_printf ("PRAGMA user_version = %d", expected + 1);
      if (!exec (self->writer, self->path, wax_schema_migration (expected), error)
          || !exec (self->writer, self->path, stamp, error))
        goto failed;
      *version = expected + 1;
    }
  if (exec (self->writer, self->path, "COMMIT", error))
    return TRUE;

failed:
  if (!sqlite3_get_autocommit (self->writer))
    sqlite3_exec (self->writer, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

static gboolean
migrate (WaxStore *self, GError **error)
{
  int version;

  if (!read_version (self, &version, error))
    return FALSE;
  while (version < wax_schema_version ())
    if (!migrate_once (self, &version, error))
      return FALSE;

  return TRUE;
}

/* A file that was just made: all of it is on disk now, so its first octets tell
 * whether it was really encrypted. */
static gboolean
prove_encrypted (WaxStore *self, GError **error)
{
  if (!exec (self->writer, self->path, "PRAGMA wal_checkpoint (TRUNCATE)", error))
    return FALSE;
  if (!wax_store_connection_is_plain (self->writer))
    return TRUE;

  g_set_error (
      error, WAX_STORE_ERROR, WAX_STORE_ERROR_CIPHER,
      "The new database %s came out unencrypted and was removed. Waxseal was built or installed wrongly.",
      self->path);
  g_unlink (self->path);

  return FALSE;
}

static gboolean
tidy (WaxStore *self, GError **error)
{
  gint64 pages;
  int code = wax_store_connection_query_int (self->writer, "PRAGMA freelist_count", &pages);

  if (code != SQLITE_OK)
    {
      wax_store_set_error (error, self->writer, self->path, code);
      return FALSE;
    }
  if (pages >= VACUUM_FROM_PAGES && !exec (self->writer, self->path, "PRAGMA incremental_vacuum", error))
    return FALSE;

  return wax_blob_sweep (self, error);
}

static gboolean
connect_reader (WaxStore *self, GError **error)
{
  self->reader = wax_store_connection_open (self->path, self->key, error);

  return self->reader != NULL && exec (self->reader, self->path, "PRAGMA query_only = ON", error);
}

static gboolean
connect_writer (WaxStore *self, gboolean create, GError **error)
{
  gint64 pages;
  gboolean fresh;
  int code;

  self->writer = wax_store_connection_open (self->path, self->key, error);
  if (self->writer == NULL)
    return FALSE;

  code = wax_store_connection_query_int (self->writer, "PRAGMA page_count", &pages);
  if (code != SQLITE_OK)
    {
      wax_store_set_error (error, self->writer, self->path, code);
      return FALSE;
    }
  fresh = create && pages == 0;
  /* Only possible before the first page. */
  if (fresh && !exec (self->writer, self->path, "PRAGMA auto_vacuum = INCREMENTAL", error))
    return FALSE;

  return wax_store_connection_use_wal (self->writer, self->path, error) && migrate (self, error)
         && (!fresh || prove_encrypted (self, error));
}

static WaxStore *
store_new (const char *path, WaxSecret *key)
{
  WaxStore *self = g_object_new (WAX_TYPE_STORE, NULL);

  self->path = g_strdup (path);
  self->key = wax_secret_ref (key);

  return self;
}

WaxStore *
wax_store_open (const char *path, WaxSecret *key, gboolean create, GError **error)
{
  g_autoptr (WaxStore) self = NULL;
  gboolean alone;

  g_return_val_if_fail (path != NULL && key != NULL, NULL);

  if (!wax_store_connection_can_encrypt (error))
    return NULL;
  if (!create && !has_file (path, error))
    return NULL;

  self = store_new (path, key);
  self->lock = wax_store_lock_join (path, &alone, error);
  if (self->lock < 0 || (create && !make_file (path, error)) || !connect_writer (self, create, error)
      || !connect_reader (self, error) || (alone && !tidy (self, error)))
    return NULL;
  if (alone)
    wax_store_lock_share (self->lock);

  return g_steal_pointer (&self);
}

WaxStore *
wax_store_open_again (WaxStore *self, GError **error)
{
  g_autoptr (WaxStore) again = NULL;
  gboolean alone;

  g_return_val_if_fail (WAX_IS_STORE (self), NULL);

  again = store_new (self->path, self->key);
  again->lock = wax_store_lock_join (self->path, &alone, error);
  if (again->lock < 0)
    return NULL;
  again->writer = wax_store_connection_open (self->path, self->key, error);
  if (again->writer == NULL || !connect_reader (again, error))
    return NULL;
  if (alone)
    wax_store_lock_share (again->lock);

  return g_steal_pointer (&again);
}

/* ---- checking ------------------------------------------------------------ */

static gboolean
check_pages_once (WaxStore *self, gboolean hold_writers, char **finding, GError **error)
{
  sqlite3 *db = wax_store_connection_open (self->path, self->key, error);
  int code = SQLITE_OK;

  *finding = NULL;
  if (db == NULL)
    return FALSE;

  if (hold_writers)
    code = sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    *finding = wax_store_connection_query_text (db, "PRAGMA cipher_integrity_check", &code);
  if (code != SQLITE_OK)
    wax_store_set_error (error, db, self->path, code);
  if (!sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  sqlite3_close (db);

  return code == SQLITE_OK;
}

gboolean
wax_store_check_pages (WaxStore *self, char **finding, GError **error)
{
  g_return_val_if_fail (WAX_IS_STORE (self), FALSE);

  /* It reads the file without locks, so a page that another process is writing
   * can look wrong. Such a page is right once writers are held. */
  if (!check_pages_once (self, FALSE, finding, error))
    return FALSE;
  for (int i = 0; *finding != NULL && i < 2; i++)
    {
      g_clear_pointer (finding, g_free);
      if (!check_pages_once (self, TRUE, finding, error))
        return FALSE;
    }

  return TRUE;
}

/* ---- closing ------------------------------------------------------------- */

void
wax_store_close (WaxStore *self)
{
  g_return_if_fail (WAX_IS_STORE (self));

  g_rec_mutex_lock (&self->writer_lock);
  g_rec_mutex_lock (&self->reader_lock);
  if (self->owner != NULL)
    g_critical ("The store is closed inside a transaction");
  g_atomic_pointer_set (&self->owner, NULL);
  /* The reader first: the last to close writes the WAL back. */
  g_clear_pointer (&self->reader, sqlite3_close_v2);
  g_clear_pointer (&self->writer, sqlite3_close_v2);
  if (self->lock >= 0)
    wax_store_lock_leave (self->lock);
  self->lock = -1;
  g_rec_mutex_unlock (&self->reader_lock);
  g_rec_mutex_unlock (&self->writer_lock);
}

static void
wax_store_finalize (GObject *object)
{
  WaxStore *self = WAX_STORE (object);

  wax_store_close (self);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->key, wax_secret_unref);
  g_rec_mutex_clear (&self->writer_lock);
  g_rec_mutex_clear (&self->reader_lock);

  G_OBJECT_CLASS (wax_store_parent_class)->finalize (object);
}

static void
wax_store_class_init (WaxStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = wax_store_finalize;
}

static void
wax_store_init (WaxStore *self)
{
  self->lock = -1;
  g_rec_mutex_init (&self->writer_lock);
  g_rec_mutex_init (&self->reader_lock);
}

const char *
wax_store_get_path (WaxStore *self)
{
  g_return_val_if_fail (WAX_IS_STORE (self), NULL);

  return self->path;
}

/* ---- transactions -------------------------------------------------------- */

static void
set_closed (WaxStore *self, GError **error)
{
  g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED, "The database %s is closed.", self->path);
}

static void
release_writer (WaxStore *self)
{
  g_atomic_pointer_set (&self->owner, NULL);
  g_rec_mutex_unlock (&self->writer_lock);
}

gboolean
wax_store_begin (WaxStore *self, GError **error)
{
  g_return_val_if_fail (WAX_IS_STORE (self), FALSE);
  g_return_val_if_fail (!wax_store_in_transaction (self), FALSE);

  g_rec_mutex_lock (&self->writer_lock);
  if (self->writer == NULL)
    set_closed (self, error);
  else if (exec (self->writer, self->path, "BEGIN IMMEDIATE", error))
    {
      g_atomic_pointer_set (&self->owner, g_thread_self ());
      return TRUE;
    }
  g_rec_mutex_unlock (&self->writer_lock);

  return FALSE;
}

gboolean
wax_store_commit (WaxStore *self, GError **error)
{
  gboolean done = FALSE;

  g_return_val_if_fail (WAX_IS_STORE (self), FALSE);
  g_return_val_if_fail (wax_store_in_transaction (self), FALSE);

  /* After some errors (a full disk among them) SQLite has rolled back by itself. */
  if (sqlite3_get_autocommit (self->writer))
    g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED,
                 "The change to %s was undone after an error: nothing of it was written.", self->path);
  else
    done = exec (self->writer, self->path, "COMMIT", error);
  if (!done)
    {
      wax_store_rollback (self);
      return FALSE;
    }
  release_writer (self);

  return TRUE;
}

void
wax_store_rollback (WaxStore *self)
{
  g_return_if_fail (WAX_IS_STORE (self));

  if (!wax_store_in_transaction (self))
    return;
  if (!sqlite3_get_autocommit (self->writer))
    sqlite3_exec (self->writer, "ROLLBACK", NULL, NULL, NULL);
  release_writer (self);
}

gboolean
wax_store_in_transaction (WaxStore *self)
{
  g_return_val_if_fail (WAX_IS_STORE (self), FALSE);

  return g_atomic_pointer_get (&self->owner) == g_thread_self ();
}

gboolean
wax_store_begin_read (WaxStore *self, GError **error)
{
  g_return_val_if_fail (WAX_IS_STORE (self), FALSE);

  if (wax_store_in_transaction (self))
    return TRUE;

  g_rec_mutex_lock (&self->reader_lock);
  if (self->reader == NULL)
    set_closed (self, error);
  else if (exec (self->reader, self->path, "BEGIN", error))
    return TRUE;
  g_rec_mutex_unlock (&self->reader_lock);

  return FALSE;
}

void
wax_store_end_read (WaxStore *self)
{
  g_return_if_fail (WAX_IS_STORE (self));

  if (wax_store_in_transaction (self))
    return;
  /* Not COMMIT: that can fail, and there is nothing to commit. */
  if (self->reader != NULL && !sqlite3_get_autocommit (self->reader))
    sqlite3_exec (self->reader, "ROLLBACK", NULL, NULL, NULL);
  g_rec_mutex_unlock (&self->reader_lock);
}

/* ---- statements ---------------------------------------------------------- */

WaxStatement *
wax_store_prepare (WaxStore *self, const char *sql, GError **error)
{
  g_autoptr (WaxStatement) statement = NULL;
  gboolean writing;
  int code;

  g_return_val_if_fail (WAX_IS_STORE (self), NULL);

  writing = wax_store_in_transaction (self);
  statement = g_new0 (WaxStatement, 1);
  statement->store = g_object_ref (self);
  statement->lock = writing ? &self->writer_lock : &self->reader_lock;
  g_rec_mutex_lock (statement->lock);
  statement->db = writing ? self->writer : self->reader;
  if (statement->db == NULL)
    {
      set_closed (self, error);
      return NULL;
    }
  code = sqlite3_prepare_v3 (statement->db, sql, -1, 0, &statement->stmt, NULL);
  if (code != SQLITE_OK)
    {
      wax_store_set_error (error, statement->db, self->path, code);
      return NULL;
    }

  return g_steal_pointer (&statement);
}

void
wax_statement_free (WaxStatement *self)
{
  if (self == NULL)
    return;

  sqlite3_finalize (self->stmt);
  g_rec_mutex_unlock (self->lock);
  g_object_unref (self->store);
  g_free (self);
}

static void
note_bind (WaxStatement *self, int code)
{
  if (self->bind_code == SQLITE_OK)
    self->bind_code = code;
}

void
wax_statement_bind_int (WaxStatement *self, int index, gint64 value)
{
  note_bind (self, sqlite3_bind_int64 (self->stmt, index, value));
}

void
wax_statement_bind_text (WaxStatement *self, int index, const char *value)
{
  note_bind (self, sqlite3_bind_text (self->stmt, index, value, -1, SQLITE_TRANSIENT));
}

void
wax_statement_bind_blob (WaxStatement *self, int index, gconstpointer data, gsize length)
{
  note_bind (self, sqlite3_bind_blob64 (self->stmt, index, data, length, SQLITE_TRANSIENT));
}

void
wax_statement_bind_null (WaxStatement *self, int index)
{
  note_bind (self, sqlite3_bind_null (self->stmt, index));
}

gboolean
wax_statement_step (WaxStatement *self, gboolean *row, GError **error)
{
  int code = self->bind_code;

  *row = FALSE;
  if (code == SQLITE_OK)
    code = sqlite3_step (self->stmt);
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    {
      *row = code == SQLITE_ROW;
      return TRUE;
    }
  wax_store_set_error (error, self->db, self->store->path, code);

  return FALSE;
}

gboolean
wax_statement_run (WaxStatement *self, GError **error)
{
  gboolean row;
  gboolean done = wax_statement_step (self, &row, error);

  wax_statement_reset (self);

  return done;
}

void
wax_statement_reset (WaxStatement *self)
{
  sqlite3_reset (self->stmt);
  self->bind_code = SQLITE_OK;
}

gint64
wax_statement_int (WaxStatement *self, int column)
{
  return sqlite3_column_int64 (self->stmt, column);
}

const char *
wax_statement_text (WaxStatement *self, int column)
{
  return (const char *) sqlite3_column_text (self->stmt, column);
}

const void *
wax_statement_blob (WaxStatement *self, int column, gsize *length)
{
  const void *data = sqlite3_column_blob (self->stmt, column);

  *length = (gsize) sqlite3_column_bytes (self->stmt, column);

  return data;
}

gboolean
wax_statement_is_null (WaxStatement *self, int column)
{
  return sqlite3_column_type (self->stmt, column) == SQLITE_NULL;
}

gint64
wax_store_last_insert_id (WaxStore *self)
{
  g_return_val_if_fail (wax_store_in_transaction (self), -1);

  return sqlite3_last_insert_rowid (self->writer);
}

int
wax_store_changes (WaxStore *self)
{
  g_return_val_if_fail (wax_store_in_transaction (self), 0);

  return sqlite3_changes (self->writer);
}

gboolean
wax_store_exec (WaxStore *self, const char *sql, GError **error)
{
  g_return_val_if_fail (wax_store_in_transaction (self), FALSE);

  return exec (self->writer, self->path, sql, error);
}
