/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "secret.h"

G_BEGIN_DECLS

#define WAX_VAULT_ERROR (wax_vault_error_quark ())
GQuark wax_vault_error_quark (void);

typedef enum {
  WAX_VAULT_ERROR_ABSENT, /* no keyring service answers */
  WAX_VAULT_ERROR_LOCKED, /* the keyring is locked and was not unlocked */
  WAX_VAULT_ERROR_FAILED, /* the service refused */
} WaxVaultError;

/**
 * WaxVault:
 *
 * Secrets by purpose and owner. Each item is one line of text, at most 4096
 * octets, without NUL or line break. Calls block.
 */
#define WAX_TYPE_VAULT (wax_vault_get_type ())
G_DECLARE_DERIVABLE_TYPE (WaxVault, wax_vault, WAX, VAULT, GObject)

struct _WaxVaultClass
{
  GObjectClass parent_class;

  gboolean   (*store)  (WaxVault *self, const char *purpose, const char *owner,
                        const char *label, WaxSecret *secret,
                        GCancellable *cancellable, GError **error);
  gboolean   (*lookup) (WaxVault *self, const char *purpose, const char *owner,
                        WaxSecret **secret,
                        GCancellable *cancellable, GError **error);
  gboolean   (*clear)  (WaxVault *self, const char *purpose, const char *owner,
                        GCancellable *cancellable, GError **error);
  const char *(*describe) (WaxVault *self);
};

#define WAX_VAULT_DATABASE_KEY "database-key" /* owner: the profile id; hex */
#define WAX_VAULT_PASSWORD     "password"     /* owner: the account id */
#define WAX_VAULT_CLIENT_KEY   "client-key"   /* owner: the account id; password of its client certificate */
#define WAX_VAULT_PROXY        "proxy-password" /* owner: the account id */
#define WAX_VAULT_LOG_IDENTITY "log-identity" /* owner: the profile id; hex Ed25519 seed */
#define WAX_VAULT_LOG_EPOCH    "log-epoch"
#define WAX_VAULT_LOG_ANCHOR   "log-anchor"

/** Stores or replaces. @label is what the keyring's own window shows. */
gboolean    wax_vault_store    (WaxVault      *self,
                                const char    *purpose,
                                const char    *owner,
                                const char    *label,
                                WaxSecret     *secret,
                                GCancellable  *cancellable,
                                GError       **error);
/**
 * Sets *@secret (transfer full), or to %NULL where there is no such item, which
 * is not an error here. A locked or absent keyring is always an error, never
 * "no such item".
 */
gboolean    wax_vault_lookup   (WaxVault      *self,
                                const char    *purpose,
                                const char    *owner,
                                WaxSecret    **secret,
                                GCancellable  *cancellable,
                                GError       **error);
gboolean    wax_vault_clear    (WaxVault      *self,
                                const char    *purpose,
                                const char    *owner,
                                GCancellable  *cancellable,
                                GError       **error);
/** In words, for `demo` and the window: "the system keyring". */
const char *wax_vault_describe (WaxVault      *self);

G_END_DECLS
