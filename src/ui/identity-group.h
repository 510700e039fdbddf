/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"
#include "secret.h"

G_BEGIN_DECLS

/**
 * WaxIdentityGroup:
 *
 * The client certificate of an account: where it and its key are, and the
 * password, which goes to the keyring. Signal `changed`.
 */
#define WAX_TYPE_IDENTITY_GROUP (wax_identity_group_get_type ())
G_DECLARE_FINAL_TYPE (WaxIdentityGroup, wax_identity_group, WAX, IDENTITY_GROUP, AdwPreferencesGroup)

void       wax_identity_group_fill          (WaxIdentityGroup *self,
                                             WaxAccount       *account);
void       wax_identity_group_apply         (WaxIdentityGroup *self,
                                             WaxAccount       *account);
/** (transfer full) (nullable) What was typed; %NULL leaves what is in the keyring. */
WaxSecret *wax_identity_group_dup_password  (WaxIdentityGroup *self);
void       wax_identity_group_forget        (WaxIdentityGroup *self);

G_END_DECLS
