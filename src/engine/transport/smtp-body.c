/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The message on its way: read in pieces, checked, and written in pieces, so that
 * its size does not matter. Chunks of BDAT go ahead of their replies by a few,
 * but the last chunk waits until all before it are accepted: what its reply says
 * is then true of the whole message. */

#include "smtp-body.h"

#include "smtp-command.h"
#include "smtp-outcome.h"

#include <string.h>

#define PIECE_SIZE (64 * 1024)
#define CHUNK_SIZE (1024 * 1024)
/* Chunks whose replies may be outstanding, where the server takes pipelining. */
#define CHUNKS_AHEAD 4
/* After a failed write the server's reason may already be here. */
#define LAST_WORDS_TIMEOUT 1

typedef struct
{
  WaxSmtpChannel *channel;
  const WaxSmtpCapabilities *capabilities;
  WaxSmtpBody *body;
  GCancellable *cancellable;
  WaxSmtpBodyFilter filter;
  gint64 read;
  gint64 written;
  guint8 *piece;
  GByteArray *out; /* what the next write holds */
} Sender;

/* ---- the source ---- */

static gboolean
source_failed (GError **error, const char *why)
{
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_SOURCE, "The message could not be read: %s",
               why);

  return FALSE;
}

static gboolean
source_read (Sender *self, gsize length, gsize *got, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (g_input_stream_read_all (self->body->message, self->piece, length, got, self->cancellable, &cause))
    return TRUE;
  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return source_failed (error, cause->message);
  g_propagate_error (error, g_steal_pointer (&cause));

  return FALSE;
}

/* Appends the next @length octets of the message to what is to be written; at the
 * end of the message makes sure that it is one. */
static gboolean
sender_take (Sender *self, gsize length, GError **error)
{
  gsize got = 0;

  if (!source_read (self, length, &got, error))
    return FALSE;
  if (got < length)
    return source_failed (error, "it is shorter than it should be");
  if (!wax_smtp_body_filter_push (&self->filter, self->piece, length, self->out, error))
    return FALSE;
  self->read += (gint64) length;
  if (self->read < self->body->size)
    return TRUE;

  if (!source_read (self, 1, &got, error))
    return FALSE;
  if (got > 0)
    return source_failed (error, "it is longer than it should be");

  return wax_smtp_body_filter_finish (&self->filter, self->out, error);
}

/* ---- writing ---- */

/* Right before the final octet: the caller's last word. */
static gboolean
sender_announce_final (Sender *self, GError **error)
{
  WaxSmtpBody *body = self->body;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (body->before_final != NULL && !body->before_final (body->before_final_data, error))
    return FALSE;

  body->final_sent = TRUE;
  self->channel->step = WAX_STEP_FINAL;

  return TRUE;
}

/* Writes what is gathered. @final: it holds the last octet of the message. */
static gboolean
sender_flush (Sender *self, gboolean final, GError **error)
{
  if (final && !sender_announce_final (self, error))
    return FALSE;
  if (!wax_smtp_channel_write_data (self->channel, self->out->data, self->out->len, self->cancellable, error))
    return FALSE;

  g_byte_array_set_size (self->out, 0);
  self->written = self->read;
  if (self->body->progress != NULL)
    wax_progress_set (self->body->progress, self->written, self->body->size);

  return TRUE;
}

/* Takes and writes @length octets of the message, in pieces. */
static gboolean
sender_stream (Sender *self, gint64 length, gboolean last, GError **error)
{
  do
    {
      gsize piece = (gsize) MIN (length, PIECE_SIZE);

      length -= (gint64) piece;
      if (!sender_take (self, piece, error) || !sender_flush (self, last && length == 0, error))
        return FALSE;
    }
  while (length > 0);

  return TRUE;
}

static gboolean
sender_refused (Sender *self, WaxSmtpReply *reply, GError **error)
{
  WaxTransportError code = wax_smtp_outcome_refusal (reply->code);

  return wax_smtp_channel_refuse (self->channel, reply, code, error, "The server did not take the message");
}

/* ---- DATA, RFC 5321 section 4.1.1.4 ---- */

static gboolean
sender_data (Sender *self, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (!wax_smtp_channel_write (self->channel, "DATA\r\n", 1, self->cancellable, error))
    return FALSE;
  reply = wax_smtp_channel_read (self->channel, self->cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code != 354)
    return sender_refused (self, g_steal_pointer (&reply), error);

  if (!wax_smtp_channel_check_in_step (self->channel, error))
    return FALSE;

  self->filter.stuff = TRUE;
  self->channel->due++;

  return sender_stream (self, self->body->size, TRUE, error);
}

/* ---- BDAT, RFC 3030 section 2 ---- */

/* Reads replies of chunks until no more than @left are outstanding. */
static gboolean
sender_settle (Sender *self, guint left, GError **error)
{
  while (self->channel->due > left)
    {
      g_autoptr (WaxSmtpReply) reply = wax_smtp_channel_read (self->channel, self->cancellable, error);

      if (reply == NULL)
        return FALSE;
      if (!wax_smtp_reply_is_positive (reply))
        return sender_refused (self, g_steal_pointer (&reply), error);
    }

  return TRUE;
}

static gboolean
sender_chunk (Sender *self, gint64 length, gboolean last, GError **error)
{
  g_autofree char *command = wax_smtp_command_bdat ((guint64) length, last);

  if (!wax_smtp_channel_check_in_step (self->channel, error))
    return FALSE;

  wax_connection_report_add_line (self->channel->report, 'C', command);
  g_byte_array_append (self->out, (const guint8 *) command, (guint) strlen (command));
  self->channel->due++;

  return sender_stream (self, length, last, error);
}

static gboolean
sender_bdat (Sender *self, GError **error)
{
  gint64 left = self->body->size;
  guint ahead = self->capabilities->pipelining ? CHUNKS_AHEAD : 0;

  for (; left > CHUNK_SIZE; left -= CHUNK_SIZE)
    if (!sender_chunk (self, CHUNK_SIZE, FALSE, error) || !sender_settle (self, ahead, error))
      return FALSE;

  return sender_settle (self, 0, error) && sender_chunk (self, left, TRUE, error);
}

/* ---- the whole ---- */

/* A server that has enough of a message says why, and closes; what is seen of it
 * first is a failed write. */
static void
sender_hear_last_words (Sender *self, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (!g_error_matches (*error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST))
    return;

  wax_smtp_channel_set_timeout (self->channel, LAST_WORDS_TIMEOUT);
  reply = wax_smtp_channel_read (self->channel, self->cancellable, NULL);
  if (reply == NULL || reply->code < 400)
    return;

  g_clear_error (error);
  sender_refused (self, g_steal_pointer (&reply), error);
}

WaxSmtpReply *
wax_smtp_body_send (WaxSmtpChannel *channel,
                    const WaxSmtpCapabilities *capabilities,
                    WaxSmtpBody *body,
                    GCancellable *cancellable,
                    GError **error)
{
  Sender sender = {
    .channel = channel,
    .capabilities = capabilities,
    .body = body,
    .cancellable = cancellable,
    .piece = g_malloc (PIECE_SIZE),
    .out = g_byte_array_sized_new (PIECE_SIZE + PIECE_SIZE / 8),
  };
  g_autofree char *note = g_strdup_printf ("(%" G_GINT64_FORMAT " octets of the message)", body->size);
  GError *cause = NULL;
  WaxSmtpReply *final = NULL;
  gboolean sent;

  channel->step = WAX_STEP_BODY;
  body->final_sent = FALSE;
  if (body->progress != NULL)
    wax_progress_set (body->progress, 0, body->size);

  sent = capabilities->chunking ? sender_bdat (&sender, &cause) : sender_data (&sender, &cause);
  if (sent)
    {
      wax_connection_report_add_line (channel->report, 'C', note);
      final = wax_smtp_channel_read (channel, cancellable, &cause);
    }
  else
    {
      sender_hear_last_words (&sender, &cause);
    }

  /* Half a message must not be finished by anything that is written later. */
  if (final == NULL && (channel->refusal == NULL || channel->due > 0))
    wax_smtp_channel_abort (channel);
  if (cause != NULL)
    g_propagate_error (error, cause);
  g_free (sender.piece);
  g_byte_array_unref (sender.out);

  return final;
}
