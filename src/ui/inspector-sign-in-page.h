/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"
#include "connection-report.h"

G_BEGIN_DECLS

/** WaxInspectorSignInPage: how one connection signed in, and why so. */
#define WAX_TYPE_INSPECTOR_SIGN_IN_PAGE (wax_inspector_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxInspectorSignInPage, wax_inspector_sign_in_page, WAX, INSPECTOR_SIGN_IN_PAGE, AdwBin)

void wax_inspector_sign_in_page_set_report  (WaxInspectorSignInPage *self,
                                             WaxConnectionReport    *report);
/** Shows what @account remembers of its sign-ins. */
void wax_inspector_sign_in_page_set_account (WaxInspectorSignInPage *self,
                                             WaxAccount             *account);

G_END_DECLS
