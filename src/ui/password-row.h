/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "secret.h"

G_BEGIN_DECLS

/**
 * WaxPasswordRow:
 *
 * A row to type a password into. Unlike #AdwPasswordEntryRow it is no #GtkEditable, since
 * GTK tells the whole accessibility bus what stands in one: here only dots can be read.
 * Its memory is locked, and nothing can be undone. Signal `changed`.
 */
#define WAX_TYPE_PASSWORD_ROW (wax_password_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxPasswordRow, wax_password_row, WAX, PASSWORD_ROW, AdwPreferencesRow)

gboolean   wax_password_row_is_empty   (WaxPasswordRow *self);
/** (transfer full) (nullable) What was typed; %NULL for nothing. */
WaxSecret *wax_password_row_dup_secret (WaxPasswordRow *self);
/** Overwrites what was typed. */
void       wax_password_row_clear      (WaxPasswordRow *self);

G_END_DECLS
