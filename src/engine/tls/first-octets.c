/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two halves: an input stream that notes what goes by, and the stream pair
 * around it. The input side is pollable, since GIO's TLS asks for that. */

#include "first-octets.h"

#include <string.h>

#include "shown-text.h"

#define KEPT 128

/* ---- the input side ---- */

#define TYPE_NOTING_INPUT (noting_input_get_type ())
G_DECLARE_FINAL_TYPE (NotingInput, noting_input, NOTING, INPUT, GFilterInputStream)

struct _NotingInput
{
  GFilterInputStream parent_instance;
  guint8 octets[KEPT];
  gsize length;
};

static void
noting_input_note (NotingInput *self, const void *data, gssize length)
{
  gsize take;

  if (length <= 0)
    return;
  take = MIN ((gsize) length, KEPT - self->length);
  memcpy (self->octets + self->length, data, take);
  self->length += take;
}

static GInputStream *
base_of (gpointer self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

static gssize
noting_input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  gssize n = g_input_stream_read (base_of (stream), buffer, count, cancellable, error);

  noting_input_note (NOTING_INPUT (stream), buffer, n);

  return n;
}

static gboolean
noting_input_can_poll (GPollableInputStream *stream)
{
  GInputStream *base = base_of (stream);

  return G_IS_POLLABLE_INPUT_STREAM (base)
         && g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (base));
}

static gboolean
noting_input_is_readable (GPollableInputStream *stream)
{
  return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base_of (stream)));
}

static GSource *
noting_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource)
      base = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base_of (stream)), NULL);

  return g_pollable_source_new_full (stream, base, cancellable);
}

static gssize
noting_input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (base_of (stream)), buffer,
                                                       count, NULL, error);

  noting_input_note (NOTING_INPUT (stream), buffer, n);

  return n;
}

static void
noting_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->can_poll = noting_input_can_poll;
  iface->is_readable = noting_input_is_readable;
  iface->create_source = noting_input_create_source;
  iface->read_nonblocking = noting_input_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NotingInput,
                               noting_input,
                               G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      noting_input_pollable_init))

static void
noting_input_class_init (NotingInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = noting_input_read;
}

static void
noting_input_init (NotingInput *self)
{
}

/* ---- the pair ---- */

struct _WaxFirstOctets
{
  GIOStream parent_instance;
  GIOStream *base;
  NotingInput *input;
};

G_DEFINE_FINAL_TYPE (WaxFirstOctets, wax_first_octets, G_TYPE_IO_STREAM)

static GInputStream *
wax_first_octets_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (WAX_FIRST_OCTETS (stream)->input);
}

static GOutputStream *
wax_first_octets_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (WAX_FIRST_OCTETS (stream)->base);
}

static gboolean
wax_first_octets_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (WAX_FIRST_OCTETS (stream)->base, cancellable, error);
}

static void
wax_first_octets_finalize (GObject *object)
{
  WaxFirstOctets *self = WAX_FIRST_OCTETS (object);

  g_clear_object (&self->input);
  g_clear_object (&self->base);

  G_OBJECT_CLASS (wax_first_octets_parent_class)->finalize (object);
}

static void
wax_first_octets_class_init (WaxFirstOctetsClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wax_first_octets_finalize;
  stream_class->get_input_stream = wax_first_octets_get_input_stream;
  stream_class->get_output_stream = wax_first_octets_get_output_stream;
  stream_class->close_fn = wax_first_octets_close;
}

static void
wax_first_octets_init (WaxFirstOctets *self)
{
}

WaxFirstOctets *
wax_first_octets_new (GIOStream *base)
{
  WaxFirstOctets *self = g_object_new (WAX_TYPE_FIRST_OCTETS, NULL);

  self->base = g_object_ref (base);
  self->input = g_object_new (TYPE_NOTING_INPUT, "base-stream", g_io_stream_get_input_stream (base),
                              "close-base-stream", FALSE, NULL);

  return self;
}

gboolean
wax_first_octets_are_empty (WaxFirstOctets *self)
{
  return self->input->length == 0;
}

/* A record starts with its content type, 20 to 23, and the major version 3. */
gboolean
wax_first_octets_are_not_tls (WaxFirstOctets *self)
{
  const guint8 *octets = self->input->octets;

  if (self->input->length >= 1 && (octets[0] < 20 || octets[0] > 23))
    return TRUE;

  return self->input->length >= 2 && octets[1] != 3;
}

/* TLS stops reading after what should have been a record's header. */
static void
wax_first_octets_read_on (WaxFirstOctets *self)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (self->input);
  guint8 more[KEPT];

  while (self->input->length < KEPT && g_pollable_input_stream_can_poll (input)
         && g_pollable_input_stream_read_nonblocking (input, more, KEPT - self->input->length, NULL, NULL)
                > 0)
    continue;
}

char *
wax_first_octets_read_line (WaxFirstOctets *self)
{
  const guint8 *end;

  wax_first_octets_read_on (self);
  end = memchr (self->input->octets, '\r', self->input->length);

  return wax_shown_text (self->input->octets,
                         end != NULL ? (gsize) (end - self->input->octets) : self->input->length, KEPT);
}
