/* SPDX-License-Identifier: GPL-3.0-or-later */

/* mailto: what a web page may put into a draft. Untrusted: only five fields are
 * taken, none can smuggle in another header, and all have a length limit. */

#include "mailto.h"

#define LONGEST_URI (64 * 1024)

/* Percent-decodes; NULL if that is not UTF-8 or has a NUL. */
static char *
decode (const char *text, gsize length)
{
  char *decoded = g_uri_unescape_segment (text, text + length, NULL);

  if (decoded != NULL && !g_utf8_validate (decoded, -1, NULL))
    g_clear_pointer (&decoded, g_free);
  return decoded;
}

static void
add_addresses (GString *list, const char *text)
{
  if (*text == '\0')
    return;
  if (list->len > 0)
    g_string_append (list, ", ");
  g_string_append (list, text);
}

static void
make_one_line (char *text)
{
  char *at;

  for (at = text; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
}

static void
take_field (WaxDraft *draft, GString *to, const char *field)
{
  const char *equals = strchr (field, '=');
  g_autofree char *name = NULL, *value = NULL;

  if (equals == NULL)
    return;
  name = decode (field, (gsize) (equals - field));
  value = decode (equals + 1, strlen (equals + 1));
  if (name == NULL || value == NULL)
    return;
  if (g_ascii_strcasecmp (name, "body") == 0)
    {
      g_auto (GStrv) lines = g_strsplit (value, "\r\n", -1);
      g_autofree char *body = g_strjoinv ("\n", lines);

      wax_draft_set_body (draft, body);
      return;
    }
  make_one_line (value);
  if (g_ascii_strcasecmp (name, "to") == 0)
    add_addresses (to, value);
  else if (g_ascii_strcasecmp (name, "cc") == 0)
    wax_draft_set_cc (draft, value);
  else if (g_ascii_strcasecmp (name, "bcc") == 0)
    wax_draft_set_bcc (draft, value);
  else if (g_ascii_strcasecmp (name, "subject") == 0)
    wax_draft_set_subject (draft, value);
}

WaxDraft *
wax_mailto_parse (const char *uri)
{
  g_autoptr (WaxDraft) draft = NULL;
  g_autoptr (GString) to = NULL;
  g_autofree char *addresses = NULL;
  const char *rest, *query;
  gsize length;

  g_return_val_if_fail (uri != NULL, NULL);

  if (g_ascii_strncasecmp (uri, "mailto:", 7) != 0 || strlen (uri) > LONGEST_URI)
    return NULL;
  rest = uri + 7;
  /* What opens a file: URI of a link may have made an authority of it. */
  while (*rest == '/')
    rest++;
  length = strcspn (rest, "?#");
  query = rest[length] == '?' ? rest + length + 1 : NULL;

  draft = wax_draft_new ();
  to = g_string_new (NULL);
  addresses = decode (rest, length);
  if (addresses != NULL)
    {
      make_one_line (addresses);
      add_addresses (to, addresses);
    }
  if (query != NULL)
    {
      g_autofree char *without_fragment = g_strndup (query, strcspn (query, "#"));
      g_auto (GStrv) fields = g_strsplit (without_fragment, "&", 32);
      guint i;

      for (i = 0; fields[i] != NULL; i++)
        take_field (draft, to, fields[i]);
    }
  wax_draft_set_to (draft, to->str);
  return g_steal_pointer (&draft);
}
