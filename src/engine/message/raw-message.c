/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message that someone else made, on its way into the store: read line by line
 * in constant memory, its header looked through, its line ends made CRLF. What
 * cannot go over SMTP as it is, is refused with the line that it is in. */

#include "mime-writer.h"

#include <string.h>

#include "clock.h"
#include "message-gmime.h"
#include "message-sink.h"

#define READ_SIZE    (64 * 1024)
#define HEADER_LIMIT (1024 * 1024)

/* The fields that are looked into. */
typedef enum
{
  FIELD_OTHER,
  FIELD_FROM,
  FIELD_TO,
  FIELD_CC,
  FIELD_BCC,
  FIELD_SUBJECT,
  FIELD_DATE,
  FIELD_MESSAGE_ID,
  N_FIELDS,
} Field;

static const struct
{
  const char *name;
  gboolean dropped; /* never leaves this machine */
  gboolean once;    /* RFC 5322 section 3.6 */
} fields[N_FIELDS] = {
  [FIELD_FROM] = { "From", FALSE, TRUE },
  [FIELD_TO] = { "To", FALSE, FALSE },
  [FIELD_CC] = { "Cc", FALSE, FALSE },
  [FIELD_BCC] = { "Bcc", TRUE, FALSE },
  [FIELD_SUBJECT] = { "Subject", FALSE, TRUE },
  [FIELD_DATE] = { "Date", FALSE, TRUE },
  [FIELD_MESSAGE_ID] = { "Message-ID", FALSE, TRUE },
};

typedef struct
{
  GInputStream *in;
  GCancellable *cancellable;
  guint8 *buffer;
  gsize have;
  gsize used;
  GByteArray *line; /* the current one, without its end */
  gint64 number;    /* of the current line, from 1 */
  gboolean at_end;

  gsize header_size;
  Field field;       /* the one that is being read */
  gboolean dropping; /* it is not copied */
  gboolean started;
  gboolean seen[N_FIELDS];
  GString *values[N_FIELDS];
  gboolean utf8_header;
} Reader;

static void
reader_init (Reader *self, GInputStream *in, GCancellable *cancellable)
{
  *self = (Reader) { .in = in, .cancellable = cancellable, .buffer = g_malloc (READ_SIZE) };
  self->line = g_byte_array_new ();
  for (int i = 0; i < N_FIELDS; i++)
    self->values[i] = g_string_new (NULL);
}

static void
reader_clear (Reader *self)
{
  if (self->buffer == NULL)
    return;
  g_free (self->buffer);
  g_byte_array_unref (self->line);
  for (int i = 0; i < N_FIELDS; i++)
    g_string_free (self->values[i], TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
refuse (Reader *self, GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "The message cannot be sent as it is: line %" G_GINT64_FORMAT " %s", self->number, what);
  return FALSE;
}

static gboolean
fill (Reader *self, GError **error)
{
  gssize got = g_input_stream_read (self->in, self->buffer, READ_SIZE, self->cancellable, error);

  if (got < 0)
    return FALSE;
  self->have = (gsize) got;
  self->used = 0;
  self->at_end = got == 0;
  return TRUE;
}

/* Appends to the line; its own CR, if the LF follows in the next buffer, too. */
static gboolean
take (Reader *self, const guint8 *octets, gsize length, GError **error)
{
  if (self->line->len + length > WAX_MESSAGE_LINE_LIMIT + 1)
    return refuse (self, error, "has more than 998 octets (RFC 5322 section 2.1.1)");
  if (memchr (octets, '\0', length) != NULL)
    return refuse (self, error, "has a NUL octet in it");
  g_byte_array_append (self->line, octets, (guint) length);
  return TRUE;
}

/* Reads the next line into self->line; *@got is FALSE at the end of the message. */
static gboolean
next_line (Reader *self, gboolean *got, GError **error)
{
  gboolean complete = FALSE;

  g_byte_array_set_size (self->line, 0);
  self->number++;
  while (!complete)
    {
      const guint8 *start, *end;

      if (self->used == self->have && !fill (self, error))
        return FALSE;
      if (self->at_end)
        break;
      start = self->buffer + self->used;
      end = memchr (start, '\n', self->have - self->used);
      complete = end != NULL;
      if (!take (self, start, end != NULL ? (gsize) (end - start) : self->have - self->used, error))
        return FALSE;
      self->used = end != NULL ? (gsize) (end - self->buffer) + 1 : self->have;
    }
  *got = complete || self->line->len > 0;

  if (complete && self->line->len > 0 && self->line->data[self->line->len - 1] == '\r')
    g_byte_array_set_size (self->line, self->line->len - 1);
  if (self->line->len > 0 && memchr (self->line->data, '\r', self->line->len) != NULL)
    return refuse (self, error, "has a carriage return that does not end it");
  if (self->line->len > WAX_MESSAGE_LINE_LIMIT)
    return refuse (self, error, "has more than 998 octets (RFC 5322 section 2.1.1)");

  return TRUE;
}

static gboolean
write_line (Reader *self, WaxMessageSink *sink)
{
  return wax_message_sink_write (sink, self->line->data, self->line->len)
         && wax_message_sink_write (sink, "\r\n", 2);
}

/* ---- the header ---- */

/* The length of the field name, or 0 where the line does not begin a field. */
static gsize
field_name_length (const GByteArray *line)
{
  for (gsize i = 0; i < line->len; i++)
    {
      if (line->data[i] == ':')
        return i;
      if (line->data[i] <= ' ' || line->data[i] >= 127)
        break;
    }

  return 0;
}

static gboolean
begin_field (Reader *self, GError **error)
{
  const char *line = (const char *) self->line->data;
  gsize length = field_name_length (self->line);

  if (length == 0)
    {
      if (self->number == 1 && self->line->len > 5 && strncmp (line, "From ", 5) == 0)
        return refuse (self, error, "is the separator of a mailbox file: remove it");
      return refuse (self, error, "is not a header field (there must be an empty line before the text)");
    }

  self->started = TRUE;
  self->field = FIELD_OTHER;
  for (int i = FIELD_FROM; i < N_FIELDS; i++)
    if (strlen (fields[i].name) == length && g_ascii_strncasecmp (line, fields[i].name, length) == 0)
      self->field = (Field) i;
  self->dropping = fields[self->field].dropped
                   || (length == 10 && g_ascii_strncasecmp (line, "Resent-Bcc", 10) == 0);
  if (fields[self->field].once && self->seen[self->field])
    return refuse (self, error, "repeats a field that may stand there only once");
  if (self->seen[self->field] && self->field != FIELD_OTHER)
    g_string_append_c (self->values[self->field], ',');
  self->seen[self->field] = TRUE;
  if (self->field != FIELD_OTHER)
    g_string_append_len (self->values[self->field], line + length + 1,
                         (gssize) (self->line->len - length - 1));

  return TRUE;
}

static gboolean
continue_field (Reader *self, GError **error)
{
  if (!self->started)
    return refuse (self, error, "begins with white space, but there is no header field before it");
  if (self->field != FIELD_OTHER)
    g_string_append_len (self->values[self->field], (const char *) self->line->data, self->line->len);

  return TRUE;
}

static gboolean
copy_header_line (Reader *self, WaxMessageSink *sink, GError **error)
{
  gboolean folded = self->line->data[0] == ' ' || self->line->data[0] == '\t';

  self->header_size += self->line->len + 2;
  if (self->header_size > HEADER_LIMIT)
    return refuse (self, error, "is beyond the first MiB, and the header has not ended yet");
  if (!g_utf8_validate_len ((const char *) self->line->data, self->line->len, NULL))
    return refuse (self, error, "is in the header and not valid UTF-8");
  if (!(folded ? continue_field (self, error) : begin_field (self, error)))
    return FALSE;
  if (self->dropping)
    return TRUE;

  for (gsize i = 0; i < self->line->len; i++)
    self->utf8_header |= self->line->data[i] > 127;
  return write_line (self, sink);
}

static gboolean
field_list (Reader *self, Field field, GPtrArray *mailboxes, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GPtrArray) list = wax_address_list_parse (self->values[field]->str, &reason);

  if (list == NULL)
    {
      g_set_error (error, reason->domain, reason->code, "The message's %s field: %s", fields[field].name,
                   reason->message);
      return FALSE;
    }
  for (guint i = 0; i < list->len; i++)
    {
      WaxAddress *address = g_ptr_array_index (list, i);

      g_ptr_array_add (mailboxes, g_steal_pointer (&address->mailbox));
    }

  return TRUE;
}

/* Adds what is missing, and fills @info from what is there. */
static gboolean
complete_header (Reader *self, WaxMessageSink *sink, WaxMessageInfo *info, const char *sender, GError **error)
{
  g_autofree char *subject = g_strstrip (g_strdup (self->values[FIELD_SUBJECT]->str));

  info->subject = g_mime_utils_header_decode_text (NULL, subject);
  info->needs_utf8 = self->utf8_header;
  if (self->seen[FIELD_MESSAGE_ID])
    {
      info->message_id = g_strstrip (g_strdup (self->values[FIELD_MESSAGE_ID]->str));
      if (!wax_message_id_is_valid (info->message_id))
        {
          g_set_error_literal (
              error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
              "The message cannot be sent as it is: its Message-ID is not of the form <…@…>");
          return FALSE;
        }
    }
  else
    {
      g_autofree char *line = NULL;

      info->message_id = wax_message_id_new (sender);
      line = g_strdup_printf ("Message-ID: %s\r\n", info->message_id);
      if (!wax_message_sink_write (sink, line, strlen (line)))
        return FALSE;
    }
  if (!self->seen[FIELD_DATE])
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_unix_local_usec (wax_clock_now ());
      g_autofree char *date = g_mime_utils_header_format_date (now);
      g_autofree char *line = g_strdup_printf ("Date: %s\r\n", date);

      if (!wax_message_sink_write (sink, line, strlen (line)))
        return FALSE;
    }

  return TRUE;
}

/* *@has_body: an empty line ended the header. */
static gboolean
copy_header (Reader *self, WaxMessageSink *sink, gboolean *has_body, GError **error)
{
  gboolean got;

  for (;;)
    {
      if (!next_line (self, &got, error))
        return FALSE;
      *has_body = got;
      if (!got && self->number == 1)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The message is empty");
          return FALSE;
        }
      if (!got || self->line->len == 0)
        return TRUE;
      if (!copy_header_line (self, sink, error))
        return FALSE;
    }
}

static gboolean
copy_body (Reader *self, WaxMessageSink *sink, GError **error)
{
  gboolean got;

  for (;;)
    {
      if (!next_line (self, &got, error))
        return FALSE;
      if (!got)
        return TRUE;
      if (!write_line (self, sink))
        return FALSE;
    }
}

static gboolean
copy_message (Reader *self,
              WaxMessageSink *sink,
              WaxMessageInfo *info,
              GPtrArray *to,
              GPtrArray *from,
              GError **error)
{
  gboolean has_body = FALSE;

  if (!copy_header (self, sink, &has_body, error))
    return FALSE;
  if (!field_list (self, FIELD_FROM, from, error) || !field_list (self, FIELD_TO, to, error)
      || !field_list (self, FIELD_CC, to, error) || !field_list (self, FIELD_BCC, to, error))
    return FALSE;
  if (!complete_header (self, sink, info, from->len > 0 ? g_ptr_array_index (from, 0) : NULL, error))
    return FALSE;
  sink->high_bit = FALSE;
  if (!wax_message_sink_write (sink, "\r\n", 2))
    return FALSE;
  if (has_body && !copy_body (self, sink, error))
    return FALSE;

  return wax_message_sink_finish (sink);
}

WaxMessageInfo *
wax_raw_message_copy (GInputStream *in,
                      GOutputStream *out,
                      GStrv *recipients,
                      char **sender,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (GPtrArray) to = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) from = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) reason = NULL;
  g_auto (WaxMessageSink) sink = { 0 };
  g_auto (Reader) reader = { 0 };

  g_return_val_if_fail (G_IS_INPUT_STREAM (in) && G_IS_OUTPUT_STREAM (out), NULL);

  wax_gmime_init ();
  info = wax_message_info_new ();
  reader_init (&reader, in, cancellable);
  wax_message_sink_init (&sink, out, cancellable);
  if (!copy_message (&reader, &sink, info, to, from, &reason))
    {
      /* Either the reader's own error or the sink's. */
      g_propagate_error (error, reason != NULL ? g_steal_pointer (&reason) : g_steal_pointer (&sink.error));
      return NULL;
    }

  info->size = sink.size;
  info->sha256 = wax_message_sink_digest (&sink);
  info->needs_8bit = sink.high_bit;
  if (recipients != NULL)
    {
      g_ptr_array_add (to, NULL);
      *recipients = (GStrv) g_ptr_array_steal (to, NULL);
    }
  if (sender != NULL)
    *sender = from->len > 0 ? g_strdup (g_ptr_array_index (from, 0)) : NULL;
  return g_steal_pointer (&info);
}
