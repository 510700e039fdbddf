/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Blobs: octets of any length as chunk rows, written and read in constant
 * memory. The writer fills a block of some chunks and writes each block in a
 * transaction of its own, so that other writers get their turn. */

#include "blob-stream.h"
#include "store-private.h"

#include <string.h>

#define CHUNK_SIZE ((gsize) 256 * 1024)
#define BLOCK_SIZE (16 * CHUNK_SIZE) /* one transaction */

/* ---- writing ------------------------------------------------------------- */

#define WAX_TYPE_BLOB_WRITER (wax_blob_writer_get_type ())
G_DECLARE_FINAL_TYPE (WaxBlobWriter, wax_blob_writer, WAX, BLOB_WRITER, GOutputStream)

struct _WaxBlobWriter
{
  GOutputStream parent_instance;

  WaxStore *store;
  gint64 blob;
  gint64 position; /* of the next chunk */
  guint8 *block;
  gsize filled;
};

G_DEFINE_FINAL_TYPE (WaxBlobWriter, wax_blob_writer, G_TYPE_OUTPUT_STREAM)

static gboolean
insert_chunks (WaxBlobWriter *self, GError **error)
{
  g_autoptr (WaxStatement) insert = NULL;
  gint64 position = self->position;

  insert = wax_store_prepare (self->store,
                              "INSERT INTO blob_chunk (blob_id, position, octets) VALUES (?, ?, ?)", error);
  if (insert == NULL)
    return FALSE;
  for (gsize done = 0; done < self->filled; done += CHUNK_SIZE)
    {
      wax_statement_bind_int (insert, 1, self->blob);
      wax_statement_bind_int (insert, 2, position++);
      wax_statement_bind_blob (insert, 3, self->block + done, MIN (CHUNK_SIZE, self->filled - done));
      if (!wax_statement_run (insert, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
grow_blob (WaxBlobWriter *self, GError **error)
{
  g_autoptr (WaxStatement) update = NULL;

  update = wax_store_prepare (self->store, "UPDATE blob SET size = size + ? WHERE id = ? AND complete = 0",
                              error);
  if (update == NULL)
    return FALSE;
  wax_statement_bind_int (update, 1, (gint64) self->filled);
  wax_statement_bind_int (update, 2, self->blob);
  if (!wax_statement_run (update, error))
    return FALSE;
  if (wax_store_changes (self->store) == 1)
    return TRUE;

  g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND,
               "The data that was being written (%" G_GINT64_FORMAT ") was removed meanwhile.", self->blob);

  return FALSE;
}

static gboolean
write_block (WaxBlobWriter *self, GError **error)
{
  if (self->filled == 0)
    return TRUE;
  if (!wax_store_begin (self->store, error))
    return FALSE;
  if (!grow_blob (self, error) || !insert_chunks (self, error))
    {
      wax_store_rollback (self->store);
      return FALSE;
    }
  if (!wax_store_commit (self->store, error))
    return FALSE;

  self->position += (gint64) ((self->filled + CHUNK_SIZE - 1) / CHUNK_SIZE);
  self->filled = 0;

  return TRUE;
}

static gssize
wax_blob_writer_write (GOutputStream *stream,
                       const void *data,
                       gsize length,
                       GCancellable *cancellable,
                       GError **error)
{
  WaxBlobWriter *self = WAX_BLOB_WRITER (stream);

  if (self->filled == BLOCK_SIZE && !write_block (self, error))
    return -1;
  length = MIN (length, BLOCK_SIZE - self->filled);
  memcpy (self->block + self->filled, data, length);
  self->filled += length;

  return (gssize) length;
}

static gboolean
wax_blob_writer_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  return write_block (WAX_BLOB_WRITER (stream), error);
}

static void
wax_blob_writer_finalize (GObject *object)
{
  WaxBlobWriter *self = WAX_BLOB_WRITER (object);

  g_clear_object (&self->store);
  /* It held a message. */
  explicit_bzero (self->block, BLOCK_SIZE);
  g_clear_pointer (&self->block, g_free);

  G_OBJECT_CLASS (wax_blob_writer_parent_class)->finalize (object);
}

static void
wax_blob_writer_class_init (WaxBlobWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_blob_writer_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = wax_blob_writer_write;
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = wax_blob_writer_close;
}

static void
wax_blob_writer_init (WaxBlobWriter *self)
{
  self->block = g_malloc (BLOCK_SIZE);
}

/* ---- reading ------------------------------------------------------------- */

#define WAX_TYPE_BLOB_READER (wax_blob_reader_get_type ())
G_DECLARE_FINAL_TYPE (WaxBlobReader, wax_blob_reader, WAX, BLOB_READER, GInputStream)

struct _WaxBlobReader
{
  GInputStream parent_instance;

  WaxStore *store;
  gint64 blob;
  gint64 size;
  gint64 offset;
  gint64 position; /* of the chunk at hand, -1 for none */
  guint8 *chunk;
  gsize chunk_length;
};

static void wax_blob_reader_seekable_init (GSeekableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WaxBlobReader,
                               wax_blob_reader,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SEEKABLE, wax_blob_reader_seekable_init))

/* Chunk @position has the length that its place in the blob demands. */
static gsize
expected_length (WaxBlobReader *self, gint64 position)
{
  return (gsize) MIN ((gint64) CHUNK_SIZE, self->size - position * (gint64) CHUNK_SIZE);
}

static gboolean
load_chunk (WaxBlobReader *self, gint64 position, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  const void *octets = NULL;
  gsize length = 0;
  gboolean row;

  if (self->position == position)
    return TRUE;

  self->position = -1;
  select = wax_store_prepare (self->store, "SELECT octets FROM blob_chunk WHERE blob_id = ? AND position = ?",
                              error);
  if (select == NULL)
    return FALSE;
  wax_statement_bind_int (select, 1, self->blob);
  wax_statement_bind_int (select, 2, position);
  if (!wax_statement_step (select, &row, error))
    return FALSE;
  if (row)
    octets = wax_statement_blob (select, 0, &length);
  if (octets == NULL || length != expected_length (self, position))
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT,
                   "Part %" G_GINT64_FORMAT " of stored data %" G_GINT64_FORMAT
                   " is missing: it was removed, or the database is damaged.",
                   position, self->blob);
      return FALSE;
    }
  memcpy (self->chunk, octets, length);
  self->chunk_length = length;
  self->position = position;

  return TRUE;
}

static gssize
wax_blob_reader_read (GInputStream *stream,
                      void *buffer,
                      gsize count,
                      GCancellable *cancellable,
                      GError **error)
{
  WaxBlobReader *self = WAX_BLOB_READER (stream);
  gsize start;

  if (self->offset >= self->size)
    return 0;
  if (!load_chunk (self, self->offset / (gint64) CHUNK_SIZE, error))
    return -1;

  start = (gsize) (self->offset % (gint64) CHUNK_SIZE);
  count = MIN (count, self->chunk_length - start);
  memcpy (buffer, self->chunk + start, count);
  self->offset += (gint64) count;

  return (gssize) count;
}

static goffset
wax_blob_reader_tell (GSeekable *seekable)
{
  return WAX_BLOB_READER (seekable)->offset;
}

static gboolean
wax_blob_reader_can_seek (GSeekable *seekable)
{
  return TRUE;
}

static gboolean
wax_blob_reader_seek (GSeekable *seekable,
                      goffset offset,
                      GSeekType type,
                      GCancellable *cancellable,
                      GError **error)
{
  WaxBlobReader *self = WAX_BLOB_READER (seekable);
  gint64 base = type == G_SEEK_CUR ? self->offset : type == G_SEEK_END ? self->size : 0;

  if (offset < -base || offset > self->size - base)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Sought outside the stored data");
      return FALSE;
    }
  self->offset = base + offset;

  return TRUE;
}

static gboolean
wax_blob_reader_can_truncate (GSeekable *seekable)
{
  return FALSE;
}

static gboolean
wax_blob_reader_truncate (GSeekable *seekable, goffset offset, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Stored data cannot be cut");

  return FALSE;
}

static void
wax_blob_reader_seekable_init (GSeekableIface *iface)
{
  iface->tell = wax_blob_reader_tell;
  iface->can_seek = wax_blob_reader_can_seek;
  iface->seek = wax_blob_reader_seek;
  iface->can_truncate = wax_blob_reader_can_truncate;
  iface->truncate_fn = wax_blob_reader_truncate;
}

static void
wax_blob_reader_finalize (GObject *object)
{
  WaxBlobReader *self = WAX_BLOB_READER (object);

  g_clear_object (&self->store);
  explicit_bzero (self->chunk, CHUNK_SIZE);
  g_clear_pointer (&self->chunk, g_free);

  G_OBJECT_CLASS (wax_blob_reader_parent_class)->finalize (object);
}

static void
wax_blob_reader_class_init (WaxBlobReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_blob_reader_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = wax_blob_reader_read;
}

static void
wax_blob_reader_init (WaxBlobReader *self)
{
  self->position = -1;
  self->chunk = g_malloc (CHUNK_SIZE);
}

/* ---- the blob ------------------------------------------------------------ */

/* Runs @sql with @blob as its parameter and demands that it touched the row. */
static gboolean
run_on_blob (WaxStore *store, const char *sql, gint64 blob, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, sql, error);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, blob);
  if (!wax_statement_run (statement, error))
    return FALSE;
  if (wax_store_changes (store) > 0)
    return TRUE;

  g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND,
               "There is no stored data %" G_GINT64_FORMAT ", or not in the state that was expected.", blob);

  return FALSE;
}

gint64
wax_blob_create (WaxStore *store, GError **error)
{
  gint64 blob;

  g_return_val_if_fail (WAX_IS_STORE (store), -1);

  if (!wax_store_begin (store, error))
    return -1;
  if (!wax_store_exec (store, "INSERT INTO blob (size, complete) VALUES (0, 0)", error))
    {
      wax_store_rollback (store);
      return -1;
    }
  blob = wax_store_last_insert_id (store);

  return wax_store_commit (store, error) ? blob : -1;
}

GOutputStream *
wax_blob_write (WaxStore *store, gint64 blob)
{
  WaxBlobWriter *self;

  g_return_val_if_fail (WAX_IS_STORE (store), NULL);

  self = g_object_new (WAX_TYPE_BLOB_WRITER, NULL);
  self->store = g_object_ref (store);
  self->blob = blob;

  return G_OUTPUT_STREAM (self);
}

gboolean
wax_blob_finish (WaxStore *store, gint64 blob, GError **error)
{
  g_return_val_if_fail (wax_store_in_transaction (store), FALSE);

  return run_on_blob (store,
                      "UPDATE blob SET complete = 1 WHERE id = ?1 AND complete = 0 AND size = (SELECT "
                      "coalesce (sum (length (octets)), 0) FROM blob_chunk WHERE blob_id = ?1)",
                      blob, error);
}

GInputStream *
wax_blob_read (WaxStore *store, gint64 blob, GError **error)
{
  WaxBlobReader *self;
  gint64 size = wax_blob_size (store, blob, error);

  if (size < 0)
    return NULL;

  self = g_object_new (WAX_TYPE_BLOB_READER, NULL);
  self->store = g_object_ref (store);
  self->blob = blob;
  self->size = size;

  return G_INPUT_STREAM (self);
}

gint64
wax_blob_size (WaxStore *store, gint64 blob, GError **error)
{
  g_autoptr (WaxStatement) select = NULL;
  gboolean row;

  g_return_val_if_fail (WAX_IS_STORE (store), -1);

  select = wax_store_prepare (store, "SELECT size FROM blob WHERE id = ?", error);
  if (select == NULL)
    return -1;
  wax_statement_bind_int (select, 1, blob);
  if (!wax_statement_step (select, &row, error))
    return -1;
  if (row)
    return wax_statement_int (select, 0);

  g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND,
               "There is no stored data %" G_GINT64_FORMAT ".", blob);

  return -1;
}

gboolean
wax_blob_discard (WaxStore *store, gint64 blob, GError **error)
{
  g_return_val_if_fail (wax_store_in_transaction (store), FALSE);

  return run_on_blob (store, "UPDATE blob SET complete = 0 WHERE id = ?1 AND complete = 1", blob, error);
}

/* The last chunks first, so that what is left is always a beginning. *@done: the
 * blob has no chunk any more, and its row is gone too. */
static gboolean
delete_some (WaxStore *store, gint64 blob, gboolean *done, GError **error)
{
  g_autoptr (WaxStatement) chunks = wax_store_prepare (
      store,
      "DELETE FROM blob_chunk WHERE blob_id = ?1 AND position > (SELECT max (position) FROM blob_chunk WHERE "
      "blob_id = ?1) - ?2",
      error);

  if (chunks == NULL)
    return FALSE;
  wax_statement_bind_int (chunks, 1, blob);
  wax_statement_bind_int (chunks, 2, BLOCK_SIZE / CHUNK_SIZE);
  if (!wax_statement_run (chunks, error))
    return FALSE;

  *done = wax_store_changes (store) == 0;
  return !*done || run_on_blob (store, "DELETE FROM blob WHERE id = ?1 AND complete = 0", blob, error);
}

/* Not by the foreign key's cascade: SQLite would keep all pages of the one
 * statement in memory, to be able to take it back. */
gboolean
wax_blob_delete (WaxStore *store, gint64 blob, GError **error)
{
  gboolean done = FALSE;

  g_return_val_if_fail (WAX_IS_STORE (store), FALSE);

  while (!done)
    {
      if (!wax_store_begin (store, error))
        return FALSE;
      /* Looked at each time: nobody has made it count meanwhile. */
      if (!run_on_blob (store, "UPDATE blob SET complete = 0 WHERE id = ?1 AND complete = 0", blob, error)
          || !delete_some (store, blob, &done, error))
        {
          wax_store_rollback (store);
          return FALSE;
        }
      if (!wax_store_commit (store, error))
        return FALSE;
    }

  return TRUE;
}

/* (element-type gint64) */
static GArray *
list_incomplete (WaxStore *store, GError **error)
{
  g_autoptr (GArray) blobs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (WaxStatement)
      select = wax_store_prepare (store, "SELECT id FROM blob WHERE complete = 0", error);
  gboolean row = TRUE;

  while (select != NULL && row)
    {
      gint64 blob;

      if (!wax_statement_step (select, &row, error))
        return NULL;
      if (!row)
        break;
      blob = wax_statement_int (select, 0);
      g_array_append_val (blobs, blob);
    }

  return select != NULL ? g_steal_pointer (&blobs) : NULL;
}

/* Most openings find nothing, and then write nothing. */
gboolean
wax_blob_sweep (WaxStore *store, GError **error)
{
  g_autoptr (GArray) blobs = list_incomplete (store, error);

  if (blobs == NULL)
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
    if (!wax_blob_delete (store, g_array_index (blobs, gint64, i), error))
      return FALSE;

  return TRUE;
}
