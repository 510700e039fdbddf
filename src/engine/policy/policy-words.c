/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What stands in a handshake, in words for the sentences of its checks. */

#include "judgement.h"

#include <string.h>

/* Certificates can have hundreds of names; a sentence has room for these. */
#define NAMES_SHOWN 4

char *
wax_words_of_names (const char *const *names)
{
  GString *text = g_string_new (NULL);
  guint count = names != NULL ? g_strv_length ((GStrv) names) : 0;

  for (guint i = 0; i < MIN (count, NAMES_SHOWN); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", names[i]);
  if (count > NAMES_SHOWN)
    g_string_append_printf (text, " and %u more", count - NAMES_SHOWN);

  return g_string_free (text, FALSE);
}

/* The value at @value of an RFC 4514 name, up to the end of its attribute,
 * without the backslashes that stand before special characters. */
static char *
read_value (const char *value)
{
  GString *text = g_string_new (NULL);

  for (const char *c = value; *c != '\0' && *c != ',' && *c != '+'; c++)
    {
      if (c[0] == '\\' && c[1] != '\0' && !g_ascii_isxdigit (c[1]))
        c++;
      g_string_append_c (text, *c);
    }

  return g_string_free (text, FALSE);
}

/* The value of attribute @type in an RFC 4514 name, or NULL. */
static char *
attribute_of (const char *dn, const char *type)
{
  gsize length = strlen (type);
  gboolean starts = TRUE;

  for (const char *c = dn; *c != '\0'; c++)
    {
      if (starts && strncmp (c, type, length) == 0 && c[length] == '=')
        return read_value (c + length + 1);
      starts = *c == ',' || *c == '+';
      if (c[0] == '\\' && c[1] != '\0')
        c++;
    }

  return NULL;
}

char *
wax_words_of_dn (const char *dn)
{
  char *name = attribute_of (dn, "CN");

  if (name != NULL && *name != '\0')
    return name;
  g_free (name);

  return g_strdup (*dn != '\0' ? dn : "an authority without a name");
}

char *
wax_words_of_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M UTC") : g_strdup ("an unknown time");
}

char *
wax_words_of_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("an unknown day");
}

char *
wax_words_of_days (gint64 seconds)
{
  gint64 days = seconds / WAX_SECONDS_A_DAY;

  if (days == 0)
    return g_strdup ("less than a day");

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", days, days == 1 ? "day" : "days");
}
