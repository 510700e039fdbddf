/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connection-report.h"
#include "engine.h"

G_BEGIN_DECLS

/**
 * WaxInspectorDialog:
 *
 * Everything about one connection: the same dialog before, during and after a
 * send, for a success and for a failure.
 */
#define WAX_TYPE_INSPECTOR_DIALOG (wax_inspector_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WaxInspectorDialog, wax_inspector_dialog, WAX, INSPECTOR_DIALOG, AdwDialog)

/** To be shown with adw_dialog_present(). @error: (nullable): why the connection
 * is not used @hint: (nullable): what can be done, one sentence */
AdwDialog *wax_inspector_dialog_new (WaxConnectionReport *report,
                                     const GError        *error,
                                     const char          *hint);
/** Tells of @account too, whose connection it is, and offers to pin the server's key for it.
 * Both may be %NULL: then nothing more is shown. */
void       wax_inspector_dialog_set_account (WaxInspectorDialog *self,
                                             WaxEngine          *engine,
                                             WaxAccount         *account);

G_END_DECLS
