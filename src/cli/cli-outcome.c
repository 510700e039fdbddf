/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outcome of a send, as text or as the object that CLI.md promises. */

#include "cli-report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-text.h"
#include "json-canon.h"

static char *
words_of_state (const char *state)
{
  const struct
  {
    const char *state;
    const char *words;
  } table[] = {
    { "sent", _ ("Sent") },
    { "partial", _ ("Sent to some of the recipients") },
    { "held", _ ("Held, and sent when the time for undoing is over") },
    { "scheduled", _ ("Scheduled") },
    { "queued", _ ("In the outbox") },
    { "sending", _ ("Being sent by another process") },
    { "deferred", _ ("Not sent yet") },
    { "blocked", _ ("Not sent: it needs you") },
    { "unknown", _ ("It may have been sent or not: the server's answer is missing") },
    { "failed", _ ("Not sent") },
    { "cancelled", _ ("Cancelled") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].state, state) == 0)
      return g_strdup (table[i].words);

  return g_strdup (state);
}

/* The head line: ✓ Sent. 250 2.0.0 Ok */
static void
print_outcome (JsonObject *result)
{
  const char *state = wax_json_get_string (result, "state", "?");
  JsonObject *reply = wax_json_get_object (result, "reply");
  g_autofree char *words = words_of_state (state);
  g_autofree char *said = NULL;

  if (reply != NULL)
    said = wax_cli_reply_words (reply);
  wax_text_mark (strcmp (state, "sent") == 0                                        ? WAX_STYLE_GOOD
                 : strcmp (state, "queued") == 0 || strcmp (state, "deferred") == 0 ? WAX_STYLE_PLAIN
                                                                                    : WAX_STYLE_BAD);
  wax_text_print (" %s\n", words);
  wax_text_row (_ ("Server said"), said);
  wax_text_row (_ ("Message-ID"), wax_json_get_string (result, "message_id", NULL));
}

static void
complain_of_result (JsonObject *result)
{
  JsonObject *error = wax_json_get_object (result, "error");

  if (error != NULL)
    wax_cli_complain (wax_json_get_string (error, "message", "?"), wax_json_get_string (error, "hint", NULL));
}

void
wax_cli_print_result (WaxCli *cli, JsonObject *result, WaxConnectionReport *report)
{
  if (cli->json)
    wax_cli_print_json (json_object_ref (result));
  else
    {
      print_outcome (result);
      wax_cli_print_recipients (wax_json_get_array (result, "recipients"));
      if (report != NULL)
        wax_cli_print_report (report);
    }
  complain_of_result (result);
}
