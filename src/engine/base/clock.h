/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Microseconds since the Unix epoch, UTC; follows wax_clock_set_offset(). */
gint64 wax_clock_now        (void);
/** Microseconds of the monotonic clock, for durations. */
gint64 wax_clock_monotonic  (void);
/** Tests only: shifts wax_clock_now() by @offset microseconds. */
void   wax_clock_set_offset (gint64 offset);
/** (transfer full) RFC 3339, UTC, seconds: `2026-11-24T05:55:07Z`. */
char  *wax_clock_format     (gint64 time_us);
/** Milliseconds since @start_us of wax_clock_monotonic(), at least 0. */
gint64 wax_clock_elapsed_ms (gint64 start_us);

G_END_DECLS
