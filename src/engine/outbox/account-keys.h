/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "secret.h"
#include "vault.h"

G_BEGIN_DECLS

/**
 * WaxAccountKeys:
 *
 * What an account shows on its way to the server, besides the password of its user.
 * @certificate: (nullable): its client certificate, with the key
 * @proxy_password: (nullable): of the user in its proxy's address
 */
typedef struct {
  GTlsCertificate *certificate;
  WaxSecret       *proxy_password;
} WaxAccountKeys;

/**
 * Finds what @account needs, by its settings, in files, tokens and @vault. Errors:
 * #WaxClientIdentityError, #WaxVaultError.
 */
gboolean wax_account_keys_load  (WaxAccountKeys  *self,
                                 WaxVault        *vault,
                                 WaxAccount      *account,
                                 GCancellable    *cancellable,
                                 GError         **error);
void     wax_account_keys_clear (WaxAccountKeys  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxAccountKeys, wax_account_keys_clear)

G_END_DECLS
