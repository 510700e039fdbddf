/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A mail transaction, in groups of as much as may be said without an answer
 * (RFC 2920, RFC 3030 section 4.2). Read it from wax_smtp_transaction_run() at the end.
 *
 * The body rides along with the envelope only where that leaves "all or nothing" true:
 * for one recipient (if it is refused, so is the chunk), or where the message goes to
 * whoever is accepted. DATA says nothing of the message, but after its 354 nothing but
 * a dot leads back, which would deliver an empty message to those who were accepted:
 * it joins under the same rule.
 *
 * Chunks go ahead of their replies by a few, but the last one waits until all before
 * it are accepted. Once the final octet is out, only a reply can make the outcome
 * certain; every other end is "unknown". */

#include "smtp-transaction.h"

#include "clock.h"
#include "smtp-body.h"
#include "smtp-command.h"
#include "smtp-envelope.h"
#include "smtp-outcome.h"

#include <string.h>

/* Commands of one write. Their replies must fit into what the network holds for
 * us while we still write (RFC 2920 section 3.1). */
#define GROUP_LIMIT 100
/* What a connection carries before anything must be acknowledged: ten segments
 * (RFC 6928), of 1428 octets and less where TCP has options and IP is version 6, less
 * the overhead of TLS. It is also less than a TLS record: one write, one record. */
#define FIRST_FLIGHT 14000
/* A chunk that is not the last is worth its reply from here on. */
#define LEAST_CHUNK 2048
/* The longest "BDAT n LAST" of a first flight. */
#define BDAT_LINE 20
/* A gibibyte takes a thousand replies; one more chunk waits for the last. */
#define CHUNK_SIZE (1024 * 1024)
/* Chunks whose replies may be outstanding, where the server takes pipelining. */
#define CHUNKS_AHEAD 4
/* After a failed write the server's reason may already be here. */
#define LAST_WORDS_TIMEOUT 1

/* What rides along with the last command of the envelope. */
typedef enum
{
  TAIL_NONE,
  TAIL_DATA,  /* the command alone */
  TAIL_CHUNK, /* the first of several */
  TAIL_LAST,  /* the whole message */
} Tail;

typedef struct
{
  WaxSmtpTransaction *job;
  WaxSmtpChannel *channel;
  const WaxSmtpCapabilities *capabilities;
  GCancellable *cancellable;

  GPtrArray *commands; /* (element-type utf8) MAIL and RCPT */
  GPtrArray *replies;  /* (element-type WaxSmtpReply) to them */
  WaxSmtpBody body;
  GByteArray *out; /* what the next write holds */
  GQueue chunks;   /* lengths of those whose reply is due */
  Tail tail;
  gboolean farewell; /* QUIT goes with the final octet */

  gboolean begun;        /* something of it was written */
  gboolean within;       /* between 354 and the end of data */
  gboolean final_sent;   /* the final octet is out */
  gboolean certain;      /* a reply shows that nothing was accepted */
  gboolean contradicted; /* the server refused the recipient and took the message */
  gboolean over;         /* the server knows of no transaction any more */
} Transaction;

/* ---- writing ---- */

/* Right before the final octet: the caller's last word. */
static gboolean
transaction_announce_final (Transaction *self, GError **error)
{
  WaxSmtpTransaction *job = self->job;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;

  return job->before_final == NULL || job->before_final (job->before_final_data, error);
}

/* Writes what is gathered, of which the first @lines octets are commands. @final: it
 * holds the last octet of the message. A write that fails has not written that octet,
 * since what is not whole is no TLS record; but for one that fails in the farewell. */
static gboolean
transaction_flush (Transaction *self, gsize lines, guint replies, gboolean final, GError **error)
{
  gsize message = self->out->len;
  gboolean written;

  if (final && !transaction_announce_final (self, error))
    return FALSE;

  self->begun = TRUE;
  if (final && self->farewell)
    {
      g_byte_array_append (self->out, (const guint8 *) "QUIT\r\n", 6);
      replies++;
    }
  written = wax_smtp_channel_write_group (self->channel, self->out->data, self->out->len, lines, replies,
                                          self->cancellable, error);
  g_byte_array_set_size (self->out, 0);
  if (final && (written || self->channel->written >= message))
    {
      self->final_sent = TRUE;
      self->channel->step = WAX_STEP_FINAL;
    }

  return written;
}

static gboolean
transaction_take (Transaction *self, gint64 length, GError **error)
{
  return wax_smtp_body_take (&self->body, (gsize) length, self->out, self->cancellable, error);
}

/* ---- the envelope ---- */

/* Whether the body may go before the replies to the envelope are here. */
static gboolean
transaction_may_join (Transaction *self)
{
  return self->capabilities->pipelining
         && (self->commands->len == 2 || self->job->envelope->options.send_to_rest);
}

/* The first chunk, or all of the message, behind the commands that are gathered. */
static gboolean
transaction_join_chunk (Transaction *self, GError **error)
{
  gint64 room = FIRST_FLIGHT - (gint64) self->out->len - BDAT_LINE;
  gint64 length = MIN (self->job->size, MAX (room, 0));
  gboolean last = length == self->job->size;
  g_autofree char *command = NULL;

  if (!last && length < LEAST_CHUNK)
    return TRUE;

  command = wax_smtp_command_bdat ((guint64) length, last);
  g_byte_array_append (self->out, (const guint8 *) command, (guint) strlen (command));
  g_queue_push_tail (&self->chunks, GINT_TO_POINTER ((int) length));
  self->tail = last ? TAIL_LAST : TAIL_CHUNK;

  return TRUE;
}

static gboolean
transaction_join (Transaction *self, gsize *lines, GError **error)
{
  if (!transaction_may_join (self))
    return TRUE;

  if (!self->capabilities->chunking)
    {
      g_byte_array_append (self->out, (const guint8 *) "DATA\r\n", 6);
      self->tail = TAIL_DATA;
    }
  else if (!transaction_join_chunk (self, error))
    {
      return FALSE;
    }
  *lines = self->out->len;
  if (self->chunks.length == 0)
    return TRUE;

  self->channel->step = WAX_STEP_BODY;
  if (!transaction_take (self, GPOINTER_TO_INT (self->chunks.head->data), error))
    return FALSE;
  if (self->tail != TAIL_LAST)
    self->channel->step = WAX_STEP_ENVELOPE;

  return TRUE;
}

static gboolean
transaction_say_commands (Transaction *self, guint from, guint count, GError **error)
{
  gsize lines;

  for (guint i = from; i < from + count; i++)
    {
      const char *command = g_ptr_array_index (self->commands, i);

      g_byte_array_append (self->out, (const guint8 *) command, (guint) strlen (command));
    }
  lines = self->out->len;
  if (from + count == self->commands->len && !transaction_join (self, &lines, error))
    return FALSE;

  return transaction_flush (self, lines, count + (self->tail != TAIL_NONE ? 1 : 0), self->tail == TAIL_LAST,
                            error);
}

/* Sends the commands and gathers their replies; stops at a refused MAIL, since
 * nothing behind it can be accepted, and at a 421. */
static gboolean
transaction_say_envelope (Transaction *self, GError **error)
{
  while (self->replies->len < self->commands->len && !self->channel->closing)
    {
      guint left = self->commands->len - self->replies->len;
      guint count = self->capabilities->pipelining ? MIN (left, GROUP_LIMIT) : 1;

      if (!transaction_say_commands (self, self->replies->len, count, error))
        return FALSE;
      for (guint i = 0; i < count && !self->channel->closing; i++)
        {
          WaxSmtpReply *reply = wax_smtp_channel_read (self->channel, self->cancellable, error);

          if (reply == NULL)
            return FALSE;
          g_ptr_array_add (self->replies, reply);
        }
      if (!wax_smtp_reply_is_positive (g_ptr_array_index (self->replies, 0)))
        break;
    }

  return TRUE;
}

/* RFC 2920 section 3.1: behind a 354 that should not have come only a dot leads back.
 * It is sent where no recipient can get an empty message from it. */
static void
transaction_end_empty (Transaction *self)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (self->certain)
    reply = wax_smtp_channel_say_briefly (self->channel, ".\r\n", self->cancellable);
  if (reply == NULL)
    wax_smtp_channel_abort (self->channel);
}

/* The envelope was refused: what the server says of that which rode along. */
static void
transaction_hear_tail (Transaction *self)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (self->tail == TAIL_NONE || self->channel->broken || self->channel->closing)
    return;
  reply = wax_smtp_channel_hear_briefly (self->channel, self->cancellable);
  if (reply == NULL)
    return;

  if (self->tail == TAIL_DATA && reply->code == 354)
    transaction_end_empty (self);
  else if (self->tail == TAIL_LAST && wax_smtp_reply_is_positive (reply))
    self->contradicted = TRUE;
  else if (self->tail == TAIL_LAST && reply->code >= 400)
    self->certain = TRUE;
}

/* FALSE: the message does not go to anybody, or it is not known. */
static gboolean
transaction_begin (Transaction *self, GError **error)
{
  WaxSmtpTransaction *job = self->job;
  GError *cause = NULL;
  gboolean heard = transaction_say_envelope (self, &cause);

  if (self->replies->len > 0)
    wax_smtp_envelope_record (job->envelope, self->replies, job->recipients);
  self->certain = wax_smtp_envelope_proves_nothing (job->envelope, self->replies);
  /* A connection that goes behind a refusal takes nothing back. */
  if (!heard && (!self->certain || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  g_clear_error (&cause);

  if (wax_smtp_envelope_judge (self->channel, job->envelope, self->replies, &job->refused, error))
    return TRUE;

  self->channel->step = WAX_STEP_ENVELOPE;
  transaction_hear_tail (self);

  return FALSE;
}

/* ---- the body ---- */

static gboolean
transaction_refused (Transaction *self, WaxSmtpReply *reply, GError **error)
{
  WaxTransportError code = wax_smtp_outcome_refusal (reply->code);

  return wax_smtp_channel_refuse (self->channel, reply, code, error, "The server did not take the message");
}

/* Takes and writes @length octets of the message, in pieces, behind what is gathered:
 * @lines octets of commands. */
static gboolean
transaction_stream (Transaction *self, gint64 length, gsize lines, gboolean last, GError **error)
{
  guint replies = lines > 0 ? 1 : 0;

  do
    {
      gint64 piece = MIN (length, WAX_SMTP_BODY_PIECE);

      length -= piece;
      if (!transaction_take (self, piece, error)
          || !transaction_flush (self, lines, replies, last && length == 0, error))
        return FALSE;
      lines = replies = 0;
      /* No reply tells how much of DATA has come: what is written must do. */
      if (self->body.filter.stuff && length > 0)
        wax_smtp_body_accept (&self->body, piece);
    }
  while (length > 0);

  return TRUE;
}

/* DATA, RFC 5321 section 4.1.1.4. */
static gboolean
transaction_send_data (Transaction *self, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (self->tail == TAIL_NONE
      && !wax_smtp_channel_write (self->channel, "DATA\r\n", 1, self->cancellable, error))
    return FALSE;
  reply = wax_smtp_channel_read (self->channel, self->cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code != 354)
    return transaction_refused (self, g_steal_pointer (&reply), error);

  self->within = TRUE;
  self->body.filter.stuff = TRUE;
  if (!wax_smtp_channel_check_in_step (self->channel, error))
    return FALSE;
  self->channel->due++;

  return transaction_stream (self, self->job->size, 0, TRUE, error);
}

/* Reads replies of chunks until no more than @left are outstanding. */
static gboolean
transaction_settle (Transaction *self, guint left, GError **error)
{
  while (self->chunks.length > left)
    {
      g_autoptr (WaxSmtpReply) reply = wax_smtp_channel_read (self->channel, self->cancellable, error);

      if (reply == NULL)
        return FALSE;
      if (!wax_smtp_reply_is_positive (reply))
        return transaction_refused (self, g_steal_pointer (&reply), error);
      wax_smtp_body_accept (&self->body, GPOINTER_TO_INT (g_queue_pop_head (&self->chunks)));
    }

  return TRUE;
}

static gboolean
transaction_chunk (Transaction *self, gint64 length, gboolean last, GError **error)
{
  g_autofree char *command = wax_smtp_command_bdat ((guint64) length, last);

  if (!wax_smtp_channel_check_in_step (self->channel, error))
    return FALSE;

  g_byte_array_append (self->out, (const guint8 *) command, (guint) strlen (command));
  g_queue_push_tail (&self->chunks, GINT_TO_POINTER ((int) length));

  return transaction_stream (self, length, self->out->len, last, error);
}

/* BDAT, RFC 3030 section 2. */
static gboolean
transaction_send_chunks (Transaction *self, GError **error)
{
  gint64 left = self->job->size - self->body.read;
  guint ahead = self->capabilities->pipelining ? CHUNKS_AHEAD : 0;

  if (!transaction_settle (self, 0, error))
    return FALSE;
  for (; left > CHUNK_SIZE; left -= CHUNK_SIZE)
    if (!transaction_chunk (self, CHUNK_SIZE, FALSE, error) || !transaction_settle (self, ahead, error))
      return FALSE;

  return transaction_settle (self, 0, error) && transaction_chunk (self, left, TRUE, error);
}

/* A server that has enough of a message says why, and closes; what is seen of it
 * first is a failed write. */
static void
transaction_hear_last_words (Transaction *self, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (!g_error_matches (*error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST))
    return;

  wax_smtp_channel_set_timeout (self->channel, LAST_WORDS_TIMEOUT);
  do
    {
      g_clear_pointer (&reply, wax_smtp_reply_free);
      reply = wax_smtp_channel_read (self->channel, self->cancellable, NULL);
    }
  while (reply != NULL && reply->code < 400 && self->channel->due > 0);
  if (reply == NULL || reply->code < 400)
    return;

  g_clear_error (error);
  transaction_refused (self, g_steal_pointer (&reply), error);
}

static gboolean
transaction_send_body (Transaction *self, GError **error)
{
  GError *cause = NULL;
  gboolean sent;

  wax_smtp_channel_set_timeout (self->channel, self->job->data_timeout_s);
  if (self->tail == TAIL_LAST)
    return TRUE;

  self->channel->step = WAX_STEP_BODY;
  sent = self->capabilities->chunking ? transaction_send_chunks (self, &cause)
                                      : transaction_send_data (self, &cause);
  if (sent)
    return TRUE;

  transaction_hear_last_words (self, &cause);
  g_propagate_error (error, cause);

  return FALSE;
}

/* ---- the end ---- */

/* The reply to a QUIT that went with the message. What is missing of it matters to
 * nobody; another reply in its place leaves it open which was the message's. */
static gboolean
transaction_hear_farewell (Transaction *self, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (!self->farewell)
    return TRUE;
  reply = wax_smtp_channel_hear_briefly (self->channel, self->cancellable);
  if (reply == NULL || reply->code == 221 || reply->code == 421)
    return TRUE;
  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL,
                       "The server sent more replies than there were commands");

  return FALSE;
}

/* That the connection ends is no word about the message. */
static gboolean
transaction_check_verdict (const WaxSmtpReply *reply, GError **error)
{
  if (reply->code != 221)
    return TRUE;
  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL,
                       "The server ended the session without a word about the message");

  return FALSE;
}

/* The reply that decides. Of replies that came with more behind them, to a group that
 * held both the envelope and the body, it is not known which one it is. */
static gboolean
transaction_conclude (Transaction *self, GError **error)
{
  g_autofree char *note = g_strdup_printf ("(%" G_GINT64_FORMAT " octets of the message)", self->job->size);
  WaxSmtpReply *reply;

  wax_connection_report_add_line (self->channel->report, 'C', note);
  if (self->farewell)
    wax_connection_report_add_line (self->channel->report, 'C', "QUIT");
  reply = wax_smtp_channel_read (self->channel, self->cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (!transaction_hear_farewell (self, error) || !transaction_check_verdict (reply, error)
      || (self->tail == TAIL_LAST && !wax_smtp_channel_check_in_step (self->channel, error)))
    {
      wax_smtp_reply_free (reply);
      return FALSE;
    }

  self->within = FALSE;
  self->certain = reply->code >= 400;
  wax_smtp_reply_to_text (reply, self->job->reply);
  /* RFC 3030 section 2: after a refused BDAT it takes RSET. */
  self->over = wax_smtp_reply_is_positive (reply) || !self->capabilities->chunking;
  if (!wax_smtp_reply_is_positive (reply))
    return transaction_refused (self, reply, error);

  wax_smtp_reply_free (reply);
  wax_smtp_body_accept (&self->body, self->job->size - self->body.accepted);

  return TRUE;
}

/* What a failure means once the final octet is out. */
static void
transaction_make_unknown (Transaction *self, GError **error)
{
  g_autoptr (GError) cause = g_steal_pointer (error);

  g_set_error (
      error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_UNKNOWN, "%s (%s)",
      self->contradicted
          ? "The server refused, and then said that it took the message: it may or may not have been "
            "accepted"
          : "The message was handed over, but the server's confirmation did not come: it may or may "
            "not have been accepted",
      cause->message);
}

/* Leaves a channel that can carry the next message, or none. */
static void
transaction_clear_up (Transaction *self)
{
  /* Half a message must not be finished by anything that is written later. */
  if (self->channel->due > 0 || self->within)
    wax_smtp_channel_abort (self->channel);
  else if (self->begun && !self->over && !self->farewell)
    wax_smtp_envelope_reset (self->channel, self->cancellable);
}

/* The server answered MAIL with 421, and nothing else (the deciding reply is no longer
 * among @replies). */
static gboolean
is_going_away (GPtrArray *replies, const WaxSmtpReply *refusal)
{
  return replies->len == 0 && refusal != NULL && refusal->code == 421;
}

static void
transaction_fail (Transaction *self, GError **error)
{
  WaxSmtpChannel *channel = self->channel;
  gboolean lost = g_error_matches (*error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST)
                  && !channel->timed_out && !self->final_sent;

  if (self->final_sent && (!self->certain || self->contradicted))
    {
      channel->step = WAX_STEP_FINAL;
      wax_smtp_channel_abort (channel);
      transaction_make_unknown (self, error);
      return;
    }

  /* A 421 to MAIL is how a server ends a connection that was idle for long. */
  self->job->repeatable = lost || is_going_away (self->replies, channel->refusal);
  transaction_clear_up (self);
}

static gboolean
transaction_prepare (Transaction *self, GError **error)
{
  self->channel->step = WAX_STEP_ENVELOPE;
  self->commands = wax_smtp_envelope_build (self->channel, self->capabilities, self->job->envelope,
                                            self->job->size, error);

  return self->commands != NULL;
}

static void
transaction_clear (Transaction *self)
{
  wax_smtp_body_clear (&self->body);
  g_queue_clear (&self->chunks);
  g_clear_pointer (&self->commands, g_ptr_array_unref);
  g_clear_pointer (&self->replies, g_ptr_array_unref);
  g_clear_pointer (&self->out, g_byte_array_unref);
}

gboolean
wax_smtp_transaction_run (WaxSmtpTransaction *job,
                          WaxSmtpChannel *channel,
                          const WaxSmtpCapabilities *capabilities,
                          GCancellable *cancellable,
                          GError **error)
{
  Transaction self = {
    .job = job,
    .channel = channel,
    .capabilities = capabilities,
    .cancellable = cancellable,
    .replies = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_smtp_reply_free),
    .out = g_byte_array_sized_new (FIRST_FLIGHT),
    .farewell = job->farewell && capabilities->pipelining,
    .chunks = G_QUEUE_INIT,
  };
  GError *cause = NULL;
  gint64 start = wax_clock_monotonic (), middle;
  gboolean sent;

  job->refused = 0;
  job->repeatable = FALSE;
  wax_smtp_body_init (&self.body, job->message, job->size, job->progress);
  self.body.filter.binary = job->envelope->needs_binary && capabilities->chunking;

  sent = transaction_prepare (&self, &cause) && transaction_begin (&self, &cause);
  channel->report->envelope_ms = wax_clock_elapsed_ms (start);
  middle = wax_clock_monotonic ();
  if (sent)
    {
      sent = transaction_send_body (&self, &cause) && transaction_conclude (&self, &cause);
      channel->report->body_ms = wax_clock_elapsed_ms (middle);
    }
  if (!sent)
    {
      transaction_fail (&self, &cause);
      g_propagate_error (error, cause);
    }
  if (self.farewell && self.final_sent)
    channel->closing = TRUE;
  job->read = self.body.read > 0;
  wax_smtp_channel_set_timeout (channel, job->command_timeout_s);
  transaction_clear (&self);

  return sent;
}
