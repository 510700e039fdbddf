/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Text on a terminal. What servers, certificates and messages say is never
 * printed raw: it could hold escape sequences. */

typedef enum {
  WAX_STYLE_PLAIN,
  WAX_STYLE_BOLD,
  WAX_STYLE_DIM,
  WAX_STYLE_GOOD,
  WAX_STYLE_BAD,
} WaxStyle;

/** (transfer full) @text with control and direction characters as `?`; line
 * breaks become a blank. */
char       *wax_text_clean     (const char  *text);
/** Prints to stdout in the locale's encoding, as it is. */
void        wax_text_print     (const char  *format,
                                ...) G_GNUC_PRINTF (1, 2);
/** Prints @text, cleaned and styled where stdout is a terminal that may be coloured. */
void        wax_text_styled    (WaxStyle     style,
                                const char  *text);
/** A heading on a line of its own, after an empty line. */
void        wax_text_heading   (const char  *text);
/** `  Label        value`, the value cleaned and wrapped with a hanging indent. %NULL prints nothing. */
void        wax_text_row       (const char  *label,
                                const char  *value);
/** The same, with the value at @width characters behind the label's start. */
void        wax_text_row_wide  (const char  *label,
                                int          width,
                                const char  *value);
/** The sign before a fact: ✓, ✗ or –, or ASCII where the locale lacks them. */
void        wax_text_mark      (WaxStyle     style);
/** (transfer full) Octets for people: `1.4 MB`. */
char       *wax_text_size      (gint64       octets);
/** (transfer full) Local time: `2026-11-24 07:31:02`. @time_us in µs. */
char       *wax_text_time      (gint64       time_us);

G_END_DECLS
