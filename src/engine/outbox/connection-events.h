/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-log.h"
#include "transport.h"

G_BEGIN_DECLS

/**
 * wax_connection_events_append:
 *
 * Appends, inside the caller's transaction, what one connection leaves in the
 * log: the connection (4001), the sign-in (3002) if one was tried, and a finding
 * (2004) where TLS, policy, pin or an injection refused it.
 * @message_id: (nullable)
 */
gboolean wax_connection_events_append (WaxActivityLog       *log,
                                       const char           *account_id,
                                       const char           *message_id,
                                       const WaxSendResult  *result,
                                       GError              **error);

G_END_DECLS
