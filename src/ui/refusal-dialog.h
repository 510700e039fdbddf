/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxRefusalDialog:
 *
 * Why a message was not sent: which check failed, what was expected and found,
 * what the server said, and the honest choices. There is no way to connect
 * anyway. To be presented in a main window.
 */
#define WAX_TYPE_REFUSAL_DIALOG (wax_refusal_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WaxRefusalDialog, wax_refusal_dialog, WAX, REFUSAL_DIALOG, AdwDialog)

AdwDialog *wax_refusal_dialog_new (WaxProfile    *profile,
                                   WaxOutboxItem *item);

G_END_DECLS
