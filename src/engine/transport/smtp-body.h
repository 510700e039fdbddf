/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-capabilities.h"
#include "smtp-channel.h"

G_BEGIN_DECLS

/**
 * WaxSmtpBody:
 * @message, @size: read once, in pieces
 * @progress: (nullable)
 * @final_sent: (out): the write with the final octet has begun
 */
typedef struct {
  GInputStream   *message;
  gint64          size;
  WaxProgress    *progress;
  WaxBeforeFinal  before_final;
  gpointer        before_final_data;
  gboolean        final_sent;
} WaxSmtpBody;

/**
 * wax_smtp_body_send:
 *
 * Sends the message by BDAT (RFC 3030) where CHUNKING is offered, else by DATA.
 * A failure before the final octet leaves the channel aborted, unless the server
 * itself refused.
 * Returns: (transfer full): the final reply, whatever it says; or %NULL with
 * %WAX_TRANSPORT_ERROR_SOURCE, %WAX_TRANSPORT_ERROR_MALFORMED, a refusal before
 * the end, the channel's errors, or what #WaxBeforeFinal said
 */
WaxSmtpReply *wax_smtp_body_send (WaxSmtpChannel            *channel,
                                  const WaxSmtpCapabilities *capabilities,
                                  WaxSmtpBody               *body,
                                  GCancellable              *cancellable,
                                  GError                   **error);

G_END_DECLS
