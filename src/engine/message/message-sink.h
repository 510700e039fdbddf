/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gcrypt.h>
#include <gmime/gmime.h>

G_BEGIN_DECLS

/**
 * WaxMessageSink:
 *
 * Where both writers of messages end: it buffers, counts and digests what goes
 * to @out, and holds the last line of defence, that nothing but CRLF lines of at
 * most 998 octets without NUL leaves this room, unless it is @binary (RFC 3030).
 * The first error stays in @error.
 */
typedef struct {
  GOutputStream *out;
  GCancellable  *cancellable;
  GByteArray    *buffer;
  gcry_md_hd_t   digest;    /* SHA-256: libgcrypt uses what the processor has for it */
  gint64         size;
  gsize          line;      /* octets of the current line */
  gboolean       cr;        /* the last octet was CR */
  gboolean       binary;    /* lines do not matter */
  gboolean       high_bit;  /* an octet above 127 was seen */
  GError        *error;
} WaxMessageSink;

/** RFC 5322 section 2.1.1, without the CRLF. */
#define WAX_MESSAGE_LINE_LIMIT 998

void     wax_message_sink_init   (WaxMessageSink *self,
                                  GOutputStream  *out,
                                  GCancellable   *cancellable);
void     wax_message_sink_clear  (WaxMessageSink *self);
/** %FALSE with @error set. */
gboolean wax_message_sink_write  (WaxMessageSink *self,
                                  gconstpointer   data,
                                  gsize           length);
/** Flushes what is buffered; the message must end with a line end. */
gboolean wax_message_sink_finish (WaxMessageSink *self);

/** (transfer full) The SHA-256 of all that was flushed, in hexadecimal. */
char    *wax_message_sink_digest (WaxMessageSink *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxMessageSink, wax_message_sink_clear)

/** (transfer full) The sink as a #GMimeStream that can only be written to; @sink outlives it. */
GMimeStream *wax_sink_stream_new (WaxMessageSink *sink);

G_END_DECLS
