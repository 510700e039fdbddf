/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"

G_BEGIN_DECLS

/**
 * WaxExceptionsGroup:
 *
 * The exceptions of an account, shown and removed; hidden where there are none.
 * Signal `changed`.
 */
#define WAX_TYPE_EXCEPTIONS_GROUP (wax_exceptions_group_get_type ())
G_DECLARE_FINAL_TYPE (WaxExceptionsGroup, wax_exceptions_group, WAX, EXCEPTIONS_GROUP, AdwPreferencesGroup)

void wax_exceptions_group_fill  (WaxExceptionsGroup *self,
                                 WaxAccount         *account);
void wax_exceptions_group_apply (WaxExceptionsGroup *self,
                                 WaxAccount         *account);

G_END_DECLS
