/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What all vaults share: the rule for what an item may be. A line break in a
 * secret has made whole keyrings unreadable, so none is ever stored. */

#include "vault.h"

#include <string.h>

#define MAX_ITEM_LENGTH 4096

G_DEFINE_QUARK (wax_vault_error, wax_vault_error)
G_DEFINE_ABSTRACT_TYPE (WaxVault, wax_vault, G_TYPE_OBJECT)

static gboolean
is_one_line (WaxSecret *secret)
{
  const char *octets = wax_secret_peek (secret);
  gsize length = wax_secret_get_length (secret);

  return memchr (octets, '\0', length) == NULL && memchr (octets, '\n', length) == NULL
         && memchr (octets, '\r', length) == NULL;
}

static void
wax_vault_class_init (WaxVaultClass *klass)
{
}

static void
wax_vault_init (WaxVault *self)
{
}

gboolean
wax_vault_store (WaxVault *self,
                 const char *purpose,
                 const char *owner,
                 const char *label,
                 WaxSecret *secret,
                 GCancellable *cancellable,
                 GError **error)
{
  g_return_val_if_fail (WAX_IS_VAULT (self), FALSE);
  g_return_val_if_fail (purpose != NULL && owner != NULL && label != NULL && secret != NULL, FALSE);

  if (wax_secret_get_length (secret) > MAX_ITEM_LENGTH || !is_one_line (secret))
    {
      g_set_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_FAILED,
                   "The secret \"%s\" was not stored: it must be one line of at most %d octets.", label,
                   MAX_ITEM_LENGTH);
      return FALSE;
    }

  return WAX_VAULT_GET_CLASS (self)->store (self, purpose, owner, label, secret, cancellable, error);
}

gboolean
wax_vault_lookup (WaxVault *self,
                  const char *purpose,
                  const char *owner,
                  WaxSecret **secret,
                  GCancellable *cancellable,
                  GError **error)
{
  g_return_val_if_fail (WAX_IS_VAULT (self), FALSE);
  g_return_val_if_fail (purpose != NULL && owner != NULL && secret != NULL, FALSE);

  *secret = NULL;

  return WAX_VAULT_GET_CLASS (self)->lookup (self, purpose, owner, secret, cancellable, error);
}

gboolean
wax_vault_clear (WaxVault *self,
                 const char *purpose,
                 const char *owner,
                 GCancellable *cancellable,
                 GError **error)
{
  g_return_val_if_fail (WAX_IS_VAULT (self), FALSE);
  g_return_val_if_fail (purpose != NULL && owner != NULL, FALSE);

  return WAX_VAULT_GET_CLASS (self)->clear (self, purpose, owner, cancellable, error);
}

const char *
wax_vault_describe (WaxVault *self)
{
  g_return_val_if_fail (WAX_IS_VAULT (self), NULL);

  return WAX_VAULT_GET_CLASS (self)->describe (self);
}
