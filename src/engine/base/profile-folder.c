/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a profile lives, and that nobody else may write there. */

#include "profile-folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

char *
wax_profile_folder_default (void)
{
  const char *chosen = g_getenv ("WAXSEAL_PROFILE");

  if (chosen != NULL && *chosen != '\0')
    return g_canonicalize_filename (chosen, NULL);

  return g_build_filename (g_get_user_data_dir (), "waxseal", NULL);
}

gboolean
wax_profile_folder_ensure (const char *folder, GError **error)
{
  GStatBuf info;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int saved = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                   "The profile folder “%s” cannot be made: %s", folder, g_strerror (saved));
      return FALSE;
    }
  if (g_stat (folder, &info) != 0 || !S_ISDIR (info.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR, "The profile “%s” is not a folder", folder);
      return FALSE;
    }
  if (info.st_uid != geteuid ())
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                   "The profile folder “%s” belongs to another user of this computer: choose one of your own",
                   folder);
      return FALSE;
    }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    {
      g_set_error (
          error, G_FILE_ERROR, G_FILE_ERROR_PERM,
          "Others may write to the profile folder “%s”: take that right away (chmod go-w) and try again",
          folder);
      return FALSE;
    }

  return TRUE;
}

char *
wax_profile_folder_database (const char *folder)
{
  return g_build_filename (folder, "waxseal.db", NULL);
}
