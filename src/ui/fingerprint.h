/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** (transfer full) Hexadecimal as it is read aloud: upper case, in groups of four.
 * @hex: (nullable) */
char *wax_fingerprint_words (const char *hex);
/** (transfer full) (nullable) Bare lower-case hexadecimal of a SHA-256, of what may have colons,
 * blanks or a prefix; %NULL of what is none. */
char *wax_fingerprint_read  (const char *text);

G_END_DECLS
