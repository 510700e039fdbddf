/* SPDX-License-Identifier: GPL-3.0-or-later */

/* send: through an account and the outbox, or straight to a server with no
 * profile at all. */

#include "cli-send.h"

#include <glib/gi18n-lib.h>

#include "cli-engine.h"
#include "cli-progress.h"
#include "cli-report.h"
#include "cli-send-record.h"

static void
send_options_clear (WaxSendOptions *self)
{
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->server, g_free);
  wax_message_options_clear (&self->message);
  wax_server_options_clear (&self->connection);
  wax_dns_options_clear (&self->dns);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxSendOptions, send_options_clear)

G_GNUC_PRINTF (2, 3)
static gboolean
usage (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_FAILED, format, args);
  va_end (args);

  return FALSE;
}

static gboolean
check (WaxSendOptions *self, GError **error)
{
  const char *option = wax_server_options_first (&self->connection);

  if (option == NULL)
    option = wax_dns_options_first (&self->dns);

  if (self->account == NULL && self->server == NULL)
    return usage (error, "%s", _ ("Say through what: --account NAME or --server URL"));
  if (self->account != NULL && self->server != NULL)
    return usage (error, "%s", _ ("--account and --server do not go together"));
  if (self->account != NULL && option != NULL)
    return usage (error, _ ("%s goes with --server: an account has its own"), option);
  if (self->server != NULL && self->no_wait)
    return usage (error, _ ("%s goes with --account: without an outbox nothing would send it later"),
                  "--no-wait");

  return wax_message_options_check (&self->message, error);
}

/* ---- straight to a server ---- */

static gboolean
read_progress (gpointer data, gint64 *done, gint64 *total)
{
  wax_progress_get (data, done, total);
  return TRUE;
}

static WaxSendResult *
transport_send (WaxCli *cli, WaxTransport *transport, WaxSpooledMessage *message)
{
  g_autoptr (WaxProgress) progress = wax_progress_new ();
  WaxProgressLine *line = wax_progress_line_start (read_progress, progress);
  WaxSendResult *result = wax_transport_send (transport, message->envelope, message->stream,
                                              message->info->size, progress, cli->cancellable);

  wax_progress_line_stop (line);

  return result;
}

/* The report of a message on a connection that was opened for it alone is that of
 * the whole, unless the connection had to be made anew in between. */
static void
join_opening (WaxConnectionReport *report, WaxConnectionReport *opening)
{
  if (report->started != opening->started)
    return;

  report->reused = FALSE;
  report->total_ms += opening->total_ms;
  report->round_trips += opening->round_trips;
  for (guint i = 0; i < opening->transcript->len; i++)
    g_ptr_array_insert (report->transcript, (int) i, g_strdup (g_ptr_array_index (opening->transcript, i)));
}

/* Takes @opened, and returns it where it is the end. */
static WaxSendResult *
send_over (WaxCli *cli, WaxTransport *transport, WaxSpooledMessage *message, WaxSendResult *opened)
{
  g_autoptr (WaxSendResult) taken = opened;
  WaxSendResult *result;

  if (opened->error != NULL)
    return g_steal_pointer (&taken);
  result = transport_send (cli, transport, message);
  join_opening (result->report, opened->report);

  return result;
}

static WaxTransferLimit
limit_of (WaxConnectionReport *report)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_copy (report->extensions, NULL, NULL);

  g_ptr_array_set_free_func (lines, NULL);
  g_ptr_array_add (lines, NULL);

  return wax_transport_limit ((const char *const *) lines->pdata);
}

/* What the server offers decides how the message is written. Without a server it is
 * written for the record alone, be it that the user does not want to wait. */
static gboolean
prepare (WaxCli *cli, WaxEngine *engine, WaxSpooledMessage *message, WaxSendResult *opened, GError **error)
{
  gboolean in_vain = opened->error != NULL;

  if (in_vain && engine == NULL)
    return TRUE;
  if (!wax_spooled_message_write (message, limit_of (opened->report), in_vain ? NULL : cli->cancellable,
                                  error))
    return FALSE;

  return engine == NULL || wax_send_record_intent (engine, message, error);
}

/* @engine: (nullable): whose log gets the record. What cannot be recorded before
 * it is sent is not sent. */
static int
send_spooled (WaxCli *cli,
              WaxEngine *engine,
              const WaxTransportSettings *settings,
              WaxSpooledMessage *message)
{
  g_autoptr (WaxTransport) transport = wax_transport_new (settings);
  g_autoptr (WaxSendResult) opened = wax_transport_open (transport, cli->cancellable);
  g_autoptr (WaxSendResult) result = NULL;
  g_autoptr (JsonNode) node = NULL;
  GError *error = NULL;

  if (!prepare (cli, engine, message, opened, &error))
    {
      wax_transport_close (transport, cli->cancellable);
      return wax_cli_fail (cli, error);
    }
  result = send_over (cli, transport, message, g_steal_pointer (&opened));
  wax_transport_close (transport, cli->cancellable);
  if (engine != NULL && !wax_send_record_outcome (engine, message, result, &error))
    {
      wax_cli_complain (error->message, _ ("The outcome is not in the log; what follows is what happened."));
      g_clear_error (&error);
    }
  node = wax_send_result_to_json (result, wax_spooled_message_get_id (message));
  wax_cli_print_result (cli, json_node_get_object (node), result->report);

  return wax_send_result_exit_code (result);
}

static int
send_to_server (WaxCli *cli, const WaxSendOptions *options)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxSpooledMessage) message = NULL;
  g_autoptr (WaxSecret) password = NULL;
  g_autoptr (WaxSecret) proxy_password = NULL;
  g_autoptr (WaxSecret) token = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (WaxDnsResolver) resolver = NULL;
  g_autoptr (WaxEngine) engine = NULL;
  WaxTransportSettings settings = { .account = account, .one_message = TRUE };
  GError *error = NULL;
  int code;

  if (!wax_server_options_apply (&options->connection, options->server, TRUE, account, cli->cancellable,
                                 &error))
    return wax_cli_fail (cli, error);
  message = wax_spooled_message_new (&options->message, cli->cancellable, &error);
  if (message == NULL)
    return wax_cli_fail (cli, error);
  if (*message->envelope->sender != '\0')
    g_object_set (account, "address", message->envelope->sender, NULL);
  if (!wax_protection_options_identity (&options->connection.protection, account, cli->cancellable,
                                        &certificate, &error)
      || !wax_server_options_password (&options->connection, account, cli->cancellable, &password, &error)
      || !wax_server_options_proxy_password (&options->connection, cli->cancellable, &proxy_password, &error)
      || !wax_server_options_token (&options->connection, cli->cancellable, &token, &error)
      || (resolver = wax_dns_options_resolver (&options->dns, &error)) == NULL
      || (cli->profile != NULL && (engine = wax_cli_open_engine (cli, FALSE, &error)) == NULL))
    return wax_cli_fail (cli, error);
  settings.password = password;
  settings.token = token;
  settings.client_certificate = certificate;
  settings.proxy_password = proxy_password;
  settings.resolver = resolver;

  code = send_spooled (cli, engine, &settings, message);
  if (engine != NULL)
    wax_engine_close (engine);

  return code;
}

int
wax_cli_send (WaxCli *cli, int argc, char **argv)
{
  g_auto (WaxSendOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "account", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.account,
      N_ ("The account that sends, by name or address"), N_ ("NAME") },
    { "server", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.server,
      N_ ("A server to hand the message to, without a profile"), N_ ("URL") },
    WAX_MESSAGE_ENTRIES (&options.message),
    WAX_REQUEST_ENTRIES (&options.message.request),
    { "no-wait", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.no_wait,
      N_ ("With --account: leave the message in the outbox, for “outbox run” or the window"), NULL },
    WAX_CLI_JSON_ENTRY (cli),
    WAX_CLI_PROFILE_ENTRY (cli),
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry connection[] = { WAX_SERVER_ENTRIES (&options.connection),
                                      WAX_SERVER_TOKEN_ENTRY (&options.connection),
                                      WAX_DNS_ENTRIES (&options.dns), G_OPTION_ENTRY_NULL };
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, connection, 0, 0, &argc, &argv, &error) || !check (&options, &error))
    return wax_cli_fail (cli, error);

  return options.server != NULL ? send_to_server (cli, &options) : wax_cli_send_by_account (cli, &options);
}
