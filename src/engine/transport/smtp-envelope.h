/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-capabilities.h"
#include "smtp-channel.h"

G_BEGIN_DECLS

/**
 * wax_smtp_envelope_send:
 * @results: (element-type WaxRecipientResult): gets one for each recipient, once
 * the server has answered
 * @stale: (out): the server answered nothing at all
 *
 * MAIL and RCPT: all recipients or none. After a refusal the transaction is
 * ended. Errors: %WAX_TRANSPORT_ERROR_RECIPIENTS, a refusal of MAIL, what
 * wax_smtp_command_check_needs() finds, %WAX_TRANSPORT_ERROR_MALFORMED, and those
 * of the channel.
 */
gboolean wax_smtp_envelope_send  (WaxSmtpChannel             *channel,
                                  const WaxSmtpCapabilities  *capabilities,
                                  const WaxEnvelope          *envelope,
                                  gint64                      size,
                                  GPtrArray                  *results,
                                  gboolean                   *stale,
                                  GCancellable               *cancellable,
                                  GError                    **error);
/** RSET, so that the next message has a clean start; a channel that cannot is aborted. */
void     wax_smtp_envelope_reset (WaxSmtpChannel             *channel,
                                  GCancellable               *cancellable);

G_END_DECLS
