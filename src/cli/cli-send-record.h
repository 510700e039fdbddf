/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-message.h"
#include "engine.h"

G_BEGIN_DECLS

/* A message straight to a server, in the sealed record of a profile that was named
 * for it. */

/** Before the connection: that it is to be handed to the server. */
gboolean wax_send_record_intent  (WaxEngine                *engine,
                                  const WaxSpooledMessage  *message,
                                  GError                  **error);
/** Afterwards: the connection, the sign-in and the outcome, in one transaction. */
gboolean wax_send_record_outcome (WaxEngine                *engine,
                                  const WaxSpooledMessage  *message,
                                  const WaxSendResult      *result,
                                  GError                  **error);

G_END_DECLS
