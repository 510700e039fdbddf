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
/**
 * wax_account_memory_keep:
 * @account: as a face has it, which may be older than what was learnt since
 * @stored: the same account as it is stored
 *
 * Gives @account what @stored remembers of the server; nothing, where @account is for
 * another host or user.
 */
void     wax_account_memory_keep   (WaxAccount           *account,
                                    WaxAccount           *stored);

G_END_DECLS
