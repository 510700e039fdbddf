/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "activity-log.h"

G_BEGIN_DECLS

/** One event of a message's life, on a line with the others. */
#define WAX_TYPE_TIMELINE_ROW (wax_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxTimelineRow, wax_timeline_row, WAX, TIMELINE_ROW, GtkListBoxRow)

GtkWidget *wax_timeline_row_new (WaxActivityEntry *entry);

G_END_DECLS
