/* SPDX-License-Identifier: GPL-3.0-or-later */

/* log: the sealed record, read and verified. */

#include <glib/gi18n-lib.h>

#include "cli-engine.h"
#include "cli-text.h"
#include "cli-verb.h"
#include "json-canon.h"

#define LIMIT_DEFAULT 50
/* What the log takes as one entry, and more. */
#define ENTRY_LIMIT (16 * 1024 * 1024)

static JsonObject *
entry_to_json (WaxActivityEntry *entry)
{
  g_autoptr (JsonNode)
      event = wax_json_parse_object (wax_activity_entry_get_json (entry), -1, ENTRY_LIMIT, NULL);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "seq", wax_activity_entry_get_seq (entry));
  json_object_set_string_member (object, "title", wax_activity_entry_get_title (entry));
  if (event != NULL)
    json_object_set_member (object, "event", g_steal_pointer (&event));
  else
    json_object_set_null_member (object, "event");

  return object;
}

static void
print_entries (WaxCli *cli, GPtrArray *entries)
{
  if (cli->json)
    {
      JsonObject *object = json_object_new ();
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < entries->len; i++)
        json_array_add_object_element (array, entry_to_json (g_ptr_array_index (entries, i)));
      json_object_set_array_member (object, "entries", array);
      wax_cli_print_json (object);
      return;
    }
  if (entries->len == 0)
    wax_text_print ("%s\n", _ ("Nothing found."));
  for (guint i = 0; i < entries->len; i++)
    {
      WaxActivityEntry *entry = g_ptr_array_index (entries, i);
      WaxEventStatus status = wax_activity_entry_get_status (entry);
      g_autofree char *time = wax_text_time (wax_activity_entry_get_time (entry));
      g_autofree char *title = wax_text_clean (wax_activity_entry_get_title (entry));

      wax_text_print ("%6" G_GINT64_FORMAT "  %s  ", wax_activity_entry_get_seq (entry), time);
      wax_text_mark (status == WAX_EVENT_SUCCESS   ? WAX_STYLE_GOOD
                     : status == WAX_EVENT_FAILURE ? WAX_STYLE_BAD
                                                   : WAX_STYLE_PLAIN);
      wax_text_print ("  %s\n", title);
    }
}

/* list and search differ in one argument. */
static int
look (WaxCli *cli, int argc, char **argv, gboolean with_text)
{
  int limit = LIMIT_DEFAULT;
  g_autofree char *message_id = NULL;
  const GOptionEntry entries[] = {
    { "limit", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &limit, N_ ("How many entries, newest first (50)"),
      N_ ("N") },
    { "message-id", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &message_id,
      N_ ("Only the life of one message"), N_ ("<ID>") },
    WAX_CLI_JSON_ENTRY (cli),
    WAX_CLI_PROFILE_ENTRY (cli),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (WaxEngine) engine = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *words = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, NULL, with_text ? 1 : 0, with_text ? -1 : 0, &argc, &argv, &error))
    return wax_cli_fail (cli, error);
  if (limit < 1)
    return wax_cli_fail_with (cli, WAX_EXIT_USAGE, _ ("--limit is a number from 1 on"), NULL);
  if (with_text)
    words = g_strjoinv (" ", argv + 1);
  engine = wax_cli_open_engine (cli, FALSE, &error);
  if (engine != NULL)
    {
      found = wax_engine_list_log (engine, words, message_id, 0, limit, &error);
      wax_engine_close (engine);
    }
  if (found == NULL)
    return wax_cli_fail (cli, error);
  print_entries (cli, found);

  return WAX_EXIT_OK;
}

static int
list (WaxCli *cli, int argc, char **argv)
{
  return look (cli, argc, argv, FALSE);
}

static int
search (WaxCli *cli, int argc, char **argv)
{
  return look (cli, argc, argv, TRUE);
}

/* ---- verify ---- */

static const char *
verdict_name (WaxVerdict verdict)
{
  switch (verdict)
    {
    case WAX_VERDICT_INTACT:
      return "intact";
    case WAX_VERDICT_TAMPERED:
      return "tampered";
    case WAX_VERDICT_TRUNCATED:
      return "truncated";
    case WAX_VERDICT_MISSING_SIGNATURE:
    default:
      return "missing";
    }
}

JsonObject *
wax_cli_verification_to_json (const WaxVerification *verification)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "verdict", verdict_name (verification->verdict));
  json_object_set_string_member (object, "sentence", verification->sentence);
  json_object_set_int_member (object, "entries", verification->entries);
  json_object_set_int_member (object, "checkpoints", verification->checkpoints);
  json_object_set_int_member (object, "first_bad", verification->first_bad);
  json_object_set_string_member (object, "root", verification->root);

  return object;
}

static void
print_verification (WaxCli *cli, const WaxVerification *verification)
{
  if (!cli->json)
    {
      wax_text_mark (verification->verdict == WAX_VERDICT_INTACT ? WAX_STYLE_GOOD : WAX_STYLE_BAD);
      wax_text_print (" ");
      wax_text_styled (WAX_STYLE_BOLD, verification->sentence);
      wax_text_print ("\n");
      return;
    }
  wax_cli_print_json (wax_cli_verification_to_json (verification));
}

/* What could not even be opened is a verdict too, where it says something of the log. */
static int
verdict_of_error (WaxCli *cli, GError *error)
{
  g_autoptr (WaxVerification) verification = wax_verification_for_error (error);

  if (verification == NULL)
    return wax_cli_fail (cli, error);
  print_verification (cli, verification);
  g_error_free (error);

  return (int) verification->verdict;
}

static int
verify (WaxCli *cli, int argc, char **argv)
{
  const GOptionEntry entries[] = { WAX_CLI_JSON_ENTRY (cli), WAX_CLI_PROFILE_ENTRY (cli),
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (WaxEngine) engine = NULL;
  g_autoptr (WaxVerification) verification = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, NULL, 0, 0, &argc, &argv, &error))
    return wax_cli_fail (cli, error);
  engine = wax_cli_open_engine (cli, FALSE, &error);
  if (engine != NULL)
    {
      verification = wax_engine_verify_log (engine, cli->cancellable, &error);
      wax_engine_close (engine);
    }
  if (verification == NULL)
    return verdict_of_error (cli, error);
  print_verification (cli, verification);

  return (int) verification->verdict;
}

/* ---- key ---- */

static int
key (WaxCli *cli, int argc, char **argv)
{
  const GOptionEntry entries[] = { WAX_CLI_JSON_ENTRY (cli), WAX_CLI_PROFILE_ENTRY (cli),
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (WaxEngine) engine = NULL;
  g_autofree char *verifier = NULL;
  JsonObject *object;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, NULL, 0, 0, &argc, &argv, &error)
      || (engine = wax_cli_open_engine (cli, FALSE, &error)) == NULL)
    return wax_cli_fail (cli, error);
  verifier = wax_activity_log_get_verifier (wax_engine_get_log (engine));
  wax_engine_close (engine);
  if (verifier == NULL)
    return wax_cli_fail_with (cli, WAX_EXIT_CONFIGURATION, _ ("The log has no key"), NULL);

  if (cli->json)
    {
      object = json_object_new ();
      json_object_set_string_member (object, "verifier", verifier);
      wax_cli_print_json (object);
    }
  else
    wax_text_print ("%s\n", verifier);

  return WAX_EXIT_OK;
}

int
wax_cli_log (WaxCli *cli, int argc, char **argv)
{
  static const WaxVerb verbs[] = {
    { "list", list, "", N_ ("List the newest entries"), NULL },
    { "search", search, "TEXT…", N_ ("List the newest entries that have all the words"), NULL },
    { "verify", verify, "", N_ ("Check entries, tree, signatures and anchor"),
      N_ ("Exit codes: 0 intact, 3 tampered, 4 truncated or rolled back, 5 a signature, key or\n"
          "anchor is missing.") },
    { "key", key, "", N_ ("Print the public key that verifies checkpoints (C2SP)"), NULL },
    { NULL, NULL, NULL, NULL, NULL },
  };

  return wax_cli_dispatch (cli, verbs, argc, argv);
}
