/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wax_shown_text:
 *
 * Makes one line that a face can show of a stranger's octets: UTF-8, at most
 * @limit octets of @data, and a question mark for each control character and
 * for whatever would turn the direction of the text around.
 * Returns: (transfer full)
 */
char *wax_shown_text (gconstpointer data,
                      gsize         length,
                      gsize         limit);

G_END_DECLS
