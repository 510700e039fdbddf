/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The source of a message: what it says is checked here, and nothing of it is kept
 * but one piece. */

#include "smtp-body.h"

void
wax_smtp_body_init (WaxSmtpBody *self, GInputStream *message, gint64 size, WaxProgress *progress)
{
  *self = (WaxSmtpBody) { .message = message, .size = size, .progress = progress };
  wax_smtp_body_accept (self, 0);
}

void
wax_smtp_body_clear (WaxSmtpBody *self)
{
  g_clear_pointer (&self->piece, g_free);
}

void
wax_smtp_body_accept (WaxSmtpBody *self, gint64 octets)
{
  self->accepted += octets;
  if (self->progress != NULL)
    wax_progress_set (self->progress, self->accepted, self->size);
}

static gboolean
source_failed (GError **error, const char *why)
{
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_SOURCE, "The message could not be read: %s",
               why);

  return FALSE;
}

static gboolean
source_read (WaxSmtpBody *self,
             guint8 *to,
             gsize length,
             gsize *got,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (g_input_stream_read_all (self->message, to, length, got, cancellable, &cause))
    return TRUE;
  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return source_failed (error, cause->message);
  g_propagate_error (error, g_steal_pointer (&cause));

  return FALSE;
}

/* Reads into @out itself what goes out as it is, and else by way of the piece. */
static gboolean
body_take_text (WaxSmtpBody *self, gsize length, GByteArray *out, GCancellable *cancellable, GError **error)
{
  gsize got = 0;
  guint before = out->len;
  guint8 *to;

  if (self->filter.stuff)
    {
      if (self->piece == NULL)
        self->piece = g_malloc (WAX_SMTP_BODY_PIECE);
      to = self->piece;
    }
  else
    {
      g_byte_array_set_size (out, before + (guint) length);
      to = out->data + before;
    }

  if (!source_read (self, to, length, &got, cancellable, error))
    return FALSE;
  self->read += (gint64) got;
  if (got < length)
    return source_failed (error, "it is shorter than it should be");

  return self->filter.stuff ? wax_smtp_body_filter_push (&self->filter, to, length, out, error)
                            : wax_smtp_body_filter_check (&self->filter, to, length, error);
}

gboolean
wax_smtp_body_take (WaxSmtpBody *self,
                    gsize length,
                    GByteArray *out,
                    GCancellable *cancellable,
                    GError **error)
{
  guint8 more;
  gsize got = 0;

  g_return_val_if_fail (length <= WAX_SMTP_BODY_PIECE, FALSE);

  if (!body_take_text (self, length, out, cancellable, error))
    return FALSE;
  if (self->read < self->size)
    return TRUE;

  if (!source_read (self, &more, 1, &got, cancellable, error))
    return FALSE;
  if (got > 0)
    return source_failed (error, "it is longer than it should be");

  return wax_smtp_body_filter_finish (&self->filter, out, error);
}
