/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Hexadecimal both ways, for digests and identifiers. Secrets have their own
 * (wax_secret_to_hex()), since these strings are ordinary memory. */

#include "hex.h"

#include <string.h>

char *
wax_hex_encode (gconstpointer data, gsize length)
{
  static const char digits[] = "0123456789abcdef";
  const guint8 *octets = data;
  char *hex = g_malloc (length * 2 + 1);

  for (gsize i = 0; i < length; i++)
    {
      hex[2 * i] = digits[octets[i] >> 4];
      hex[2 * i + 1] = digits[octets[i] & 15];
    }
  hex[length * 2] = '\0';

  return hex;
}

gboolean
wax_hex_decode (const char *hex, guint8 *out, gsize length)
{
  if (strlen (hex) != length * 2)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      out[i] = (guint8) (high << 4 | low);
    }

  return TRUE;
}
