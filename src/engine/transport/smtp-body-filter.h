/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WaxSmtpBodyFilter:
 *
 * Carries the line state of a message from one piece to the next. Zeroed but for
 * @stuff and @binary it is at the start of a message.
 * @stuff: doubles a dot at the start of a line (RFC 5321 section 4.5.2)
 * @binary: the message is not lines of text (BODY=BINARYMIME, RFC 3030 section 3):
 * any octet may stand anywhere; never together with @stuff
 */
typedef struct {
  gboolean stuff;
  gboolean binary;
  gboolean inside_line;
  gboolean after_cr;
} WaxSmtpBodyFilter;

/**
 * wax_smtp_body_filter_check:
 *
 * Checks the next octets of a message, which go out as they are: without @stuff. A
 * bare CR or LF, which could end the message early at a lax server, is
 * %WAX_TRANSPORT_ERROR_MALFORMED.
 */
gboolean   wax_smtp_body_filter_check  (WaxSmtpBodyFilter  *self,
                                        const guint8       *data,
                                        gsize               length,
                                        GError            **error);
/** Checks @data and appends it to @out, with dots doubled where @stuff says so. */
gboolean   wax_smtp_body_filter_push   (WaxSmtpBodyFilter  *self,
                                        const guint8       *data,
                                        gsize               length,
                                        GByteArray         *out,
                                        GError            **error);
/** With @stuff, appends the end of data, after a CRLF where the message has none.
 * A CR at the very end is %WAX_TRANSPORT_ERROR_MALFORMED. */
gboolean   wax_smtp_body_filter_finish (WaxSmtpBodyFilter  *self,
                                        GByteArray         *out,
                                        GError            **error);

G_END_DECLS
