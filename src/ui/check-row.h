/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "check.h"

G_BEGIN_DECLS

/**
 * WaxCheckRow:
 *
 * One check of a connection: its name, its result as icon and word, its
 * sentence, and what was expected and found.
 */
#define WAX_TYPE_CHECK_ROW (wax_check_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxCheckRow, wax_check_row, WAX, CHECK_ROW, AdwPreferencesRow)

GtkWidget *wax_check_row_new (const WaxCheck *check);

G_END_DECLS
