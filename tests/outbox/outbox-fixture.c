/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the outbox tests share. */

#include "outbox-fixture.h"

#include "file-vault.h"
#include "temp-folder.h"

void
profile_open (Profile *self, const char *folder)
{
  g_autofree char *secrets = g_build_filename (folder, "secrets", NULL);
  g_autofree char *database = g_build_filename (folder, "waxseal.db", NULL);
  g_autoptr (WaxSecret) key = NULL;
  g_autoptr (WaxSecret) hex = NULL;
  g_autoptr (GError) error = NULL;

  self->vault = file_vault_new (secrets);
  g_assert_true (wax_vault_lookup (self->vault, WAX_VAULT_DATABASE_KEY, "test", &hex, NULL, NULL));
  if (hex == NULL)
    {
      key = wax_secret_new_random (32);
      hex = wax_secret_to_hex (key);
      g_assert_true (wax_vault_store (self->vault, WAX_VAULT_DATABASE_KEY, "test", "key", hex, NULL, NULL));
    }
  else
    key = wax_secret_from_hex (hex);
  self->store = wax_store_open (database, key, TRUE, &error);
  g_assert_no_error (error);
  self->log = wax_activity_log_open (self->store, self->vault, "test", FALSE, NULL, &error);
  g_assert_no_error (error);
  self->outbox = wax_outbox_new (self->store, self->log, self->vault);
}

void
profile_close (Profile *self)
{
  g_clear_object (&self->outbox);
  if (self->log != NULL)
    g_assert_true (wax_activity_log_flush (self->log, NULL, NULL));
  g_clear_object (&self->log);
  if (self->store != NULL)
    wax_store_close (self->store);
  g_clear_object (&self->store);
  g_clear_object (&self->vault);
}

void
fixture_open (Fixture *self, const WaxPracticeOptions *options)
{
  static const WaxPracticeOptions plain = { 0 };
  g_autoptr (GError) error = NULL;

  self->folder = temp_folder_new ();
  self->host = wax_practice_host_start (options != NULL ? options : &plain, &error);
  g_assert_no_error (error);
  profile_open (&self->profile, self->folder);

  self->account = wax_account_new ();
  g_object_set (self->account, "address", "ada@example.org", "name", "Ada", "host", "localhost", "port",
                (guint) wax_practice_host_get_implicit_port (self->host), "user", "practice", "ca-pem",
                wax_practice_host_get_ca_pem (self->host), NULL);
  fixture_save (self);
  fixture_password (self, "practice");
}

void
fixture_close (Fixture *self)
{
  profile_close (&self->profile);
  wax_practice_host_stop (self->host);
  g_clear_object (&self->host);
  g_clear_object (&self->account);
  temp_folder_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

void
fixture_save (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wax_store_begin (self->profile.store, NULL));
  wax_account_store_save (self->profile.store, self->account, &error);
  g_assert_no_error (error);
  g_assert_true (wax_store_commit (self->profile.store, NULL));
}

void
fixture_password (Fixture *self, const char *password)
{
  const char *id = wax_account_get_id (self->account);
  g_autoptr (WaxSecret) secret = NULL;

  if (password == NULL)
    {
      g_assert_true (wax_vault_clear (self->profile.vault, WAX_VAULT_PASSWORD, id, NULL, NULL));
      return;
    }
  secret = wax_secret_new_string (password);
  g_assert_true (
      wax_vault_store (self->profile.vault, WAX_VAULT_PASSWORD, id, "password", secret, NULL, NULL));
}

gint64
fixture_submit (Fixture *self, const char *to)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GError) error = NULL;
  gint64 id;

  g_object_set (draft, "to", to, "subject", "Hello", "body", "Some text.\n", "account-id",
                wax_account_get_id (self->account), NULL);
  g_assert_true (wax_store_begin (self->profile.store, NULL));
  g_assert_true (wax_draft_store_save (self->profile.store, draft, NULL));
  g_assert_true (wax_store_commit (self->profile.store, NULL));
  id = wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

WaxOutboxItem *
fixture_deliver (Fixture *self)
{
  WaxOutboxItem *item = NULL;
  g_autoptr (GError) error = NULL;

  wax_outbox_deliver_one (self->profile.outbox, 0, NULL, &item, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (item);
  g_test_message ("%s: %s", wax_outbox_state_to_string (wax_outbox_item_get_state (item)),
                  wax_outbox_item_get_detail (item));
  return item;
}

void
fixture_idle (Fixture *self)
{
  WaxOutboxItem *item = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wax_outbox_deliver_one (self->profile.outbox, 0, NULL, &item, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (item);
}

WaxOutboxItem *
fixture_get (Fixture *self, gint64 id)
{
  g_autoptr (GError) error = NULL;
  WaxOutboxItem *item = wax_outbox_get (self->profile.outbox, id, &error);

  g_assert_no_error (error);
  return item;
}

guint
fixture_drafts (Fixture *self)
{
  g_autoptr (GPtrArray) list = wax_draft_store_list (self->profile.store, NULL);

  return list->len;
}

guint
fixture_entries (Fixture *self, WaxOutboxItem *item, WaxEventClass class_uid, int status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = wax_activity_log_list (self->profile.log, NULL,
                                                      wax_outbox_item_get_message_id (item), 0, 100, &error);
  guint count = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      WaxActivityEntry *entry = g_ptr_array_index (list, i);

      if (wax_activity_entry_get_class_uid (entry) == (int) class_uid
          && (status < 0 || (int) wax_activity_entry_get_status (entry) == status))
        count++;
    }
  return count;
}

guint
fixture_commands (Fixture *self, const char *prefix)
{
  g_auto (GStrv) commands = wax_practice_host_get_commands (self->host);
  guint count = 0;

  for (char **line = commands; *line != NULL; line++)
    count += g_str_has_prefix (*line, prefix);
  return count;
}

void
fixture_verify (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxVerification) verification = NULL;

  g_assert_true (wax_activity_log_flush (self->profile.log, NULL, NULL));
  verification = wax_activity_log_verify (self->profile.log, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verification->verdict, ==, WAX_VERDICT_INTACT);
}
