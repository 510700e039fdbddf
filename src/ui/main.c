/* SPDX-License-Identifier: GPL-3.0-or-later */

/* waxseal-window: the program behind the window. Sets up what must be set before
 * anything else (the TLS priorities, no core dumps), reads which profile is
 * meant, because the application's id depends on it, and runs. */

#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

#include <glib/gi18n.h>

#include "application.h"
#include "tls-policy.h"

/* Read by glib-networking before the first TLS object of the process is made;
 * a secret of ours never belongs into a core dump. */
static void
harden (void)
{
  const struct rlimit no_core = { 0, 0 };

  if (g_getenv ("G_TLS_GNUTLS_PRIORITY") == NULL)
    g_setenv ("G_TLS_GNUTLS_PRIORITY", wax_tls_policy_priority (), TRUE);
  setrlimit (RLIMIT_CORE, &no_core);
  /* A limit for the size of files is an error when writing, and no sudden death. */
  signal (SIGXFSZ, SIG_IGN);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  gboolean demo = FALSE;
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &folder, NULL, NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &demo, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxApplication) application = NULL;

  harden ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WAX_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  arguments = g_strdupv (argv);
  if (!g_option_context_parse_strv (context, &arguments, &error))
    {
      g_printerr ("waxseal: %s\n", error->message);
      return 64;
    }
  application = wax_application_new (folder, demo);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
