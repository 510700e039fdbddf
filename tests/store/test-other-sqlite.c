/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Linked with another SQLite ahead of SQLCipher (as `plain`), the store must
 * refuse and leave no file; linked behind a library that pulls one in (as
 * `pulled`), and after that library has used it, it must still encrypt. */

#include "store.h"

#include <glib/gstdio.h>
#include <string.h>

#ifdef TOUCH_OTHER
/* libsoup writes a database of its own, by whichever SQLite this process has. */
static void
use_other (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cookies", NULL);
  g_autoptr (SoupCookieJar) jar = soup_cookie_jar_db_new (path, FALSE);

  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("a", "b", "example.org", "/", 3600));
  g_clear_object (&jar);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_unlink (path);
}
#endif

int
main (int argc, char **argv)
{
  gboolean plain = g_strcmp0 (OTHER_SQLITE, "plain") == 0;
  g_autofree char *folder = g_dir_make_tmp ("waxseal-other-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "waxseal.db", NULL);
  g_autofree char *lock = g_strconcat (path, "-lock", NULL);
  g_autofree char *octets = NULL;
  g_autoptr (WaxSecret) key = wax_secret_new_random (32);
  g_autoptr (GError) error = NULL;
  WaxStore *store;
  gsize length;

#ifdef TOUCH_OTHER
  /* So that the linker keeps the other library. */
  g_type_ensure (TOUCH_OTHER ());
  use_other (folder);
#endif
  store = wax_store_open (path, key, TRUE, &error);
  if (plain)
    {
      g_assert_null (store);
      g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CIPHER);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  else
    {
      g_assert_no_error (error);
      g_object_unref (store);
      g_assert_true (g_file_get_contents (path, &octets, &length, NULL));
      g_assert_cmpuint (length, >, 4096);
      g_assert_null (memmem (octets, length, "SQLite format 3", 15));
      g_assert_null (memmem (octets, length, "CREATE TABLE", 12));
    }
  g_unlink (path);
  g_unlink (lock);
  g_assert_cmpint (g_rmdir (folder), ==, 0);

  return 0;
}
