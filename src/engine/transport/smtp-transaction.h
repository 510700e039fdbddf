/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-capabilities.h"
#include "smtp-channel.h"

G_BEGIN_DECLS

/**
 * WaxSmtpTransaction:
 * @message, @size: read once, in pieces
 * @progress: (nullable)
 * @farewell: QUIT goes behind the final octet, in the same write (RFC 2920 section 3.1);
 * the channel is of no further use then
 * @command_timeout_s, @data_timeout_s: for replies to the envelope, and to the body
 * @recipients: (element-type WaxRecipientResult): gets one for each recipient
 * @reply: (out): the final one
 * @refused: (out): recipients that the message does not go to
 * @repeatable: (out): it failed because the connection went, and no server can have the
 * message: another connection may do better
 * @read: (out): something of @message was read
 *
 * One mail transaction (RFC 5321 section 3.3), in as few round trips as the standards
 * allow.
 */
typedef struct {
  const WaxEnvelope *envelope;
  GInputStream      *message;
  gint64             size;
  WaxProgress       *progress;
  WaxBeforeFinal     before_final;
  gpointer           before_final_data;
  gboolean           farewell;
  guint              command_timeout_s;
  guint              data_timeout_s;

  GPtrArray         *recipients;
  WaxReplyText      *reply;
  guint              refused;
  gboolean           repeatable;
  gboolean           read;
} WaxSmtpTransaction;

/**
 * wax_smtp_transaction_run:
 *
 * Submits the message: to all recipients or to none, unless the envelope says
 * `send_to_rest`. After a failure the channel is fit for the next message or broken.
 * Errors: what wax_smtp_command_check_needs() finds, %WAX_TRANSPORT_ERROR_RECIPIENTS,
 * a refusal, %WAX_TRANSPORT_ERROR_SOURCE, %WAX_TRANSPORT_ERROR_MALFORMED, what
 * #WaxBeforeFinal said, those of the channel, and %WAX_TRANSPORT_ERROR_UNKNOWN where
 * the final octet is out and nothing shows what became of the message.
 */
gboolean wax_smtp_transaction_run (WaxSmtpTransaction        *self,
                                   WaxSmtpChannel            *channel,
                                   const WaxSmtpCapabilities *capabilities,
                                   GCancellable              *cancellable,
                                   GError                   **error);

G_END_DECLS
