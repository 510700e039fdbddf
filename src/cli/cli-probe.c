/* SPDX-License-Identifier: GPL-3.0-or-later */

/* probe: connect, secure, say EHLO, sign in if there is a user; send nothing. */

#include <glib/gi18n-lib.h>

#include "cli-dns.h"
#include "cli-report.h"
#include "cli-server.h"
#include "cli-text.h"
#include "cli-verb.h"
#include "transport.h"

static void
print_json (const WaxSendResult *result)
{
  g_autoptr (JsonNode) node = wax_send_result_to_json (result, NULL);
  JsonObject *object = json_node_get_object (node);
  const char *const of_a_send[] = { "state", "message_id", "reply", "recipients" };

  for (gsize i = 0; i < G_N_ELEMENTS (of_a_send); i++)
    json_object_remove_member (object, of_a_send[i]);
  wax_cli_print_json (json_object_ref (object));
}

static void
print_verdict (WaxAccount *account, const WaxSendResult *result)
{
  g_autofree char *words = NULL;

  if (result->error != NULL)
    return;
  if (wax_account_get_mode (account) == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    words = g_strdup_printf (_ ("%s answers. Nothing was sent."), wax_account_get_host (account));
  else if (result->report->auth_mechanism != NULL)
    words = g_strdup_printf (_ ("%s is verified and accepts the sign-in. Nothing was sent."),
                             wax_account_get_host (account));
  else
    words = g_strdup_printf (_ ("%s is verified. No sign-in was tried and nothing was sent."),
                             wax_account_get_host (account));
  wax_text_mark (WAX_STYLE_GOOD);
  wax_text_print (" %s\n", words);
}

int
wax_cli_print_probe (WaxCli *cli, WaxAccount *account, const WaxSendResult *result)
{
  if (cli->json)
    print_json (result);
  else
    {
      print_verdict (account, result);
      wax_cli_print_report (result->report);
    }
  if (result->error != NULL)
    wax_cli_complain (result->error->message, result->hint);

  return wax_send_result_exit_code (result);
}

static int
probe (WaxCli *cli, const WaxTransportSettings *settings)
{
  g_autoptr (WaxTransport) transport = wax_transport_new (settings);
  g_autoptr (WaxSendResult) result = wax_transport_open (transport, cli->cancellable);

  wax_transport_close (transport, cli->cancellable);

  return wax_cli_print_probe (cli, settings->account, result);
}

int
wax_cli_probe (WaxCli *cli, int argc, char **argv)
{
  g_auto (WaxServerOptions) options = { 0 };
  g_auto (WaxDnsOptions) dns = { 0 };
  const GOptionEntry entries[] = { WAX_SERVER_ENTRIES (&options), WAX_SERVER_TOKEN_ENTRY (&options),
                                   WAX_DNS_ENTRIES (&dns), WAX_CLI_JSON_ENTRY (cli), G_OPTION_ENTRY_NULL };
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxSecret) password = NULL;
  g_autoptr (WaxSecret) proxy_password = NULL;
  g_autoptr (WaxDnsResolver) resolver = NULL;
  WaxTransportSettings settings = { .account = account };
  g_autoptr (WaxSecret) token = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, NULL, 1, 1, &argc, &argv, &error)
      || !wax_server_options_apply (&options, argv[1], TRUE, account, cli->cancellable, &error)
      || !wax_protection_options_identity (&options.protection, account, cli->cancellable, &certificate,
                                           &error)
      || !wax_server_options_password (&options, account, cli->cancellable, &password, &error)
      || !wax_server_options_proxy_password (&options, cli->cancellable, &proxy_password, &error)
      || !wax_server_options_token (&options, cli->cancellable, &token, &error)
      || (resolver = wax_dns_options_resolver (&dns, &error)) == NULL)
    return wax_cli_fail (cli, error);
  settings.password = password;
  settings.token = token;
  settings.client_certificate = certificate;
  settings.proxy_password = proxy_password;
  settings.resolver = resolver;

  return probe (cli, &settings);
}
