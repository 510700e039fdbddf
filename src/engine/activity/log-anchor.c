/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The anchor's one line, there and back. */

#include "log-anchor.h"
#include "hex.h"

#include <string.h>

char *
wax_log_anchor_to_line (const WaxLogAnchor *self)
{
  g_autofree char *root = wax_hex_encode (self->root, WAX_HASH_LENGTH);

  return g_strdup_printf ("v1:%" G_GINT64_FORMAT ":%s:%" G_GINT64_FORMAT, self->size, root, self->epoch);
}

gboolean
wax_log_anchor_parse (WaxLogAnchor *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ":", 5);
  g_autofree char *again = NULL;
  guint64 size, epoch;

  if (g_strv_length (parts) != 4 || !g_str_equal (parts[0], "v1")
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXINT64, &size, NULL)
      || !wax_hex_decode (parts[2], self->root, WAX_HASH_LENGTH)
      || !g_ascii_string_to_unsigned (parts[3], 10, 0, G_MAXINT64, &epoch, NULL))
    return FALSE;
  self->size = (gint64) size;
  self->epoch = (gint64) epoch;
  again = wax_log_anchor_to_line (self);

  return g_str_equal (again, line);
}
