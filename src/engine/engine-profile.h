/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"
#include "vault.h"

G_BEGIN_DECLS

/** What opening a profile gives: its lasting name and its database. */
typedef struct {
  char     *id;    /* a UUID: the owner of the profile's items in the vault */
  WaxStore *store;
} WaxEngineProfile;

void     wax_engine_profile_clear (WaxEngineProfile  *self);
/**
 * Opens the profile in @folder, making what is not there: first the file
 * `profile-id` (so that the folder can be moved), then the database key in
 * @vault, then the database. A database without its id or key is
 * %WAX_ENGINE_ERROR_KEY_MISSING, never a fresh start. One process at a time.
 */
gboolean wax_engine_profile_open  (const char        *folder,
                                   WaxVault          *vault,
                                   WaxEngineProfile  *profile,
                                   GCancellable      *cancellable,
                                   GError           **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxEngineProfile, wax_engine_profile_clear)

G_END_DECLS
