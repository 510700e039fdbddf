/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-log.h"

G_BEGIN_DECLS

/**
 * WaxLogRow:
 *
 * A place in the list of the log, whose entry may still be on its way from the
 * store. Properties, read-only, empty until then: `title`, `time`, `kind`,
 * `icon-name` (strings), `classes` (strv: style classes of the icon).
 */
#define WAX_TYPE_LOG_ROW (wax_log_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxLogRow, wax_log_row, WAX, LOG_ROW, GObject)

/** @entry: (nullable) */
WaxLogRow        *wax_log_row_new       (WaxActivityEntry *entry);
void              wax_log_row_set_entry (WaxLogRow        *self,
                                         WaxActivityEntry *entry);
/** (nullable) (transfer none) */
WaxActivityEntry *wax_log_row_get_entry (WaxLogRow        *self);

G_END_DECLS
