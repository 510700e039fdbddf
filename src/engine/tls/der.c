/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Walks through DER without copying it: a revocation list has hundreds of
 * thousands of entries, which a tree of nodes would multiply. */

#include "der.h"

#include <string.h>

#define MAX_LENGTH_OCTETS 4
#define MAX_OID_OCTETS    64

gboolean
wax_der_next (WaxDer *rest, guint8 *tag, WaxDer *content, WaxDer *whole)
{
  const guint8 *data = rest->data;
  gsize header = 2, length;

  if (rest->length < 2 || (data[0] & 0x1f) == 0x1f)
    return FALSE;
  length = data[1];
  if (length >= 0x80)
    {
      gsize n = length & 0x7f;

      if (n == 0 || n > MAX_LENGTH_OCTETS || rest->length < 2 + n || data[2] == 0)
        return FALSE;
      length = 0;
      for (gsize i = 0; i < n; i++)
        length = length << 8 | data[2 + i];
      if (length < 0x80)
        return FALSE;
      header += n;
    }
  if (length > rest->length - header)
    return FALSE;

  *tag = data[0];
  if (content != NULL)
    *content = (WaxDer) { data + header, length };
  if (whole != NULL)
    *whole = (WaxDer) { data, header + length };
  rest->data += header + length;
  rest->length -= header + length;

  return TRUE;
}

gboolean
wax_der_has (const WaxDer *rest, guint8 tag)
{
  return rest->length > 0 && rest->data[0] == tag;
}

gboolean
wax_der_take (WaxDer *rest, guint8 tag, WaxDer *content)
{
  guint8 found;

  return wax_der_has (rest, tag) && wax_der_next (rest, &found, content, NULL);
}

gboolean
wax_der_equal (const WaxDer *a, const WaxDer *b)
{
  return a->length == b->length && (a->length == 0 || memcmp (a->data, b->data, a->length) == 0);
}

/* @n digits from @at. */
static int
digits (const WaxDer *content, gsize at, gsize n)
{
  int value = 0;

  for (gsize i = at; i < at + n; i++)
    value = value * 10 + (content->data[i] - '0');

  return value;
}

static gboolean
are_digits_with_z (const WaxDer *content)
{
  for (gsize i = 0; i + 1 < content->length; i++)
    if (!g_ascii_isdigit (content->data[i]))
      return FALSE;

  return content->data[content->length - 1] == 'Z';
}

gboolean
wax_der_take_time (WaxDer *rest, gint64 *seconds)
{
  g_autoptr (GDateTime) time = NULL;
  WaxDer content;
  gsize at;
  int year;

  if (wax_der_take (rest, WAX_DER_UTC_TIME, &content))
    {
      if (content.length != strlen ("YYMMDDHHMMSSZ") || !are_digits_with_z (&content))
        return FALSE;
      year = digits (&content, 0, 2);
      year += year < 50 ? 2000 : 1900;
      at = 2;
    }
  else if (wax_der_take (rest, WAX_DER_GENERALIZED_TIME, &content))
    {
      if (content.length != strlen ("YYYYMMDDHHMMSSZ") || !are_digits_with_z (&content))
        return FALSE;
      year = digits (&content, 0, 4);
      at = 4;
    }
  else
    return FALSE;

  time = g_date_time_new_utc (year, digits (&content, at, 2), digits (&content, at + 2, 2),
                              digits (&content, at + 4, 2), digits (&content, at + 6, 2),
                              digits (&content, at + 8, 2));
  if (time == NULL)
    return FALSE;
  *seconds = g_date_time_to_unix (time);

  return TRUE;
}

char *
wax_der_oid_text (const WaxDer *content)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 value = 0;

  if (content->length == 0 || content->length > MAX_OID_OCTETS
      || (content->data[content->length - 1] & 0x80) != 0)
    return NULL;
  for (gsize i = 0; i < content->length; i++)
    {
      if (value > G_MAXUINT64 >> 7)
        return NULL;
      value = value << 7 | (content->data[i] & 0x7f);
      if ((content->data[i] & 0x80) != 0)
        continue;
      if (text->len == 0)
        {
          guint64 first = MIN (value / 40, 2);

          g_string_append_printf (text, "%" G_GUINT64_FORMAT, first);
          value -= first * 40;
        }
      g_string_append_printf (text, ".%" G_GUINT64_FORMAT, value);
      value = 0;
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
