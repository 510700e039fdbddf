/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The header of a message or part, as far as its encoding depends on it. */

#include "mime-header.h"

#include <string.h>

#include "message-gmime.h"

#define ENCODING_FIELD "Content-Transfer-Encoding"
#define BOUNDARY_LIMIT 512

/* One field: @text with its folds and CRLF; @name_length is 0 where it is none. */
typedef struct
{
  const char *text;
  gsize length;
  gsize name_length;
} Field;

static gsize
name_length_of (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == ':')
        return i;
      if ((guchar) text[i] <= ' ' || (guchar) text[i] > '~')
        break;
    }

  return 0;
}

/* Cuts the next field off *@at; %FALSE at the end. */
static gboolean
next_field (const char **at, const char *end, Field *field)
{
  const char *start = *at;
  const char *p = start;

  if (start == end)
    return FALSE;
  do
    {
      p = memchr (p, '\n', (gsize) (end - p));
      p = p != NULL ? p + 1 : end;
    }
  while (p < end && (*p == ' ' || *p == '\t'));

  *field = (Field) { start, (gsize) (p - start), name_length_of (start, (gsize) (p - start)) };
  *at = p;
  return TRUE;
}

static gboolean
field_is (const Field *field, const char *name)
{
  return strlen (name) == field->name_length
         && g_ascii_strncasecmp (field->text, name, field->name_length) == 0;
}

/* (transfer full) The value on one line. */
static char *
field_value (const Field *field)
{
  char *value = g_strndup (field->text + field->name_length + 1, field->length - field->name_length - 1);

  return g_strstrip (g_strdelimit (value, "\r\n", ' '));
}

/* ---- what it says ---- */

typedef struct
{
  char *type;     /* (nullable) the value of Content-Type */
  char *encoding; /* (nullable) */
  gboolean dkim;
  gboolean strange;
} Facts;

static void
facts_clear (Facts *self)
{
  g_free (self->type);
  g_free (self->encoding);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

/* A field that stands there twice is read differently by different programs. */
static void
take_once (Facts *self, char **value, const Field *field)
{
  self->strange |= *value != NULL;
  g_free (*value);
  *value = field_value (field);
}

static void
read_facts (Facts *self, const char *text, gsize length)
{
  const char *at = text;
  Field field;

  while (next_field (&at, text + length, &field))
    {
      if (field.name_length == 0)
        self->strange = TRUE;
      else if (field_is (&field, "Content-Type"))
        take_once (self, &self->type, &field);
      else if (field_is (&field, ENCODING_FIELD))
        take_once (self, &self->encoding, &field);
      else if (field_is (&field, "DKIM-Signature"))
        self->dkim = TRUE;
    }
}

/* Whether the encoding is one that leaves octets as they are; sets the label. */
static gboolean
is_identity (WaxMimeHeader *self, const char *encoding)
{
  static const char *const names[] = { "7bit", "8bit", "binary" };

  self->label = WAX_TRANSFER_7BIT;
  for (gsize i = 0; encoding != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (encoding, names[i]) == 0)
      {
        self->label = (WaxTransferLimit) i;
        return TRUE;
      }

  return encoding == NULL;
}

static gboolean
is_encoded (const char *encoding)
{
  return g_ascii_strcasecmp (encoding, "base64") == 0
         || g_ascii_strcasecmp (encoding, "quoted-printable") == 0;
}

static WaxEntityKind
multipart_kind (WaxMimeHeader *self, GMimeContentType *type)
{
  const char *boundary = g_mime_content_type_get_parameter (type, "boundary");

  if (g_mime_content_type_is_type (type, "multipart", "signed")
      || g_mime_content_type_is_type (type, "multipart", "encrypted"))
    return WAX_ENTITY_SIGNED;
  if (boundary == NULL || *boundary == '\0' || strlen (boundary) > BOUNDARY_LIMIT
      || strpbrk (boundary, "\r\n") != NULL || g_str_has_suffix (boundary, " "))
    return WAX_ENTITY_STRANGE;

  self->boundary = g_strdup (boundary);
  self->digest = g_mime_content_type_is_type (type, "multipart", "digest");
  return WAX_ENTITY_MULTIPART;
}

static gboolean
is_smime (GMimeContentType *type)
{
  const char *subtype = g_mime_content_type_get_media_subtype (type);

  return g_mime_content_type_is_type (type, "application", "*") && subtype != NULL
         && (g_ascii_strncasecmp (subtype, "pkcs7-", 6) == 0
             || g_ascii_strncasecmp (subtype, "x-pkcs7-", 8) == 0);
}

static WaxEntityKind
kind_of_type (WaxMimeHeader *self, GMimeContentType *type)
{
  if (g_mime_content_type_is_type (type, "multipart", "*"))
    return multipart_kind (self, type);
  if (g_mime_content_type_is_type (type, "message", "rfc822"))
    return WAX_ENTITY_MESSAGE;
  /* RFC 6532 section 3.7 lets this one of the message types be encoded. */
  if (g_mime_content_type_is_type (type, "message", "global"))
    return WAX_ENTITY_DATA;
  if (g_mime_content_type_is_type (type, "message", "*"))
    return WAX_ENTITY_STRANGE;
  if (is_smime (type))
    return WAX_ENTITY_SIGNED;

  return g_mime_content_type_is_type (type, "text", "*") ? WAX_ENTITY_TEXT : WAX_ENTITY_DATA;
}

void
wax_mime_header_read (WaxMimeHeader *self,
                      const char *text,
                      gsize length,
                      gboolean is_message,
                      gboolean in_digest)
{
  g_auto (Facts) facts = { 0 };

  *self = (WaxMimeHeader) { .kind = in_digest ? WAX_ENTITY_MESSAGE : WAX_ENTITY_TEXT };
  read_facts (&facts, text, length);
  if (is_message && facts.dkim)
    self->kind = WAX_ENTITY_SIGNED;
  else if (facts.strange)
    self->kind = WAX_ENTITY_STRANGE;
  else if (!is_identity (self, facts.encoding))
    self->kind = is_encoded (facts.encoding) ? WAX_ENTITY_ENCODED : WAX_ENTITY_STRANGE;
  else if (facts.type != NULL)
    {
      GMimeContentType *type = g_mime_content_type_parse (NULL, facts.type);

      self->kind = type != NULL ? kind_of_type (self, type) : WAX_ENTITY_STRANGE;
      g_clear_object (&type);
    }
}

void
wax_mime_header_clear (WaxMimeHeader *self)
{
  g_clear_pointer (&self->boundary, g_free);
}

void
wax_mime_header_relabel (const char *text, gsize length, const char *encoding, GByteArray *out)
{
  g_autofree char *line = g_strdup_printf (ENCODING_FIELD ": %s\r\n", encoding);
  const char *at = text;
  gboolean done = FALSE;
  Field field;

  while (next_field (&at, text + length, &field))
    {
      gboolean replaced = field_is (&field, ENCODING_FIELD);

      g_byte_array_append (out, (const guint8 *) (replaced ? line : field.text),
                           (guint) (replaced ? strlen (line) : field.length));
      done |= replaced;
    }
  if (!done)
    g_byte_array_append (out, (const guint8 *) line, (guint) strlen (line));
}
