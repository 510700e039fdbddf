/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SQLite's result codes in words. Codes that a user can do something about get
 * an error of their own; the rest keep SQLite's words. */

#include "store-private.h"

#include <errno.h>

G_DEFINE_QUARK (wax_store_error, wax_store_error)

/* A write that failed with one of these failed for want of space, whatever
 * SQLite made of it. EFBIG is a quota by RLIMIT_FSIZE. */
static gboolean
is_want_of_space (int code, int system_error)
{
  if ((code & 0xff) == SQLITE_FULL)
    return TRUE;

  return (code & 0xff) == SQLITE_IOERR
         && (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG);
}

/* A page whose authentication code is wrong comes out of SQLCipher 4.6 as the
 * bare SQLITE_ERROR. Every error in a statement has words of its own. */
static gboolean
is_bad_page (int code, const char *words)
{
  return code == SQLITE_ERROR && g_strcmp0 (words, sqlite3_errstr (SQLITE_ERROR)) == 0;
}

/* All statements are written here, over tables that were made here: a table that
 * is not there was taken away by somebody else. */
static gboolean
is_lost_table (int code, const char *words)
{
  return code == SQLITE_ERROR && words != NULL && g_str_has_prefix (words, "no such ");
}

void
wax_store_set_error (GError **error, sqlite3 *db, const char *path, int code)
{
  int system_error = db != NULL ? sqlite3_system_errno (db) : 0;
  const char *words = db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);

  if (is_want_of_space (code, system_error))
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FULL,
                   "The disk that holds %s is full: nothing was changed. Free some space and try again.",
                   path);
      return;
    }

  if (is_bad_page (code, words))
    {
      code = SQLITE_CORRUPT;
      words = "a page does not decrypt";
    }

  if (is_lost_table (code, words))
    code = SQLITE_CORRUPT;

  switch (code & 0xff)
    {
    case SQLITE_NOTADB:
      g_set_error (
          error, WAX_STORE_ERROR, WAX_STORE_ERROR_KEY,
          "The key in the keyring does not open %s: the file belongs to another profile, its start was "
          "changed, or it is not a database of Waxseal. Nothing was written to it.",
          path);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_BUSY,
                   "Another process has held %s for too long. Close it, or wait for it, and try again.",
                   path);
      break;
    case SQLITE_CORRUPT:
      g_set_error (
          error, WAX_STORE_ERROR, WAX_STORE_ERROR_CORRUPT,
          "%s is damaged, or was changed by something other than Waxseal (%s). Keep a copy of the file, "
          "and restore a backup.",
          path, words);
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED,
                   "%s cannot be opened for writing: %s. Check that the file and its folder belong to you.",
                   path, system_error != 0 ? g_strerror (system_error) : words);
      break;
    default:
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED, "The database %s failed: %s (%d).", path,
                   words, code);
    }
}
