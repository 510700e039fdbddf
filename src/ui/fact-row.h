/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WaxFactRow:
 *
 * A row that states one fact: its name (`title`), the fact (`value`), and a note
 * in plain words. A row without a value is hidden. Properties, read-write:
 * `value`, `note`, `monospace`, `copyable` (a copy button; what it copies is the
 * value, or what wax_fact_row_set_copy_text() said). Copying activates the action
 * `inspector.toast`.
 */
#define WAX_TYPE_FACT_ROW (wax_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxFactRow, wax_fact_row, WAX, FACT_ROW, AdwPreferencesRow)

/** @value: (nullable) @note: (nullable) */
void wax_fact_row_set_value     (WaxFactRow *self,
                                 const char *value);
void wax_fact_row_set_note      (WaxFactRow *self,
                                 const char *note);
/** @text: (nullable): what to copy in place of the value as it is shown */
void wax_fact_row_set_copy_text (WaxFactRow *self,
                                 const char *text);

G_END_DECLS
