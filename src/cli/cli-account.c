/* SPDX-License-Identifier: GPL-3.0-or-later */

/* account: who sends through which server. */

#include <glib/gi18n-lib.h>

#include "cli-engine.h"
#include "cli-report.h"
#include "cli-server.h"
#include "cli-text.h"
#include "cli-verb.h"

static char *
url_of (WaxAccount *account)
{
  const WaxServerUrl url = {
    .mode = wax_account_get_mode (account),
    .srv = wax_account_get_srv (account),
    .host = (char *) wax_account_get_host (account),
    .port = (guint16) wax_account_get_port (account),
    .user = (char *) wax_account_get_user (account),
  };

  return wax_server_url_to_string (&url);
}

static JsonArray *
strings_to_json (const char *const *strings)
{
  JsonArray *array = json_array_new ();

  for (; strings != NULL && *strings != NULL; strings++)
    json_array_add_string_element (array, *strings);

  return array;
}

static JsonObject *
account_to_json (WaxAccount *account)
{
  JsonObject *object = json_object_new ();
  JsonArray *pins = json_array_new ();
  g_autofree char *url = url_of (account);

  for (const char *const *pin = wax_account_get_pins (account); pin != NULL && *pin != NULL; pin++)
    {
      g_autofree char *text = g_strconcat ("sha256:", *pin, NULL);

      json_array_add_string_element (pins, text);
    }
  json_object_set_string_member (object, "id", wax_account_get_id (account));
  json_object_set_string_member (object, "label", wax_account_get_label (account));
  json_object_set_string_member (object, "name", wax_account_get_name (account));
  json_object_set_string_member (object, "address", wax_account_get_address (account));
  json_object_set_string_member (object, "server", url);
  json_object_set_string_member (object, "mode", wax_tls_mode_to_string (wax_account_get_mode (account)));
  json_object_set_string_member (object, "user", wax_account_get_user (account));
  json_object_set_string_member (object, "mechanism", wax_account_get_mechanism (account));
  json_object_set_string_member (object, "minimum_tls", wax_account_get_minimum_tls (account));
  json_object_set_array_member (object, "fallbacks", strings_to_json (wax_account_get_fallbacks (account)));
  json_object_set_string_member (object, "proxy", wax_account_get_proxy (account));
  json_object_set_boolean_member (object, "own_ca", wax_account_get_ca_pem (account) != NULL);
  json_object_set_array_member (object, "pins", pins);

  return object;
}

/* ---- list ---- */

static void
print_account (WaxAccount *account)
{
  g_autofree char *url = url_of (account);

  wax_text_styled (WAX_STYLE_BOLD, wax_account_get_label (account));
  wax_text_print ("\n");
  wax_text_row (_ ("Name"), wax_account_get_name (account));
  wax_text_row (_ ("Address"), wax_account_get_address (account));
  wax_text_row (_ ("Server"), url);
  for (const char *const *further = wax_account_get_fallbacks (account); further != NULL && *further != NULL;
       further++)
    wax_text_row (_ ("Else"), *further);
  wax_text_row (_ ("Proxy"), wax_account_get_proxy (account));
  wax_text_row (_ ("Sign-in"), wax_account_get_mechanism (account) != NULL
                                   ? wax_account_get_mechanism (account)
                               : wax_account_get_user (account) != NULL ? _ ("the best that is offered")
                                                                        : _ ("none"));
  wax_text_row (_ ("At least"), wax_account_get_minimum_tls (account));
  if (wax_account_get_ca_pem (account) != NULL)
    wax_text_row (_ ("Trusts"), _ ("a certificate authority of its own"));
  for (const char *const *pin = wax_account_get_pins (account); pin != NULL && *pin != NULL; pin++)
    wax_text_row (_ ("Pin"), *pin);
}

static int
list (WaxCli *cli, int argc, char **argv)
{
  const GOptionEntry entries[] = { WAX_CLI_JSON_ENTRY (cli), WAX_CLI_PROFILE_ENTRY (cli),
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (WaxEngine) engine = NULL;
  g_autoptr (GPtrArray) accounts = NULL;
  JsonArray *array;
  JsonObject *object;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, NULL, 0, 0, &argc, &argv, &error)
      || (engine = wax_cli_open_engine (cli, FALSE, &error)) == NULL)
    return wax_cli_fail (cli, error);
  accounts = wax_engine_list_accounts (engine, &error);
  wax_engine_close (engine);
  if (accounts == NULL)
    return wax_cli_fail (cli, error);

  if (!cli->json)
    {
      if (accounts->len == 0)
        wax_text_print ("%s\n", _ ("There is no account yet."));
      for (guint i = 0; i < accounts->len; i++)
        print_account (g_ptr_array_index (accounts, i));
      return WAX_EXIT_OK;
    }
  array = json_array_new ();
  for (guint i = 0; i < accounts->len; i++)
    json_array_add_object_element (array, account_to_json (g_ptr_array_index (accounts, i)));
  object = json_object_new ();
  json_object_set_array_member (object, "accounts", array);
  wax_cli_print_json (object);

  return WAX_EXIT_OK;
}

/* ---- add ---- */

typedef struct
{
  char *server;
  char *address;
  char *name;
  char *label;
  char *user;
  WaxServerOptions connection;
} AddOptions;

static void
add_options_clear (AddOptions *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->user, g_free);
  wax_server_options_clear (&self->connection);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AddOptions, add_options_clear)

static WaxAccount *
make_account (WaxCli *cli, const AddOptions *options, WaxSecret **password, GError **error)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxAddress) address = NULL;

  if (options->server == NULL || options->address == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _ ("An account needs --server and --address"));
      return NULL;
    }
  address = wax_address_parse (options->address, error);
  if (address == NULL)
    return NULL;
  g_object_set (account, "address", address->mailbox, "name",
                options->name != NULL ? options->name : address->name, "label", options->label, NULL);
  if (!wax_server_options_apply (&options->connection, options->server, FALSE, account, cli->cancellable,
                                 error))
    return NULL;
  if (options->user != NULL)
    g_object_set (account, "user", options->user, NULL);
  if (!wax_server_options_password (&options->connection, account, cli->cancellable, password, error))
    return NULL;

  return g_steal_pointer (&account);
}

static int
save_account (WaxCli *cli, WaxAccount *account, WaxSecret *password, WaxSecret *proxy_password)
{
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = wax_cli_open_engine (cli, TRUE, &error);
  gboolean saved = FALSE;

  if (engine != NULL)
    {
      saved = wax_engine_save_account (engine, account, password, cli->cancellable, &error)
              && (proxy_password == NULL
                  || wax_engine_set_proxy_password (engine, account, proxy_password, cli->cancellable,
                                                    &error));
      wax_engine_close (engine);
    }
  if (!saved)
    return wax_cli_fail (cli, error);

  if (cli->json)
    wax_cli_print_json (account_to_json (account));
  else
    {
      wax_text_mark (WAX_STYLE_GOOD);
      wax_text_print (_ (" The account is saved. “waxseal account test” tries it.\n"));
      print_account (account);
    }

  return WAX_EXIT_OK;
}

static int
add (WaxCli *cli, int argc, char **argv)
{
  g_auto (AddOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "server", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.server, N_ ("The submission server"),
      N_ ("URL") },
    { "address", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.address,
      N_ ("The address that it sends as"), N_ ("ADDRESS") },
    { "name", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.name, N_ ("The sender's name"),
      N_ ("NAME") },
    { "label", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.label,
      N_ ("What the account is called; the address by default"), N_ ("NAME") },
    { "user", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.user,
      N_ ("The user to sign in as; else the one in the URL"), N_ ("USER") },
    WAX_CLI_JSON_ENTRY (cli),
    WAX_CLI_PROFILE_ENTRY (cli),
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry connection[] = { WAX_SERVER_ENTRIES (&options.connection), G_OPTION_ENTRY_NULL };
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (WaxSecret) password = NULL;
  g_autoptr (WaxSecret) proxy_password = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, connection, 0, 0, &argc, &argv, &error)
      || (account = make_account (cli, &options, &password, &error)) == NULL
      || !wax_server_options_proxy_password (&options.connection, cli->cancellable, &proxy_password, &error))
    return wax_cli_fail (cli, error);

  return save_account (cli, account, password, proxy_password);
}

/* ---- remove, test ---- */

static WaxEngine *
open_with_account (WaxCli *cli, int argc, char **argv, WaxAccount **account, GError **error)
{
  const GOptionEntry entries[] = { WAX_CLI_JSON_ENTRY (cli), WAX_CLI_PROFILE_ENTRY (cli),
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (WaxEngine) engine = NULL;

  if (!wax_cli_parse (cli, entries, NULL, 1, 1, &argc, &argv, error)
      || (engine = wax_cli_open_engine (cli, FALSE, error)) == NULL)
    return NULL;
  *account = wax_engine_find_account (engine, argv[1], error);
  if (*account == NULL)
    {
      wax_engine_close (engine);
      return NULL;
    }

  return g_steal_pointer (&engine);
}

static int
remove_account (WaxCli *cli, int argc, char **argv)
{
  g_autoptr (WaxAccount) account = NULL;
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_with_account (cli, argc, argv, &account, &error);
  gboolean removed = FALSE;

  if (engine != NULL)
    {
      removed = wax_engine_remove_account (engine, wax_account_get_id (account), cli->cancellable, &error);
      wax_engine_close (engine);
    }
  if (!removed)
    return wax_cli_fail (cli, error);

  if (cli->json)
    wax_cli_print_json (account_to_json (account));
  else
    wax_text_print (_ ("The account “%s” and its password are removed.\n"), wax_account_get_label (account));

  return WAX_EXIT_OK;
}

static int
accept_sign_in (WaxCli *cli, int argc, char **argv)
{
  g_autoptr (WaxAccount) account = NULL;
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_with_account (cli, argc, argv, &account, &error);
  gboolean accepted = FALSE;

  if (engine != NULL)
    {
      accepted = wax_engine_accept_weaker_sign_in (engine, wax_account_get_id (account), cli->cancellable,
                                                   &error);
      wax_engine_close (engine);
    }
  if (!accepted)
    return wax_cli_fail (cli, error);

  if (cli->json)
    wax_cli_print_json (account_to_json (account));
  else
    wax_text_print (_ ("The account “%s” may sign in by whatever the server offers next.\n"),
                    wax_account_get_label (account));

  return WAX_EXIT_OK;
}

static int
test (WaxCli *cli, int argc, char **argv)
{
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (WaxSendResult) result = NULL;
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_with_account (cli, argc, argv, &account, &error);

  if (engine == NULL)
    return wax_cli_fail (cli, error);
  result = wax_engine_probe (engine, account, NULL, cli->cancellable);
  wax_engine_close (engine);

  return wax_cli_print_probe (cli, account, result);
}

int
wax_cli_account (WaxCli *cli, int argc, char **argv)
{
  static const WaxVerb verbs[] = {
    { "list", list, "", N_ ("List the accounts"), NULL },
    { "add", add, "", N_ ("Add an account"),
      N_ ("The password goes into the keyring. For instance:\n"
          "  waxseal account add --server smtps://me@smtp.example.org --address me@example.org") },
    { "test", test, "NAME", N_ ("Connect and sign in; send nothing"), NULL },
    { "accept-sign-in", accept_sign_in, "NAME",
      N_ ("Let the server offer weaker sign-in methods than before"),
      N_ ("An account remembers the strongest method by which it has signed in, and refuses a\n"
          "server that suddenly offers less. This forgets it; the record says so.") },
    { "remove", remove_account, "NAME", N_ ("Remove an account and its password"), NULL },
    { NULL, NULL, NULL, NULL, NULL },
  };

  return wax_cli_dispatch (cli, verbs, argc, argv);
}
