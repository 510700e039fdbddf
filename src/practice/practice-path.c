/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The argument of MAIL and RCPT (RFC 5321, section 4.1.2):
 *
 *   mail = "MAIL FROM:" Reverse-path [SP Mail-parameters]
 *   Path = "<" [ Local-part "@" ( Domain / address-literal ) ] ">"
 *   Mail-parameters = esmtp-param *(SP esmtp-param)
 */

#include "practice-path.h"

#include <string.h>

void
wax_practice_path_clear (WaxPracticePath *self)
{
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->parameters, g_strfreev);
}

/* The closing bracket; one inside a quoted string is not it. */
static const char *
find_close (const char *text)
{
  gboolean quoted = FALSE;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (quoted && *at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"')
        quoted = !quoted;
      else if (*at == '>' && !quoted)
        return at;
    }

  return NULL;
}

static gboolean
address_is_plausible (const char *address)
{
  const char *at = strrchr (address, '@');

  if (*address == '\0')
    return TRUE;
  for (const char *octet = address; *octet != '\0'; octet++)
    {
      if ((guint8) *octet < ' ' || *octet == 0x7f)
        return FALSE;
    }

  return g_utf8_validate (address, -1, NULL) && *address != '@' && at != NULL && at[1] != '\0'
         && strchr (at, ' ') == NULL;
}

gboolean
wax_practice_path_parse (const char *argument, const char *keyword, WaxPracticePath *path)
{
  gsize length = strlen (keyword);
  const char *from, *close;

  if (g_ascii_strncasecmp (argument, keyword, length) != 0 || strncmp (argument + length, ":<", 2) != 0)
    return FALSE;
  from = argument + length + 2;
  close = find_close (from);
  if (close == NULL || (close[1] != '\0' && close[1] != ' '))
    return FALSE;

  path->address = g_strndup (from, (gsize) (close - from));
  path->parameters = close[1] == ' ' ? g_strsplit (close + 2, " ", -1) : g_new0 (char *, 1);
  if (!address_is_plausible (path->address))
    return FALSE;
  for (gsize i = 0; path->parameters[i] != NULL; i++)
    {
      if (!g_ascii_isalnum (path->parameters[i][0]))
        return FALSE;
    }

  return close[1] != ' ' || path->parameters[0] != NULL;
}

const char *
wax_practice_path_get (const WaxPracticePath *self, const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; self->parameters[i] != NULL; i++)
    {
      const char *parameter = self->parameters[i];

      if (g_ascii_strncasecmp (parameter, name, length) != 0)
        continue;
      if (parameter[length] == '\0')
        return "";
      if (parameter[length] == '=')
        return parameter + length + 1;
    }

  return NULL;
}
