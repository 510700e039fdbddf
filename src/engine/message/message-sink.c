/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The end of both writers: counts, digests, and lets only well-formed lines out. */

#include "message-sink.h"

#include <errno.h>
#include <string.h>

#include "hex.h"
#include "message-gmime.h"

#define BUFFER_SIZE (64 * 1024)

/* The library is libsecret's as well: whoever comes first makes it ready. */
static void
prepare_library (void)
{
  static gsize ready = 0;

  if (!g_once_init_enter (&ready))
    return;
  if (!gcry_control (GCRYCTL_INITIALIZATION_FINISHED_P))
    {
      gcry_check_version (NULL);
      gcry_control (GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
  g_once_init_leave (&ready, 1);
}

void
wax_message_sink_init (WaxMessageSink *self, GOutputStream *out, GCancellable *cancellable)
{
  *self = (WaxMessageSink) {
    .out = g_object_ref (out),
    .cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL,
    .buffer = g_byte_array_sized_new (BUFFER_SIZE),
  };
  prepare_library ();
  if (gcry_md_open (&self->digest, GCRY_MD_SHA256, 0) != 0)
    g_error ("SHA-256 is not available");
}

void
wax_message_sink_clear (WaxMessageSink *self)
{
  g_clear_object (&self->out);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->buffer, g_byte_array_unref);
  g_clear_pointer (&self->digest, gcry_md_close);
  g_clear_error (&self->error);
}

static gboolean
flush (WaxMessageSink *self)
{
  /* Not every stream looks at its cancellable. */
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    return FALSE;
  if (self->buffer->len == 0)
    return TRUE;
  gcry_md_write (self->digest, self->buffer->data, self->buffer->len);
  if (!g_output_stream_write_all (self->out, self->buffer->data, self->buffer->len, NULL, self->cancellable,
                                  &self->error))
    return FALSE;
  g_byte_array_set_size (self->buffer, 0);
  return TRUE;
}

static gboolean
refuse (WaxMessageSink *self, const char *what)
{
  g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "The message cannot be written: it would have %s after %" G_GINT64_FORMAT " octets", what,
               self->size);
  return FALSE;
}

/* A whole or partial line without its CRLF. */
static gboolean
check_line (WaxMessageSink *self, const guint8 *octets, gsize length)
{
  guint8 seen = 0;

  if (memchr (octets, '\r', length) != NULL)
    return refuse (self, "a CR or an LF alone");
  if (memchr (octets, '\0', length) != NULL)
    return refuse (self, "a NUL");
  self->line += length;
  if (self->line > WAX_MESSAGE_LINE_LIMIT)
    return refuse (self, "a line of more than 998 octets");
  for (gsize i = 0; i < length; i++)
    seen |= octets[i];
  self->high_bit |= seen > 127;
  self->size += (gint64) length;

  return TRUE;
}

/* Up to the end of a line, or of what there is. @end: the LF, or NULL. Large
 * attachments pass here: the C library finds octets quicker than a loop does. */
static gboolean
check_piece (WaxMessageSink *self, const guint8 *octets, gsize length, const guint8 *end)
{
  gsize text = end != NULL ? (gsize) (end - octets) : length;

  if (self->cr && text > 0)
    return refuse (self, "a CR or an LF alone");
  if (text > 0 && octets[text - 1] == '\r')
    {
      self->cr = TRUE;
      text--;
    }
  if (end != NULL && !self->cr)
    return refuse (self, "a CR or an LF alone");
  if (!check_line (self, octets, text))
    return FALSE;
  self->size += (gint64) (length - text);
  if (end != NULL)
    {
      self->cr = FALSE;
      self->line = 0;
    }

  return TRUE;
}

static void
note_binary (WaxMessageSink *self, const guint8 *octets, gsize length)
{
  guint8 seen = 0;

  for (gsize i = 0; i < length; i++)
    seen |= octets[i];
  self->high_bit |= seen > 127;
  self->size += (gint64) length;
}

static gboolean
check (WaxMessageSink *self, const guint8 *octets, gsize length)
{
  if (self->binary)
    {
      note_binary (self, octets, length);
      return TRUE;
    }
  while (length > 0)
    {
      const guint8 *end = memchr (octets, '\n', length);
      gsize piece = end != NULL ? (gsize) (end + 1 - octets) : length;

      if (!check_piece (self, octets, piece, end))
        return FALSE;
      octets += piece;
      length -= piece;
    }

  return TRUE;
}

gboolean
wax_message_sink_write (WaxMessageSink *self, gconstpointer data, gsize length)
{
  if (self->error != NULL)
    return FALSE;
  if (!check (self, data, length))
    return FALSE;

  g_byte_array_append (self->buffer, data, (guint) length);
  return self->buffer->len < BUFFER_SIZE || flush (self);
}

gboolean
wax_message_sink_finish (WaxMessageSink *self)
{
  if (self->error != NULL)
    return FALSE;
  if (self->line > 0 || self->cr)
    return refuse (self, "a last line without a line end");

  return flush (self) && g_output_stream_flush (self->out, self->cancellable, &self->error);
}

char *
wax_message_sink_digest (WaxMessageSink *self)
{
  return wax_hex_encode (gcry_md_read (self->digest, GCRY_MD_SHA256), gcry_md_get_algo_dlen (GCRY_MD_SHA256));
}

/* ---- as a GMimeStream ---- */

#define WAX_TYPE_SINK_STREAM (wax_sink_stream_get_type ())
G_DECLARE_FINAL_TYPE (WaxSinkStream, wax_sink_stream, WAX, SINK_STREAM, GMimeStream)

struct _WaxSinkStream
{
  GMimeStream parent_instance;
  WaxMessageSink *sink;
};

G_DEFINE_FINAL_TYPE (WaxSinkStream, wax_sink_stream, GMIME_TYPE_STREAM)

static ssize_t
sink_stream_read (GMimeStream *stream, char *buffer, size_t length)
{
  errno = EBADF;
  return -1;
}

static ssize_t
sink_stream_write (GMimeStream *stream, const char *buffer, size_t length)
{
  WaxSinkStream *self = WAX_SINK_STREAM (stream);

  if (!wax_message_sink_write (self->sink, buffer, length))
    {
      errno = EIO;
      return -1;
    }
  stream->position += (gint64) length;
  return (ssize_t) length;
}

static int
sink_stream_succeed (GMimeStream *stream)
{
  return 0;
}

static int
sink_stream_reset (GMimeStream *stream)
{
  errno = ESPIPE;
  return -1;
}

static gboolean
sink_stream_eos (GMimeStream *stream)
{
  return TRUE;
}

static gint64
sink_stream_seek (GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
  errno = ESPIPE;
  return -1;
}

static gint64
sink_stream_tell (GMimeStream *stream)
{
  return stream->position;
}

static gint64
sink_stream_length (GMimeStream *stream)
{
  return -1;
}

static GMimeStream *
sink_stream_substream (GMimeStream *stream, gint64 start, gint64 end)
{
  return NULL;
}

static void
wax_sink_stream_class_init (WaxSinkStreamClass *klass)
{
  GMimeStreamClass *stream_class = GMIME_STREAM_CLASS (klass);

  stream_class->read = sink_stream_read;
  stream_class->write = sink_stream_write;
  stream_class->flush = sink_stream_succeed;
  stream_class->close = sink_stream_succeed;
  stream_class->eos = sink_stream_eos;
  stream_class->reset = sink_stream_reset;
  stream_class->seek = sink_stream_seek;
  stream_class->tell = sink_stream_tell;
  stream_class->length = sink_stream_length;
  stream_class->substream = sink_stream_substream;
}

static void
wax_sink_stream_init (WaxSinkStream *self)
{
}

GMimeStream *
wax_sink_stream_new (WaxMessageSink *sink)
{
  WaxSinkStream *self = g_object_new (WAX_TYPE_SINK_STREAM, NULL);

  self->sink = sink;
  g_mime_stream_construct (GMIME_STREAM (self), 0, -1);
  return GMIME_STREAM (self);
}
