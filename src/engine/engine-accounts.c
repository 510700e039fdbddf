/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The facade's blocking calls about accounts: what is kept of them, and their
 * secrets in the vault. */

#include "engine-private.h"

#include "account-memory.h"
#include "account-store.h"

static gboolean
has_exception (GPtrArray *exceptions, const WaxTlsException *exception)
{
  for (guint i = 0; i < exceptions->len; i++)
    {
      const WaxTlsException *other = exceptions->pdata[i];

      if (other->allow == exception->allow && other->until == exception->until
          && g_strcmp0 (other->value, exception->value) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Records those of @these that are not among @others. */
static gboolean
record_exceptions (WaxEngine *self,
                   WaxAccount *account,
                   GPtrArray *these,
                   GPtrArray *others,
                   gboolean given,
                   GError **error)
{
  for (guint i = 0; i < these->len; i++)
    {
      const WaxTlsException *exception = these->pdata[i];
      g_autofree char *words = NULL;

      if (has_exception (others, exception))
        continue;
      words = wax_tls_exception_to_words (exception);
      if (!wax_activity_log_append (self->log,
                                    wax_activity_event_exception (wax_account_get_id (account),
                                                                  wax_account_get_address (account), given,
                                                                  words, exception->reason),
                                    error))
        return FALSE;
    }

  return TRUE;
}

/* With what it is allowed for a time, and no longer. */
static gboolean
save_account (WaxEngine *self, gpointer data, GError **error)
{
  WaxAccount *account = data;
  g_autoptr (WaxAccount)
      old = wax_account_store_find (self->profile.store, wax_account_get_id (account), NULL);
  g_autoptr (GPtrArray) after = wax_account_dup_exceptions (account);
  g_autoptr (GPtrArray) before = old != NULL ? wax_account_dup_exceptions (old) : g_ptr_array_new ();

  if (old != NULL)
    wax_account_memory_keep (account, old);

  return wax_account_store_save (self->profile.store, account, error)
         && record_exceptions (self, account, after, before, TRUE, error)
         && record_exceptions (self, account, before, after, FALSE, error);
}

static gboolean
account_exists (WaxEngine *self, WaxAccount *account)
{
  g_autoptr (WaxAccount)
      found = wax_account_store_find (self->profile.store, wax_account_get_id (account), NULL);

  return found != NULL;
}

/* The password goes first: an account without it would be blocked at its first
 * message, and a password without its account is taken back. */
gboolean
wax_engine_save_account (WaxEngine *self,
                         WaxAccount *account,
                         WaxSecret *password,
                         GCancellable *cancellable,
                         GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  const char *id = wax_account_get_id (account);
  gboolean known;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account), FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  wax_account_normalize (account);
  if (!wax_account_validate (account, error))
    return FALSE;
  known = account_exists (self, account);
  if (password != NULL)
    {
      g_autofree char *label = g_strdup_printf ("Waxseal: password of %s", wax_account_get_label (account));

      if (!wax_vault_store (self->vault, WAX_VAULT_PASSWORD, id, label, password, call.cancellable, error))
        return FALSE;
    }
  if (!wax_engine_change (self, save_account, account,
                          wax_activity_event_account_change (id, known ? "changed" : "added",
                                                             wax_account_get_address (account)),
                          error))
    {
      if (password != NULL && !known)
        wax_vault_clear (self->vault, WAX_VAULT_PASSWORD, id, NULL, NULL);
      return FALSE;
    }

  wax_transport_pool_drop (self->pool, id);
  wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  return TRUE;
}

static gboolean
set_secret (WaxEngine *self,
            WaxAccount *account,
            const char *purpose,
            const char *what,
            WaxSecret *secret,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autofree char *label = NULL;

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  label = g_strdup_printf ("Waxseal: %s of %s", what, wax_account_get_label (account));
  if (!wax_vault_store (self->vault, purpose, wax_account_get_id (account), label, secret, call.cancellable,
                        error))
    return FALSE;

  wax_transport_pool_drop (self->pool, wax_account_get_id (account));
  return TRUE;
}

gboolean
wax_engine_set_client_password (WaxEngine *self,
                                WaxAccount *account,
                                WaxSecret *password,
                                GCancellable *cancellable,
                                GError **error)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account) && password != NULL, FALSE);

  return set_secret (self, account, WAX_VAULT_CLIENT_KEY, "client certificate", password, cancellable, error);
}

gboolean
wax_engine_set_proxy_password (WaxEngine *self,
                               WaxAccount *account,
                               WaxSecret *password,
                               GCancellable *cancellable,
                               GError **error)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account) && password != NULL, FALSE);

  return set_secret (self, account, WAX_VAULT_PROXY, "proxy password", password, cancellable, error);
}

static gboolean
forget_mechanism (WaxEngine *self, gpointer data, GError **error)
{
  g_autoptr (WaxAccount) account = wax_account_store_find (self->profile.store, data, error);

  if (account == NULL)
    return FALSE;
  g_object_set (account, "strongest-mechanism", NULL, NULL);

  return wax_account_store_save (self->profile.store, account, error);
}

gboolean
wax_engine_accept_weaker_sign_in (WaxEngine *self,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) account = NULL;
  g_autofree char *what = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && name != NULL, FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  account = wax_account_store_find (self->profile.store, name, error);
  if (account == NULL)
    return FALSE;
  if (wax_account_get_strongest_mechanism (account) == NULL)
    return TRUE;

  what = g_strdup_printf ("allowed to sign in by less than %s",
                          wax_account_get_strongest_mechanism (account));
  if (!wax_engine_change (self, forget_mechanism, (gpointer) wax_account_get_id (account),
                          wax_activity_event_account_change (wax_account_get_id (account), what,
                                                             wax_account_get_address (account)),
                          error))
    return FALSE;

  wax_transport_pool_drop (self->pool, wax_account_get_id (account));
  wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  return TRUE;
}

static gboolean
remove_account (WaxEngine *self, gpointer data, GError **error)
{
  return wax_account_store_remove (self->profile.store, data, error);
}

gboolean
wax_engine_remove_account (WaxEngine *self, const char *id, GCancellable *cancellable, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) account = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && id != NULL, FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  account = wax_account_store_find (self->profile.store, id, error);
  if (account == NULL)
    return FALSE;
  id = wax_account_get_id (account);
  /* The secret first: better an account without a password than the reverse. */
  if (!wax_vault_clear (self->vault, WAX_VAULT_CLIENT_KEY, id, call.cancellable, error)
      || !wax_vault_clear (self->vault, WAX_VAULT_PROXY, id, call.cancellable, error)
      || !wax_vault_clear (self->vault, WAX_VAULT_PASSWORD, id, call.cancellable, error))
    return FALSE;
  if (!wax_engine_change (
          self, remove_account, (gpointer) id,
          wax_activity_event_account_change (id, "removed", wax_account_get_address (account)), error))
    return FALSE;

  wax_transport_pool_drop (self->pool, id);
  wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  return TRUE;
}

GPtrArray *
wax_engine_list_accounts (WaxEngine *self, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return wax_engine_call_begin (self, &call, NULL, error)
             ? wax_account_store_list (self->profile.store, error)
             : NULL;
}

WaxAccount *
wax_engine_find_account (WaxEngine *self, const char *name, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self) && name != NULL, NULL);

  if (!wax_engine_call_begin (self, &call, NULL, error))
    return NULL;

  return wax_account_store_find (self->profile.store, name, error);
}
