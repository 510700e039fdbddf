/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening a profile: its name, its key, its database, in that order and under a
 * lock, so that a stop between any two of them can be gone on from and two
 * programs that start at once make one profile. */

#include "engine-profile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account-store.h"
#include "engine.h"
#include "profile-folder.h"
#include "tls-guard.h"

#define KEY_SIZE 32
#define ID_SIZE  36 /* of a UUID as text */

void
wax_engine_profile_clear (WaxEngineProfile *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_object (&self->store);
}

static void
set_key_missing (GError **error, const char *folder, const char *what)
{
  g_set_error (error, WAX_ENGINE_ERROR, WAX_ENGINE_ERROR_KEY_MISSING,
               "The profile “%s” has a database, but %s. Nothing was changed. Restore the keyring of the "
               "user who made the profile, or use another profile folder.",
               folder, what);
}

static gboolean
set_errno (GError **error, const char *path)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "The file “%s” cannot be used: %s", path,
               g_strerror (saved));
  return FALSE;
}

/* ---- the name, and the lock ---- */

/* The file is the lock too: it stays open and locked until the profile is open. */
static int
lock_id_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int result;

  if (fd < 0)
    {
      set_errno (error, path);
      return -1;
    }
  do
    result = flock (fd, LOCK_EX);
  while (result != 0 && errno == EINTR);
  if (result != 0)
    {
      set_errno (error, path);
      close (fd);
      return -1;
    }

  return fd;
}

/* (transfer full) The name in the file, or %NULL where there is none yet. */
static char *
read_id (int fd)
{
  char text[ID_SIZE + 2] = { 0 };
  ssize_t got = pread (fd, text, sizeof text - 1, 0);

  if (got < ID_SIZE)
    return NULL;
  g_strchomp (text);

  return g_uuid_string_is_valid (text) ? g_strdup (text) : NULL;
}

/* (transfer full) A new name, on the disk before it is used. */
static char *
write_id (int fd, const char *path, const char *folder, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *line = g_strconcat (id, "\n", NULL);
  int dir;

  if (ftruncate (fd, 0) != 0 || pwrite (fd, line, ID_SIZE + 1, 0) != ID_SIZE + 1 || fsync (fd) != 0)
    {
      set_errno (error, path);
      return NULL;
    }
  dir = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir >= 0)
    {
      fsync (dir);
      close (dir);
    }

  return g_steal_pointer (&id);
}

/* ---- the key ---- */

static WaxSecret *
parse_key (WaxSecret *hex, const char *folder, GError **error)
{
  g_autoptr (WaxSecret) key = wax_secret_from_hex (hex);

  if (key == NULL || wax_secret_get_length (key) != KEY_SIZE)
    {
      set_key_missing (error, folder, "what the keyring holds in the place of its key is not a key");
      return NULL;
    }

  return g_steal_pointer (&key);
}

/* Stored and read back before anything is encrypted with it: a keyring that
 * forgets would take the whole profile with it. */
static WaxSecret *
make_key (const char *id, const char *folder, WaxVault *vault, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSecret) key = wax_secret_new_random (KEY_SIZE);
  g_autoptr (WaxSecret) hex = wax_secret_to_hex (key);
  g_autoptr (WaxSecret) stored = NULL;
  g_autofree char *label = g_strdup_printf ("Waxseal: database key of %s", folder);

  if (!wax_vault_store (vault, WAX_VAULT_DATABASE_KEY, id, label, hex, cancellable, error)
      || !wax_vault_lookup (vault, WAX_VAULT_DATABASE_KEY, id, &stored, cancellable, error))
    return NULL;
  if (stored == NULL || !wax_secret_equal (stored, hex))
    {
      g_set_error (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_FAILED,
                   "The database key was stored in %s but could not be read back: no profile was made",
                   wax_vault_describe (vault));
      return NULL;
    }

  return g_steal_pointer (&key);
}

static WaxSecret *
find_key (const char *id,
          const char *folder,
          gboolean exists,
          WaxVault *vault,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (WaxSecret) hex = NULL;

  if (!wax_vault_lookup (vault, WAX_VAULT_DATABASE_KEY, id, &hex, cancellable, error))
    return NULL;
  if (hex != NULL)
    return parse_key (hex, folder, error);
  if (exists)
    {
      g_autofree char *what = g_strdup_printf ("there is no key for it in %s", wax_vault_describe (vault));

      set_key_missing (error, folder, what);
      return NULL;
    }

  return make_key (id, folder, vault, cancellable, error);
}

/* ---- opening ---- */

static gboolean
file_has_content (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && info.st_size > 0;
}

gboolean
wax_engine_profile_exists (const char *folder)
{
  g_autofree char *database = wax_profile_folder_database (folder);

  return file_has_content (database);
}

gboolean
wax_engine_profile_has_name (const char *folder)
{
  g_autofree char *id_path = g_build_filename (folder, "profile-id", NULL);

  return file_has_content (id_path);
}

static gboolean
open_locked (const char *folder,
             const char *id_path,
             int fd,
             WaxVault *vault,
             WaxEngineProfile *profile,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree char *database = wax_profile_folder_database (folder);
  gboolean exists = file_has_content (database);
  g_autoptr (WaxSecret) key = NULL;

  profile->id = read_id (fd);
  if (profile->id == NULL && exists)
    {
      set_key_missing (error, folder,
                       "its file “profile-id” is missing or damaged, without which its key cannot be found");
      return FALSE;
    }
  if (profile->id == NULL)
    profile->id = write_id (fd, id_path, folder, error);
  if (profile->id == NULL)
    return FALSE;
  key = find_key (profile->id, folder, exists, vault, cancellable, error);
  if (key == NULL)
    return FALSE;

  profile->store = wax_store_open (database, key, !exists, error);
  return profile->store != NULL;
}

/* What exceptions of any account name is offered in TLS from now on, if no connection
 * was made before; each connection is judged by its own account's. */
static gboolean
prepare_tls (WaxStore *store, GError **error)
{
  g_autoptr (GPtrArray) accounts = wax_account_store_list (store, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);

  if (accounts == NULL)
    return FALSE;
  for (guint i = 0; i < accounts->len; i++)
    {
      g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (accounts->pdata[i]);

      g_ptr_array_extend_and_steal (all, g_steal_pointer (&exceptions));
    }
  if (!wax_tls_guard_prepare_process (all))
    g_info ("An exception for a cipher suite takes effect at the next start");

  return TRUE;
}

gboolean
wax_engine_profile_open (const char *folder,
                         WaxVault *vault,
                         WaxEngineProfile *profile,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *id_path = g_build_filename (folder, "profile-id", NULL);
  gboolean opened;
  int fd;

  *profile = (WaxEngineProfile) { 0 };
  if (!wax_profile_folder_ensure (folder, error))
    return FALSE;
  fd = lock_id_file (id_path, error);
  if (fd < 0)
    return FALSE;
  opened = open_locked (folder, id_path, fd, vault, profile, cancellable, error);
  close (fd);
  if (opened && !prepare_tls (profile->store, error))
    opened = FALSE;
  if (!opened)
    wax_engine_profile_clear (profile);

  return opened;
}
