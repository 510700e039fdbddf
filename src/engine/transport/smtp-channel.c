/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lines out, replies in. The transcript is redacted here, by the state of the
 * protocol and not by looking for words: during a sign-in nothing but the verb,
 * the mechanism and the code is shown. */

#include "smtp-channel.h"

#include "clock.h"
#include "tls-guard.h"

#include <string.h>

/* What is shorter is in any text by chance: in the replies of a sign-in, and in
 * all that come later. */
#define SECRET_MINIMUM       4
#define SECRET_MINIMUM_LATER 8

/* Seconds for a reply on which nothing hangs. */
#define BRIEF_TIMEOUT 2

static void
secret_unref_cb (gpointer data)
{
  wax_secret_unref (data);
}

WaxSmtpChannel *
wax_smtp_channel_new (GSocketConnection *connection, WaxConnectionReport *report)
{
  WaxSmtpChannel *self = g_new0 (WaxSmtpChannel, 1);

  self->connection = g_object_ref (connection);
  self->lines = wax_line_stream_new (G_IO_STREAM (connection));
  self->parser = wax_smtp_reply_parser_new ();
  self->report = g_object_ref (report);

  return self;
}

void
wax_smtp_channel_free (WaxSmtpChannel *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->lines, wax_line_stream_free);
  g_clear_pointer (&self->parser, wax_smtp_reply_parser_free);
  g_clear_pointer (&self->secrets, g_ptr_array_unref);
  g_clear_pointer (&self->refusal, wax_smtp_reply_free);
  g_clear_pointer (&self->hint, g_free);
  g_clear_object (&self->report);
  g_clear_object (&self->connection);
  g_free (self);
}

void
wax_smtp_channel_set_stream (WaxSmtpChannel *self, GIOStream *stream)
{
  wax_line_stream_free (self->lines);
  self->lines = wax_line_stream_new (stream);
}

void
wax_smtp_channel_set_timeout (WaxSmtpChannel *self, guint seconds)
{
  self->timeout_s = seconds;
  g_socket_set_timeout (g_socket_connection_get_socket (self->connection), seconds);
}

void
wax_smtp_channel_set_hint (WaxSmtpChannel *self, const char *hint)
{
  g_set_str (&self->hint, hint);
}

/* ---- failing ---- */

/* What the server was to do. */
static const char *
channel_awaited (WaxSmtpChannel *self)
{
  static const char *const words[] = {
    [WAX_STEP_CONNECT] = "answer",          [WAX_STEP_TLS] = "finish the TLS handshake",
    [WAX_STEP_GREETING] = "answer EHLO",    [WAX_STEP_STARTTLS] = "get to STARTTLS",
    [WAX_STEP_AUTH] = "answer the sign-in", [WAX_STEP_ENVELOPE] = "answer the envelope",
    [WAX_STEP_BODY] = "take the message",   [WAX_STEP_FINAL] = "confirm the message",
  };

  if (self->report->greeting == NULL)
    return "greet";

  return words[self->step];
}

/* Says what @cause (transfer full) means for the conversation, which is over. */
static void
channel_lose (WaxSmtpChannel *self, GError *cause, GError **error)
{
  self->broken = TRUE;
  self->timed_out = g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return;
    }

  /* Before the first reply in TLS it may be about our certificate (TLS 1.3). */
  if (self->report->extensions->len == 0
      && wax_tls_guard_explain_loss (wax_line_stream_get_stream (self->lines), self->report, cause, error))
    self->step = WAX_STEP_TLS;
  else if (g_error_matches (cause, WAX_LINE_ERROR, WAX_LINE_ERROR_TOO_LONG)
           || g_error_matches (cause, WAX_LINE_ERROR, WAX_LINE_ERROR_MALFORMED))
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL,
                 "The server's answer is not an SMTP reply: %s", cause->message);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST,
                 "The server did not %s within %u seconds", channel_awaited (self), self->timeout_s);
  else if (cause->domain == WAX_LINE_ERROR || g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_EOF))
    g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST,
                         "The server closed the connection");
  else
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST, "The connection was lost: %s",
                 cause->message);
  g_error_free (cause);
}

gboolean
wax_smtp_channel_refuse (WaxSmtpChannel *self,
                         WaxSmtpReply *reply,
                         WaxTransportError code,
                         GError **error,
                         const char *format,
                         ...)
{
  g_autofree char *words = wax_smtp_reply_to_string (reply);
  g_autofree char *sentence = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, WAX_TRANSPORT_ERROR, (int) code, "%s. The server said: %s", sentence, words);
  g_clear_pointer (&self->refusal, wax_smtp_reply_free);
  self->refusal = reply;

  return FALSE;
}

void
wax_smtp_channel_abort (WaxSmtpChannel *self)
{
  self->broken = TRUE;
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
}

/* ---- writing ---- */

/* Octets that wait to be read, without waiting for any: -1 for none, 0 for the end. */
static gssize
channel_look (WaxSmtpChannel *self)
{
  GInputStream *input = g_io_stream_get_input_stream (wax_line_stream_get_stream (self->lines));
  g_autoptr (GError) cause = NULL;
  guint8 octet;
  gssize n;

  if (wax_line_stream_get_available (self->lines) > 0)
    return 1;
  if (!G_IS_POLLABLE_INPUT_STREAM (input)
      || !g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (input)))
    return -1;
  n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), &octet, 1, NULL, &cause);

  return n >= 0 ? n : g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? -1 : 0;
}

gboolean
wax_smtp_channel_check_in_step (WaxSmtpChannel *self, GError **error)
{
  if (self->due > 0 || self->broken || channel_look (self) <= 0)
    return TRUE;

  self->broken = TRUE;
  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL,
                       "The server sent more replies than there were commands");

  return FALSE;
}

gboolean
wax_smtp_channel_is_quiet (WaxSmtpChannel *self)
{
  self->broken = self->broken || channel_look (self) >= 0;

  return !self->broken;
}

static gboolean
channel_write_octets (WaxSmtpChannel *self,
                      gconstpointer data,
                      gsize length,
                      GCancellable *cancellable,
                      GError **error)
{
  GError *cause = NULL;

  self->written = 0;
  if (self->broken)
    {
      g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST,
                           "The connection was lost before");
      return FALSE;
    }
  if (!wax_smtp_channel_check_in_step (self, error))
    return FALSE;
  if (!wax_line_stream_write_all (self->lines, data, length, cancellable, &cause))
    {
      self->written = wax_line_stream_get_written (self->lines);
      channel_lose (self, cause, error);
      return FALSE;
    }
  self->waiting = TRUE;

  return TRUE;
}

gboolean
wax_smtp_channel_write_group (WaxSmtpChannel *self,
                              const guint8 *group,
                              gsize length,
                              gsize lines,
                              guint replies,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autofree char *text = g_strndup ((const char *) group, lines);
  g_auto (GStrv) shown = g_strsplit (text, "\r\n", -1);

  for (gsize i = 0; shown[i] != NULL && *shown[i] != '\0'; i++)
    wax_connection_report_add_line (self->report, 'C', shown[i]);
  if (!channel_write_octets (self, group, length, cancellable, error))
    return FALSE;
  self->due += replies;

  return TRUE;
}

gboolean
wax_smtp_channel_write (WaxSmtpChannel *self,
                        const char *commands,
                        guint replies,
                        GCancellable *cancellable,
                        GError **error)
{
  gsize length = strlen (commands);

  return wax_smtp_channel_write_group (self, (const guint8 *) commands, length, length, replies, cancellable,
                                       error);
}

/* The last word of @command, without its CRLF, is what nobody may repeat. */
static void
channel_remember_secret (WaxSmtpChannel *self, WaxSecret *command)
{
  const char *text = wax_secret_peek (command);
  gsize length = wax_secret_get_length (command) - 2;
  const char *space = memrchr (text, ' ', length);

  if (space != NULL)
    {
      length -= (gsize) (space + 1 - text);
      text = space + 1;
    }
  if (self->secrets != NULL && length >= SECRET_MINIMUM)
    g_ptr_array_add (self->secrets, wax_secret_new (text, length));
}

gboolean
wax_smtp_channel_write_secret (WaxSmtpChannel *self,
                               WaxSecret *command,
                               const char *shown,
                               GCancellable *cancellable,
                               GError **error)
{
  wax_connection_report_add_line (self->report, 'C', shown);
  channel_remember_secret (self, command);
  if (!channel_write_octets (self, wax_secret_peek (command), wax_secret_get_length (command), cancellable,
                             error))
    return FALSE;
  self->due++;

  return TRUE;
}

/* ---- reading ---- */

void
wax_smtp_channel_begin_secret (WaxSmtpChannel *self, WaxSecret *password)
{
  g_clear_pointer (&self->secrets, g_ptr_array_unref);
  self->secrets = g_ptr_array_new_with_free_func (secret_unref_cb);
  self->signing_in = TRUE;
  if (password != NULL && wax_secret_get_length (password) >= SECRET_MINIMUM)
    g_ptr_array_add (self->secrets, wax_secret_ref (password));
}

void
wax_smtp_channel_end_secret (WaxSmtpChannel *self)
{
  self->signing_in = FALSE;
}

static gboolean
repeats_a_secret (WaxSmtpChannel *self, const char *text)
{
  gsize minimum = self->signing_in ? SECRET_MINIMUM : SECRET_MINIMUM_LATER;

  for (guint i = 0; i < self->secrets->len; i++)
    {
      WaxSecret *secret = g_ptr_array_index (self->secrets, i);

      if (wax_secret_get_length (secret) >= minimum && strstr (text, wax_secret_peek (secret)) != NULL)
        return TRUE;
    }

  return FALSE;
}

static void
channel_blank_secrets (WaxSmtpChannel *self, WaxSmtpReply *reply)
{
  if (self->secrets == NULL || (self->signing_in && reply->code == 334))
    return;

  for (gsize i = 0; reply->lines[i] != NULL; i++)
    if (repeats_a_secret (self, reply->lines[i]))
      {
        explicit_bzero (reply->lines[i], strlen (reply->lines[i]));
        g_set_str (&reply->lines[i], "…");
      }
}

static void
channel_show_reply (WaxSmtpChannel *self, const WaxSmtpReply *reply)
{
  for (gsize i = 0; reply->lines[i] != NULL; i++)
    {
      gboolean hidden = self->signing_in && reply->code == 334;
      g_autofree char *line = g_strdup_printf (
          "%d%c%s%s%s", reply->code, reply->lines[i + 1] != NULL ? '-' : ' ',
          reply->enhanced != NULL ? reply->enhanced : "", reply->enhanced != NULL ? " " : "",
          hidden ? "…" : reply->lines[i]);

      wax_connection_report_add_line (self->report, 'S', line);
    }
}

WaxSmtpReply *
wax_smtp_channel_read (WaxSmtpChannel *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  self->report->round_trips += self->waiting ? 1 : 0;
  self->waiting = FALSE;
  wax_line_stream_set_deadline (self->lines, wax_clock_monotonic () + self->timeout_s * G_USEC_PER_SEC);
  while (reply == NULL)
    {
      GError *cause = NULL;
      gsize length = 0;
      g_autofree char *line = wax_line_stream_read_line (self->lines, WAX_SMTP_REPLY_LINE_LIMIT, &length,
                                                         cancellable, &cause);

      if (line == NULL)
        {
          channel_lose (self, cause, error);
          return NULL;
        }
      if (!wax_smtp_reply_parser_push (self->parser, line, length, &reply, error))
        {
          self->broken = TRUE;
          return NULL;
        }
    }

  self->due -= self->due > 0 ? 1 : 0;
  self->heard_at = wax_clock_monotonic ();
  self->closing = self->closing || reply->code == 421;
  channel_blank_secrets (self, reply);
  channel_show_reply (self, reply);

  return g_steal_pointer (&reply);
}

WaxSmtpReply *
wax_smtp_channel_hear_briefly (WaxSmtpChannel *self, GCancellable *cancellable)
{
  guint before = self->timeout_s;
  WaxSmtpReply *reply;

  wax_smtp_channel_set_timeout (self, MIN (before, BRIEF_TIMEOUT));
  reply = wax_smtp_channel_read (self, cancellable, NULL);
  wax_smtp_channel_set_timeout (self, before);

  return reply;
}

WaxSmtpReply *
wax_smtp_channel_say_briefly (WaxSmtpChannel *self, const char *command, GCancellable *cancellable)
{
  guint before = self->timeout_s;
  gboolean said;

  wax_smtp_channel_set_timeout (self, MIN (before, BRIEF_TIMEOUT));
  said = wax_smtp_channel_write (self, command, 1, cancellable, NULL);
  wax_smtp_channel_set_timeout (self, before);

  return said ? wax_smtp_channel_hear_briefly (self, cancellable) : NULL;
}

/* ---- looking without reading ---- */

/* The octet that waits at the socket, or WAX_SMTP_PEEK_END. */
static int
socket_peek (GSocket *socket, GCancellable *cancellable, GError **error)
{
  guint8 octet = 0;
  GInputVector vector = { &octet, 1 };
  int flags = G_SOCKET_MSG_PEEK;
  gssize n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, cancellable, error);

  if (n < 0)
    return WAX_SMTP_PEEK_ERROR;

  return n == 0 ? WAX_SMTP_PEEK_END : octet;
}

gboolean
wax_smtp_channel_has_surplus (WaxSmtpChannel *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  if (wax_line_stream_get_available (self->lines) > 0)
    return TRUE;
  if (wax_line_stream_get_stream (self->lines) != G_IO_STREAM (self->connection))
    return FALSE; /* what waits is TLS, and may well be its own */

  return (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN) != 0 && socket_peek (socket, NULL, NULL) >= 0;
}

int
wax_smtp_channel_peek (WaxSmtpChannel *self, guint seconds, GCancellable *cancellable, GError **error)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  GError *cause = NULL;
  int octet = WAX_SMTP_PEEK_ERROR;

  if (g_socket_condition_timed_wait (socket, G_IO_IN, (gint64) seconds * G_USEC_PER_SEC, cancellable, &cause))
    octet = socket_peek (socket, cancellable, &cause);
  if (octet != WAX_SMTP_PEEK_ERROR)
    return octet;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_error_free (cause);
      return WAX_SMTP_PEEK_SILENCE;
    }
  channel_lose (self, cause, error);

  return WAX_SMTP_PEEK_ERROR;
}
