/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening the profile that a verb works on, and how its things are shown. */

#include "cli-engine.h"

#include <glib/gi18n-lib.h>

#include "clock.h"
#include "keyring-vault.h"
#include "profile-folder.h"

WaxEngine *
wax_cli_open_engine (WaxCli *cli, gboolean create, GError **error)
{
  g_autofree char *folder = cli->profile != NULL ? g_strdup (cli->profile) : wax_profile_folder_default ();
  g_autoptr (WaxVault) vault = NULL;
  g_autoptr (GError) alarm = NULL;
  WaxEngine *engine;

  if (!create && !wax_engine_profile_exists (folder) && !wax_engine_profile_has_name (folder))
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND,
                   _ ("There is no profile in %s yet: “waxseal account add” makes one"), folder);
      return NULL;
    }
  vault = wax_keyring_vault_new ();
  engine = wax_engine_open (folder, vault, cli->cancellable, error);
  if (engine == NULL)
    return NULL;

  alarm = wax_engine_dup_alarm (engine);
  if (alarm != NULL)
    wax_cli_complain (alarm->message, NULL);

  return engine;
}

char *
wax_cli_account_label (WaxEngine *engine, const char *id)
{
  g_autoptr (WaxAccount) account = id != NULL ? wax_engine_find_account (engine, id, NULL) : NULL;

  return g_strdup (account != NULL ? wax_account_get_label (account) : id);
}

static void
set_time (JsonObject *object, const char *member, gint64 time_us)
{
  g_autofree char *text = time_us > 0 ? wax_clock_format (time_us) : NULL;

  json_object_set_string_member (object, member, text);
}

JsonObject *
wax_cli_item_to_json (WaxEngine *engine, WaxOutboxItem *item)
{
  JsonObject *object = json_object_new ();
  JsonArray *recipients = json_array_new ();
  g_autofree char *account = wax_cli_account_label (engine, wax_outbox_item_get_account_id (item));

  for (const char *const *one = wax_outbox_item_get_recipients (item); one != NULL && *one != NULL; one++)
    json_array_add_string_element (recipients, *one);
  json_object_set_int_member (object, "id", wax_outbox_item_get_id (item));
  json_object_set_string_member (object, "state",
                                 wax_outbox_state_to_string (wax_outbox_item_get_state (item)));
  json_object_set_string_member (object, "account", account);
  json_object_set_string_member (object, "sender", wax_outbox_item_get_sender (item));
  json_object_set_array_member (object, "recipients", recipients);
  json_object_set_string_member (object, "subject", wax_outbox_item_get_subject (item));
  json_object_set_string_member (object, "message_id", wax_outbox_item_get_message_id (item));
  json_object_set_int_member (object, "size", wax_outbox_item_get_size (item));
  json_object_set_member (object, "options",
                          wax_envelope_options_to_json (wax_outbox_item_get_options (item)));
  json_object_set_int_member (object, "attempts", wax_outbox_item_get_attempts (item));
  set_time (object, "created", wax_outbox_item_get_created (item));
  set_time (object, "updated", wax_outbox_item_get_updated (item));
  set_time (object, "next_attempt", wax_outbox_item_get_next_attempt (item));
  json_object_set_string_member (object, "detail", wax_outbox_item_get_detail (item));
  json_object_set_string_member (object, "hint", wax_outbox_item_get_hint (item));

  return object;
}

gboolean
wax_cli_parse_number (const char *text, const char *what, gint64 least, gint64 *number, GError **error)
{
  if (g_ascii_string_to_signed (text, 10, least, G_MAXINT64, number, NULL))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("%s is a number from %d on, not “%s”"),
               what, (int) least, text);

  return FALSE;
}
