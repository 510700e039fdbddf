/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wax_flowed_text:
 *
 * The text of a person as text/plain; format=flowed (RFC 3676, without DelSp):
 * long paragraphs are broken softly after a space at 72 characters, lines that
 * could be mistaken are space-stuffed, and trailing spaces that mean nothing are
 * dropped, except those of the signature separator. Quoted lines (`>`) stay fixed.
 * Returns: (transfer full): lines that end in LF
 */
char *wax_flowed_text (const char *text);

G_END_DECLS
