/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rules that every vault has, and a keyring that is not there. */

#include "keyring-vault.h"
#include "memory-vault.h"

#include <glib/gstdio.h>
#include <signal.h>

static void
store (WaxVault *vault, const char *owner, const char *text)
{
  g_autoptr (WaxSecret) secret = wax_secret_new_string (text);
  g_autoptr (GError) error = NULL;

  wax_vault_store (vault, WAX_VAULT_PASSWORD, owner, "Test", secret, NULL, &error);
  g_assert_no_error (error);
}

static char *
lookup (WaxVault *vault, const char *purpose, const char *owner)
{
  g_autoptr (WaxSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  wax_vault_lookup (vault, purpose, owner, &secret, NULL, &error);
  g_assert_no_error (error);

  return secret != NULL ? g_strdup (wax_secret_peek (secret)) : NULL;
}

static void
test_memory_round_trip (void)
{
  g_autoptr (WaxVault) vault = wax_memory_vault_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;

  store (vault, "a", "one");
  store (vault, "b", "two");
  store (vault, "a", "three");
  first = lookup (vault, WAX_VAULT_PASSWORD, "a");
  second = lookup (vault, WAX_VAULT_PASSWORD, "b");
  other = lookup (vault, WAX_VAULT_DATABASE_KEY, "a");
  g_assert_cmpstr (first, ==, "three");
  g_assert_cmpstr (second, ==, "two");
  g_assert_null (other);
  g_assert_true (wax_vault_clear (vault, WAX_VAULT_PASSWORD, "a", NULL, NULL));
  g_assert_null (lookup (vault, WAX_VAULT_PASSWORD, "a"));
}

static void
test_memory_fails_as_told (void)
{
  g_autoptr (WaxVault) vault = wax_memory_vault_new ();
  g_autoptr (WaxSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  store (vault, "a", "one");
  wax_memory_vault_fail_with (WAX_MEMORY_VAULT (vault), WAX_VAULT_ERROR_LOCKED);
  g_assert_false (wax_vault_lookup (vault, WAX_VAULT_PASSWORD, "a", &secret, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
  g_assert_null (secret);
}

static void
test_one_line_only (void)
{
  static const struct
  {
    const char *octets;
    gsize length;
  } bad[] = { { "two\nlines", 9 }, { "two\rlines", 9 }, { "nul\0inside", 10 } };
  g_autoptr (WaxVault) vault = wax_memory_vault_new ();
  g_autofree char *long_text = g_strnfill (4097, 'x');
  g_autoptr (WaxSecret) too_long = wax_secret_new_string (long_text);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (WaxSecret) secret = wax_secret_new (bad[i].octets, bad[i].length);

      g_assert_false (wax_vault_store (vault, WAX_VAULT_PASSWORD, "a", "Test", secret, NULL, &error));
      g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_FAILED);
      g_assert_null (g_strstr_len (error->message, -1, "lines"));
      g_clear_error (&error);
    }
  g_assert_false (wax_vault_store (vault, WAX_VAULT_PASSWORD, "a", "Test", too_long, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_FAILED);
  g_assert_null (lookup (vault, WAX_VAULT_PASSWORD, "a"));
}

static void
assert_absent (void)
{
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  g_autoptr (WaxSecret) secret = wax_secret_new_string ("x");
  g_autoptr (WaxSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (wax_keyring_vault_available (NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT);
  g_clear_error (&error);
  g_assert_false (wax_vault_lookup (vault, WAX_VAULT_PASSWORD, "a", &found, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT);
  g_clear_error (&error);
  g_assert_false (wax_vault_store (vault, WAX_VAULT_PASSWORD, "a", "Test", secret, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT);
  g_clear_error (&error);
  g_assert_false (wax_vault_clear (vault, WAX_VAULT_PASSWORD, "a", NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT);
}

static void
test_no_bus (void)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  assert_absent ();
}

static const char bus_configuration[] =
    "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context='default'>"
    "<allow send_destination='*'/><allow receive_sender='*'/><allow own='*'/></policy></busconfig>";

/* A bus of our own, on which nothing can be started. The part that speaks with
 * it is a process of its own: GIO's connection to a bus lasts as long as that. */
static void
test_no_service (void)
{
  g_autoptr (GSubprocess) bus = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *configuration = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  if (g_test_subprocess ())
    {
      assert_absent ();
      return;
    }

  fd = g_file_open_tmp ("waxseal-bus-XXXXXX", &configuration, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (configuration, bus_configuration, -1, NULL));
  bus = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                          "dbus-daemon", "--nofork", "--nopidfile", "--print-address", "--config-file",
                          configuration, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus));
  address = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (address);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_subprocess_send_signal (bus, SIGTERM);
  g_assert_true (g_subprocess_wait (bus, NULL, NULL));
  g_assert_cmpint (g_unlink (configuration), ==, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vault/memory/round-trip", test_memory_round_trip);
  g_test_add_func ("/vault/memory/fails-as-told", test_memory_fails_as_told);
  g_test_add_func ("/vault/one-line-only", test_one_line_only);
  g_test_add_func ("/vault/keyring/no-service", test_no_service);
  g_test_add_func ("/vault/keyring/no-bus", test_no_bus);

  return g_test_run ();
}
