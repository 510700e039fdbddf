/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WaxPinRow:
 *
 * One pinned key: its SHA-256, whether it is the one in use or kept in reserve,
 * copied and removed. Signal `removed`.
 */
#define WAX_TYPE_PIN_ROW (wax_pin_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxPinRow, wax_pin_row, WAX, PIN_ROW, AdwActionRow)

/** @hex: SHA-256 of the SubjectPublicKeyInfo. @backup: kept in reserve */
GtkWidget  *wax_pin_row_new       (const char *hex,
                                   gboolean    backup);
const char *wax_pin_row_get_hex   (WaxPinRow  *self);
gboolean    wax_pin_row_is_backup (WaxPinRow  *self);

G_END_DECLS
