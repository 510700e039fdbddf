/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Text of a stranger's on one line of ours. A certificate's name or a server's
 * reply must not be able to draw anything but itself. */

#include "shown-text.h"

static gboolean
is_showable (gunichar character)
{
  switch (g_unichar_type (character))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

char *
wax_shown_text (gconstpointer data, gsize length, gsize limit)
{
  /* This also replaces each NUL, so that the loop sees all of the text. */
  g_autofree char *valid = g_utf8_make_valid (data, (gssize) MIN (length, limit));
  GString *text = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (is_showable (character))
        g_string_append_unichar (text, character);
      else
        g_string_append_c (text, '?');
    }

  return g_string_free (text, FALSE);
}
