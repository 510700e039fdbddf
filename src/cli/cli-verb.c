/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the verbs share: finding one in a table, parsing its options, and saying
 * what went wrong with the exit code that fits. */

#include "cli-verb.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli-text.h"
#include "address.h"
#include "client-identity.h"
#include "engine.h"
#include "json-canon.h"
#include "server-url.h"
#include "tls-guard.h"

void
wax_cli_list_verbs (const WaxVerb *table)
{
  for (const WaxVerb *verb = table; verb->name != NULL; verb++)
    {
      g_autofree char *usage = g_strconcat (verb->name, *verb->arguments != '\0' ? " " : "", verb->arguments,
                                            NULL);

      wax_text_print ("  %-26s %s\n", usage, _ (verb->summary));
    }
}

static const WaxVerb *
find_verb (const WaxVerb *table, const char *name)
{
  for (const WaxVerb *verb = table; verb->name != NULL; verb++)
    if (strcmp (verb->name, name) == 0)
      return verb;

  return NULL;
}

static void
print_group_help (WaxCli *cli, const WaxVerb *table)
{
  wax_text_print (_ ("Usage: %s VERB [OPTION…]\n\n"), cli->path);
  wax_cli_list_verbs (table);
  wax_text_print (_ ("\n“%s VERB --help” says more.\n"), cli->path);
}

/* Whether an object was asked for, as far as that is to be seen in a line that
 * cannot be parsed: GOption takes back what it had set. */
static gboolean
wants_json (int argc, char **argv)
{
  for (int i = 1; i < argc && strcmp (argv[i], "--") != 0; i++)
    if (strcmp (argv[i], "--json") == 0)
      return TRUE;

  return FALSE;
}

int
wax_cli_dispatch (WaxCli *cli, const WaxVerb *table, int argc, char **argv)
{
  const WaxVerb *verb;
  char *path;

  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_group_help (cli, table);
      return WAX_EXIT_OK;
    }
  verb = argc > 1 ? find_verb (table, argv[1]) : NULL;
  if (verb == NULL)
    {
      g_autofree char *message = argc > 1 ? g_strdup_printf (_ ("There is no “%s %s”"), cli->path, argv[1])
                                          : g_strdup_printf (_ ("“%s” wants one more word"), cli->path);
      g_autofree char *hint = g_strdup_printf (_ ("See “%s --help”."), cli->path);

      cli->json = wants_json (argc, argv);
      return wax_cli_fail_with (cli, WAX_EXIT_USAGE, message, hint);
    }

  path = g_strdup_printf ("%s %s", cli->path, verb->name);
  g_free (cli->path);
  cli->path = path;
  cli->verb = verb;

  return verb->run (cli, argc - 1, argv + 1);
}

/* GOption's own words for this name neither the argument nor what is wrong. */
static void
explain_not_text (GError **error)
{
  if (error == NULL || *error == NULL || (*error)->domain != G_CONVERT_ERROR)
    return;

  g_clear_error (error);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("A value on the command line is not text in the character set of this system"));
}

static gboolean
parse_options (WaxCli *cli, GOptionContext *context, int *argc, char ***argv, GError **error)
{
  gboolean json = wants_json (*argc, *argv);

  if (g_option_context_parse (context, argc, argv, error))
    return TRUE;

  cli->json = json;
  explain_not_text (error);

  return FALSE;
}

gboolean
wax_cli_parse (WaxCli *cli,
               const GOptionEntry *entries,
               const GOptionEntry *more,
               int least,
               int most,
               int *argc,
               char ***argv,
               GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (cli->verb->arguments);
  int n;

  /* GOption takes the program's name from here, and a verb is the program. */
  g_set_prgname (cli->path);
  g_option_context_set_summary (context, _ (cli->verb->summary));
  if (cli->verb->details != NULL)
    g_option_context_set_description (context, _ (cli->verb->details));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (more != NULL)
    g_option_context_add_main_entries (context, more, GETTEXT_PACKAGE);
  if (!parse_options (cli, context, argc, argv, error))
    return FALSE;
  if (cli->profile == NULL)
    cli->profile = g_strdup (cli->outer_profile);
  /* An empty variable of a script is not the current folder. */
  if (cli->profile != NULL && *cli->profile == '\0')
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--profile wants a folder"));
      return FALSE;
    }

  /* GOption leaves a `--` where it ended the options. */
  if (*argc > 1 && strcmp ((*argv)[1], "--") == 0)
    {
      (*argv)[1] = (*argv)[0];
      (*argv)++;
      (*argc)--;
    }
  n = *argc - 1;
  if (n < least)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _ ("“%s” wants: %s"), cli->path,
                 cli->verb->arguments);
  else if (most >= 0 && n > most)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _ ("“%s” does not take “%s”"), cli->path,
                 (*argv)[1 + most]);

  return n >= least && (most < 0 || n <= most);
}

/* ---- errors ---- */

static int
exit_code_of_store (int code)
{
  switch ((WaxStoreError) code)
    {
    case WAX_STORE_ERROR_CIPHER:
    case WAX_STORE_ERROR_KEY:
    case WAX_STORE_ERROR_NEWER:
    case WAX_STORE_ERROR_NOT_FOUND:
      return WAX_EXIT_CONFIGURATION;
    case WAX_STORE_ERROR_BUSY:
      return WAX_EXIT_TEMPORARY;
    case WAX_STORE_ERROR_FULL:
    case WAX_STORE_ERROR_CORRUPT:
    case WAX_STORE_ERROR_FAILED:
    default:
      return WAX_EXIT_IO;
    }
}

static int
exit_code_of_io (int code)
{
  switch ((GIOErrorEnum) code)
    {
    case G_IO_ERROR_CANCELLED:
      return WAX_EXIT_INTERRUPTED;
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_IS_DIRECTORY:
    case G_IO_ERROR_NOT_DIRECTORY:
    case G_IO_ERROR_NOT_REGULAR_FILE:
    case G_IO_ERROR_PERMISSION_DENIED:
      return WAX_EXIT_NO_INPUT;
    case G_IO_ERROR_INVALID_DATA:
    case G_IO_ERROR_MESSAGE_TOO_LARGE:
      return WAX_EXIT_DATA;
    default:
      return WAX_EXIT_IO;
    }
}

static int
exit_code_of_draft (int code)
{
  switch ((WaxDraftError) code)
    {
    case WAX_DRAFT_ERROR_NO_RECIPIENT:
    case WAX_DRAFT_ERROR_ADDRESS:
      return WAX_EXIT_USAGE;
    case WAX_DRAFT_ERROR_ATTACHMENT:
      return WAX_EXIT_NO_INPUT;
    case WAX_DRAFT_ERROR_HEADER:
    case WAX_DRAFT_ERROR_SUBMITTED:
    default:
      return WAX_EXIT_DATA;
    }
}

int
wax_cli_exit_code (const GError *error)
{
  if (g_error_matches (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_CONTROL))
    return WAX_EXIT_DATA;
  if (g_error_matches (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_UNRECORDED))
    return WAX_EXIT_TEMPORARY;
  if (error->domain == G_OPTION_ERROR || error->domain == WAX_SERVER_URL_ERROR
      || error->domain == WAX_ADDRESS_ERROR || error->domain == WAX_ACCOUNT_ERROR
      || error->domain == WAX_OUTBOX_ERROR)
    return WAX_EXIT_USAGE;
  if (error->domain == WAX_DRAFT_ERROR)
    return exit_code_of_draft (error->code);
  if (error->domain == WAX_STORE_ERROR)
    return exit_code_of_store (error->code);
  if (error->domain == G_IO_ERROR)
    return exit_code_of_io (error->code);
  if (error->domain == G_FILE_ERROR)
    return error->code == G_FILE_ERROR_NOENT || error->code == G_FILE_ERROR_ACCES ? WAX_EXIT_NO_INPUT
                                                                                  : WAX_EXIT_IO;
  if (g_error_matches (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_NOT_FOUND))
    return WAX_EXIT_USAGE;
  if (g_error_matches (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_PASSWORD))
    return WAX_EXIT_PERMISSION;
  if (error->domain == WAX_VAULT_ERROR || error->domain == WAX_ENGINE_ERROR
      || error->domain == WAX_ACTIVITY_ERROR || error->domain == WAX_TLS_ERROR
      || error->domain == WAX_DNS_ERROR || error->domain == WAX_CLIENT_IDENTITY_ERROR)
    return WAX_EXIT_CONFIGURATION;

  return WAX_EXIT_SOFTWARE;
}

/* What the user can do; the sentence itself is the room's. */
static const char *
hint_of (const GError *error)
{
  if (g_error_matches (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT))
    return _ ("Start a keyring (GNOME Keyring, KWallet and KeePassXC are some), or use “waxseal send "
              "--server”, which needs none.");
  if (g_error_matches (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED))
    return _ ("Unlock the keyring and try again.");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return _ ("Free some space and try again.");
  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NEWER))
    return _ ("Use the newer version of Waxseal that wrote this profile.");
  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_BUSY))
    return _ ("Try again in a moment.");
  if (error->domain == G_OPTION_ERROR)
    return _ ("See --help.");

  return NULL;
}

void
wax_cli_complain (const char *message, const char *hint)
{
  g_autofree char *clean = wax_text_clean (message);

  g_printerr ("waxseal: %s\n", clean);
  if (hint != NULL)
    {
      g_autofree char *clean_hint = wax_text_clean (hint);

      g_printerr ("         %s\n", clean_hint);
    }
}

static void
print_json_error (const char *domain, const char *code, const char *message, const char *hint)
{
  JsonObject *object = json_object_new ();
  JsonObject *inner = json_object_new ();

  json_object_set_null_member (inner, "step");
  json_object_set_string_member (inner, "domain", domain);
  json_object_set_string_member (inner, "code", code);
  json_object_set_string_member (inner, "message", message);
  json_object_set_string_member (inner, "hint", hint);
  json_object_set_object_member (object, "error", inner);
  wax_cli_print_json (object);
}

int
wax_cli_fail (WaxCli *cli, GError *error)
{
  g_autoptr (GError) taken = error;
  const char *hint = hint_of (taken);

  wax_cli_complain (taken->message, hint);
  if (cli->json)
    {
      g_autofree char *code = g_strdup_printf ("%d", taken->code);

      print_json_error (g_quark_to_string (taken->domain), code, taken->message, hint);
    }

  return wax_cli_exit_code (taken);
}

int
wax_cli_fail_with (WaxCli *cli, WaxExit code, const char *message, const char *hint)
{
  wax_cli_complain (message, hint);
  if (cli->json)
    {
      g_autofree char *number = g_strdup_printf ("%d", (int) code);

      print_json_error ("wax-cli", number, message, hint);
    }

  return (int) code;
}

void
wax_cli_print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;

  json_node_take_object (node, object);
  text = wax_json_to_text (node);
  /* A file's name need not be UTF-8, and stands in an error word for word. */
  valid = g_utf8_make_valid (text, -1);
  /* JSON is UTF-8 whatever the locale: not g_print(). */
  fputs (valid, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}
