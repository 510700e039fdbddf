/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/** The user's keyring through libsecret (Secret Service or its portal). */
#define WAX_TYPE_KEYRING_VAULT (wax_keyring_vault_get_type ())
G_DECLARE_FINAL_TYPE (WaxKeyringVault, wax_keyring_vault, WAX, KEYRING_VAULT, WaxVault)

WaxVault *wax_keyring_vault_new       (void);
/** Whether a keyring service answers at all (unlocked or not). */
gboolean  wax_keyring_vault_available (GCancellable *cancellable, GError **error);

G_END_DECLS
