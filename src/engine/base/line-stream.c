/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lines and whole writes over a stream. The buffer is our own and not a
 * GBufferedInputStream's: what is left in it must be countable before TLS
 * starts, and must be zeroed, since a server's side reads credentials here. */

#include "line-stream.h"

#include "clock.h"

#include <string.h>

#define BUFFER_SIZE 16384

struct _WaxLineStream
{
  GIOStream *stream;
  gint64 deadline;
  gsize start;
  gsize end;
  gsize written;
  char buffer[BUFFER_SIZE];
};

G_DEFINE_QUARK (wax_line_error, wax_line_error)

WaxLineStream *
wax_line_stream_new (GIOStream *stream)
{
  WaxLineStream *self = g_new0 (WaxLineStream, 1);

  self->stream = g_object_ref (stream);

  return self;
}

void
wax_line_stream_free (WaxLineStream *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->stream);
  explicit_bzero (self->buffer, sizeof self->buffer);
  g_free (self);
}

GIOStream *
wax_line_stream_get_stream (WaxLineStream *self)
{
  return self->stream;
}

gsize
wax_line_stream_get_available (WaxLineStream *self)
{
  return self->end - self->start;
}

void
wax_line_stream_set_deadline (WaxLineStream *self, gint64 monotonic_us)
{
  self->deadline = monotonic_us;
}

static gboolean
woken_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_CONTINUE;
}

static gboolean
readable_cb (GObject *stream, gpointer data)
{
  return woken_cb (data);
}

/* Waits until @input may have something, the deadline is over, or @cancellable is. */
static void
line_stream_wait (WaxLineStream *self, GPollableInputStream *input, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) readable = g_pollable_input_stream_create_source (input, cancellable);
  g_autoptr (GSource) timer = g_timeout_source_new (0);
  gboolean woken = FALSE;

  g_source_set_callback (readable, G_SOURCE_FUNC (readable_cb), &woken, NULL);
  g_source_attach (readable, context);
  g_source_set_callback (timer, woken_cb, &woken, NULL);
  g_source_set_ready_time (timer, self->deadline);
  g_source_attach (timer, context);
  while (!woken)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (readable);
  g_source_destroy (timer);
}

/* A blocking read of TLS ends with a whole record, and a stream's own timeout
 * begins again with each octet of one: only so does a deadline hold. */
static gssize
line_stream_read (WaxLineStream *self, GInputStream *input, GCancellable *cancellable, GError **error)
{
  GPollableInputStream *pollable;

  if (self->deadline == 0 || !G_IS_POLLABLE_INPUT_STREAM (input)
      || !g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (input)))
    return g_input_stream_read (input, self->buffer, sizeof self->buffer, cancellable, error);

  pollable = G_POLLABLE_INPUT_STREAM (input);
  for (;;)
    {
      g_autoptr (GError) cause = NULL;
      gssize n = g_pollable_input_stream_read_nonblocking (pollable, self->buffer, sizeof self->buffer,
                                                           cancellable, &cause);

      if (n >= 0)
        return n;
      if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return -1;
        }
      if (wax_clock_monotonic () >= self->deadline)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The line did not end in time");
          return -1;
        }
      line_stream_wait (self, pollable, cancellable);
    }
}

/* Reads more into an empty buffer. */
static gboolean
line_stream_fill (WaxLineStream *self, gboolean inside_line, GCancellable *cancellable, GError **error)
{
  GInputStream *input = g_io_stream_get_input_stream (self->stream);
  GError *cause = NULL;
  gssize n;

  self->start = self->end = 0;
  if (self->deadline != 0 && wax_clock_monotonic () > self->deadline)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The line did not end in time");
      return FALSE;
    }
  n = line_stream_read (self, input, cancellable, &cause);
  if (n < 0)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (n == 0)
    {
      g_set_error_literal (
          error, WAX_LINE_ERROR, inside_line ? WAX_LINE_ERROR_TRUNCATED : WAX_LINE_ERROR_CLOSED,
          inside_line ? "The connection was closed in the middle of a line" : "The connection was closed");
      return FALSE;
    }
  self->end = (gsize) n;

  return TRUE;
}

/* Whether @line, without its CRLF, holds an octet that no line may hold. */
static gboolean
line_is_clean (const char *line, gsize length)
{
  return memchr (line, '\0', length) == NULL && memchr (line, '\r', length) == NULL
         && memchr (line, '\n', length) == NULL;
}

char *
wax_line_stream_read_line (WaxLineStream *self,
                           gsize limit,
                           gsize *length,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GByteArray) line = g_byte_array_new ();
  gboolean complete = FALSE;

  while (!complete)
    {
      const char *from, *newline;
      gsize available, take;

      if (self->start == self->end && !line_stream_fill (self, line->len > 0, cancellable, error))
        return NULL;

      from = self->buffer + self->start;
      available = self->end - self->start;
      newline = memchr (from, '\n', available);
      take = newline != NULL ? (gsize) (newline - from) + 1 : available;
      complete = newline != NULL;

      if (line->len + take > limit)
        {
          g_set_error (error, WAX_LINE_ERROR, WAX_LINE_ERROR_TOO_LONG,
                       "A line is longer than the %" G_GSIZE_FORMAT " octets that are allowed", limit);
          return NULL;
        }
      g_byte_array_append (line, (const guint8 *) from, (guint) take);
      self->start += take;
    }

  if (line->len < 2 || line->data[line->len - 2] != '\r'
      || !line_is_clean ((const char *) line->data, line->len - 2))
    {
      g_set_error_literal (error, WAX_LINE_ERROR, WAX_LINE_ERROR_MALFORMED,
                           "A line does not end in CR LF, or holds a NUL, a bare CR or a bare LF");
      return NULL;
    }

  line->data[line->len - 2] = '\0';
  if (length != NULL)
    *length = line->len - 2;

  return (char *) g_byte_array_free (g_steal_pointer (&line), FALSE);
}

gboolean
wax_line_stream_read_all (WaxLineStream *self,
                          void *buffer,
                          gsize length,
                          GCancellable *cancellable,
                          GError **error)
{
  guint8 *to = buffer;

  while (length > 0)
    {
      gsize take;

      if (self->start == self->end && !line_stream_fill (self, TRUE, cancellable, error))
        return FALSE;

      take = MIN (length, self->end - self->start);
      memcpy (to, self->buffer + self->start, take);
      self->start += take;
      to += take;
      length -= take;
    }

  return TRUE;
}

gboolean
wax_line_stream_write_all (WaxLineStream *self,
                           gconstpointer data,
                           gsize length,
                           GCancellable *cancellable,
                           GError **error)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  GError *cause = NULL;

  /* glib-networking forgets the error of a caller that does not want it. */
  if (g_output_stream_write_all (output, data, length, &self->written, cancellable, &cause))
    return TRUE;
  g_propagate_error (error, cause);

  return FALSE;
}

gsize
wax_line_stream_get_written (WaxLineStream *self)
{
  return self->written;
}
