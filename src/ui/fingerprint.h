/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** (transfer full) Hexadecimal as it is read aloud: upper case, in groups of four.
 * @hex: (nullable) */
char *wax_fingerprint_words (const char *hex);

G_END_DECLS
