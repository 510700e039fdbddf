/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxRouteBar:
 *
 * One line that is true now: how a message of this account would travel. It
 * connects and checks when the account is set or changes; the shield is filled
 * only when every check passed. Activating it opens the inspector.
 */
#define WAX_TYPE_ROUTE_BAR (wax_route_bar_get_type ())
G_DECLARE_FINAL_TYPE (WaxRouteBar, wax_route_bar, WAX, ROUTE_BAR, AdwBin)

/** @account: (nullable) */
void wax_route_bar_set_account (WaxRouteBar *self,
                                WaxEngine   *engine,
                                WaxAccount  *account);
/** Opens the inspector, where there is something to show. */
void wax_route_bar_inspect     (WaxRouteBar *self);

G_END_DECLS
