/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxLineStream:
 *
 * CRLF lines and whole writes over a #GIOStream, for the line protocols (SMTP
 * and the practice host's side of it). Every wait is bounded: by @timeout, by
 * the caller's cancellable, and by the line limit.
 */
typedef struct _WaxLineStream WaxLineStream;

#define WAX_LINE_ERROR (wax_line_error_quark ())
GQuark wax_line_error_quark (void);

typedef enum {
  WAX_LINE_ERROR_CLOSED,    /* end of stream between two lines */
  WAX_LINE_ERROR_TRUNCATED, /* end of stream inside a line */
  WAX_LINE_ERROR_TOO_LONG,  /* no line end within the limit */
  WAX_LINE_ERROR_MALFORMED, /* NUL, a bare CR or a bare LF */
} WaxLineError;

WaxLineStream *wax_line_stream_new           (GIOStream      *stream);
void           wax_line_stream_free          (WaxLineStream  *self);
GIOStream     *wax_line_stream_get_stream    (WaxLineStream  *self);
/**
 * Reading ends at @monotonic_us (wax_clock_monotonic(); 0 for none) with
 * %G_IO_ERROR_TIMED_OUT, whatever the peer does: one that drips single octets, of
 * a line or of a TLS record, holds nobody. A stream that cannot be polled is
 * bounded by its own timeout once a read has started.
 */
void           wax_line_stream_set_deadline  (WaxLineStream  *self,
                                              gint64          monotonic_us);
/**
 * Reads one line, without its CRLF. @limit counts octets with the CRLF.
 * Returns: (transfer full): the line with its length in @length, or %NULL with
 * a #WaxLineError or a #GIOErrorEnum (timed out, cancelled, connection closed).
 */
char          *wax_line_stream_read_line     (WaxLineStream  *self,
                                              gsize           limit,
                                              gsize          *length,
                                              GCancellable   *cancellable,
                                              GError        **error);
/** Reads exactly @length octets (BDAT on the server side). */
gboolean       wax_line_stream_read_all      (WaxLineStream  *self,
                                              void           *buffer,
                                              gsize           length,
                                              GCancellable   *cancellable,
                                              GError        **error);
/** Octets that are already read from the peer and not yet consumed. */
gsize          wax_line_stream_get_available (WaxLineStream  *self);
gboolean       wax_line_stream_write_all     (WaxLineStream  *self,
                                              gconstpointer   data,
                                              gsize           length,
                                              GCancellable   *cancellable,
                                              GError        **error);
/** Octets that the last write got rid of, though it may have failed. */
gsize          wax_line_stream_get_written   (WaxLineStream  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxLineStream, wax_line_stream_free)

G_END_DECLS
