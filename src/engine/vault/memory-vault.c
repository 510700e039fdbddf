/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A vault that ends with the process: for throwaway profiles and tests. */

#include "memory-vault.h"

struct _WaxMemoryVault
{
  WaxVault parent_instance;

  GMutex mutex;
  GHashTable *items; /* name → WaxSecret */
  gboolean fails;
  WaxVaultError code;
};

G_DEFINE_FINAL_TYPE (WaxMemoryVault, wax_memory_vault, WAX_TYPE_VAULT)

static char *
item_name (const char *purpose, const char *owner)
{
  return g_strconcat (purpose, "\n", owner, NULL);
}

/* With the mutex held. */
static gboolean
may_go_on (WaxMemoryVault *self, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!self->fails)
    return TRUE;

  g_set_error_literal (error, WAX_VAULT_ERROR, (int) self->code, "The in-memory vault was told to fail.");

  return FALSE;
}

static gboolean
wax_memory_vault_store (WaxVault *vault,
                        const char *purpose,
                        const char *owner,
                        const char *label,
                        WaxSecret *secret,
                        GCancellable *cancellable,
                        GError **error)
{
  WaxMemoryVault *self = WAX_MEMORY_VAULT (vault);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (!may_go_on (self, cancellable, error))
    return FALSE;
  g_hash_table_replace (self->items, item_name (purpose, owner), wax_secret_ref (secret));

  return TRUE;
}

static gboolean
wax_memory_vault_lookup (WaxVault *vault,
                         const char *purpose,
                         const char *owner,
                         WaxSecret **secret,
                         GCancellable *cancellable,
                         GError **error)
{
  WaxMemoryVault *self = WAX_MEMORY_VAULT (vault);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *name = item_name (purpose, owner);
  WaxSecret *found;

  if (!may_go_on (self, cancellable, error))
    return FALSE;
  found = g_hash_table_lookup (self->items, name);
  if (found != NULL)
    *secret = wax_secret_ref (found);

  return TRUE;
}

static gboolean
wax_memory_vault_clear (WaxVault *vault,
                        const char *purpose,
                        const char *owner,
                        GCancellable *cancellable,
                        GError **error)
{
  WaxMemoryVault *self = WAX_MEMORY_VAULT (vault);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *name = item_name (purpose, owner);

  if (!may_go_on (self, cancellable, error))
    return FALSE;
  g_hash_table_remove (self->items, name);

  return TRUE;
}

static const char *
wax_memory_vault_describe (WaxVault *vault)
{
  return "the memory of this process (nothing is kept)";
}

static void
wax_memory_vault_finalize (GObject *object)
{
  WaxMemoryVault *self = WAX_MEMORY_VAULT (object);

  g_clear_pointer (&self->items, g_hash_table_unref);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wax_memory_vault_parent_class)->finalize (object);
}

static void
wax_memory_vault_class_init (WaxMemoryVaultClass *klass)
{
  WaxVaultClass *vault_class = WAX_VAULT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wax_memory_vault_finalize;
  vault_class->store = wax_memory_vault_store;
  vault_class->lookup = wax_memory_vault_lookup;
  vault_class->clear = wax_memory_vault_clear;
  vault_class->describe = wax_memory_vault_describe;
}

static void
wax_memory_vault_init (WaxMemoryVault *self)
{
  g_mutex_init (&self->mutex);
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) wax_secret_unref);
}

WaxVault *
wax_memory_vault_new (void)
{
  return g_object_new (WAX_TYPE_MEMORY_VAULT, NULL);
}

void
wax_memory_vault_fail_with (WaxMemoryVault *self, WaxVaultError code)
{
  g_return_if_fail (WAX_IS_MEMORY_VAULT (self));

  g_mutex_lock (&self->mutex);
  self->fails = TRUE;
  self->code = code;
  g_mutex_unlock (&self->mutex);
}
