/* SPDX-License-Identifier: GPL-3.0-or-later */

/* account: who sends through which server. */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-engine.h"
#include "cli-report.h"
#include "cli-server.h"
#include "cli-text.h"
#include "cli-verb.h"
#include "clock.h"

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

static JsonArray *
pins_to_json (const char *const *pins)
{
  JsonArray *array = json_array_new ();

  for (; pins != NULL && *pins != NULL; pins++)
    {
      g_autofree char *text = g_strconcat ("sha256:", *pins, NULL);

      json_array_add_string_element (array, text);
    }

  return array;
}

static void
add_day (JsonObject *object, const char *member, gint64 seconds)
{
  g_autofree char *text = seconds > 0 ? wax_clock_format (seconds * G_USEC_PER_SEC) : NULL;

  json_object_set_string_member (object, member, text);
}

static JsonArray *
exceptions_to_json (WaxAccount *account)
{
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);
  JsonArray *array = json_array_new ();
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;

  for (guint i = 0; i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "allow", wax_tls_allow_to_string (exception->allow));
      json_object_set_string_member (object, "value", exception->value);
      add_day (object, "since", exception->since);
      add_day (object, "until", exception->until);
      json_object_set_string_member (object, "reason", exception->reason);
      json_object_set_boolean_member (object, "current", wax_tls_exception_is_current (exception, now));
      json_array_add_object_element (array, object);
    }

  return array;
}

/* What is demanded and shown beside the server's certificate. */
static void
add_protection (JsonObject *object, WaxAccount *account)
{
  json_object_set_array_member (object, "pins", pins_to_json (wax_account_get_pins (account)));
  json_object_set_array_member (object, "backup_pins", pins_to_json (wax_account_get_backup_pins (account)));
  add_day (object, "pins_renew", wax_account_get_pins_renew (account));
  json_object_set_string_member (object, "revocation",
                                 wax_demand_to_string (wax_account_get_revocation (account)));
  json_object_set_string_member (object, "dane", wax_demand_to_string (wax_account_get_dane (account)));
  json_object_set_string_member (object, "client_certificate", wax_account_get_client_cert (account));
  json_object_set_string_member (object, "client_key", wax_account_get_client_key (account));
  json_object_set_array_member (object, "exceptions", exceptions_to_json (account));
}

static JsonObject *
account_to_json (WaxAccount *account)
{
  JsonObject *object = json_object_new ();
  g_autofree char *url = url_of (account);

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
  add_protection (object, account);

  return object;
}

/* ---- list ---- */

static void
print_pins (const char *title, const char *const *pins)
{
  for (; pins != NULL && *pins != NULL; pins++)
    wax_text_row (title, *pins);
}

static void
print_exceptions (WaxAccount *account)
{
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;

  for (guint i = 0; i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];
      g_autofree char *words = wax_tls_exception_to_words (exception);

      wax_text_row (wax_tls_exception_is_current (exception, now) ? _ ("Exception") : _ ("Ended"), words);
      if (exception->reason != NULL)
        wax_text_row ("", exception->reason);
    }
}

static void
print_protection (WaxAccount *account)
{
  gint64 renew = wax_account_get_pins_renew (account);
  g_autofree char *day = wax_clock_format (renew * G_USEC_PER_SEC);

  print_pins (_ ("Pin"), wax_account_get_pins (account));
  print_pins (_ ("Backup pin"), wax_account_get_backup_pins (account));
  if (renew > 0)
    {
      day[strlen ("2027-01-01")] = '\0';
      wax_text_row (_ ("Renew pins"), day);
    }
  wax_text_row (_ ("Revocation"), wax_demand_to_string (wax_account_get_revocation (account)));
  wax_text_row (_ ("TLSA records"), wax_demand_to_string (wax_account_get_dane (account)));
  wax_text_row (_ ("Certificate"), wax_account_get_client_cert (account));
  wax_text_row (_ ("Its key"), wax_account_get_client_key (account));
  print_exceptions (account);
}

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
  print_protection (account);
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

#define WAX_ACCOUNT_ENTRIES(self)                                                                         \
  { "server",  0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->server, N_ ("The submission server"), \
    N_ ("URL") },                                                                                         \
      { "address",          0,                                                                            \
        G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING,                                                          \
        &(self)->address,   N_ ("The address that it sends as"),                                          \
        N_ ("ADDRESS") },                                                                                 \
      { "name",     0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->name, N_ ("The sender's name"),  \
        N_ ("NAME") },                                                                                    \
      { "label",                                                                                          \
        0,                                                                                                \
        G_OPTION_FLAG_NONE,                                                                               \
        G_OPTION_ARG_STRING,                                                                              \
        &(self)->label,                                                                                   \
        N_ ("What the account is called; the address by default"),                                        \
        N_ ("NAME") },                                                                                    \
  {                                                                                                       \
    "user", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->user,                                    \
        N_ ("The user to sign in as; else the one in the URL"), N_ ("USER")                               \
  }

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

/* What goes into the keyring; NULL leaves what is there. */
typedef struct
{
  WaxSecret *sign_in;
  WaxSecret *client;
  WaxSecret *proxy;
} Passwords;

static void
passwords_clear (Passwords *self)
{
  g_clear_pointer (&self->sign_in, wax_secret_unref);
  g_clear_pointer (&self->client, wax_secret_unref);
  g_clear_pointer (&self->proxy, wax_secret_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Passwords, passwords_clear)

/* Those for others than the server. */
static gboolean
read_passwords (WaxCli *cli,
                const WaxServerOptions *options,
                WaxAccount *account,
                Passwords *passwords,
                GError **error)
{
  return wax_server_options_proxy_password (options, cli->cancellable, &passwords->proxy, error)
         && wax_protection_options_password (&options->protection, account, cli->cancellable,
                                             &passwords->client, error);
}

/* Closes @engine (nullable: opening it ended with @error, which is taken). */
static int
save_account (WaxCli *cli, WaxEngine *engine, WaxAccount *account, const Passwords *passwords, GError *error)
{
  gboolean saved = FALSE;

  if (engine != NULL)
    {
      saved = wax_engine_save_account (engine, account, passwords->sign_in, cli->cancellable, &error)
              && (passwords->client == NULL
                  || wax_engine_set_client_password (engine, account, passwords->client, cli->cancellable,
                                                     &error))
              && (passwords->proxy == NULL
                  || wax_engine_set_proxy_password (engine, account, passwords->proxy, cli->cancellable,
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
    WAX_ACCOUNT_ENTRIES (&options),
    WAX_CLI_JSON_ENTRY (cli),
    WAX_CLI_PROFILE_ENTRY (cli),
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry connection[] = { WAX_SERVER_ENTRIES (&options.connection), G_OPTION_ENTRY_NULL };
  g_autoptr (WaxAccount) account = NULL;
  g_auto (Passwords) passwords = { NULL, NULL, NULL };
  g_autoptr (WaxEngine) engine = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, connection, 0, 0, &argc, &argv, &error)
      || (account = make_account (cli, &options, &passwords.sign_in, &error)) == NULL
      || !read_passwords (cli, &options.connection, account, &passwords, &error))
    return wax_cli_fail (cli, error);
  engine = wax_cli_open_engine (cli, TRUE, &error);

  return save_account (cli, engine, account, &passwords, error);
}

/* ---- change ---- */

/* Only what was given is changed. */
static gboolean
change_account (WaxCli *cli,
                const AddOptions *options,
                WaxAccount *account,
                Passwords *passwords,
                GError **error)
{
  if (options->address != NULL)
    {
      g_autoptr (WaxAddress) address = wax_address_parse (options->address, error);

      if (address == NULL)
        return FALSE;
      g_object_set (account, "address", address->mailbox, NULL);
    }
  if (options->name != NULL)
    g_object_set (account, "name", options->name, NULL);
  if (options->label != NULL)
    g_object_set (account, "label", options->label, NULL);
  if (!wax_server_options_apply (&options->connection, options->server, FALSE, account, cli->cancellable,
                                 error))
    return FALSE;
  if (options->user != NULL)
    g_object_set (account, "user", options->user, NULL);
  if (options->connection.password_file != NULL
      && !wax_server_options_password (&options->connection, account, cli->cancellable, &passwords->sign_in,
                                       error))
    return FALSE;

  return read_passwords (cli, &options->connection, account, passwords, error);
}

static int
change (WaxCli *cli, int argc, char **argv)
{
  g_auto (AddOptions) options = { 0 };
  const GOptionEntry entries[] = { WAX_ACCOUNT_ENTRIES (&options), WAX_CLI_JSON_ENTRY (cli),
                                   WAX_CLI_PROFILE_ENTRY (cli), G_OPTION_ENTRY_NULL };
  const GOptionEntry connection[] = { WAX_SERVER_ENTRIES (&options.connection), G_OPTION_ENTRY_NULL };
  g_autoptr (WaxAccount) account = NULL;
  g_auto (Passwords) passwords = { NULL, NULL, NULL };
  g_autoptr (WaxEngine) engine = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, connection, 1, 1, &argc, &argv, &error)
      || (engine = wax_cli_open_engine (cli, FALSE, &error)) == NULL)
    return wax_cli_fail (cli, error);
  account = wax_engine_find_account (engine, argv[1], &error);
  if (account == NULL || !change_account (cli, &options, account, &passwords, &error))
    {
      wax_engine_close (engine);
      return wax_cli_fail (cli, error);
    }

  return save_account (cli, engine, account, &passwords, NULL);
}

/* ---- exception ---- */

typedef struct
{
  char *allow;
  char *value;
  char *until;
  char *reason;
  gboolean remove;
} ExceptionOptions;

static void
exception_options_clear (ExceptionOptions *self)
{
  g_clear_pointer (&self->allow, g_free);
  g_clear_pointer (&self->value, g_free);
  g_clear_pointer (&self->until, g_free);
  g_clear_pointer (&self->reason, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ExceptionOptions, exception_options_clear)

/* Takes away what fits @options: all of them without --allow. */
static gboolean
remove_exceptions (const ExceptionOptions *options, WaxAccount *account, GError **error)
{
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);
  guint before = exceptions->len;
  const char *value = options->value;

  if (options->until != NULL || options->reason != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("--until and --reason do not go with --remove"));
      return FALSE;
    }
  if (value != NULL && g_str_has_prefix (value, "sha256:"))
    value += strlen ("sha256:");
  for (guint i = exceptions->len; i > 0; i--)
    {
      const WaxTlsException *exception = exceptions->pdata[i - 1];

      if ((options->allow == NULL || g_str_equal (options->allow, wax_tls_allow_to_string (exception->allow)))
          && (value == NULL
              || (exception->value != NULL && g_ascii_strcasecmp (value, exception->value) == 0)))
        g_ptr_array_remove_index (exceptions, i - 1);
    }
  if (exceptions->len == before)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("The account “%s” has no such exception"), wax_account_get_label (account));
      return FALSE;
    }
  wax_account_set_exceptions (account, exceptions);

  return TRUE;
}

static gboolean
change_exceptions (const ExceptionOptions *options, WaxAccount *account, GError **error)
{
  WaxTlsAllow allow;
  gint64 until;

  if (options->remove)
    return remove_exceptions (options, account, error);
  if (options->allow == NULL || options->until == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _ ("An exception needs --allow, and --until the day on which it ends"));
      return FALSE;
    }
  if (!wax_tls_allow_from_string (options->allow, &allow))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("--allow takes untrusted, cipher or version, not “%s”"), options->allow);
      return FALSE;
    }
  if (!wax_cli_parse_day ("--until", options->until, &until, error))
    return FALSE;
  wax_cli_add_exception (account,
                         wax_tls_exception_new (allow, options->value, wax_clock_now () / G_USEC_PER_SEC,
                                                until, options->reason));

  return TRUE;
}

static int
exception (WaxCli *cli, int argc, char **argv)
{
  g_auto (ExceptionOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "allow", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.allow,
      N_ ("untrusted (of one key), cipher (one suite with CBC), or version (TLS 1.2)"), N_ ("WHAT") },
    { "value", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.value,
      N_ ("The key, sha256:HEX, or the suite, by its IANA name"), N_ ("VALUE") },
    { "until", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.until,
      N_ ("The day on which it ends, within a year"), N_ ("DATE") },
    { "reason", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.reason, N_ ("Why, for the record"),
      N_ ("TEXT") },
    { "remove", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.remove,
      N_ ("Take it away; without --allow, all of them"), NULL },
    WAX_CLI_JSON_ENTRY (cli),
    WAX_CLI_PROFILE_ENTRY (cli),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (WaxEngine) engine = NULL;
  GError *error = NULL;

  if (!wax_cli_parse (cli, entries, NULL, 1, 1, &argc, &argv, &error)
      || (engine = wax_cli_open_engine (cli, FALSE, &error)) == NULL)
    return wax_cli_fail (cli, error);
  account = wax_engine_find_account (engine, argv[1], &error);
  if (account == NULL || !change_exceptions (&options, account, &error))
    {
      wax_engine_close (engine);
      return wax_cli_fail (cli, error);
    }

  return save_account (cli, engine, account, &(Passwords) { NULL, NULL, NULL }, NULL);
}

/* ---- show ---- */

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
show (WaxCli *cli, int argc, char **argv)
{
  g_autoptr (WaxAccount) account = NULL;
  GError *error = NULL;
  g_autoptr (WaxEngine) engine = open_with_account (cli, argc, argv, &account, &error);

  if (engine == NULL)
    return wax_cli_fail (cli, error);
  wax_engine_close (engine);
  if (cli->json)
    wax_cli_print_json (account_to_json (account));
  else
    print_account (account);

  return WAX_EXIT_OK;
}

/* ---- remove, test ---- */

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
    { "show", show, "NAME", N_ ("Show an account"), NULL },
    { "change", change, "NAME", N_ ("Change what an account demands, shows or is called"),
      N_ ("Only what is given changes. “none” takes pins, further servers, an authority, a client\n"
          "certificate or exceptions away. For instance:\n"
          "  waxseal account change work --backup-pin sha256:… --pins-renew 2027-03-01") },
    { "exception", exception, "NAME", N_ ("Allow something weaker, for this account and a time"),
      N_ ("It is shown wherever the connection is, and recorded. For instance:\n"
          "  waxseal account exception bridge --allow untrusted --value sha256:… --until 2027-01-01") },
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
