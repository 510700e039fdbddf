/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "store.h"

G_BEGIN_DECLS

/** Inserts or replaces, by id; needs the caller's transaction. */
gboolean    wax_account_store_save   (WaxStore    *store,
                                      WaxAccount  *account,
                                      GError     **error);
/** Needs the caller's transaction. */
gboolean    wax_account_store_remove (WaxStore    *store,
                                      const char  *id,
                                      GError     **error);
/** (transfer full) (element-type WaxAccount), by label. */
GPtrArray  *wax_account_store_list   (WaxStore    *store,
                                      GError     **error);
/** (transfer full) By id, label or address; %WAX_STORE_ERROR_NOT_FOUND names what was asked for. */
WaxAccount *wax_account_store_find   (WaxStore    *store,
                                      const char  *name,
                                      GError     **error);

G_END_DECLS
