/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** sysexits(3), as CLI.md and waxseal(1) list them. */
typedef enum {
  WAX_EXIT_OK            = 0,
  WAX_EXIT_USAGE         = 64,
  WAX_EXIT_DATA          = 65, /* the message cannot be sent as asked */
  WAX_EXIT_NO_INPUT      = 66, /* a file that was named cannot be read */
  WAX_EXIT_RECIPIENT     = 67,
  WAX_EXIT_HOST          = 68,
  WAX_EXIT_UNAVAILABLE   = 69,
  WAX_EXIT_SOFTWARE      = 70,
  WAX_EXIT_IO            = 74, /* the disk is full, or reading or writing failed */
  WAX_EXIT_TEMPORARY     = 75,
  WAX_EXIT_PROTOCOL      = 76,
  WAX_EXIT_PERMISSION    = 77,
  WAX_EXIT_CONFIGURATION = 78,
  WAX_EXIT_INTERRUPTED   = 130,
} WaxExit;

typedef struct _WaxVerb WaxVerb;

/**
 * WaxCli:
 *
 * What a verb finds when it runs.
 * @cancellable: cancelled by SIGINT and SIGTERM
 * @verb: the row of the table
 * @path: the verb in full, `outbox show`
 * @json, @profile: the options that verbs share, once parsed
 * @outer_profile: (nullable): a `--profile` before the verb
 */
typedef struct {
  GCancellable  *cancellable;
  const WaxVerb *verb;
  char          *path;
  gboolean       json;
  char          *profile;
  char          *outer_profile;
} WaxCli;

/** Runs a verb; @argv[0] is the verb itself. Returns: the exit code. */
typedef int (*WaxVerbRun) (WaxCli *cli, int argc, char **argv);

/**
 * WaxVerb: a row of a command table; the last one has no name.
 * @arguments: what follows the options in the usage line, or empty
 * @summary: one line for the list of verbs (marked for translation)
 * @details: (nullable): a paragraph for the verb's own help
 */
struct _WaxVerb {
  const char *name;
  WaxVerbRun  run;
  const char *arguments;
  const char *summary;
  const char *details;
};

/** Runs the verb of @table that @argv[1] names. */
int      wax_cli_dispatch  (WaxCli              *cli,
                            const WaxVerb       *table,
                            int                  argc,
                            char               **argv);
/** Prints @table, indented, for help. */
void     wax_cli_list_verbs (const WaxVerb      *table);

/** Option entries for the verbs that take them. */
#define WAX_CLI_JSON_ENTRY(cli)                                       \
  { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &(cli)->json,   \
    N_ ("Print one JSON object"), NULL }
#define WAX_CLI_PROFILE_ENTRY(cli)                                             \
  { "profile", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(cli)->profile,  \
    N_ ("The profile's folder"), N_ ("DIR") }

/**
 * Parses the options of the running verb. What stays in *@argv from 1 on are
 * the positional arguments, at least @least and at most @most (-1: any number).
 * `--help` prints and ends the process.
 */
gboolean wax_cli_parse     (WaxCli              *cli,
                            const GOptionEntry  *entries,
                            const GOptionEntry  *more,
                            int                  least,
                            int                  most,
                            int                 *argc,
                            char              ***argv,
                            GError             **error);

/** Says on stderr what went wrong and what can be done; with `--json` also on
 * stdout, as `{"error": …}`. Takes @error. Returns: the exit code that fits. */
int      wax_cli_fail      (WaxCli              *cli,
                            GError              *error);
/** The same with a sentence of the command line's own. */
int      wax_cli_fail_with (WaxCli              *cli,
                            WaxExit              code,
                            const char          *message,
                            const char          *hint);
/** The exit code for an error that came before any connection was tried. */
int      wax_cli_exit_code (const GError        *error);
/** A sentence and a hint on stderr. */
void     wax_cli_complain  (const char          *message,
                            const char          *hint);
/** Prints @object (transfer full) on stdout. */
void     wax_cli_print_json (JsonObject         *object);

/* The verbs. */
int      wax_cli_send      (WaxCli *cli, int argc, char **argv);
int      wax_cli_probe     (WaxCli *cli, int argc, char **argv);
int      wax_cli_demo      (WaxCli *cli, int argc, char **argv);
int      wax_cli_outbox    (WaxCli *cli, int argc, char **argv);
int      wax_cli_log       (WaxCli *cli, int argc, char **argv);
int      wax_cli_account   (WaxCli *cli, int argc, char **argv);

G_END_DECLS
