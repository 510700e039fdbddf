/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place-page.h"

G_BEGIN_DECLS

/** The accounts: add, edit, remove. */
#define WAX_TYPE_ACCOUNTS_PAGE (wax_accounts_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxAccountsPage, wax_accounts_page, WAX, ACCOUNTS_PAGE, WaxPlacePage)

G_END_DECLS
