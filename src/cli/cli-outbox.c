/* SPDX-License-Identifier: GPL-3.0-or-later */

/* outbox: what is on its way, and moving it along. */

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "cli-engine.h"
#include "cli-report.h"
#include "cli-text.h"
#include "cli-verb.h"
#include "json-canon.h"

static void
print_line (WaxOutboxItem *item)
{
  g_autofree char *id = g_strdup_printf ("%5" G_GINT64_FORMAT, wax_outbox_item_get_id (item));
  g_autofree char *updated = wax_text_time (wax_outbox_item_get_updated (item));
  g_autofree char *to = g_strjoinv (", ", (char **) wax_outbox_item_get_recipients (item));
  g_autofree char *clean_to = wax_text_clean (to);
  g_autofree char *subject = wax_text_clean (wax_outbox_item_get_subject (item));

  wax_text_print ("%s  %-9s  %s  %s  “%s”\n", id,
                  wax_outbox_state_to_string (wax_outbox_item_get_state (item)), updated, clean_to, subject);
  if (wax_outbox_item_get_state (item) != WAX_OUTBOX_SENT)
    wax_text_row ("", wax_outbox_item_get_detail (item));
}

static void
print_items (WaxCli *cli, WaxEngine *engine, GPtrArray *items, const char *none)
{
  if (cli->json)
    {
      JsonObject *object = json_object_new ();
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < items->len; i++)
        json_array_add_object_element (array, wax_cli_item_to_json (engine, g_ptr_array_index (items, i)));
      json_object_set_array_member (object, "items", array);
      wax_cli_print_json (object);
      return;
    }
  if (items->len == 0)
    wax_text_print ("%s\n", none);
  for (guint i = 0; i < items->len; i++)
    print_line (g_ptr_array_index (items, i));
}

/* Opens the profile of a verb with ID (@id not NULL) or without. */
static WaxEngine *
open_for_verb (WaxCli *cli, const GOptionEntry *more, gint64 *id, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = { WAX_CLI_JSON_ENTRY (cli), WAX_CLI_PROFILE_ENTRY (cli),
                                   G_OPTION_ENTRY_NULL };
  int n = id != NULL ? 1 : 0;

  if (!wax_cli_parse (cli, entries, more, n, n, argc, argv, error))
    return NULL;
  if (id != NULL && !wax_cli_parse_number ((*argv)[1], _ ("The ID of a message"), 1, id, error))
    return NULL;

  return wax_cli_open_engine (cli, FALSE, error);
}

static int
list (WaxCli *cli, int argc, char **argv)
{
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_for_verb (cli, NULL, NULL, &argc, &argv, &error);
  g_autoptr (GPtrArray) items = NULL;

  if (engine != NULL)
    items = wax_outbox_list (wax_engine_get_outbox (engine), &error);
  if (items != NULL)
    print_items (cli, engine, items, _ ("The outbox is empty."));
  if (engine != NULL)
    wax_engine_close (engine);

  return items != NULL ? WAX_EXIT_OK : wax_cli_fail (cli, error);
}

/* The octets as they go onto the wire. */
static int
print_message (WaxCli *cli, WaxEngine *engine, gint64 id)
{
  GError *error = NULL;
  g_autoptr (GInputStream) message = wax_outbox_open_message (wax_engine_get_outbox (engine), id, &error);
  char buffer[65536];
  gssize got;

  if (message == NULL)
    return wax_cli_fail (cli, error);
  while ((got = g_input_stream_read (message, buffer, sizeof buffer, cli->cancellable, &error)) > 0)
    fwrite (buffer, 1, (gsize) got, stdout);
  fflush (stdout);

  return got == 0 ? WAX_EXIT_OK : wax_cli_fail (cli, error);
}

static void
print_item (WaxEngine *engine, WaxOutboxItem *item)
{
  g_autofree char *account = wax_cli_account_label (engine, wax_outbox_item_get_account_id (item));
  g_autofree char *to = g_strjoinv (", ", (char **) wax_outbox_item_get_recipients (item));
  g_autofree char *size = wax_text_size (wax_outbox_item_get_size (item));
  g_autofree char *created = wax_text_time (wax_outbox_item_get_created (item));
  g_autofree char *next = wax_outbox_item_get_next_attempt (item) > 0
                              ? wax_text_time (wax_outbox_item_get_next_attempt (item))
                              : NULL;
  g_autofree char *attempts = g_strdup_printf ("%d", wax_outbox_item_get_attempts (item));
  g_autofree char *asked = wax_envelope_options_to_text (wax_outbox_item_get_options (item));
  JsonObject *result = wax_outbox_item_get_result (item);

  wax_text_row (_ ("State"), wax_outbox_state_to_string (wax_outbox_item_get_state (item)));
  wax_text_row (_ ("Detail"), wax_outbox_item_get_detail (item));
  wax_text_row (_ ("What to do"), wax_outbox_item_get_hint (item));
  wax_text_row (_ ("Account"), account);
  wax_text_row (_ ("From"), wax_outbox_item_get_sender (item));
  wax_text_row (_ ("To"), to);
  wax_text_row (_ ("Subject"), wax_outbox_item_get_subject (item));
  wax_text_row (_ ("Message-ID"), wax_outbox_item_get_message_id (item));
  wax_text_row (_ ("Size"), size);
  wax_text_row (_ ("Asked for"), asked);
  wax_text_row (_ ("Submitted"), created);
  wax_text_row (_ ("Attempts"), attempts);
  wax_text_row (_ ("Next attempt"), next);
  if (result != NULL)
    wax_cli_print_recipients (wax_json_get_array (result, "recipients"));
  if (wax_outbox_item_get_report (item) != NULL)
    wax_cli_print_report (wax_outbox_item_get_report (item));
}

static int
show_item (WaxCli *cli, WaxEngine *engine, gint64 id)
{
  GError *error = NULL;
  g_autoptr (WaxOutboxItem) item = wax_outbox_get (wax_engine_get_outbox (engine), id, &error);
  JsonObject *object, *result;

  if (item == NULL)
    return wax_cli_fail (cli, error);
  if (!cli->json)
    {
      print_item (engine, item);
      return WAX_EXIT_OK;
    }
  object = wax_cli_item_to_json (engine, item);
  result = wax_outbox_item_get_result (item);
  if (result != NULL)
    json_object_set_object_member (object, "result", json_object_ref (result));
  else
    json_object_set_null_member (object, "result");
  wax_cli_print_json (object);

  return WAX_EXIT_OK;
}

static int
show (WaxCli *cli, int argc, char **argv)
{
  gboolean message = FALSE;
  const GOptionEntry more[] = { { "message", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &message,
                                  N_ ("Print the message itself, as it goes to the server"), NULL },
                                G_OPTION_ENTRY_NULL };
  gint64 id = 0;
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_for_verb (cli, more, &id, &argc, &argv, &error);
  int code;

  if (engine == NULL)
    return wax_cli_fail (cli, error);
  code = message ? print_message (cli, engine, id) : show_item (cli, engine, id);
  wax_engine_close (engine);

  return code;
}

/* The first message that did not go decides the exit code. */
static int
exit_code_of_items (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      int code = wax_outbox_item_exit_code (g_ptr_array_index (items, i));

      if (code != WAX_EXIT_OK)
        return code;
    }

  return WAX_EXIT_OK;
}

/* (transfer full) Those that some process is sending, or was when it died. */
static GPtrArray *
list_sending (WaxEngine *engine, GError **error)
{
  g_autoptr (GPtrArray) items = wax_outbox_list (wax_engine_get_outbox (engine), error);

  for (guint i = items != NULL ? items->len : 0; i > 0; i--)
    if (wax_outbox_item_get_state (g_ptr_array_index (items, i - 1)) != WAX_OUTBOX_SENDING)
      g_ptr_array_remove_index (items, i - 1);

  return g_steal_pointer (&items);
}

/* What a dead process left after the final octet is not delivered, but found to be
 * unknown: that is an outcome of this run too. */
static void
add_lost (WaxEngine *engine, GPtrArray *sending, GPtrArray *items)
{
  for (guint i = 0; i < sending->len; i++)
    {
      gint64 id = wax_outbox_item_get_id (g_ptr_array_index (sending, i));
      g_autoptr (WaxOutboxItem) now = wax_outbox_get (wax_engine_get_outbox (engine), id, NULL);

      if (now != NULL && wax_outbox_item_get_state (now) == WAX_OUTBOX_UNKNOWN)
        g_ptr_array_add (items, g_steal_pointer (&now));
    }
}

static int
run (WaxCli *cli, int argc, char **argv)
{
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_for_verb (cli, NULL, NULL, &argc, &argv, &error);
  g_autoptr (GPtrArray) sending = engine != NULL ? list_sending (engine, &error) : NULL;
  g_autoptr (GPtrArray) items = NULL;
  gboolean delivered = sending != NULL && wax_engine_deliver (engine, 0, &items, cli->cancellable, &error);

  if (delivered)
    {
      add_lost (engine, sending, items);
      print_items (cli, engine, items, _ ("Nothing was due."));
    }
  if (engine != NULL)
    wax_engine_close (engine);

  return delivered ? exit_code_of_items (items) : wax_cli_fail (cli, error);
}

typedef gboolean (*Change) (WaxOutbox *outbox, gint64 id, GError **error);

static int
change (WaxCli *cli, int argc, char **argv, Change apply)
{
  gint64 id = 0;
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_for_verb (cli, NULL, &id, &argc, &argv, &error);
  int code;

  if (engine == NULL)
    return wax_cli_fail (cli, error);
  if (apply (wax_engine_get_outbox (engine), id, &error))
    code = show_item (cli, engine, id);
  else
    code = wax_cli_fail (cli, error);
  wax_engine_close (engine);

  return code;
}

static int
retry (WaxCli *cli, int argc, char **argv)
{
  return change (cli, argc, argv, wax_outbox_retry);
}

static int
cancel (WaxCli *cli, int argc, char **argv)
{
  return change (cli, argc, argv, wax_outbox_cancel);
}

int
wax_cli_outbox (WaxCli *cli, int argc, char **argv)
{
  static const WaxVerb verbs[] = {
    { "list", list, "", N_ ("List the messages, newest first"), NULL },
    { "show", show, "ID", N_ ("Show one message, and its connection if it was tried"), NULL },
    { "run", run, "", N_ ("Deliver what is due, and come back"), NULL },
    { "retry", retry, "ID", N_ ("Put a deferred, blocked, failed or unknown message back in the queue"),
      N_ ("A message of unknown outcome may have arrived already: retrying it can send it twice.\n"
          "“outbox run” or the window then delivers it.") },
    { "cancel", cancel, "ID", N_ ("Do not send a message that has not been sent"), NULL },
    { NULL, NULL, NULL, NULL, NULL },
  };

  return wax_cli_dispatch (cli, verbs, argc, argv);
}
