/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account-store.h"
#include "transport.h"

G_BEGIN_DECLS

/**
 * wax_account_memory_update:
 * @account: as it was when the connection was made
 *
 * Keeps what @result taught about @account's server: the strongest mechanism by which
 * it has signed in, and the lines of its EHLO. Only these two are changed, and only
 * while the account still has the server and user that were connected to. Needs the
 * caller's transaction.
 */
gboolean wax_account_memory_update (WaxStore             *store,
                                    WaxAccount           *account,
                                    const WaxSendResult  *result,
                                    GError              **error);

G_END_DECLS
