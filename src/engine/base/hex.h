/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** (transfer full) lower-case hexadecimal. */
char    *wax_hex_encode (gconstpointer data, gsize length);
/** Decodes exactly @length octets into @out; %FALSE for anything else. */
gboolean wax_hex_decode (const char *hex, guint8 *out, gsize length);

G_END_DECLS
