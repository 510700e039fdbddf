/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A real keyring (run by tests/testing/with-keyring): there and back, and what
 * a locked one answers. */

#include "keyring-vault.h"

#include <libsecret/secret.h>
#include <string.h>

static void
store (WaxVault *vault, const char *owner, const char *text)
{
  g_autoptr (WaxSecret) secret = wax_secret_new_string (text);
  g_autoptr (GError) error = NULL;

  wax_vault_store (vault, WAX_VAULT_PASSWORD, owner, "Waxseal test", secret, NULL, &error);
  g_assert_no_error (error);
}

static char *
lookup (WaxVault *vault, const char *owner)
{
  g_autoptr (WaxSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  wax_vault_lookup (vault, WAX_VAULT_PASSWORD, owner, &secret, NULL, &error);
  g_assert_no_error (error);

  return secret != NULL ? g_strdup (wax_secret_peek (secret)) : NULL;
}

static void
test_round_trip (void)
{
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  g_autofree char *long_text = g_strnfill (4096, 'x');
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *empty = NULL;

  g_assert_true (wax_keyring_vault_available (NULL, NULL));
  g_assert_null (lookup (vault, "a"));
  store (vault, "a", "one");
  store (vault, "b", "zwei µ ☃");
  store (vault, "a", "three");
  store (vault, "c", long_text);
  store (vault, "d", "");
  first = lookup (vault, "a");
  second = lookup (vault, "b");
  third = lookup (vault, "c");
  empty = lookup (vault, "d");
  g_assert_cmpstr (first, ==, "three");
  g_assert_cmpstr (second, ==, "zwei µ ☃");
  g_assert_cmpstr (third, ==, long_text);
  g_assert_cmpstr (empty, ==, "");
  g_assert_true (wax_vault_clear (vault, WAX_VAULT_PASSWORD, "a", NULL, NULL));
  g_assert_true (wax_vault_clear (vault, WAX_VAULT_PASSWORD, "a", NULL, NULL));
  g_assert_null (lookup (vault, "a"));
}

static gpointer
look_up_much (gpointer data)
{
  for (int i = 0; i < 10; i++)
    {
      g_autofree char *found = lookup (data, "b");

      g_assert_nonnull (found);
    }

  return NULL;
}

static void
test_from_threads (void)
{
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  GThread *threads[3];

  store (vault, "b", "two");
  for (int i = 0; i < 3; i++)
    threads[i] = g_thread_new ("lookup", look_up_much, vault);
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
}

static void
test_cancelled (void)
{
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WaxSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (wax_vault_lookup (vault, WAX_VAULT_PASSWORD, "b", &found, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Nothing here can show a prompt, so a locked keyring stays locked. */
static void
test_locked (void)
{
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  g_autoptr (WaxSecret) secret = wax_secret_new_string ("x");
  g_autoptr (WaxSecret) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_LOAD_COLLECTIONS, NULL, NULL);
  GList *collections;

  store (vault, "b", "two");
  collections = secret_service_get_collections (service);
  g_assert_cmpint (secret_service_lock_sync (service, collections, NULL, NULL, &error), >=, 1);
  g_assert_no_error (error);
  g_list_free_full (collections, g_object_unref);

  g_assert_true (wax_keyring_vault_available (NULL, NULL));
  /* One that is there, and one that is not: neither is "no such item". */
  g_assert_false (wax_vault_lookup (vault, WAX_VAULT_PASSWORD, "b", &found, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
  g_assert_null (found);
  g_clear_error (&error);
  g_assert_false (wax_vault_lookup (vault, WAX_VAULT_PASSWORD, "nobody", &found, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
  g_assert_null (found);
  g_clear_error (&error);
  g_assert_false (wax_vault_store (vault, WAX_VAULT_PASSWORD, "b", "Test", secret, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (wax_vault_clear (vault, WAX_VAULT_PASSWORD, "b", NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* A prompter that could be started would wait for a person. */
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_test_add_func ("/vault/keyring/round-trip", test_round_trip);
  g_test_add_func ("/vault/keyring/from-threads", test_from_threads);
  g_test_add_func ("/vault/keyring/cancelled", test_cancelled);
  g_test_add_func ("/vault/keyring/locked", test_locked);

  return g_test_run ();
}
