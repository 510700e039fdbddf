/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"

G_BEGIN_DECLS

/** An account in the list of accounts: `account.edit` and `account.remove` (string: its id) of what it stands in. */
#define WAX_TYPE_ACCOUNT_ROW (wax_account_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxAccountRow, wax_account_row, WAX, ACCOUNT_ROW, AdwActionRow)

GtkWidget  *wax_account_row_new         (WaxAccount    *account);
WaxAccount *wax_account_row_get_account (WaxAccountRow *self);

G_END_DECLS
