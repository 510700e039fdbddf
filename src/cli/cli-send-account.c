/* SPDX-License-Identifier: GPL-3.0-or-later */

/* send --account: into the outbox, and from there on its way while one waits. */

#include "cli-send.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-engine.h"
#include "cli-progress.h"
#include "cli-report.h"

#define LOOK_AGAIN_US (100 * 1000)

typedef struct
{
  WaxEngine *engine;
  gint64 id;
} Item;

static gboolean
read_item_progress (gpointer data, gint64 *done, gint64 *total)
{
  Item *item = data;

  return wax_engine_get_progress (item->engine, item->id, done, total);
}

/* An account sends as itself only. */
static gboolean
check_sender (const WaxMessageOptions *options, WaxAccount *account, GError **error)
{
  g_autoptr (WaxAddress) sender = NULL;
  g_autoptr (WaxAddress) own = NULL;

  if (!wax_message_options_sender (options, &sender, error))
    return FALSE;
  if (sender == NULL)
    return TRUE;
  own = wax_address_parse (wax_account_get_address (account), error);
  if (own == NULL)
    return FALSE;
  if (strcmp (own->mailbox, sender->mailbox) == 0)
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("The account “%s” sends as %s, not as %s"),
               wax_account_get_label (account), own->mailbox, sender->mailbox);
  return FALSE;
}

static gint64
submit_raw (WaxCli *cli,
            WaxEngine *engine,
            const WaxMessageOptions *options,
            WaxAccount *account,
            GError **error)
{
  g_autoptr (GInputStream) in = NULL;
  g_auto (GStrv) recipients = NULL;

  if (!wax_message_options_recipients (options, &recipients, error))
    return -1;
  in = wax_cli_open_input (options->raw, _ ("The message"), cli->cancellable, error);
  if (in == NULL)
    return -1;

  return wax_engine_submit_raw (engine, in, wax_account_get_address (account),
                                (const char *const *) recipients, account, &options->asked, cli->cancellable,
                                error);
}

static gint64
submit (WaxCli *cli, WaxEngine *engine, const WaxSendOptions *options, GError **error)
{
  g_autoptr (WaxAccount) account = wax_engine_find_account (engine, options->account, error);
  g_autoptr (WaxDraft) draft = NULL;

  if (account == NULL || !check_sender (&options->message, account, error))
    return -1;
  if (options->message.raw != NULL)
    return submit_raw (cli, engine, &options->message, account, error);

  draft = wax_message_options_draft (&options->message, cli->cancellable, error);
  if (draft == NULL)
    return -1;
  wax_draft_set_account_id (draft, wax_account_get_id (account));

  return wax_engine_submit (engine, draft, 0, cli->cancellable, error);
}

/* What `send --json` prints of an item that was not tried. */
static JsonObject *
untried_result (WaxOutboxItem *item)
{
  const char *const nulls[] = { "reply", "connection", "timing_ms", "error" };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "state",
                                 wax_outbox_state_to_string (wax_outbox_item_get_state (item)));
  json_object_set_string_member (object, "message_id", wax_outbox_item_get_message_id (item));
  json_object_set_array_member (object, "recipients", json_array_new ());
  for (gsize i = 0; i < G_N_ELEMENTS (nulls); i++)
    json_object_set_null_member (object, nulls[i]);

  return object;
}

static int
print_item (WaxCli *cli, WaxOutboxItem *item)
{
  JsonObject *known = wax_outbox_item_get_result (item);
  g_autoptr (JsonObject) result = known != NULL ? json_object_ref (known) : untried_result (item);

  json_object_set_string_member (result, "state",
                                 wax_outbox_state_to_string (wax_outbox_item_get_state (item)));
  json_object_set_int_member (result, "id", wax_outbox_item_get_id (item));
  wax_cli_print_result (cli, result, wax_outbox_item_get_report (item));

  return wax_outbox_item_exit_code (item);
}

/* The message is in the outbox, and the profile failed after that: what is said
 * must not read as if it were to be sent anew. Takes @error. */
static int
fail_with_item (WaxCli *cli, WaxEngine *engine, gint64 id, GError *error)
{
  g_autoptr (GError) taken = error;
  g_autoptr (WaxOutboxItem) item = wax_outbox_get (wax_engine_get_outbox (engine), id, NULL);
  gboolean gone = g_error_matches (taken, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_UNRECORDED);
  g_autoptr (JsonObject) result = NULL;
  g_autofree char *code = g_strdup_printf ("%d", taken->code);
  JsonObject *inner;

  if (item == NULL)
    return wax_cli_fail (cli, g_steal_pointer (&taken));

  inner = json_object_new ();
  json_object_set_null_member (inner, "step");
  json_object_set_string_member (inner, "domain", g_quark_to_string (taken->domain));
  json_object_set_string_member (inner, "code", code);
  json_object_set_string_member (inner, "message", taken->message);
  json_object_set_string_member (
      inner, "hint",
      gone ? _ ("Ask a recipient whether it arrived before you send it again.")
           : _ ("The message is kept in the outbox: do not send it anew; “waxseal outbox run” goes on."));
  result = untried_result (item);
  json_object_set_string_member (result, "state", gone ? "unknown" : "queued");
  json_object_set_int_member (result, "id", id);
  json_object_set_object_member (result, "error", inner);
  wax_cli_print_result (cli, result, NULL);

  return WAX_EXIT_TEMPORARY;
}

/* Another process may have claimed it first: then its outcome is waited for. */
static gboolean
is_with_another (WaxEngine *engine, gint64 id)
{
  g_autoptr (WaxOutboxItem) item = wax_outbox_get (wax_engine_get_outbox (engine), id, NULL);

  return item != NULL && wax_outbox_item_get_state (item) == WAX_OUTBOX_SENDING;
}

static gboolean
deliver_or_wait (WaxCli *cli, WaxEngine *engine, gint64 id, GError **error)
{
  for (;;)
    {
      /* It also takes the item over, should that process die. */
      if (!wax_engine_deliver (engine, id, NULL, cli->cancellable, error))
        return FALSE;
      if (g_cancellable_is_cancelled (cli->cancellable) || !is_with_another (engine, id))
        return TRUE;
      g_usleep (LOOK_AGAIN_US);
    }
}

static int
deliver (WaxCli *cli, WaxEngine *engine, gint64 id)
{
  Item item = { engine, id };
  g_autoptr (WaxOutboxItem) now = NULL;
  GError *error = NULL;
  WaxProgressLine *line = wax_progress_line_start (read_item_progress, &item);
  gboolean delivered = deliver_or_wait (cli, engine, id, &error);

  wax_progress_line_stop (line);
  if (!delivered)
    return fail_with_item (cli, engine, id, error);
  now = wax_outbox_get (wax_engine_get_outbox (engine), id, &error);
  if (now == NULL)
    return wax_cli_fail (cli, error);

  return print_item (cli, now);
}

int
wax_cli_send_by_account (WaxCli *cli, const WaxSendOptions *options)
{
  g_autoptr (WaxEngine) engine = NULL;
  g_autoptr (WaxOutboxItem) item = NULL;
  GError *error = NULL;
  gint64 id;
  int code;

  engine = wax_cli_open_engine (cli, FALSE, &error);
  if (engine == NULL)
    return wax_cli_fail (cli, error);
  id = submit (cli, engine, options, &error);
  if (id < 0)
    code = wax_cli_fail (cli, error);
  else if (!options->no_wait)
    code = deliver (cli, engine, id);
  else if ((item = wax_outbox_get (wax_engine_get_outbox (engine), id, &error)) == NULL)
    code = wax_cli_fail (cli, error);
  else
    {
      print_item (cli, item);
      code = WAX_EXIT_OK;
    }
  wax_engine_close (engine);

  return code;
}
