/* SPDX-License-Identifier: GPL-3.0-or-later */

/* waxseal: the command line, one table of verbs. With no verb it becomes the
 * window, which is a program of its own: this one never loads GTK. */

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-system.h"
#include "cli-text.h"
#include "cli-verb.h"
#include "tls-policy.h"

static const WaxVerb verbs[] = {
  { "send", wax_cli_send, "", N_ ("Send a message"),
    N_ ("A server is written smtps://[USER@]HOST[:465], TLS from the first octet, or\n"
        "smtp://[USER@]HOST[:587], STARTTLS, which is then required. A password is read from\n"
        "--password-file or asked for on the terminal. With --account the message goes\n"
        "through the outbox, which keeps it until the server has accepted it.") },
  { "probe", wax_cli_probe, "URL", N_ ("Connect, secure and sign in; show the connection; send nothing"),
    N_ ("The URL is smtps://[USER@]HOST[:465] or smtp://[USER@]HOST[:587]. With a user, a\n"
        "sign-in is tried too.") },
  { "demo", wax_cli_demo, "", N_ ("The whole way of a message, on this machine"),
    N_ ("Starts a practice server, makes a throwaway profile, sends a message with an\n"
        "attachment, shows it as received, verifies the log, and shows what is refused.") },
  { "outbox", wax_cli_outbox, "VERB", N_ ("Messages on their way: list, show, run, retry, cancel"), NULL },
  { "log", wax_cli_log, "VERB", N_ ("The sealed record: list, search, verify, key"), NULL },
  { "account", wax_cli_account, "VERB", N_ ("Who sends through which server: list, add, test, remove"),
    NULL },
  { NULL, NULL, NULL, NULL, NULL },
};

static int
print_help (void)
{
  wax_text_print ("%s",
                  _ ("Usage:\n"
                     "  waxseal                    open the window\n"
                     "  waxseal --demo             open it on a throwaway profile and a practice server\n"
                     "  waxseal mailto:ADDRESS     open it with a message to ADDRESS\n"
                     "  waxseal VERB [OPTION…]     work without a window\n"
                     "\n"
                     "“--profile DIR” before that chooses the profile, as WAXSEAL_PROFILE does.\n"
                     "\n"
                     "Verbs:\n"));
  wax_cli_list_verbs (verbs);
  wax_text_print ("%s", _ ("\n“waxseal VERB --help” says more, and waxseal(1) all. “--version” prints the "
                           "version.\n"));
  return WAX_EXIT_OK;
}

static int
open_window (WaxCli *cli, char **arguments)
{
  const char *folder = g_getenv ("WAXSEAL_LIBEXEC");
  g_autofree char *program = g_build_filename (folder != NULL && *folder != '\0' ? folder : WAX_LIBEXEC_DIR,
                                               "waxseal-window", NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  g_ptr_array_add (argv, program);
  if (cli->outer_profile != NULL)
    {
      g_ptr_array_add (argv, (char *) "--profile");
      g_ptr_array_add (argv, cli->outer_profile);
    }
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, *arguments);
  g_ptr_array_add (argv, NULL);
  wax_system_exec ((char **) argv->pdata, &error);

  message = g_strdup_printf (_ ("The window cannot be opened: %s"), error->message);
  return wax_cli_fail_with (cli, WAX_EXIT_UNAVAILABLE, message,
                            _ ("Without the window's program, the verbs work: see “waxseal --help”."));
}

/* What the window takes: nothing, --demo, or mailto: URIs. */
static gboolean
is_for_window (char **arguments)
{
  for (; *arguments != NULL; arguments++)
    if (strcmp (*arguments, "--demo") != 0 && g_ascii_strncasecmp (*arguments, "mailto:", 7) != 0)
      return FALSE;

  return TRUE;
}

/* Takes a `--profile DIR` before the verb, and returns how many words it had, or
 * -1 if the folder is missing. */
static int
take_profile (WaxCli *cli, char **arguments)
{
  if (arguments[0] == NULL)
    return 0;
  if (g_str_has_prefix (arguments[0], "--profile="))
    {
      cli->outer_profile = g_strdup (arguments[0] + strlen ("--profile="));
      return 1;
    }
  if (strcmp (arguments[0], "--profile") != 0)
    return 0;

  cli->outer_profile = g_strdup (arguments[1]);
  return arguments[1] != NULL ? 2 : -1;
}

static int
run (WaxCli *cli, int argc, char **argv)
{
  int taken = take_profile (cli, argv + 1);

  if (taken < 0)
    return wax_cli_fail_with (cli, WAX_EXIT_USAGE, _ ("--profile wants a folder"), NULL);
  argc -= taken;
  argv += taken;
  if (is_for_window (argv + 1))
    return open_window (cli, argv + 1);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    return print_help ();
  if (strcmp (argv[1], "--version") == 0)
    {
      wax_text_print ("waxseal %s\n", WAX_VERSION);
      return WAX_EXIT_OK;
    }

  wax_system_catch_interrupts (cli->cancellable);
  return wax_cli_dispatch (cli, verbs, argc, argv);
}

/* What was to be printed and could not be (a full disk behind stdout) is no
 * success. But of a sending, the code is the message's: it must not look undone. */
static int
check_output (WaxCli *cli, int code)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return code;

  wax_cli_complain (_ ("The output could not be written: it is not complete"), NULL);
  if (code != WAX_EXIT_OK || g_str_has_prefix (cli->path, "waxseal send")
      || g_str_equal (cli->path, "waxseal outbox run"))
    return code;

  return WAX_EXIT_IO;
}

int
main (int argc, char **argv)
{
  WaxCli cli = { 0 };
  int code;

  wax_system_hold_standard_streams ();
  /* GnuTLS' priorities are read once, with the first TLS object of the process. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", wax_tls_policy_priority (), TRUE);
  wax_system_refuse_core_dumps ();
  wax_system_outlive_file_limits ();
  /* What G_MESSAGES_DEBUG brings must not stand between what --json promises. */
  g_log_writer_default_set_use_stderr (TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WAX_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  cli.cancellable = g_cancellable_new ();
  cli.path = g_strdup ("waxseal");
  code = check_output (&cli, run (&cli, argc, argv));
  g_object_unref (cli.cancellable);
  g_free (cli.path);
  g_free (cli.profile);
  g_free (cli.outer_profile);

  return code;
}
