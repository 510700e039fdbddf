/* SPDX-License-Identifier: GPL-3.0-or-later */

/* format=flowed, the writing side of RFC 3676. */

#include "flowed-text.h"

#include <string.h>

#define WIDTH 72 /* characters; RFC 3676 section 4.2 wants 78 at most */

/* Appends @line of @length octets as one output line; RFC 3676 section 4.4. */
static void
append_line (GString *out, const char *line, gsize length, gboolean quote)
{
  gboolean stuff = length > 0
                   && (line[0] == ' ' || (line[0] == '>' && !quote)
                       || (length >= 5 && strncmp (line, "From ", 5) == 0));

  if (stuff)
    g_string_append_c (out, ' ');
  g_string_append_len (out, line, (gssize) length);
  g_string_append_c (out, '\n');
}

/* The octets of the next output line: up to and with the last space within the
 * width, or up to the next space beyond it. */
static gsize
soft_break (const char *line, gsize length)
{
  gsize last = 0;
  int column = 0;

  for (const char *p = line; p < line + length; p = g_utf8_next_char (p), column++)
    {
      if (column >= WIDTH && last > 0)
        return last;
      /* Never before another space: the next line would need stuffing for it. */
      if (*p == ' ' && p + 1 < line + length && p[1] != ' ')
        last = (gsize) (p - line) + 1;
    }

  return length;
}

static void
append_paragraph (GString *out, const char *line, gsize length)
{
  if (length == 3 && strncmp (line, "-- ", 3) == 0)
    {
      append_line (out, line, length, FALSE);
      return;
    }
  while (length > 0 && line[length - 1] == ' ')
    length--;
  if (length > 0 && line[0] == '>')
    {
      append_line (out, line, length, TRUE);
      return;
    }

  for (;;)
    {
      gsize part = soft_break (line, length);

      /* A soft break must not make what looks like the signature separator. */
      if (part == 3 && strncmp (line, "-- ", 3) == 0)
        part = length;
      append_line (out, line, part, FALSE);
      line += part;
      length -= part;
      if (length == 0)
        return;
    }
}

char *
wax_flowed_text (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\r\n");

      append_paragraph (out, text, length);
      text += length;
      if (*text == '\r' && text[1] == '\n')
        text++;
      if (*text != '\0')
        text++;
    }

  return g_string_free (out, FALSE);
}
