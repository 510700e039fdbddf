/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the demo shows to be refused: a certificate for another name, and octets
 * of the log that were flipped behind its back. */

#include "cli-demo.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "cli-text.h"
#include "json-canon.h"
#include "profile-folder.h"
#include "tls-guard.h"

/* SQLCipher's page, as the store pins it. */
#define PAGE_SIZE 4096

/* ---- a certificate for another name ---- */

/* That nothing was sent is the host's word, not ours. */
static gboolean
check_nothing_was_said (WaxPracticeHost *host, GError **error)
{
  g_auto (GStrv) commands = wax_practice_host_get_commands (host);

  if (wax_practice_host_get_accepted (host) != 0 || commands[0] != NULL)
    return wax_demo_not_as_promised (error, _ ("The host with the wrong certificate was told “%s”"),
                                     commands[0] != NULL ? commands[0] : "");

  return TRUE;
}

static gboolean
check_refusal (WaxOutboxItem *item, GError **error)
{
  JsonObject *result = wax_outbox_item_get_result (item);
  JsonObject *why = result != NULL ? wax_json_get_object (result, "error") : NULL;

  if (wax_outbox_item_get_state (item) != WAX_OUTBOX_BLOCKED)
    return wax_demo_not_as_promised (error, _ ("The message is “%s” in place of blocked"),
                                     wax_outbox_state_to_string (wax_outbox_item_get_state (item)));
  if (g_strcmp0 (wax_json_get_string (why, "code", NULL), "hostname") != 0)
    return wax_demo_not_as_promised (error, _ ("The message was refused for another reason: %s"),
                                     wax_outbox_item_get_detail (item));

  return TRUE;
}

static gboolean
check_message_is_kept (WaxDemo *self, gint64 id, GError **error)
{
  g_autoptr (GInputStream)
      message = wax_outbox_open_message (wax_engine_get_outbox (self->engine), id, error);
  char octet;

  if (message == NULL)
    return FALSE;
  if (g_input_stream_read (message, &octet, 1, self->cancellable, error) != 1)
    return *error != NULL ? FALSE : wax_demo_not_as_promised (error, _ ("The refused message was not kept"));

  return TRUE;
}

static void
note_refusal (WaxDemo *self, WaxOutboxItem *item)
{
  JsonObject *refusal = json_object_new ();
  g_autofree char *detail = NULL;

  json_object_set_object_member (refusal, "item", wax_cli_item_to_json (self->engine, item));
  json_object_set_object_member (refusal, "result", json_object_ref (wax_outbox_item_get_result (item)));
  json_object_set_object_member (self->summary, "wrong_certificate", refusal);
  detail = g_strdup_printf (_ ("%s Nothing was told to that server; the message is kept, as blocked."),
                            wax_outbox_item_get_detail (item));
  wax_demo_done (self, "wrong_certificate", _ ("Refused"), detail);
}

gboolean
wax_demo_wrong_certificate (WaxDemo *self, GError **error)
{
  const WaxPracticeOptions options = { .certificate = WAX_PRACTICE_CERT_WRONG_NAME };
  g_autoptr (WaxPracticeHost) host = wax_practice_host_start (&options, error);
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 id;

  if (host == NULL)
    return FALSE;
  account = wax_demo_add_account (self, host, "Wrong certificate", error);
  if (account == NULL || (id = wax_demo_submit (self, account, error)) < 0)
    return FALSE;
  item = wax_demo_deliver (self, id, error);
  if (item == NULL || !check_refusal (item, error) || !check_nothing_was_said (host, error)
      || !check_message_is_kept (self, id, error))
    return FALSE;
  note_refusal (self, item);

  return TRUE;
}

/* ---- flipped octets ---- */

/* A copy of the database, and what opens it. */
typedef struct
{
  char *path;
  char *profile_id;
  WaxSecret *key;
} Copy;

static void
copy_clear (Copy *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->profile_id, g_free);
  g_clear_pointer (&self->key, wax_secret_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Copy, copy_clear)

static gboolean
copy_make (Copy *self, WaxDemo *demo, const char *name, GError **error)
{
  g_autofree char *id_path = g_build_filename (demo->profile, "profile-id", NULL);
  g_autofree char *original = wax_profile_folder_database (demo->profile);
  g_autoptr (WaxSecret) hex = NULL;
  g_autoptr (GFile) from = g_file_new_for_path (original);
  g_autoptr (GFile) to = NULL;

  self->path = g_build_filename (demo->folder, name, NULL);
  to = g_file_new_for_path (self->path);
  if (!g_file_copy (from, to, G_FILE_COPY_OVERWRITE, demo->cancellable, NULL, NULL, error)
      || !g_file_get_contents (id_path, &self->profile_id, NULL, error))
    return FALSE;
  g_strchomp (self->profile_id);
  if (!wax_vault_lookup (demo->vault, WAX_VAULT_DATABASE_KEY, self->profile_id, &hex, demo->cancellable,
                         error))
    return FALSE;
  self->key = hex != NULL ? wax_secret_from_hex (hex) : NULL;

  return self->key != NULL ? TRUE : wax_demo_not_as_promised (error, _ ("The database key is gone"));
}

/* The store leaves files beside a database. */
static void
copy_remove (const Copy *self)
{
  const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (self->path, suffixes[i], NULL);

      g_unlink (path);
    }
}

static gboolean
query_int (WaxStore *store, const char *sql, gint64 *value, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, sql, error);
  gboolean row = FALSE;

  if (statement == NULL || !wax_statement_step (statement, &row, error))
    return FALSE;
  *value = row ? wax_statement_int (statement, 0) : -1;

  return TRUE;
}

/* Where in the file the log's first page begins. */
static gboolean
find_page (const Copy *self, goffset *offset, GError **error)
{
  g_autoptr (WaxStore) store = wax_store_open (self->path, self->key, FALSE, error);
  gint64 page = -1;
  gboolean found;

  if (store == NULL)
    return FALSE;
  found = query_int (store, "SELECT rootpage FROM sqlite_schema WHERE name = 'activity'", &page, error);
  wax_store_close (store);
  *offset = (page - 1) * PAGE_SIZE;

  return found;
}

static gboolean
flip_in_file (const Copy *self, GError **error)
{
  g_autofree char *octets = NULL;
  gsize length = 0;
  goffset offset = 0;

  if (!find_page (self, &offset, error) || !g_file_get_contents (self->path, &octets, &length, error))
    return FALSE;
  offset += PAGE_SIZE / 2;
  if (offset < 0 || (gsize) offset >= length)
    return wax_demo_not_as_promised (error, _ ("The log's page is not in the file"));
  octets[offset] = (char) (octets[offset] ^ 1);

  return g_file_set_contents (self->path, octets, (gssize) length, error);
}

/* With the key: the middle octet of the newest entry, nothing else. */
static gboolean
flip_in_entry (const Copy *self, GError **error)
{
  g_autoptr (WaxStore) store = wax_store_open (self->path, self->key, FALSE, error);
  g_autoptr (WaxStatement) statement = NULL;
  gboolean changed = FALSE;

  if (store == NULL || !wax_store_begin (store, error))
    return FALSE;
  statement = wax_store_prepare (
      store,
      "UPDATE activity SET octets = CAST (substr (octets, 1, length (octets) / 2)"
      " || CASE substr (octets, length (octets) / 2 + 1, 1) WHEN X'78' THEN X'79' ELSE X'78' END"
      " || substr (octets, length (octets) / 2 + 2) AS BLOB)"
      " WHERE seq = (SELECT max (seq) FROM activity)",
      error);
  if (statement != NULL)
    changed = wax_statement_run (statement, error);
  g_clear_pointer (&statement, wax_statement_free);
  if (changed)
    changed = wax_store_commit (store, error);
  else
    wax_store_rollback (store);
  wax_store_close (store);

  return changed;
}

/* Reads and judges the copy as it is; neither it nor the keyring is written. */
static WaxVerification *
verify_copy (const Copy *self, WaxDemo *demo, GError **error)
{
  g_autoptr (WaxStore) store = wax_store_open (self->path, self->key, FALSE, error);
  g_autoptr (WaxActivityLog) log = NULL;
  WaxVerification *verification = NULL;

  if (store == NULL)
    return NULL;
  log = wax_activity_log_open (store, demo->vault, self->profile_id, TRUE, demo->cancellable, error);
  if (log != NULL)
    verification = wax_activity_log_verify (log, demo->cancellable, error);
  g_clear_object (&log);
  wax_store_close (store);

  return verification;
}

static gboolean
flip_and_verify (WaxDemo *self,
                 const char *name,
                 gboolean (*flip) (const Copy *, GError **),
                 const char *what,
                 GError **error)
{
  g_auto (Copy) copy = { 0 };
  g_autoptr (WaxVerification) verification = NULL;
  g_autofree char *file = g_strconcat (name, ".db", NULL);
  g_autofree char *detail = NULL;

  if (!copy_make (&copy, self, file, error) || !flip (&copy, error))
    return FALSE;
  verification = verify_copy (&copy, self, error);
  if (verification == NULL)
    return FALSE;
  if (verification->verdict != WAX_VERDICT_TAMPERED)
    return wax_demo_not_as_promised (error, _ ("After an octet was flipped, the verdict is: %s"),
                                     verification->sentence);

  copy_remove (&copy);
  json_object_set_object_member (self->summary, name, wax_cli_verification_to_json (verification));
  detail = g_strdup_printf ("%s: “%s”", what, verification->sentence);
  wax_demo_done (self, name, _ ("Shown"), detail);

  return TRUE;
}

gboolean
wax_demo_flipped_octets (WaxDemo *self, GError **error)
{
  return flip_and_verify (self, "flipped_in_file", flip_in_file,
                          _ ("one octet flipped in a copy of the file"), error)
         && flip_and_verify (self, "flipped_in_entry", flip_in_entry,
                             _ ("one letter of a copy changed by somebody who has the key"), error);
}
