/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-body-filter.h"
#include "transport.h"

G_BEGIN_DECLS

/**
 * WaxSmtpBody:
 *
 * The octets of a message on their way from where they lie into the writes: read in
 * pieces and checked, so that their number does not matter.
 * @message, @size: read once
 * @progress: (nullable)
 * @read: octets that were taken
 * @accepted: octets that the server said it has
 */
typedef struct {
  GInputStream      *message;
  gint64             size;
  WaxProgress       *progress;
  WaxSmtpBodyFilter  filter;
  guint8            *piece;
  gint64             read;
  gint64             accepted;
} WaxSmtpBody;

/** Octets that are taken at once at most. */
#define WAX_SMTP_BODY_PIECE (64 * 1024)

/** @message and @progress are borrowed. */
void      wax_smtp_body_init   (WaxSmtpBody   *self,
                                GInputStream  *message,
                                gint64         size,
                                WaxProgress   *progress);
void      wax_smtp_body_clear  (WaxSmtpBody   *self);
/**
 * Appends the next @length octets of the message, at most %WAX_SMTP_BODY_PIECE, to
 * @out, and the end of data behind the last with `filter.stuff`. Errors:
 * %WAX_TRANSPORT_ERROR_SOURCE (also for a message that is not of @size),
 * %WAX_TRANSPORT_ERROR_MALFORMED, %G_IO_ERROR_CANCELLED.
 */
gboolean  wax_smtp_body_take   (WaxSmtpBody   *self,
                                gsize          length,
                                GByteArray    *out,
                                GCancellable  *cancellable,
                                GError       **error);
/** The server has @octets more. */
void      wax_smtp_body_accept (WaxSmtpBody   *self,
                                gint64         octets);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxSmtpBody, wax_smtp_body_clear)

G_END_DECLS
