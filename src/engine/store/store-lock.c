/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who has the database open. Several processes may (the window, the command
 * line). Each holds a shared lock on a file beside the database; who gets it
 * exclusively is alone, and may tidy up. It is a file of its own because closing
 * any descriptor of the database would drop SQLite's own locks on it. The one
 * Unix-only file of this room. */

#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int
wax_store_lock_join (const char *path, gboolean *alone, GError **error)
{
  g_autofree char *name = g_strconcat (path, "-lock", NULL);
  gint64 deadline = g_get_monotonic_time () + WAX_STORE_PATIENCE_MS * G_GINT64_CONSTANT (1000);
  int lock = open (name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (lock < 0)
    {
      g_set_error (error, WAX_STORE_ERROR, errno == ENOSPC ? WAX_STORE_ERROR_FULL : WAX_STORE_ERROR_FAILED,
                   "The file %s cannot be made: %s. Check that the folder is there and belongs to you.", name,
                   g_strerror (errno));
      return -1;
    }

  for (;;)
    {
      *alone = flock (lock, LOCK_EX | LOCK_NB) == 0;
      if (*alone || flock (lock, LOCK_SH | LOCK_NB) == 0)
        return lock;
      if (g_get_monotonic_time () > deadline)
        break;
      g_usleep (10 * 1000); /* the other is opening: that is short */
    }

  close (lock);
  wax_store_set_error (error, NULL, path, SQLITE_BUSY);

  return -1;
}

void
wax_store_lock_share (int lock)
{
  /* Only a process that is opening and alone can come between, and it gives way. */
  while (flock (lock, LOCK_SH) != 0 && errno == EINTR)
    ;
}

void
wax_store_lock_leave (int lock)
{
  close (lock);
}
