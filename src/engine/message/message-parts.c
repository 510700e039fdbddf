/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What attachments a message has that somebody else made. GMime reads it where
 * it lies, through a stream that seeks, so that no part is held in memory. */

#include "mime-writer.h"

#include <errno.h>

#include "message-gmime.h"

/* ---- a seekable GInputStream as a GMimeStream ---- */

#define WAX_TYPE_SOURCE_STREAM (wax_source_stream_get_type ())
G_DECLARE_FINAL_TYPE (WaxSourceStream, wax_source_stream, WAX, SOURCE_STREAM, GMimeStream)

/* Substreams share the input; each knows its own place in it. */
typedef struct
{
  gatomicrefcount refs;
  GInputStream *in;
  GCancellable *cancellable;
  GError *error; /* the first */
} Source;

struct _WaxSourceStream
{
  GMimeStream parent_instance;
  Source *source;
  gboolean at_end;
};

G_DEFINE_FINAL_TYPE (WaxSourceStream, wax_source_stream, GMIME_TYPE_STREAM)

static void
source_unref (Source *source)
{
  if (!g_atomic_ref_count_dec (&source->refs))
    return;
  g_clear_object (&source->in);
  g_clear_object (&source->cancellable);
  g_clear_error (&source->error);
  g_free (source);
}

static GMimeStream *
source_stream_new (Source *source, gint64 start, gint64 end)
{
  WaxSourceStream *self = g_object_new (WAX_TYPE_SOURCE_STREAM, NULL);

  g_atomic_ref_count_inc (&source->refs);
  self->source = source;
  g_mime_stream_construct (GMIME_STREAM (self), start, end);
  return GMIME_STREAM (self);
}

static ssize_t
source_stream_read (GMimeStream *stream, char *buffer, size_t length)
{
  WaxSourceStream *self = WAX_SOURCE_STREAM (stream);
  Source *source = self->source;
  GSeekable *seekable = G_SEEKABLE (source->in);
  gssize got = -1;

  if (stream->bound_end != -1)
    length = MIN (length, (size_t) MAX (0, stream->bound_end - stream->position));
  if (source->error == NULL
      && (g_seekable_tell (seekable) == stream->position
          || g_seekable_seek (seekable, stream->position, G_SEEK_SET, source->cancellable, &source->error)))
    got = g_input_stream_read (source->in, buffer, length, source->cancellable, &source->error);
  if (got < 0)
    {
      errno = EIO;
      return -1;
    }

  self->at_end = got == 0;
  stream->position += got;
  return got;
}

static ssize_t
source_stream_write (GMimeStream *stream, const char *buffer, size_t length)
{
  errno = EBADF;
  return -1;
}

static int
source_stream_succeed (GMimeStream *stream)
{
  return 0;
}

static gboolean
source_stream_eos (GMimeStream *stream)
{
  WaxSourceStream *self = WAX_SOURCE_STREAM (stream);

  return self->at_end || self->source->error != NULL
         || (stream->bound_end != -1 && stream->position >= stream->bound_end);
}

static int
source_stream_reset (GMimeStream *stream)
{
  stream->position = stream->bound_start;
  WAX_SOURCE_STREAM (stream)->at_end = FALSE;
  return 0;
}

static gint64
source_stream_length (GMimeStream *stream)
{
  WaxSourceStream *self = WAX_SOURCE_STREAM (stream);
  gint64 end = stream->bound_end;

  if (end == -1
      && g_seekable_seek (G_SEEKABLE (self->source->in), 0, G_SEEK_END, self->source->cancellable, NULL))
    end = g_seekable_tell (G_SEEKABLE (self->source->in));

  return end == -1 ? -1 : end - stream->bound_start;
}

static gint64
source_stream_seek (GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
  gint64 length = source_stream_length (stream);
  gint64 place = offset;

  if (whence == GMIME_STREAM_SEEK_CUR)
    place = stream->position + offset;
  else if (whence == GMIME_STREAM_SEEK_END)
    place = stream->bound_start + length + offset;
  if (length < 0 || place < stream->bound_start || place > stream->bound_start + length)
    {
      errno = EINVAL;
      return -1;
    }

  stream->position = place;
  WAX_SOURCE_STREAM (stream)->at_end = FALSE;
  return place;
}

static gint64
source_stream_tell (GMimeStream *stream)
{
  return stream->position;
}

static GMimeStream *
source_stream_substream (GMimeStream *stream, gint64 start, gint64 end)
{
  return source_stream_new (WAX_SOURCE_STREAM (stream)->source, start, end);
}

static void
wax_source_stream_finalize (GObject *object)
{
  g_clear_pointer (&WAX_SOURCE_STREAM (object)->source, source_unref);

  G_OBJECT_CLASS (wax_source_stream_parent_class)->finalize (object);
}

static void
wax_source_stream_class_init (WaxSourceStreamClass *klass)
{
  GMimeStreamClass *stream_class = GMIME_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wax_source_stream_finalize;
  stream_class->read = source_stream_read;
  stream_class->write = source_stream_write;
  stream_class->flush = source_stream_succeed;
  stream_class->close = source_stream_succeed;
  stream_class->eos = source_stream_eos;
  stream_class->reset = source_stream_reset;
  stream_class->seek = source_stream_seek;
  stream_class->tell = source_stream_tell;
  stream_class->length = source_stream_length;
  stream_class->substream = source_stream_substream;
}

static void
wax_source_stream_init (WaxSourceStream *self)
{
}

/* ---- the parts ---- */

/* The size of what the receiver gets, found by decoding it to nowhere. */
static gint64
decoded_size (GMimePart *part)
{
  g_autoptr (GMimeStream) nowhere = g_mime_stream_null_new ();
  GMimeDataWrapper *content = g_mime_part_get_content (part);

  return content != NULL ? MAX (0, g_mime_data_wrapper_write_to_stream (content, nowhere)) : 0;
}

static void
look_at_part (GMimeObject *parent, GMimeObject *object, gpointer user_data)
{
  GPtrArray *found = user_data;
  g_autofree char *type = NULL;
  const char *name;

  if (!GMIME_IS_PART (object))
    return;
  name = g_mime_part_get_filename (GMIME_PART (object));
  if (name == NULL && !g_mime_part_is_attachment (GMIME_PART (object)))
    return;
  type = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (object));
  g_ptr_array_add (
      found, wax_attachment_info_new (name != NULL ? name : "", type, decoded_size (GMIME_PART (object))));
}

GPtrArray *
wax_message_attachments (GInputStream *message, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_attachment_info_free);
  g_autoptr (GMimeStream) stream = NULL;
  g_autoptr (GMimeParser) parser = NULL;
  g_autoptr (GMimeMessage) parsed = NULL;
  Source *source;

  g_return_val_if_fail (G_IS_SEEKABLE (message), NULL);

  wax_gmime_init ();
  source = g_new0 (Source, 1);
  g_atomic_ref_count_init (&source->refs);
  source->in = g_object_ref (message);
  g_set_object (&source->cancellable, cancellable);
  stream = source_stream_new (source, 0, -1);
  parser = g_mime_parser_new_with_stream (stream);
  g_mime_parser_set_persist_stream (parser, TRUE);
  parsed = g_mime_parser_construct_message (parser, NULL);
  if (parsed != NULL)
    g_mime_message_foreach (parsed, look_at_part, found);
  if (source->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&source->error));
      g_clear_pointer (&found, g_ptr_array_unref);
    }
  source_unref (source);

  return g_steal_pointer (&found);
}
