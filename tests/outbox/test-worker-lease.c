/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker-lease.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temp-folder.h"

static void
test_held_while_it_lives (void)
{
  g_autofree char *folder = temp_folder_new ();
  g_autoptr (GError) error = NULL;
  WaxWorkerLease *first = wax_worker_lease_take (folder, &error);
  g_autoptr (WaxWorkerLease) second = NULL;
  g_autofree char *id = NULL;

  g_assert_no_error (error);
  id = g_strdup (wax_worker_lease_get_id (first));
  g_assert_true (wax_worker_lease_is_held (folder, id));
  /* Another's sweep leaves it alone. */
  second = wax_worker_lease_take (folder, &error);
  g_assert_no_error (error);
  g_assert_true (wax_worker_lease_is_held (folder, id));
  g_assert_cmpstr (wax_worker_lease_get_id (second), !=, id);

  wax_worker_lease_free (first);
  g_assert_false (wax_worker_lease_is_held (folder, id));
  g_assert_true (wax_worker_lease_is_held (folder, wax_worker_lease_get_id (second)));
  g_assert_false (wax_worker_lease_is_held (folder, "nobody"));
  g_assert_false (wax_worker_lease_is_held (folder, "../../etc/passwd"));
  g_assert_false (wax_worker_lease_is_held (folder, NULL));
  g_clear_pointer (&second, wax_worker_lease_free);
  temp_folder_remove (folder);
}

/* A child that holds a lease says its name and waits to be killed. */
static int
child (const char *folder)
{
  g_autoptr (WaxWorkerLease) lease = wax_worker_lease_take (folder, NULL);

  g_print ("%s\n", wax_worker_lease_get_id (lease));
  /* Until it is killed. */
  return pause ();
}

static void
test_ends_with_the_process (void)
{
  g_autofree char *folder = temp_folder_new ();
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess)
      process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self, "--child", folder, NULL);
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *id = NULL;

  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  id = g_data_input_stream_read_line_utf8 (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (wax_worker_lease_is_held (folder, id));

  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_false (wax_worker_lease_is_held (folder, id));
  /* And what it left is gone: nothing is in the folder. */
  temp_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--child") == 0)
    return child (argv[2]);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/worker-lease/held-while-it-lives", test_held_while_it_lives);
  g_test_add_func ("/outbox/worker-lease/ends-with-the-process", test_ends_with_the_process);
  return g_test_run ();
}
