/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Text on a terminal: cleaned, aligned, and coloured where that helps. */

#include "cli-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli-system.h"

#define LABEL_WIDTH 14
#define LINE_WIDTH  96

static gboolean
is_safe (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* direction overrides, zero-width characters */
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

char *
wax_text_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n' || c == '\t')
        g_string_append_c (clean, ' ');
      else
        g_string_append_unichar (clean, is_safe (c) ? c : '?');
    }

  return g_string_free (clean, FALSE);
}

void
wax_text_print (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("%s", text);
}

static gboolean
may_colour (void)
{
  return wax_system_stdout_is_terminal () && g_getenv ("NO_COLOR") == NULL
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

void
wax_text_styled (WaxStyle style, const char *text)
{
  static const char *const codes[] = {
    [WAX_STYLE_PLAIN] = "",  [WAX_STYLE_BOLD] = "1",   [WAX_STYLE_DIM] = "2",
    [WAX_STYLE_GOOD] = "32", [WAX_STYLE_BAD] = "1;31",
  };
  g_autofree char *clean = wax_text_clean (text);

  if (style != WAX_STYLE_PLAIN && may_colour ())
    g_print ("\033[%sm%s\033[0m", codes[style], clean);
  else
    g_print ("%s", clean);
}

void
wax_text_heading (const char *text)
{
  g_print ("\n");
  wax_text_styled (WAX_STYLE_BOLD, text);
  g_print ("\n");
}

/* Prints words with a hanging indent, breaking lines at blanks. */
static void
print_wrapped (const char *text, int indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  int column = indent;

  for (char **word = words; *word != NULL; word++)
    {
      int width = (int) g_utf8_strlen (*word, -1);

      if (column > indent && column + 1 + width > LINE_WIDTH)
        {
          g_print ("\n%*s", indent, "");
          column = indent;
        }
      else if (column > indent)
        {
          g_print (" ");
          column++;
        }
      g_print ("%s", *word);
      column += width;
    }
  g_print ("\n");
}

void
wax_text_row_wide (const char *label, int width, const char *value)
{
  g_autofree char *clean = NULL;
  int length = (int) g_utf8_strlen (label, -1);

  if (value == NULL || *value == '\0')
    return;

  clean = wax_text_clean (value);
  g_print ("  ");
  wax_text_styled (WAX_STYLE_DIM, label);
  g_print ("%*s", MAX (width - length, 1), "");
  print_wrapped (clean, 2 + MAX (width, length + 1));
}

void
wax_text_row (const char *label, const char *value)
{
  wax_text_row_wide (label, LABEL_WIDTH, value);
}

void
wax_text_mark (WaxStyle style)
{
  gboolean utf8 = g_get_charset (NULL);

  if (style == WAX_STYLE_GOOD)
    wax_text_styled (style, utf8 ? "✓" : "ok");
  else if (style == WAX_STYLE_BAD)
    wax_text_styled (style, utf8 ? "✗" : "NO");
  else
    wax_text_styled (WAX_STYLE_DIM, utf8 ? "–" : "- ");
}

char *
wax_text_size (gint64 octets)
{
  return g_format_size ((guint64) MAX (octets, 0));
}

char *
wax_text_time (gint64 time_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (time_us);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%F %T") : g_strdup ("?");
}
