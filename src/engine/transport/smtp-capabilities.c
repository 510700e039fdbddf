/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The reply to EHLO, RFC 5321 section 4.1.1.1:
 *
 *   ehlo-ok-rsp  = ( "250" SP Domain [ SP ehlo-greet ] CRLF )
 *                / ( "250-" Domain [ SP ehlo-greet ] CRLF
 *                    *( "250-" ehlo-line CRLF )
 *                    "250" SP ehlo-line CRLF )
 *   ehlo-line    = ehlo-keyword *( SP ehlo-param )
 *   ehlo-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
 *   sasl-mech    = 1*20mech-char                  ; RFC 4422 section 3.1
 *   mech-char    = %x41-5A / DIGIT / "-" / "_" */

#include "smtp-capabilities.h"

#include <string.h>

#define MECHANISMS_LIMIT 32
#define MECHANISM_LENGTH 20

/* SIZE [1*20DIGIT] */
static void
parse_size (WaxSmtpCapabilities *self, const char *parameter)
{
  guint64 limit = 0;

  self->has_size = TRUE;
  self->size_limit = 0;
  if (parameter != NULL && g_ascii_string_to_unsigned (parameter, 10, 0, G_MAXINT64, &limit, NULL))
    self->size_limit = (gint64) limit;
}

static gboolean
is_mechanism (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > MECHANISM_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '_')
      return FALSE;

  return TRUE;
}

static void
parse_mechanisms (WaxSmtpCapabilities *self, const char *const *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gsize count = g_strv_length (self->mechanisms);

  self->has_auth = TRUE;
  g_strv_builder_addv (builder, (const char **) self->mechanisms);
  for (gsize i = 0; names[i] != NULL && count < MECHANISMS_LIMIT; i++)
    {
      g_autofree char *name = g_ascii_strup (names[i], -1);

      if (!is_mechanism (name) || g_strv_contains ((const char *const *) self->mechanisms, name))
        continue;
      g_strv_builder_add (builder, name);
      count++;
    }
  g_strfreev (self->mechanisms);
  self->mechanisms = g_strv_builder_end (builder);
}

static void
parse_line (WaxSmtpCapabilities *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 64);
  g_autofree char *keyword = NULL;

  if (words[0] == NULL || !g_ascii_isalnum (words[0][0]))
    return;

  keyword = g_ascii_strup (words[0], -1);
  g_ptr_array_add (self->lines, g_strconcat (keyword, line + strlen (keyword), NULL));

  if (strcmp (keyword, "STARTTLS") == 0)
    self->starttls = TRUE;
  else if (strcmp (keyword, "PIPELINING") == 0)
    self->pipelining = TRUE;
  else if (strcmp (keyword, "CHUNKING") == 0)
    self->chunking = TRUE;
  else if (strcmp (keyword, "8BITMIME") == 0)
    self->eight_bit = TRUE;
  else if (strcmp (keyword, "SMTPUTF8") == 0)
    self->utf8 = TRUE;
  else if (strcmp (keyword, "SIZE") == 0)
    parse_size (self, words[1]);
  else if (strcmp (keyword, "AUTH") == 0)
    parse_mechanisms (self, (const char *const *) words + 1);
}

WaxSmtpCapabilities *
wax_smtp_capabilities_parse (const WaxSmtpReply *reply)
{
  WaxSmtpCapabilities *self = g_new0 (WaxSmtpCapabilities, 1);

  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->mechanisms = g_new0 (char *, 1);
  self->domain = g_strndup (reply->lines[0], strcspn (reply->lines[0], " "));
  for (gsize i = 1; reply->lines[i] != NULL; i++)
    parse_line (self, reply->lines[i]);

  return self;
}

void
wax_smtp_capabilities_free (WaxSmtpCapabilities *self)
{
  if (self == NULL)
    return;

  g_free (self->domain);
  g_ptr_array_unref (self->lines);
  g_strfreev (self->mechanisms);
  g_free (self);
}
