/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A step that computes for long is left while it computes: the thread that does is
 * seen by its name, before the cancelling and after the return. */

#include "sasl-client.h"

#include <string.h>

#define THREAD "sasl-step"

static gboolean
is_computing (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;

  g_assert_nonnull (tasks);
  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", task, "comm", NULL);
      g_autofree char *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, THREAD))
        return TRUE;
    }

  return FALSE;
}

static void
await_computing (gboolean wanted)
{
  while (is_computing () != wanted)
    g_usleep (1000);
}

static gpointer
cancel_thread (gpointer data)
{
  await_computing (TRUE);
  g_cancellable_cancel (data);

  return NULL;
}

/* The server-first-message that asks for the most rounds that are allowed. */
static char *
costly_challenge (WaxSaslClient *client)
{
  g_autoptr (WaxSecret) first = wax_sasl_client_step (client, NULL, 0, NULL, NULL);

  g_assert_nonnull (first);
  await_computing (FALSE);

  return g_strdup_printf ("r=%sx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000",
                          strstr (wax_secret_peek (first), "r=") + 2);
}

static WaxSaslClient *
scram_client (void)
{
  g_autoptr (WaxSecret) password = wax_secret_new_string ("pencil");
  const WaxSaslCredentials credentials = { .user = "user", .password = password };
  g_autoptr (GError) error = NULL;
  WaxSaslClient *client = wax_sasl_client_new ("SCRAM-SHA-256", &credentials, "host", 465, NULL, &error);

  g_assert_no_error (error);

  return client;
}

static void
test_leaves_a_long_step (void)
{
  g_autoptr (WaxSaslClient) client = scram_client ();
  g_autofree char *challenge = costly_challenge (client);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *canceller = g_thread_new ("canceller", cancel_thread, cancellable);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret) response = wax_sasl_client_step (client, (const guint8 *) challenge,
                                                         strlen (challenge), cancellable, &error);
  gboolean computing = is_computing ();

  g_thread_join (canceller);
  g_assert_null (response);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (computing);
  g_assert_false (wax_sasl_client_is_done (client));

  /* The client goes before the step is at its end, which then frees what it holds: the
   * leak checker and the address sanitizer look on. */
  g_clear_error (&error);
  g_assert_null (wax_sasl_client_step (client, NULL, 0, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
  g_clear_pointer (&client, wax_sasl_client_free);
  await_computing (FALSE);
}

static void
test_cancelled_before (void)
{
  g_autoptr (WaxSaslClient) client = scram_client ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (wax_sasl_client_step (client, NULL, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A cancellable that is not cancelled is in nobody's way, and can be used again. */
static void
test_not_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (int i = 0; i < 20; i++)
    {
      g_autoptr (WaxSaslClient) client = scram_client ();
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxSecret) first = wax_sasl_client_step (client, NULL, 0, cancellable, &error);
      g_autofree char *challenge = NULL;
      g_autoptr (WaxSecret) final = NULL;

      g_assert_no_error (error);
      challenge = g_strdup_printf ("r=%sx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                                   strstr (wax_secret_peek (first), "r=") + 2);
      final = wax_sasl_client_step (client, (const guint8 *) challenge, strlen (challenge), cancellable,
                                    &error);
      g_assert_no_error (error);
      g_assert_nonnull (strstr (wax_secret_peek (final), ",p="));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/cancel/leaves-a-long-step", test_leaves_a_long_step);
  g_test_add_func ("/auth/cancel/before", test_cancelled_before);
  g_test_add_func ("/auth/cancel/not", test_not_cancelled);

  return g_test_run ();
}
