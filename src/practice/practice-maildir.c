/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A Maildir. It is not synced to the disk at each message as a real server's
 * must be: what a practice server holds may be lost with the machine. */

#include "practice-maildir.h"

#include <glib/gstdio.h>

struct _WaxPracticeMaildir
{
  char *path;
  gboolean temporary;
  guint deliveries; /* atomic */
};

struct _WaxPracticeDelivery
{
  char *tmp_path;
  char *new_path;
  GOutputStream *output;
};

static const char *const folders[] = { "tmp", "new", "cur" };

WaxPracticeMaildir *
wax_practice_maildir_open (const char *path, GError **error)
{
  g_autoptr (WaxPracticeMaildir) self = g_new0 (WaxPracticeMaildir, 1);

  if (path != NULL)
    self->path = g_canonicalize_filename (path, NULL);
  else
    {
      self->path = g_dir_make_tmp ("waxseal-maildir-XXXXXX", error);
      if (self->path == NULL)
        return NULL;
      self->temporary = TRUE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (self->path, folders[i], NULL);

      if (g_mkdir_with_parents (folder, 0700) != 0)
        {
          int code = errno;

          g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                       "The practice server cannot make its mailbox folder “%s”: %s", folder,
                       g_strerror (code));
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/* Removes a folder of plain files. */
static void
remove_flat_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

void
wax_practice_maildir_free (WaxPracticeMaildir *self)
{
  if (self == NULL)
    return;

  if (self->temporary)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
        {
          g_autofree char *folder = g_build_filename (self->path, folders[i], NULL);

          remove_flat_folder (folder);
        }
      g_rmdir (self->path);
    }
  g_free (self->path);
  g_free (self);
}

const char *
wax_practice_maildir_get_path (WaxPracticeMaildir *self)
{
  return self->path;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GStrv
wax_practice_maildir_list (WaxPracticeMaildir *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_null_terminated (8, g_free, TRUE);
  g_autofree char *folder = g_build_filename (self->path, "new", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_paths);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}

WaxPracticeDelivery *
wax_practice_delivery_begin (WaxPracticeMaildir *maildir, GError **error)
{
  g_autoptr (WaxPracticeDelivery) self = g_new0 (WaxPracticeDelivery, 1);
  guint number = (guint) g_atomic_int_add (&maildir->deliveries, 1);
  /* Time and count of fixed width: names then sort by age. */
  g_autofree char *name = g_strdup_printf ("%016" G_GINT64_FORMAT ".%06u.practice", g_get_real_time (),
                                           number);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileOutputStream) output = NULL;

  self->tmp_path = g_build_filename (maildir->path, "tmp", name, NULL);
  self->new_path = g_build_filename (maildir->path, "new", name, NULL);
  file = g_file_new_for_path (self->tmp_path);
  output = g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, error);
  if (output == NULL)
    return NULL;
  self->output = g_buffered_output_stream_new_sized (G_OUTPUT_STREAM (output), 65536);

  return g_steal_pointer (&self);
}

gboolean
wax_practice_delivery_write (WaxPracticeDelivery *self, gconstpointer data, gsize length, GError **error)
{
  return g_output_stream_write_all (self->output, data, length, NULL, NULL, error);
}

gboolean
wax_practice_delivery_commit (WaxPracticeDelivery *self, GError **error)
{
  if (!g_output_stream_close (self->output, NULL, error))
    return FALSE;
  if (g_rename (self->tmp_path, self->new_path) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                   "A message cannot be moved to “%s”: %s", self->new_path, g_strerror (code));
      return FALSE;
    }
  g_clear_pointer (&self->tmp_path, g_free);

  return TRUE;
}

void
wax_practice_delivery_free (WaxPracticeDelivery *self)
{
  if (self == NULL)
    return;

  if (self->output != NULL)
    g_output_stream_close (self->output, NULL, NULL);
  g_clear_object (&self->output);
  if (self->tmp_path != NULL)
    g_unlink (self->tmp_path);
  g_free (self->tmp_path);
  g_free (self->new_path);
  g_free (self);
}
