/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message-transcoder.h"
#include "smtp-capabilities.h"

G_BEGIN_DECLS

/**
 * WaxSmtpPayload:
 * @envelope: a copy of the caller's, with what the message needs as it is sent; its
 * strings are the caller's
 * @message, @size: as it is sent
 */
typedef struct {
  WaxEnvelope   envelope;
  GInputStream *message;
  gint64        size;
} WaxSmtpPayload;

/** What the server takes. */
WaxTransferLimit wax_smtp_recode_limit  (const WaxSmtpCapabilities *capabilities);
/**
 * wax_smtp_recode:
 * @payload: (out): to be cleared, whatever is returned
 *
 * Where @message needs more than the server offers (8BITMIME, BINARYMIME) and can
 * seek, what is sent is encoded anew for it; the transcript in @report says so.
 * Errors: %WAX_TRANSPORT_ERROR_NEEDS_8BIT or _NEEDS_BINARY with the part that cannot be
 * touched, %WAX_TRANSPORT_ERROR_SOURCE, %G_IO_ERROR_CANCELLED.
 */
gboolean         wax_smtp_recode        (const WaxEnvelope         *envelope,
                                         GInputStream              *message,
                                         gint64                     size,
                                         const WaxSmtpCapabilities *capabilities,
                                         WaxConnectionReport       *report,
                                         WaxSmtpPayload            *payload,
                                         GCancellable              *cancellable,
                                         GError                   **error);
void             wax_smtp_payload_clear (WaxSmtpPayload            *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxSmtpPayload, wax_smtp_payload_clear)

G_END_DECLS
