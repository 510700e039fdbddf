/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WaxPlaceRow:
 *
 * A row of the sidebar. Properties: `place` (the name that `win.go` takes),
 * `icon-name`, `title`, `count` (uint: a badge, 0 for none), `attention`
 * (boolean: the badge asks for the user).
 */
#define WAX_TYPE_PLACE_ROW (wax_place_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxPlaceRow, wax_place_row, WAX, PLACE_ROW, GtkListBoxRow)

const char *wax_place_row_get_place (WaxPlaceRow *self);
const char *wax_place_row_get_title (WaxPlaceRow *self);

G_END_DECLS
