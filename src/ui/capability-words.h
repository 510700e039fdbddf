/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** (transfer full) (nullable) What a line of a reply to EHLO means, in plain
 * words; %NULL for a keyword that is not known. */
char *wax_capability_words (const char *line);

G_END_DECLS
