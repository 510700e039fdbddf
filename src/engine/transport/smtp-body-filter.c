/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What may leave as the text of a message: lines that end in CR LF and hold neither
 * alone (RFC 5321 section 2.3.8). It looks for line ends by memchr(), a line at a
 * time, since every octet of every message comes through here. */

#include "smtp-body-filter.h"

#include "transport.h"

#include <string.h>

static gboolean
bare (GError **error, const char *what)
{
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED,
               "The message has a %s outside of a line end, which some servers take for one", what);

  return FALSE;
}

/* Takes the octets up to and with the next LF, or all of @length: how many. 0 with
 * @error for a bare CR or LF among them; @length is not 0. */
static gsize
filter_line (WaxSmtpBodyFilter *self, const guint8 *data, gsize length, GError **error)
{
  const guint8 *newline = memchr (data, '\n', length);
  gsize taken = newline != NULL ? (gsize) (newline - data) + 1 : length;
  gsize text = newline != NULL ? taken - 1 : length;
  const guint8 *cr = text > 0 ? memchr (data, '\r', text) : NULL;
  gboolean ends_in_cr = cr != NULL && cr == data + text - 1;

  if ((self->after_cr && text > 0) || (cr != NULL && !ends_in_cr))
    {
      bare (error, "carriage return");
      return 0;
    }
  if (newline != NULL && !ends_in_cr && !self->after_cr)
    {
      bare (error, "line feed");
      return 0;
    }
  self->after_cr = newline == NULL && ends_in_cr;
  self->inside_line = newline == NULL;

  return taken;
}

gboolean
wax_smtp_body_filter_check (WaxSmtpBodyFilter *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0 && !self->binary)
    {
      gsize taken = filter_line (self, data, length, error);

      if (taken == 0)
        return FALSE;
      data += taken;
      length -= taken;
    }

  return TRUE;
}

gboolean
wax_smtp_body_filter_push (WaxSmtpBodyFilter *self,
                           const guint8 *data,
                           gsize length,
                           GByteArray *out,
                           GError **error)
{
  gsize copied = 0;

  if (!self->stuff)
    {
      g_byte_array_append (out, data, (guint) length);
      return wax_smtp_body_filter_check (self, data, length, error);
    }

  for (gsize at = 0; at < length;)
    {
      gboolean dot = !self->inside_line && data[at] == '.';
      gsize taken = filter_line (self, data + at, length - at, error);

      if (taken == 0)
        return FALSE;
      if (dot)
        {
          g_byte_array_append (out, data + copied, (guint) (at - copied));
          g_byte_array_append (out, (const guint8 *) ".", 1);
          copied = at;
        }
      at += taken;
    }
  g_byte_array_append (out, data + copied, (guint) (length - copied));

  return TRUE;
}

gboolean
wax_smtp_body_filter_finish (WaxSmtpBodyFilter *self, GByteArray *out, GError **error)
{
  if (self->after_cr)
    return bare (error, "carriage return");
  if (!self->stuff)
    return TRUE;

  if (self->inside_line)
    g_byte_array_append (out, (const guint8 *) "\r\n", 2);
  g_byte_array_append (out, (const guint8 *) ".\r\n", 3);

  return TRUE;
}
