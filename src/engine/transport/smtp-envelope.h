/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-capabilities.h"
#include "smtp-channel.h"

G_BEGIN_DECLS

/** (transfer full) (element-type utf8) MAIL, and a RCPT for each recipient: all are
 * built before any is sent. Errors: what wax_smtp_command_check_needs() finds,
 * %WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS, and those of the commands. */
GPtrArray *wax_smtp_envelope_build   (WaxSmtpChannel             *channel,
                                      const WaxSmtpCapabilities  *capabilities,
                                      const WaxEnvelope          *envelope,
                                      gint64                      size,
                                      GError                    **error);
/** Adds to @results (element-type WaxRecipientResult) one for each recipient;
 * @replies: (element-type WaxSmtpReply): to MAIL and RCPT, as far as they came. */
void       wax_smtp_envelope_record  (const WaxEnvelope          *envelope,
                                      GPtrArray                  *replies,
                                      GPtrArray                  *results);
/**
 * wax_smtp_envelope_judge:
 * @replies: (element-type WaxSmtpReply): at least that to MAIL
 * @refused: (out): recipients that were refused
 *
 * Whether the body may follow: all recipients are accepted or, where the envelope says
 * `send_to_rest`, one of them. Errors: %WAX_TRANSPORT_ERROR_RECIPIENTS, a refusal of
 * MAIL, %WAX_TRANSPORT_ERROR_PROTOCOL; the reply that decided is then no longer in
 * @replies.
 */
gboolean   wax_smtp_envelope_judge   (WaxSmtpChannel             *channel,
                                      const WaxEnvelope          *envelope,
                                      GPtrArray                  *replies,
                                      guint                      *refused,
                                      GError                    **error);
/** Whether @replies show that the server can have accepted nothing, whatever came
 * behind them: MAIL is refused, or each recipient is. */
gboolean   wax_smtp_envelope_proves_nothing (const WaxEnvelope   *envelope,
                                      GPtrArray                  *replies);
/** RSET, so that the next message has a clean start; a channel that cannot is aborted. */
void       wax_smtp_envelope_reset   (WaxSmtpChannel             *channel,
                                      GCancellable               *cancellable);

G_END_DECLS
