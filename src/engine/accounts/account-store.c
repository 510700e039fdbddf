/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts in the encrypted store. Their passwords are not here but in the vault. */

#include "account-store.h"

#define COLUMNS                                                                                     \
  "SELECT id, label, name, address, host, port, mode, user, mechanism, ca_pem, minimum_tls, pins, " \
  "settings FROM account "

static gboolean
check_label (WaxStore *store, WaxAccount *account, GError **error)
{
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (store, "SELECT 1 FROM account WHERE label = ? AND id <> ?", error);
  gboolean row = FALSE;

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, wax_account_get_label (account));
  wax_statement_bind_text (statement, 2, wax_account_get_id (account));
  if (!wax_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    g_set_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_EXISTS,
                 "There is another account with the name “%s”: give this one a different name",
                 wax_account_get_label (account));

  return !row;
}

gboolean
wax_account_store_save (WaxStore *store, WaxAccount *account, GError **error)
{
  g_autoptr (WaxStatement) statement = NULL;
  const char *const *pins;
  g_autofree char *joined = NULL;
  g_autofree char *settings = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_return_val_if_fail (WAX_IS_ACCOUNT (account) && wax_store_in_transaction (store), FALSE);

  wax_account_normalize (account);
  if (!wax_account_validate (account, error) || !check_label (store, account, error))
    return FALSE;
  statement = wax_store_prepare (
      store,
      "INSERT INTO account (id, label, name, address, host, port, mode, user, mechanism, ca_pem, "
      "minimum_tls, pins, settings)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET label = excluded.label, name = excluded.name, address = "
      "excluded.address,"
      " host = excluded.host, port = excluded.port, mode = excluded.mode, user = excluded.user,"
      " mechanism = excluded.mechanism, ca_pem = excluded.ca_pem, minimum_tls = excluded.minimum_tls,"
      " pins = excluded.pins, settings = excluded.settings",
      error);
  if (statement == NULL)
    return FALSE;

  pins = wax_account_get_pins (account);
  joined = pins != NULL ? g_strjoinv (" ", (char **) pins) : NULL;
  node = wax_account_settings_to_json (account);
  settings = json_to_string (node, FALSE);
  wax_statement_bind_text (statement, 1, wax_account_get_id (account));
  wax_statement_bind_text (statement, 2, wax_account_get_label (account));
  wax_statement_bind_text (statement, 3, wax_account_get_name (account));
  wax_statement_bind_text (statement, 4, wax_account_get_address (account));
  wax_statement_bind_text (statement, 5, wax_account_get_host (account));
  wax_statement_bind_int (statement, 6, wax_account_get_port (account));
  wax_statement_bind_text (statement, 7, wax_tls_mode_to_string (wax_account_get_mode (account)));
  wax_statement_bind_text (statement, 8, wax_account_get_user (account));
  wax_statement_bind_text (statement, 9, wax_account_get_mechanism (account));
  wax_statement_bind_text (statement, 10, wax_account_get_ca_pem (account));
  wax_statement_bind_text (statement, 11, wax_account_get_minimum_tls (account));
  wax_statement_bind_text (statement, 12, joined);
  wax_statement_bind_text (statement, 13, settings);

  return wax_statement_run (statement, error);
}

gboolean
wax_account_store_remove (WaxStore *store, const char *id, GError **error)
{
  g_autoptr (WaxStatement) statement = NULL;

  g_return_val_if_fail (id != NULL && wax_store_in_transaction (store), FALSE);

  statement = wax_store_prepare (store, "DELETE FROM account WHERE id = ?", error);
  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, id);
  if (!wax_statement_run (statement, error))
    return FALSE;
  if (wax_store_changes (store) == 0)
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND, "There is no account “%s”", id);
      return FALSE;
    }

  return TRUE;
}

static WaxAccount *
account_of_row (WaxStatement *row)
{
  WaxAccount *account = wax_account_new_stored (wax_statement_text (row, 0));
  WaxTlsMode mode = WAX_TLS_MODE_IMPLICIT;
  const char *label = wax_statement_text (row, 1);
  g_autoptr (JsonNode) settings = NULL;
  g_auto (GStrv) pins = wax_statement_is_null (row, 11) ? NULL
                                                        : g_strsplit (wax_statement_text (row, 11), " ", -1);

  if (!wax_statement_is_null (row, 12))
    settings = json_from_string (wax_statement_text (row, 12), NULL);
  if (settings != NULL && JSON_NODE_HOLDS_OBJECT (settings))
    wax_account_settings_from_json (account, json_node_get_object (settings));
  wax_tls_mode_from_string (wax_statement_text (row, 6), &mode);
  /* A label that was never chosen goes on following the address. */
  if (g_strcmp0 (label, wax_statement_text (row, 3)) == 0)
    label = NULL;
  g_object_set (account, "label", label, "name", wax_statement_text (row, 2), "address",
                wax_statement_text (row, 3), "host", wax_statement_text (row, 4), "port",
                (guint) CLAMP (wax_statement_int (row, 5), 0, 65535), "mode", (int) mode, "user",
                wax_statement_text (row, 7), "mechanism", wax_statement_text (row, 8), "ca-pem",
                wax_statement_text (row, 9), "minimum-tls", wax_statement_text (row, 10), "pins", pins, NULL);
  return account;
}

static GPtrArray *
collect (WaxStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean row = FALSE;

  for (;;)
    {
      if (!wax_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      g_ptr_array_add (list, account_of_row (statement));
    }
}

GPtrArray *
wax_account_store_list (WaxStore *store, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, COLUMNS "ORDER BY label", error);

  return statement != NULL ? collect (statement, error) : NULL;
}

WaxAccount *
wax_account_store_find (WaxStore *store, const char *name, GError **error)
{
  static const char *const queries[] = {
    COLUMNS "WHERE id = ?",
    COLUMNS "WHERE label = ?",
    COLUMNS "WHERE address = ? ORDER BY label",
  };

  g_return_val_if_fail (name != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (WaxStatement) statement = wax_store_prepare (store, queries[i], error);
      g_autoptr (GPtrArray) found = NULL;

      if (statement == NULL)
        return NULL;
      wax_statement_bind_text (statement, 1, name);
      found = collect (statement, error);
      if (found == NULL)
        return NULL;
      if (found->len > 1)
        {
          g_set_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_AMBIGUOUS,
                       "Several accounts have the address “%s”: say which by its name, such as “%s”", name,
                       wax_account_get_label (g_ptr_array_index (found, 0)));
          return NULL;
        }
      if (found->len == 1)
        return g_object_ref (g_ptr_array_index (found, 0));
    }
  g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND, "There is no account “%s”", name);

  return NULL;
}
