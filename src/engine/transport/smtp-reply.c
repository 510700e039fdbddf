/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Replies of RFC 5321 section 4.2, with the enhanced status codes of RFC 2034:
 *
 *   Reply-line     = *( Reply-code "-" [ textstring ] CRLF )
 *                    Reply-code [ SP textstring ] CRLF
 *   Reply-code     = %x32-35 %x30-35 %x30-39
 *   textstring     = 1*(%d09 / %d32-126)          ; UTF-8 by RFC 6531
 *   status-code    = class "." subject "." detail ; RFC 3463 section 2
 *   class          = "2" / "4" / "5"
 *   subject/detail = 1*3DIGIT
 *
 * The parser is strict where leniency could be used against the user (every line
 * has the same code, nothing is longer than the limits) and lenient in the text,
 * which is shown and never obeyed. */

#include "smtp-reply.h"

#include <string.h>

struct _WaxSmtpReplyParser
{
  int code;
  gsize size;
  char *enhanced;
  GPtrArray *lines;
};

/* ---- the grammar ---- */

/* Reply-code, or 0. */
static int
parse_code (const char *line, gsize length)
{
  if (length < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '5'
      || !g_ascii_isdigit (line[2]))
    return 0;

  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* The length of 1*3DIGIT at @text, or 0. */
static gsize
digits_at (const char *text, gsize length)
{
  gsize n = 0;

  while (n < length && n < 4 && g_ascii_isdigit (text[n]))
    n++;

  return n <= 3 ? n : 0;
}

/* The length of a status-code of the class of @code at the start of @text, or 0. */
static gsize
status_code_at (const char *text, gsize length, int code)
{
  gsize at = 1, n;

  if (length < 5 || text[0] - '0' != code / 100 || text[0] == '3')
    return 0;

  for (int part = 0; part < 2; part++)
    {
      if (at >= length || text[at] != '.')
        return 0;
      at++;
      n = digits_at (text + at, length - at);
      if (n == 0)
        return 0;
      at += n;
    }

  return at == length || text[at] == ' ' ? at : 0;
}

static gboolean
is_showable (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* such as bidirectional overrides: a text could read otherwise */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

/* Text that may stand in a window: valid UTF-8, one line, nothing that acts. */
static char *
clean_text (const char *text, gsize length)
{
  char *clean = g_utf8_make_valid (text, (gssize) length);

  for (char *at = clean; *at != '\0'; at = g_utf8_next_char (at))
    if (!is_showable (g_utf8_get_char (at)))
      memset (at, '?', (gsize) (g_utf8_next_char (at) - at)); /* as many octets as it had */

  return clean;
}

/* ---- the parser ---- */

WaxSmtpReplyParser *
wax_smtp_reply_parser_new (void)
{
  WaxSmtpReplyParser *self = g_new0 (WaxSmtpReplyParser, 1);

  self->lines = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
wax_smtp_reply_parser_free (WaxSmtpReplyParser *self)
{
  if (self == NULL)
    return;

  g_free (self->enhanced);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

static WaxSmtpReply *
reply_parser_complete (WaxSmtpReplyParser *self)
{
  WaxSmtpReply *reply = g_new0 (WaxSmtpReply, 1);

  reply->code = self->code;
  reply->enhanced = g_steal_pointer (&self->enhanced);
  g_ptr_array_add (self->lines, NULL);
  reply->lines = (GStrv) g_ptr_array_free (self->lines, FALSE);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->code = 0;
  self->size = 0;

  return reply;
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL, "The server's answer %s", what);

  return FALSE;
}

gboolean
wax_smtp_reply_parser_push (WaxSmtpReplyParser *self,
                            const char *line,
                            gsize length,
                            WaxSmtpReply **reply,
                            GError **error)
{
  int code = parse_code (line, length);
  const char *text;
  gsize text_length, status;

  g_return_val_if_fail (self != NULL, FALSE);

  *reply = NULL;
  if (code == 0 || (length > 3 && line[3] != ' ' && line[3] != '-'))
    return refuse (error, "is not an SMTP reply");
  if (self->code != 0 && code != self->code)
    return refuse (error, "changes its code from one line to the next");
  if (length + 2 > WAX_SMTP_REPLY_LINE_LIMIT)
    return refuse (error, "has a line that is too long");
  if (self->lines->len >= WAX_SMTP_REPLY_LINES_LIMIT)
    return refuse (error, "has too many lines");
  self->size += length + 2;
  if (self->size > WAX_SMTP_REPLY_SIZE_LIMIT)
    return refuse (error, "is too long");

  self->code = code;
  text = line + MIN (length, 4);
  text_length = length - MIN (length, 4);
  status = status_code_at (text, text_length, code);
  if (status > 0)
    {
      if (self->enhanced == NULL)
        self->enhanced = g_strndup (text, status);
      status += status < text_length ? 1 : 0;
    }
  g_ptr_array_add (self->lines, clean_text (text + status, text_length - status));

  if (length == 3 || line[3] == ' ')
    *reply = reply_parser_complete (self);

  return TRUE;
}

/* ---- the reply ---- */

void
wax_smtp_reply_free (WaxSmtpReply *self)
{
  if (self == NULL)
    return;

  g_free (self->enhanced);
  g_strfreev (self->lines);
  g_free (self);
}

gboolean
wax_smtp_reply_is_positive (const WaxSmtpReply *self)
{
  return self->code / 100 == 2;
}

gboolean
wax_smtp_reply_is_temporary (const WaxSmtpReply *self)
{
  return self->code / 100 == 4;
}

gboolean
wax_smtp_reply_is_permanent (const WaxSmtpReply *self)
{
  return self->code / 100 == 5;
}

void
wax_smtp_reply_to_text (const WaxSmtpReply *self, WaxReplyText *out)
{
  wax_reply_text_clear (out);
  out->code = self->code;
  out->enhanced = g_strdup (self->enhanced);
  out->text = g_strjoinv ("\n", self->lines);
  if (g_utf8_strlen (out->text, -1) > WAX_SMTP_REPLY_TEXT_LIMIT)
    {
      g_autofree char *whole = g_steal_pointer (&out->text);
      g_autofree char *start = g_utf8_substring (whole, 0, WAX_SMTP_REPLY_TEXT_LIMIT - 1);

      out->text = g_strconcat (start, "…", NULL);
    }
}

char *
wax_smtp_reply_to_string (const WaxSmtpReply *self)
{
  g_autofree char *text = g_strjoinv (" ", self->lines);
  g_autofree char *shown = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 400));

  return g_strchomp (g_strdup_printf ("%d %s%s%s", self->code, self->enhanced != NULL ? self->enhanced : "",
                                      self->enhanced != NULL ? " " : "", shown));
}
