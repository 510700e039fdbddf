/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leases by flock(): they belong to the open file, so they also tell two workers
 * of one process apart, and they end with the process. */

#include "worker-lease.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "worker-"
#define SUFFIX ".lease"

struct _WaxWorkerLease
{
  char *id;
  char *path;
  int fd;
};

static char *
path_of (const char *folder, const char *id)
{
  g_autofree char *name = g_strconcat (PREFIX, id, SUFFIX, NULL);

  return g_build_filename (folder, name, NULL);
}

static int
lock (int fd, int how)
{
  int result;

  do
    result = flock (fd, how);
  while (result != 0 && errno == EINTR);

  return result;
}

static gboolean
is_held (const char *path)
{
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gboolean held;

  /* Where it cannot be found out, the careful answer is that it lives. */
  if (fd < 0)
    return errno != ENOENT;
  held = lock (fd, LOCK_EX | LOCK_NB) != 0;
  if (!held)
    unlink (path);
  close (fd);

  return held;
}

static void
sweep (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, PREFIX) && g_str_has_suffix (name, SUFFIX))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        is_held (path);
      }
}

/* Between making the file and locking it, another's sweep may have removed it. */
static gboolean
is_still_there (int fd, const char *path)
{
  struct stat ours, theirs;

  return fstat (fd, &ours) == 0 && stat (path, &theirs) == 0 && ours.st_ino == theirs.st_ino
         && ours.st_dev == theirs.st_dev;
}

WaxWorkerLease *
wax_worker_lease_take (const char *folder, GError **error)
{
  sweep (folder);

  for (int tries = 0; tries < 100; tries++)
    {
      g_autoptr (WaxWorkerLease) self = g_new0 (WaxWorkerLease, 1);
      g_autofree char *uuid = g_uuid_string_random ();

      self->id = g_strdup_printf ("%d-%s", (int) getpid (), uuid);
      self->path = path_of (folder, self->id);
      self->fd = open (self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (self->fd < 0 || lock (self->fd, LOCK_EX) != 0)
        {
          int saved = errno;

          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                       "The folder “%s” cannot be used for sending: %s", folder, g_strerror (saved));
          return NULL;
        }
      if (is_still_there (self->fd, self->path))
        return g_steal_pointer (&self);
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "The folder “%s” cannot be used for sending",
               folder);

  return NULL;
}

void
wax_worker_lease_free (WaxWorkerLease *self)
{
  if (self == NULL)
    return;

  if (self->fd >= 0)
    {
      unlink (self->path);
      close (self->fd);
    }
  g_free (self->id);
  g_free (self->path);
  g_free (self);
}

const char *
wax_worker_lease_get_id (WaxWorkerLease *self)
{
  return self->id;
}

gboolean
wax_worker_lease_is_held (const char *folder, const char *id)
{
  g_autofree char *path = NULL;

  if (id == NULL || strchr (id, '/') != NULL)
    return FALSE;
  path = path_of (folder, id);

  return is_held (path);
}
