/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"

G_BEGIN_DECLS

/**
 * WaxPinsGroup:
 *
 * The keys that an account has pinned, those in reserve, and the day by which
 * they are to be renewed. Signal `changed`.
 */
#define WAX_TYPE_PINS_GROUP (wax_pins_group_get_type ())
G_DECLARE_FINAL_TYPE (WaxPinsGroup, wax_pins_group, WAX, PINS_GROUP, AdwPreferencesGroup)

void     wax_pins_group_fill      (WaxPinsGroup *self,
                                   WaxAccount   *account);
void     wax_pins_group_apply     (WaxPinsGroup *self,
                                   WaxAccount   *account);
/** Offers to pin the key that a test has shown. @hex: (nullable) */
void     wax_pins_group_offer     (WaxPinsGroup *self,
                                   const char   *hex);
/** (nullable) What cannot be used as it is: for the user. */
const char *wax_pins_group_get_problem (WaxPinsGroup *self);

G_END_DECLS
