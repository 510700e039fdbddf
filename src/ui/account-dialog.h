/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxAccountDialog:
 *
 * Adds or edits an account, and tests it with the values that stand in the form.
 * It stays until the account is saved. The password goes to the vault; an empty
 * one leaves what is stored.
 */
#define WAX_TYPE_ACCOUNT_DIALOG (wax_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WaxAccountDialog, wax_account_dialog, WAX, ACCOUNT_DIALOG, AdwDialog)

/** To be shown with adw_dialog_present(). @account: (nullable): the one to edit
 * (copied, not changed), or %NULL to add one */
AdwDialog *wax_account_dialog_new (WaxProfile *profile,
                                   WaxAccount *account);

G_END_DECLS
