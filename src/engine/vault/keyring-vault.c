/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The user's keyring. libsecret's plain lookup answers "no such item" for a
 * keyring that is locked and stays so. Here that is an error: whoever takes it
 * for "no such item" would make a new key beside an existing database. So where
 * a lookup finds nothing, the default keyring is unlocked and asked again, and
 * the item is searched for behind locks. */

#include "keyring-vault.h"

#include <libsecret/secret.h>

struct _WaxKeyringVault
{
  WaxVault parent_instance;
};

G_DEFINE_FINAL_TYPE (WaxKeyringVault, wax_keyring_vault, WAX_TYPE_VAULT)

static const SecretSchema schema = {
  "io.github.waxseal.Secret",
  SECRET_SCHEMA_NONE,
  {
      { "purpose", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "owner", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { NULL, SECRET_SCHEMA_ATTRIBUTE_STRING },
  },
};

static GHashTable *
item_attributes (const char *purpose, const char *owner)
{
  return secret_attributes_build (&schema, "purpose", purpose, "owner", owner, NULL);
}

/* ---- errors -------------------------------------------------------------- */

static void
set_locked (GError **error)
{
  g_set_error_literal (
      error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED,
      "The system keyring is locked and was not unlocked. Unlock it (in the program for passwords "
      "and keys, or by signing in again) and try again.");
}

static void
set_absent (GError **error, const char *detail)
{
  g_set_error (
      error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT,
      "No keyring service answers on this session's bus (%s). Waxseal keeps its keys and passwords there: "
      "start one (GNOME Keyring, KWallet or KeePassXC with its Secret Service) and try again.",
      detail);
}

static gboolean
says_absent (const GError *inner)
{
  return g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED)
         || g_error_matches (inner, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED)
         || g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* Turns what libsecret says into an error of ours; takes @inner. */
static void
take_error (GError **error, GError *inner, GCancellable *cancellable)
{
  g_dbus_error_strip_remote_error (inner);
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
    }
  else if (g_error_matches (inner, SECRET_ERROR, SECRET_ERROR_IS_LOCKED)
           /* A prompt that was dismissed, or that nothing could show. */
           || g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      set_locked (error);
    }
  else if (says_absent (inner))
    {
      set_absent (error, inner->message);
    }
  else
    {
      g_set_error (
          error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_FAILED,
          "The system keyring refused: %s. Look whether it works in the program for passwords and keys.",
          inner->message);
    }
  g_error_free (inner);
}

/* Without a bus, libsecret's own error has no code that says so. */
static gboolean
has_bus (GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, &inner);

  if (bus != NULL)
    return TRUE;
  if (g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&inner));
  else
    set_absent (error, inner->message);

  return FALSE;
}

/* ---- locks --------------------------------------------------------------- */

static SecretCollection *
default_collection (SecretService *service, GCancellable *cancellable, GError **error)
{
  return secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                           cancellable, error);
}

/* %TRUE where the default keyring is open, or where there is none yet. */
static gboolean
unlock_default (GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (SecretService) service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GList) objects = NULL;

  service = secret_service_get_sync (SECRET_SERVICE_NONE, cancellable, &inner);
  if (service != NULL)
    collection = default_collection (service, cancellable, &inner);
  if (inner != NULL)
    {
      take_error (error, g_steal_pointer (&inner), cancellable);
      return FALSE;
    }
  if (collection == NULL || !secret_collection_get_locked (collection))
    return TRUE;

  objects = g_list_append (NULL, collection);
  if (secret_service_unlock_sync (service, objects, cancellable, NULL, &inner) == 1)
    return TRUE;
  if (inner != NULL)
    take_error (error, g_steal_pointer (&inner), cancellable);
  else
    set_locked (error);

  return FALSE;
}

/* The file backend (in a sandbox without the service) has no lock to ask for. */
static gboolean
uses_service (void)
{
  const char *backend = g_getenv ("SECRET_BACKEND");

  if (backend != NULL)
    return g_str_equal (backend, "service");

  return !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* ---- items --------------------------------------------------------------- */

/* *@secret stays %NULL where libsecret finds nothing, or nothing that is open. */
static gboolean
look_up (GHashTable *attributes, WaxSecret **secret, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (SecretValue) value = NULL;
  const char *octets;
  gsize length;

  /* libsecret holds the value in locked memory of its own, and wipes it. */
  value = secret_password_lookupv_binary_sync (&schema, attributes, cancellable, &inner);
  if (inner != NULL)
    {
      take_error (error, g_steal_pointer (&inner), cancellable);
      return FALSE;
    }
  if (value != NULL)
    {
      octets = secret_value_get (value, &length);
      *secret = wax_secret_new (octets, length);
    }

  return TRUE;
}

/* Whether what was not found is there after all, behind a lock. Another process
 * may also just have stored it: that is no lock. */
static gboolean
is_behind_lock (GHashTable *attributes, gboolean *locked, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) inner = NULL;
  GList *found;

  found = secret_password_searchv_sync (&schema, attributes, SECRET_SEARCH_ALL, cancellable, &inner);
  *locked = FALSE;
  for (GList *l = found; l != NULL; l = l->next)
    *locked = *locked || (SECRET_IS_ITEM (l->data) && secret_item_get_locked (SECRET_ITEM (l->data)));
  g_list_free_full (found, g_object_unref);
  if (inner == NULL)
    return TRUE;
  take_error (error, g_steal_pointer (&inner), cancellable);

  return FALSE;
}

static gboolean
wax_keyring_vault_lookup (WaxVault *vault,
                          const char *purpose,
                          const char *owner,
                          WaxSecret **secret,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GHashTable) attributes = item_attributes (purpose, owner);
  gboolean locked;

  if (!has_bus (cancellable, error) || !look_up (attributes, secret, cancellable, error))
    return FALSE;
  if (*secret != NULL || !uses_service ())
    return TRUE;
  /* Some services do not show the items of a locked keyring at all. */
  if (!unlock_default (cancellable, error) || !is_behind_lock (attributes, &locked, cancellable, error))
    return FALSE;
  if (locked)
    {
      set_locked (error);
      return FALSE;
    }

  return look_up (attributes, secret, cancellable, error);
}

static gboolean
wax_keyring_vault_store (WaxVault *vault,
                         const char *purpose,
                         const char *owner,
                         const char *label,
                         WaxSecret *secret,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GHashTable) attributes = item_attributes (purpose, owner);
  g_autoptr (SecretValue) value = NULL;
  g_autoptr (GError) inner = NULL;

  if (!has_bus (cancellable, error) || (uses_service () && !unlock_default (cancellable, error)))
    return FALSE;

  value = secret_value_new (wax_secret_peek (secret), (gssize) wax_secret_get_length (secret), "text/plain");
  if (secret_password_storev_binary_sync (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, value,
                                          cancellable, &inner))
    return TRUE;
  if (inner != NULL)
    take_error (error, g_steal_pointer (&inner), cancellable);
  else
    set_locked (error);

  return FALSE;
}

static gboolean
wax_keyring_vault_clear (WaxVault *vault,
                         const char *purpose,
                         const char *owner,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GHashTable) attributes = item_attributes (purpose, owner);
  g_autoptr (GError) inner = NULL;

  /* A locked keyring would say that there was nothing to clear. */
  if (!has_bus (cancellable, error) || (uses_service () && !unlock_default (cancellable, error)))
    return FALSE;

  secret_password_clearv_sync (&schema, attributes, cancellable, &inner);
  if (inner == NULL)
    return TRUE;
  take_error (error, g_steal_pointer (&inner), cancellable);

  return FALSE;
}

static const char *
wax_keyring_vault_describe (WaxVault *vault)
{
  return "the system keyring";
}

static void
wax_keyring_vault_class_init (WaxKeyringVaultClass *klass)
{
  WaxVaultClass *vault_class = WAX_VAULT_CLASS (klass);

  vault_class->store = wax_keyring_vault_store;
  vault_class->lookup = wax_keyring_vault_lookup;
  vault_class->clear = wax_keyring_vault_clear;
  vault_class->describe = wax_keyring_vault_describe;
}

static void
wax_keyring_vault_init (WaxKeyringVault *self)
{
}

WaxVault *
wax_keyring_vault_new (void)
{
  return g_object_new (WAX_TYPE_KEYRING_VAULT, NULL);
}

gboolean
wax_keyring_vault_available (GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (SecretService) service = NULL;

  if (!has_bus (cancellable, error))
    return FALSE;
  if (!uses_service ())
    return TRUE;
  service = secret_service_get_sync (SECRET_SERVICE_OPEN_SESSION, cancellable, &inner);
  if (service != NULL)
    return TRUE;
  take_error (error, g_steal_pointer (&inner), cancellable);

  return FALSE;
}
