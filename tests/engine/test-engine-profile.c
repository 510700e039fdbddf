/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening, closing, and what must never be a fresh start. */

#include "engine.h"

#include <string.h>

#include "memory-vault.h"
#include "profile-folder.h"
#include "temp-folder.h"

typedef struct
{
  char *folder;
  WaxVault *vault;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = temp_folder_new ();
  self->vault = wax_memory_vault_new ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  temp_folder_remove (self->folder);
  g_free (self->folder);
  g_object_unref (self->vault);
}

static WaxEngine *
open_engine (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WaxEngine *engine = wax_engine_open (self->folder, self->vault, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (engine);
  return engine;
}

static void
add_account (WaxEngine *engine, const char *address)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxSecret) password = wax_secret_new_string ("secret");
  g_autoptr (GError) error = NULL;

  g_object_set (account, "address", address, "host", "mail.example.org", "user", "ada", NULL);
  wax_engine_save_account (engine, account, password, NULL, &error);
  g_assert_no_error (error);
}

static guint
count_accounts (WaxEngine *engine)
{
  g_autoptr (GPtrArray) list = wax_engine_list_accounts (engine, NULL);

  return list->len;
}

static char *
file_of (Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static void
test_open_close_reopen (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxEngine) engine = NULL;
  g_autoptr (WaxVerification) verification = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id_file = file_of (self, "profile-id");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  char *elsewhere;

  g_assert_false (wax_engine_profile_exists (self->folder));
  engine = open_engine (self);
  g_assert_null (wax_engine_dup_alarm (engine));
  add_account (engine, "ada@example.org");
  g_assert_true (g_file_get_contents (id_file, &before, NULL, NULL));
  wax_engine_close (engine);
  wax_engine_close (engine);
  g_assert_null (wax_engine_list_accounts (engine, &error));
  g_assert_error (error, WAX_ENGINE_ERROR, WAX_ENGINE_ERROR_CLOSED);
  g_clear_error (&error);
  g_clear_object (&engine);
  g_assert_true (wax_engine_profile_exists (self->folder));

  /* A moved folder is the same profile. */
  elsewhere = g_strconcat (self->folder, "-moved", NULL);
  g_assert_cmpint (g_rename (self->folder, elsewhere), ==, 0);
  g_free (self->folder);
  self->folder = elsewhere;
  engine = open_engine (self);
  g_assert_cmpuint (count_accounts (engine), ==, 1);
  g_clear_pointer (&id_file, g_free);
  id_file = file_of (self, "profile-id");
  g_assert_true (g_file_get_contents (id_file, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, before);
  verification = wax_engine_verify_log (engine, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verification->verdict, ==, WAX_VERDICT_INTACT);
}

static void
assert_key_missing (Fixture *self, WaxVault *vault)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *database = wax_profile_folder_database (self->folder);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize length = 0, again = 0;

  g_assert_true (g_file_get_contents (database, &before, &length, NULL));
  g_assert_null (wax_engine_open (self->folder, vault, NULL, &error));
  g_assert_error (error, WAX_ENGINE_ERROR, WAX_ENGINE_ERROR_KEY_MISSING);
  g_assert_nonnull (strstr (error->message, self->folder));
  g_assert_true (g_file_get_contents (database, &after, &again, NULL));
  g_assert_cmpmem (after, again, before, length);
}

static void
test_key_missing_is_an_alarm (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxEngine) engine = open_engine (self);
  g_autoptr (WaxVault) empty = wax_memory_vault_new ();
  g_autofree char *id_file = file_of (self, "profile-id");
  g_autofree char *id = NULL;

  add_account (engine, "ada@example.org");
  g_clear_object (&engine);
  assert_key_missing (self, empty);

  /* The name is gone: the key cannot be found, and no other is made. */
  g_assert_true (g_file_get_contents (id_file, &id, NULL, NULL));
  g_assert_cmpint (g_unlink (id_file), ==, 0);
  assert_key_missing (self, self->vault);

  /* With it back, all is as it was. */
  g_assert_true (g_file_set_contents (id_file, id, -1, NULL));
  engine = open_engine (self);
  g_assert_cmpuint (count_accounts (engine), ==, 1);
}

static void
test_locked_keyring_makes_nothing (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxEngine) engine = NULL;
  g_autoptr (WaxVault) locked = wax_memory_vault_new ();
  g_autoptr (GError) error = NULL;

  wax_memory_vault_fail_with (WAX_MEMORY_VAULT (locked), WAX_VAULT_ERROR_LOCKED);
  g_assert_null (wax_engine_open (self->folder, locked, NULL, &error));
  g_assert_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED);
  g_assert_false (wax_engine_profile_exists (self->folder));

  /* What was begun can be gone on from. */
  engine = open_engine (self);
  g_assert_cmpuint (count_accounts (engine), ==, 0);
}

/* The store of the profile, without the engine. */
static WaxStore *
open_store (Fixture *self)
{
  g_autofree char *database = wax_profile_folder_database (self->folder);
  g_autofree char *id_file = file_of (self, "profile-id");
  g_autofree char *id = NULL;
  g_autoptr (WaxSecret) hex = NULL;
  g_autoptr (WaxSecret) key = NULL;
  g_autoptr (GError) error = NULL;
  WaxStore *store;

  g_assert_true (g_file_get_contents (id_file, &id, NULL, NULL));
  g_assert_true (wax_vault_lookup (self->vault, WAX_VAULT_DATABASE_KEY, g_strchomp (id), &hex, NULL, NULL));
  key = wax_secret_from_hex (hex);
  store = wax_store_open (database, key, FALSE, &error);
  g_assert_no_error (error);
  return store;
}

static void
test_newer_database_is_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxEngine) engine = open_engine (self);
  g_autoptr (WaxStore) store = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&engine);
  store = open_store (self);
  g_assert_true (wax_store_begin (store, NULL));
  g_assert_true (wax_store_exec (store, "PRAGMA user_version = 999", NULL));
  g_assert_true (wax_store_commit (store, NULL));
  wax_store_close (store);

  g_assert_null (wax_engine_open (self->folder, self->vault, NULL, &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NEWER);
  g_test_message ("%s", error->message);
}

static void
test_rolled_back_log_opens_with_an_alarm (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxEngine) engine = open_engine (self);
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxVerification) verification = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) alarm = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *database = wax_profile_folder_database (self->folder);
  g_autofree char *older = NULL;
  gsize length = 0;

  add_account (engine, "ada@example.org");
  g_clear_object (&engine);
  g_assert_true (g_file_get_contents (database, &older, &length, NULL));
  engine = open_engine (self);
  add_account (engine, "bob@example.org");
  g_clear_object (&engine);

  /* Yesterday's copy is put in the place of today's. */
  g_assert_true (g_file_set_contents (database, older, (gssize) length, NULL));
  engine = open_engine (self);
  alarm = wax_engine_dup_alarm (engine);
  g_assert_error (alarm, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK);

  /* One can look, and find out, but not go on as if nothing were. */
  entries = wax_engine_list_log (engine, NULL, NULL, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, >, 0);
  verification = wax_engine_verify_log (engine, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verification->verdict, ==, WAX_VERDICT_TRUNCATED);
  g_object_set (draft, "to", "x@example.org", "account-id", "ada@example.org", NULL);
  g_assert_cmpint (wax_engine_submit (engine, draft, 0, NULL, &error), ==, -1);
  g_assert_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WaxEngine **engine = user_data;
  g_autoptr (GError) error = NULL;

  *engine = wax_engine_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
changed_cb (WaxEngine *engine, guint what, gpointer user_data)
{
  guint *seen = user_data;

  /* In the thread in which the opening was asked for. */
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  *seen |= what;
}

static void
test_open_async_and_changed (Fixture *self, gconstpointer data)
{
  WaxEngine *engine = NULL;
  guint seen = 0;

  wax_engine_open_async (self->folder, self->vault, NULL, opened_cb, &engine);
  while (engine == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (engine, "changed", G_CALLBACK (changed_cb), &seen);
  add_account (engine, "ada@example.org");
  while (seen == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (seen & WAX_ENGINE_CHANGED_ACCOUNTS, ==, WAX_ENGINE_CHANGED_ACCOUNTS);
  g_assert_cmpuint (seen & WAX_ENGINE_CHANGED_LOG, ==, WAX_ENGINE_CHANGED_LOG);
  g_assert_cmpuint (seen & WAX_ENGINE_CHANGED_OUTBOX, ==, 0);
  g_object_unref (engine);
}

typedef struct
{
  Fixture *fixture;
  WaxEngine *engine;
} Opener;

static gpointer
open_thread (gpointer data)
{
  Opener *opener = data;

  opener->engine = open_engine (opener->fixture);
  return NULL;
}

/* Two that start at once make one profile, with one key. */
static void
test_two_at_once_make_one (Fixture *self, gconstpointer data)
{
  Opener openers[4] = { { self, NULL }, { self, NULL }, { self, NULL }, { self, NULL } };
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (openers); i++)
    threads[i] = g_thread_new ("opener", open_thread, &openers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (openers); i++)
    g_thread_join (threads[i]);
  add_account (openers[0].engine, "ada@example.org");
  for (gsize i = 0; i < G_N_ELEMENTS (openers); i++)
    {
      g_assert_cmpuint (count_accounts (openers[i].engine), ==, 1);
      g_object_unref (openers[i].engine);
    }
}

#define add(name, func) g_test_add ("/engine/profile/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("open-close-reopen", test_open_close_reopen);
  add ("key-missing-is-an-alarm", test_key_missing_is_an_alarm);
  add ("locked-keyring-makes-nothing", test_locked_keyring_makes_nothing);
  add ("newer-database-is-refused", test_newer_database_is_refused);
  add ("rolled-back-log-opens-with-an-alarm", test_rolled_back_log_opens_with_an_alarm);
  add ("open-async-and-changed", test_open_async_and_changed);
  add ("two-at-once-make-one", test_two_at_once_make_one);
  return g_test_run ();
}
