/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile-folder.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_refused (const char *folder)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wax_profile_folder_ensure (folder, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM);
}

static void
test_is_made_for_the_user_alone (void)
{
  g_autofree char *parent = g_dir_make_tmp ("waxseal-test-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (parent, "profile", NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (wax_profile_folder_ensure (folder, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_rmdir (folder);
  g_rmdir (parent);
}

static void
test_refuses_what_others_may_write (void)
{
  g_autofree char *folder = g_dir_make_tmp ("waxseal-test-XXXXXX", NULL);

  g_assert_cmpint (g_chmod (folder, 0720), ==, 0);
  assert_refused (folder);
  g_rmdir (folder);
}

/* Whoever owns a folder can put another database into it. */
static void
test_refuses_what_belongs_to_another (void)
{
  g_autofree char *folder = NULL;

  if (geteuid () != 0)
    {
      assert_refused ("/");
      return;
    }
  folder = g_dir_make_tmp ("waxseal-test-XXXXXX", NULL);
  if (chown (folder, 12345, (gid_t) -1) != 0)
    g_test_skip ("no folder can be given away here");
  else
    assert_refused (folder);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/profile-folder/is-made-for-the-user-alone", test_is_made_for_the_user_alone);
  g_test_add_func ("/base/profile-folder/refuses-what-others-may-write", test_refuses_what_others_may_write);
  g_test_add_func ("/base/profile-folder/refuses-what-belongs-to-another",
                   test_refuses_what_belongs_to_another);

  return g_test_run ();
}
