/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-reply.h"

G_BEGIN_DECLS

/**
 * wax_smtp_outcome_state:
 * @reply_code: of the reply that refused; 0 for none
 *
 * What @error means for the message: pure.
 */
WaxSendState wax_smtp_outcome_state (const GError *error,
                                     int           reply_code);
/** The code for a reply that refuses a step which is not about one recipient. */
WaxTransportError wax_smtp_outcome_refusal (int reply_code);
/** (nullable) One sentence of what the user can do about @error. */
const char  *wax_smtp_outcome_hint  (const GError *error,
                                     WaxStep       step,
                                     int           reply_code);
/**
 * Where @refusal, said by @host, is a known reply: its advice becomes the hint of @result
 * and, unless the message went or may have gone, decides its state.
 */
void         wax_smtp_outcome_advise (WaxSendResult      *result,
                                      const char         *host,
                                      const WaxSmtpReply *refusal);

G_END_DECLS
