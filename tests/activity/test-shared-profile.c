/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Several processes on one new profile, with a real keyring between them (run by
 * tests/testing/with-keyring): one of them makes the log, none raises an alarm, and
 * all append. */

#include "activity-log.h"
#include "keyring-vault.h"
#include "temp-folder.h"

#include <sys/wait.h>
#include <unistd.h>

#define PROFILE   "0123456789abcdef"
#define PROCESSES 4
#define ROUNDS    8

static int
use_profile (const char *path, WaxSecret *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  g_autoptr (WaxStore) store = wax_store_open (path, key, TRUE, &error);
  g_autoptr (WaxActivityLog) log = NULL;

  if (store != NULL)
    log = wax_activity_log_open (store, vault, PROFILE, FALSE, NULL, &error);
  for (int i = 0; error == NULL && i < ROUNDS; i++)
    wax_activity_log_record (log, wax_activity_event_lifecycle (3, "From one of several"), &error);
  if (error == NULL)
    wax_activity_log_flush (log, NULL, &error);
  if (error != NULL)
    g_printerr ("# %s\n", error->message);

  return error == NULL ? 0 : 1;
}

static void
test_shared_profile (void)
{
  g_autofree char *folder = temp_folder_new ();
  g_autofree char *path = g_build_filename (folder, "waxseal.db", NULL);
  g_autoptr (WaxSecret) key = wax_secret_new_random (32);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxVault) vault = NULL;
  g_autoptr (WaxStore) store = NULL;
  g_autoptr (WaxActivityLog) log = NULL;
  g_autoptr (WaxVerification) result = NULL;
  pid_t children[PROCESSES];

  /* Before this process speaks with the bus: a connection does not survive fork. */
  for (int i = 0; i < PROCESSES; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        _exit (use_profile (path, key));
    }
  for (int i = 0; i < PROCESSES; i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }

  vault = wax_keyring_vault_new ();
  store = wax_store_open (path, key, FALSE, &error);
  g_assert_no_error (error);
  log = wax_activity_log_open (store, vault, PROFILE, FALSE, NULL, &error);
  g_assert_no_error (error);
  result = wax_activity_log_verify (log, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", result->sentence);
  g_assert_cmpint (result->verdict, ==, WAX_VERDICT_INTACT);
  g_assert_cmpint (result->entries, ==, PROCESSES * ROUNDS);

  g_clear_object (&log);
  g_clear_object (&store);
  temp_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/shared-profile", test_shared_profile);

  return g_test_run ();
}
