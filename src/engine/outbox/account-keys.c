/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An account's client certificate, and the password of its proxy. */

#include "account-keys.h"

#include "client-identity.h"

#include <string.h>

static gboolean
load_certificate (WaxAccountKeys *self,
                  WaxVault *vault,
                  WaxAccount *account,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (WaxSecret) password = NULL;

  if (wax_account_get_client_cert (account) == NULL)
    return TRUE;
  if (!wax_vault_lookup (vault, WAX_VAULT_CLIENT_KEY, wax_account_get_id (account), &password, cancellable,
                         error))
    return FALSE;
  self->certificate = wax_client_identity_load (wax_account_get_client_cert (account),
                                                wax_account_get_client_key (account), password, error);

  return self->certificate != NULL;
}

gboolean
wax_account_keys_load (WaxAccountKeys *self,
                       WaxVault *vault,
                       WaxAccount *account,
                       GCancellable *cancellable,
                       GError **error)
{
  const char *proxy = wax_account_get_proxy (account);

  g_return_val_if_fail (self != NULL && WAX_IS_VAULT (vault) && WAX_IS_ACCOUNT (account), FALSE);

  if (!load_certificate (self, vault, account, cancellable, error))
    return FALSE;

  return proxy == NULL || strchr (proxy, '@') == NULL
         || wax_vault_lookup (vault, WAX_VAULT_PROXY, wax_account_get_id (account), &self->proxy_password,
                              cancellable, error);
}

void
wax_account_keys_clear (WaxAccountKeys *self)
{
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->proxy_password, wax_secret_unref);
}
