/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one place where the time is asked for, so that tests can move it. */

#include "clock.h"

static gint64 clock_offset; /* atomic by its size; set by tests before they start threads */

gint64
wax_clock_now (void)
{
  return g_get_real_time () + clock_offset;
}

gint64
wax_clock_monotonic (void)
{
  return g_get_monotonic_time ();
}

void
wax_clock_set_offset (gint64 offset)
{
  clock_offset = offset;
}

char *
wax_clock_format (gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (time_us);

  if (time == NULL)
    return g_strdup ("0000-00-00T00:00:00Z");

  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

gint64
wax_clock_elapsed_ms (gint64 start_us)
{
  return MAX (0, (g_get_monotonic_time () - start_us + 500) / 1000);
}
