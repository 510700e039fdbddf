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
 *   mech-char    = %x41-5A / DIGIT / "-" / "_"
 *
 * and behind the keywords:
 *
 *   SIZE          [1*20DIGIT]                                      ; RFC 1870
 *   FUTURERELEASE max-interval SP max-date-time                    ; RFC 4865
 *   DELIVERBY     [[min-by-time] *( "," extension-token )]         ; RFC 2852
 *   MT-PRIORITY   [profile]                                        ; RFC 6710
 *   LIMITS        *( name ["=" value] )                            ; RFC 9422 */

#include "smtp-capabilities.h"

#include <string.h>

#define MECHANISMS_LIMIT 32
#define MECHANISM_LENGTH 20

#define PROFILE_LENGTH 64

typedef void (*ParseParameters) (WaxSmtpCapabilities *self, const char *const *words);

/* The number that @text is, or @fallback. */
static gint64
number_of (const char *text, gint64 greatest, gint64 fallback)
{
  guint64 number = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, (guint64) greatest, &number, NULL))
    return fallback;

  return (gint64) number;
}

static void
parse_size (WaxSmtpCapabilities *self, const char *const *words)
{
  self->size_limit = number_of (words[0], G_MAXINT64, 0);
}

/* A server without one of its two limits breaks the RFC, and is believed as far as it goes. */
static void
parse_future_release (WaxSmtpCapabilities *self, const char *const *words)
{
  g_autoptr (GDateTime) date = NULL;

  self->hold_max_s = number_of (words[0], 999999999, 0);
  if (words[0] == NULL || words[1] == NULL)
    return;
  date = g_date_time_new_from_iso8601 (words[1], NULL);
  self->hold_max_date = date != NULL ? MAX (0, g_date_time_to_unix (date)) : 0;
}

static void
parse_deliver_by (WaxSmtpCapabilities *self, const char *const *words)
{
  g_autofree char *least = words[0] != NULL ? g_strndup (words[0], strcspn (words[0], ",")) : NULL;

  self->deliver_by_min_s = (int) number_of (least, 999999999, 0);
}

static void
parse_mt_priority (WaxSmtpCapabilities *self, const char *const *words)
{
  g_clear_pointer (&self->mt_priority_profile, g_free);
  if (words[0] == NULL || *words[0] == '\0' || strlen (words[0]) > PROFILE_LENGTH)
    return;
  for (const char *p = words[0]; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return;
  self->mt_priority_profile = g_ascii_strup (words[0], -1);
}

/* A value has at most six digits, and none is 0 (RFC 9422 section 4). */
static void
parse_limits (WaxSmtpCapabilities *self, const char *const *words)
{
  const struct
  {
    const char *name;
    guint *limit;
  } known[] = {
    { "MAILMAX", &self->mail_max },
    { "RCPTMAX", &self->rcpt_max },
    { "RCPTDOMAINMAX", &self->rcpt_domain_max },
  };

  for (; *words != NULL; words++)
    for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
      {
        gsize length = strlen (known[i].name);

        if (g_ascii_strncasecmp (*words, known[i].name, length) == 0 && (*words)[length] == '=')
          *known[i].limit = (guint) number_of (*words + length + 1, 999999, 0);
      }
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

#define FLAG(member) G_STRUCT_OFFSET (WaxSmtpCapabilities, member)

static const struct
{
  const char *keyword;
  gsize flag;
  ParseParameters parse; /* (nullable) of what follows the keyword */
} keywords[] = {
  { "STARTTLS", FLAG (starttls), NULL },
  { "PIPELINING", FLAG (pipelining), NULL },
  { "CHUNKING", FLAG (chunking), NULL },
  { "BINARYMIME", FLAG (binarymime), NULL },
  { "8BITMIME", FLAG (eight_bit), NULL },
  { "SMTPUTF8", FLAG (utf8), NULL },
  { "SIZE", FLAG (has_size), parse_size },
  { "DSN", FLAG (dsn), NULL },
  { "ENHANCEDSTATUSCODES", FLAG (enhanced_status), NULL },
  { "REQUIRETLS", FLAG (requiretls), NULL },
  { "FUTURERELEASE", FLAG (future_release), parse_future_release },
  { "DELIVERBY", FLAG (deliver_by), parse_deliver_by },
  { "MT-PRIORITY", FLAG (mt_priority), parse_mt_priority },
  { "LIMITS", FLAG (has_limits), parse_limits },
  { "AUTH", FLAG (has_auth), parse_mechanisms },
};

static void
parse_line (WaxSmtpCapabilities *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 64);
  g_autofree char *keyword = NULL;

  if (words[0] == NULL || !g_ascii_isalnum (words[0][0]))
    return;

  keyword = g_ascii_strup (words[0], -1);
  g_ptr_array_add (self->lines, g_strconcat (keyword, line + strlen (keyword), NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (strcmp (keywords[i].keyword, keyword) == 0)
      {
        G_STRUCT_MEMBER (gboolean, self, keywords[i].flag) = TRUE;
        if (keywords[i].parse != NULL)
          keywords[i].parse (self, (const char *const *) words + 1);
      }
}

static WaxSmtpCapabilities *
parse_lines (const char *const *lines)
{
  WaxSmtpCapabilities *self = g_new0 (WaxSmtpCapabilities, 1);

  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->mechanisms = g_new0 (char *, 1);
  for (; *lines != NULL; lines++)
    parse_line (self, *lines);
  /* RFC 3030 section 3: a server that has BINARYMIME has CHUNKING. */
  self->binarymime &= self->chunking;

  return self;
}

WaxSmtpCapabilities *
wax_smtp_capabilities_parse (const WaxSmtpReply *reply)
{
  WaxSmtpCapabilities *self = parse_lines ((const char *const *) reply->lines + 1);

  self->domain = g_strndup (reply->lines[0], strcspn (reply->lines[0], " "));

  return self;
}

WaxSmtpCapabilities *
wax_smtp_capabilities_from_lines (const char *const *lines)
{
  WaxSmtpCapabilities *self = parse_lines (lines);

  self->domain = g_strdup ("");

  return self;
}

void
wax_smtp_capabilities_free (WaxSmtpCapabilities *self)
{
  if (self == NULL)
    return;

  g_free (self->domain);
  g_free (self->mt_priority_profile);
  g_ptr_array_unref (self->lines);
  g_strfreev (self->mechanisms);
  g_free (self);
}
