/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How a part is written (RFC 2045 section 6). */
typedef enum {
  WAX_CODING_IDENTITY, /* as it is */
  WAX_CODING_QUOTED_PRINTABLE,
  WAX_CODING_BASE64,
} WaxTransferCoding;

/**
 * WaxTransferEncoder:
 *
 * Writes one part in a coding, piece by piece. What comes out has lines of at most
 * 76 octets, none of which begins with a hyphen: none can be taken for a boundary.
 */
typedef struct {
  WaxTransferCoding  coding;
  GByteArray        *out;
  guint              column;
  char               space;     /* a space or tab that may be the last of its line; 0 for none */
  guint8             group[57]; /* octets of one line of base64 */
  guint              filled;
} WaxTransferEncoder;

/** @out: outlives it. */
void wax_transfer_encoder_init     (WaxTransferEncoder *self,
                                    WaxTransferCoding   coding,
                                    GByteArray         *out);
/** Octets that are no line end (a CR or LF among them is one alone). */
void wax_transfer_encoder_push     (WaxTransferEncoder *self,
                                    const guint8       *octets,
                                    gsize               length);
void wax_transfer_encoder_line_end (WaxTransferEncoder *self);
/** @at_end: nothing follows, so that it ends with a line end of the coding's own;
 * otherwise the CRLF of a boundary follows. */
void wax_transfer_encoder_finish   (WaxTransferEncoder *self,
                                    gboolean            at_end);

G_END_DECLS
