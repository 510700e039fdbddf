/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The certificate authorities of one account, which stand in place of the system's.
 * GIO reads them from a file only. */

#include "tls-authorities.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tls-guard.h"

#define MAX_CA_PEM (4 * 1024 * 1024)

/* @path is absolute, as GTlsFileDatabase wants it. A file that holds no
 * certificate would refuse every server with the wrong reason. */
static GTlsDatabase *
load_authorities (const char *path, const char *shown, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GList *certificates = g_tls_certificate_list_new_from_file (path, &cause);
  GTlsDatabase *database = NULL;

  if (certificates != NULL)
    database = g_tls_file_database_new (path, &cause);
  g_list_free_full (certificates, g_object_unref);
  if (database == NULL)
    g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE,
                 "The certificate authorities in %s cannot be read: %s", shown,
                 cause != NULL ? cause->message : "it holds no certificate in PEM");

  return database;
}

/* GIO reads authorities only from a file, and may read it again later: it stays
 * until @path is freed by drop_file(). */
static gboolean
write_pem (const char *pem, char **path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gsize length = strlen (pem);
  int fd;

  if (length > MAX_CA_PEM)
    {
      g_set_error_literal (
          error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE,
          "The account's certificate authorities are larger than the 4 MiB that are allowed");
      return FALSE;
    }
  fd = g_file_open_tmp ("waxseal-ca-XXXXXX.pem", path, &cause);
  if (fd >= 0)
    {
      g_close (fd, NULL);
      g_file_set_contents_full (*path, pem, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &cause);
    }
  if (cause != NULL)
    {
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE,
                   "The account's certificate authorities cannot be written for use: %s", cause->message);
      return FALSE;
    }

  return TRUE;
}

static void
drop_file (char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_file_delete (file, NULL, NULL);
  g_free (path);
}

gboolean
wax_tls_authorities_load (WaxTlsAuthorities *self, const char *ca_pem, const char *ca_file, GError **error)
{
  g_autofree char *path = NULL;

  if (ca_pem != NULL)
    {
      if (!write_pem (ca_pem, &self->path, error))
        return FALSE;
      self->database = load_authorities (self->path, "the account's settings", error);
      return self->database != NULL;
    }
  if (ca_file != NULL)
    {
      path = g_canonicalize_filename (ca_file, NULL);
      self->database = load_authorities (path, ca_file, error);
      return self->database != NULL;
    }

  return TRUE;
}

void
wax_tls_authorities_clear (WaxTlsAuthorities *self)
{
  g_clear_object (&self->database);
  g_clear_pointer (&self->path, drop_file);
}
