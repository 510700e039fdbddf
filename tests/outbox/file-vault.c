/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A vault for tests with more than one process; it protects nothing. */

#include "file-vault.h"

struct _FileVault
{
  WaxVault parent_instance;
  char *path;
};

G_DEFINE_FINAL_TYPE (FileVault, file_vault, WAX_TYPE_VAULT)

static GKeyFile *
load (FileVault *self)
{
  GKeyFile *items = g_key_file_new ();

  g_key_file_load_from_file (items, self->path, G_KEY_FILE_NONE, NULL);
  return items;
}

static gboolean
file_vault_store (WaxVault *vault,
                  const char *purpose,
                  const char *owner,
                  const char *label,
                  WaxSecret *secret,
                  GCancellable *cancellable,
                  GError **error)
{
  FileVault *self = FILE_VAULT (vault);
  g_autoptr (GKeyFile) items = load (self);

  g_key_file_set_string (items, purpose, owner, wax_secret_peek (secret));
  return g_key_file_save_to_file (items, self->path, error);
}

static gboolean
file_vault_lookup (WaxVault *vault,
                   const char *purpose,
                   const char *owner,
                   WaxSecret **secret,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GKeyFile) items = load (FILE_VAULT (vault));
  char *value = g_key_file_get_string (items, purpose, owner, NULL);

  *secret = value != NULL ? wax_secret_new_take (value) : NULL;
  return TRUE;
}

static gboolean
file_vault_clear (WaxVault *vault,
                  const char *purpose,
                  const char *owner,
                  GCancellable *cancellable,
                  GError **error)
{
  FileVault *self = FILE_VAULT (vault);
  g_autoptr (GKeyFile) items = load (self);

  g_key_file_remove_key (items, purpose, owner, NULL);
  return g_key_file_save_to_file (items, self->path, error);
}

static const char *
file_vault_describe (WaxVault *vault)
{
  return "a file of the test";
}

static void
file_vault_finalize (GObject *object)
{
  g_free (FILE_VAULT (object)->path);

  G_OBJECT_CLASS (file_vault_parent_class)->finalize (object);
}

static void
file_vault_class_init (FileVaultClass *klass)
{
  WaxVaultClass *vault_class = WAX_VAULT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = file_vault_finalize;
  vault_class->store = file_vault_store;
  vault_class->lookup = file_vault_lookup;
  vault_class->clear = file_vault_clear;
  vault_class->describe = file_vault_describe;
}

static void
file_vault_init (FileVault *self)
{
}

WaxVault *
file_vault_new (const char *path)
{
  FileVault *self = g_object_new (FILE_TYPE_VAULT, NULL);

  self->path = g_strdup (path);
  return WAX_VAULT (self);
}
