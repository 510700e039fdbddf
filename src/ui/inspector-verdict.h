/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connection-report.h"

G_BEGIN_DECLS

/** What is to be said of a connection first: that it is protected, or what failed
 * and what can be done. */
#define WAX_TYPE_INSPECTOR_VERDICT (wax_inspector_verdict_get_type ())
G_DECLARE_FINAL_TYPE (WaxInspectorVerdict, wax_inspector_verdict, WAX, INSPECTOR_VERDICT, AdwBin)

/** @error: (nullable) @hint: (nullable) */
void wax_inspector_verdict_set_report (WaxInspectorVerdict *self,
                                       WaxConnectionReport *report,
                                       const GError        *error,
                                       const char          *hint);

G_END_DECLS
