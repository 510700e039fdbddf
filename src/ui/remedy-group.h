/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "remedy.h"

G_BEGIN_DECLS

/**
 * WaxRemedyGroup:
 *
 * What can be done after a refusal, as rows; hidden where nothing can. Each choice
 * is confirmed by the user in a dialog of its own before anything follows from it.
 *
 * Signals: `account-changed` (#WaxAccount): the account as it is now wanted, to be used
 * and kept; `sign-in-accepted` (#WaxAccount): the same, where what is wanted is that a
 * stronger sign-in is forgotten; `send-to-rest`: the message is to go to whom the server accepts.
 */
#define WAX_TYPE_REMEDY_GROUP (wax_remedy_group_get_type ())
G_DECLARE_FINAL_TYPE (WaxRemedyGroup, wax_remedy_group, WAX, REMEDY_GROUP, AdwPreferencesGroup)

/** @failure: (nullable): takes what it needs of it. @left_out: (nullable): the
 * recipients that are refused, in words */
void wax_remedy_group_show (WaxRemedyGroup   *self,
                            const WaxFailure *failure,
                            const char       *left_out);

G_END_DECLS
