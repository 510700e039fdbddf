/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connection-report.h"

G_BEGIN_DECLS

/** How long each step of a connection took: a drawn bar and its legend. */
#define WAX_TYPE_TIMING_BAR (wax_timing_bar_get_type ())
G_DECLARE_FINAL_TYPE (WaxTimingBar, wax_timing_bar, WAX, TIMING_BAR, AdwPreferencesRow)

/** Returns: whether there is anything to show */
gboolean wax_timing_bar_set_report (WaxTimingBar        *self,
                                    WaxConnectionReport *report);

G_END_DECLS
