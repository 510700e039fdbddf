/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connection-report.h"

G_BEGIN_DECLS

/** The inspector's page on the connection itself. */
#define WAX_TYPE_INSPECTOR_CONNECTION_PAGE (wax_inspector_connection_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxInspectorConnectionPage, wax_inspector_connection_page, WAX, INSPECTOR_CONNECTION_PAGE, AdwBin)

/** To be called once. @error: (nullable) @hint: (nullable) */
void wax_inspector_connection_page_set_report (WaxInspectorConnectionPage *self,
                                               WaxConnectionReport        *report,
                                               const GError               *error,
                                               const char                 *hint);

G_END_DECLS
