/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Blobs of many sizes there and back, and what a writer that dies leaves. */

#include "blob-stream.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK 262144

typedef struct
{
  char *folder;
  char *path;
  WaxSecret *key;
  WaxStore *store;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("waxseal-blob-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "waxseal.db", NULL);
  f->key = wax_secret_new_random (32);
  f->store = wax_store_open (f->path, f->key, TRUE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *lock = g_strconcat (f->path, "-lock", NULL);

  g_assert_finalize_object (f->store);
  g_unlink (f->path);
  g_unlink (lock);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
  wax_secret_unref (f->key);
}

static guint8
octet_at (gsize offset)
{
  return (guint8) (offset * 31 + offset / 251 + offset / CHUNK);
}

static gint64
write_blob (WaxStore *store, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *octets = g_malloc (size + 1);
  g_autoptr (GOutputStream) stream = NULL;
  gint64 blob = wax_blob_create (store, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < size; i++)
    octets[i] = octet_at (i);
  stream = wax_blob_write (store, blob);
  /* In two pieces that do not fit the chunks. */
  g_output_stream_write_all (stream, octets, size / 3, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (stream, octets + size / 3, size - size / 3, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (stream, NULL, &error);
  g_assert_no_error (error);

  return blob;
}

static void
finish_blob (WaxStore *store, gint64 blob)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wax_store_begin (store, NULL));
  wax_blob_finish (store, blob, &error);
  g_assert_no_error (error);
  g_assert_true (wax_store_commit (store, NULL));
}

static gint64
count (WaxStore *store, const char *sql)
{
  g_autoptr (WaxStatement) select = wax_store_prepare (store, sql, NULL);
  gboolean row;

  g_assert_nonnull (select);
  g_assert_true (wax_statement_step (select, &row, NULL) && row);

  return wax_statement_int (select, 0);
}

static void
test_sizes (Fixture *f, gconstpointer data)
{
  static const gsize sizes[] = { 0,         1,          CHUNK - 1,      CHUNK,
                                 CHUNK + 1, 16 * CHUNK, 16 * CHUNK + 1, 20 * CHUNK + 77 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GInputStream) stream = NULL;
      g_autofree guint8 *octets = g_malloc (sizes[i] + 10);
      gint64 blob = write_blob (f->store, sizes[i]);
      gsize length;

      finish_blob (f->store, blob);
      g_assert_cmpint (wax_blob_size (f->store, blob, NULL), ==, (gint64) sizes[i]);
      stream = wax_blob_read (f->store, blob, &error);
      g_assert_no_error (error);
      g_input_stream_read_all (stream, octets, sizes[i] + 10, &length, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, sizes[i]);
      for (gsize k = 0; k < length; k++)
        if (octets[k] != octet_at (k))
          g_error ("octet %zu of %zu differs", k, length);
    }
}

static void
test_seeks (Fixture *f, gconstpointer data)
{
  gint64 blob = write_blob (f->store, 3 * CHUNK + 5);
  g_autoptr (GInputStream) stream = wax_blob_read (f->store, blob, NULL);
  static const goffset offsets[] = { 3 * CHUNK + 4, 0, CHUNK, CHUNK - 1, 2 * CHUNK + 1 };
  guint8 octet;

  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_assert_true (g_seekable_seek (G_SEEKABLE (stream), offsets[i], G_SEEK_SET, NULL, NULL));
      g_assert_cmpint (g_input_stream_read (stream, &octet, 1, NULL, NULL), ==, 1);
      g_assert_cmpuint (octet, ==, octet_at ((gsize) offsets[i]));
      g_assert_cmpint (g_seekable_tell (G_SEEKABLE (stream)), ==, offsets[i] + 1);
    }
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_END, NULL, NULL));
  g_assert_cmpint (g_input_stream_read (stream, &octet, 1, NULL, NULL), ==, 0);
  g_assert_false (g_seekable_seek (G_SEEKABLE (stream), 1, G_SEEK_END, NULL, NULL));
  g_assert_false (g_seekable_seek (G_SEEKABLE (stream), G_MAXINT64, G_SEEK_CUR, NULL, NULL));
  g_assert_false (g_seekable_seek (G_SEEKABLE (stream), G_MININT64, G_SEEK_SET, NULL, NULL));
}

static void
test_finish_demands_all_octets (Fixture *f, gconstpointer data)
{
  gint64 blob = write_blob (f->store, 2 * CHUNK);
  g_autoptr (GError) error = NULL;

  g_assert_true (wax_store_begin (f->store, NULL));
  g_assert_true (wax_store_exec (f->store, "DELETE FROM blob_chunk WHERE position = 1", NULL));
  g_assert_false (wax_blob_finish (f->store, blob, &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND);
  wax_store_rollback (f->store);

  finish_blob (f->store, blob);
}

static void
test_missing_chunk_is_an_error (Fixture *f, gconstpointer data)
{
  gint64 blob = write_blob (f->store, 2 * CHUNK);
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *octets = g_malloc (2 * CHUNK);
  g_autoptr (GError) error = NULL;
  gsize length;

  finish_blob (f->store, blob);
  g_assert_true (wax_store_begin (f->store, NULL));
  g_assert_true (wax_store_exec (f->store, "DELETE FROM blob_chunk WHERE position = 1", NULL));
  g_assert_true (wax_store_commit (f->store, NULL));
  stream = wax_blob_read (f->store, blob, NULL);
  g_assert_false (g_input_stream_read_all (stream, octets, 2 * CHUNK, &length, NULL, &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT);
}

static void
test_deletes_its_chunks (Fixture *f, gconstpointer data)
{
  gint64 blob = write_blob (f->store, 40 * CHUNK + 7);
  gint64 other = write_blob (f->store, 3 * CHUNK);

  /* What counts is not deleted: it is discarded first. */
  finish_blob (f->store, blob);
  finish_blob (f->store, other);
  g_assert_false (wax_blob_delete (f->store, blob, NULL));
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob_chunk"), ==, 44);
  g_assert_true (wax_store_begin (f->store, NULL));
  g_assert_true (wax_blob_discard (f->store, blob, NULL));
  g_assert_false (wax_blob_discard (f->store, blob, NULL));
  g_assert_true (wax_store_commit (f->store, NULL));
  g_assert_true (wax_blob_delete (f->store, blob, NULL));
  g_assert_false (wax_blob_delete (f->store, blob, NULL));
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob"), ==, 1);
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob_chunk"), ==, 3);
}

/* A child writes until it is killed. While this process has the database open
 * the rest stays (its writer could be alive); a lone opening sweeps it. */
static void
test_killed_writer_is_swept (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 kept = write_blob (f->store, 100);
  int ready[2];
  char octet;
  pid_t child;

  finish_blob (f->store, kept);
  g_clear_object (&f->store);
  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      WaxStore *store = wax_store_open (f->path, f->key, FALSE, NULL);
      gint64 blob = wax_blob_create (store, NULL);
      GOutputStream *stream = wax_blob_write (store, blob);
      g_autofree char *octets = g_malloc0 (CHUNK);

      for (int i = 0;; i++)
        {
          if (!g_output_stream_write_all (stream, octets, CHUNK, NULL, NULL, NULL))
            _exit (1);
          if (i == 40 && write (ready[1], "x", 1) != 1)
            _exit (1);
        }
    }
  g_assert_cmpint (read (ready[0], &octet, 1), ==, 1);

  /* Opened beside a living writer: nothing is swept. */
  f->store = wax_store_open (f->path, f->key, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob WHERE complete = 0"), ==, 1);

  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob WHERE complete = 0"), ==, 1);
  g_clear_object (&f->store);

  f->store = wax_store_open (f->path, f->key, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob"), ==, 1);
  g_assert_cmpint (count (f->store, "SELECT count (*) FROM blob_chunk"), ==, 1);
  g_assert_cmpint (wax_blob_size (f->store, kept, NULL), ==, 100);
  close (ready[0]);
  close (ready[1]);
}

/* The file gives back what a large blob took, and memory never holds it. */
static void
test_space_is_given_back (Fixture *f, gconstpointer data)
{
  GStatBuf before, after;
  gint64 blob = write_blob (f->store, 100 * CHUNK);

  sqlite3_memory_highwater (1);
  g_assert_true (wax_blob_delete (f->store, blob, NULL));
  g_test_message ("%lld octets", (long long) sqlite3_memory_highwater (0));
  g_assert_cmpint (sqlite3_memory_highwater (0), <, 40 * CHUNK);
  g_clear_object (&f->store);
  g_assert_cmpint (g_stat (f->path, &before), ==, 0);
  f->store = wax_store_open (f->path, f->key, FALSE, NULL);
  g_clear_object (&f->store);
  g_assert_cmpint (g_stat (f->path, &after), ==, 0);
  g_assert_cmpint (before.st_size, >, 100 * CHUNK);
  g_assert_cmpint (after.st_size, <, CHUNK * 4);
  f->store = wax_store_open (f->path, f->key, FALSE, NULL);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/store/blob/sizes", test_sizes);
  add ("/store/blob/seeks", test_seeks);
  add ("/store/blob/finish-demands-all-octets", test_finish_demands_all_octets);
  add ("/store/blob/missing-chunk-is-an-error", test_missing_chunk_is_an_error);
  add ("/store/blob/deletes-its-chunks", test_deletes_its_chunks);
  add ("/store/blob/killed-writer-is-swept", test_killed_writer_is_swept);
  add ("/store/blob/space-is-given-back", test_space_is_given_back);

  return g_test_run ();
}
