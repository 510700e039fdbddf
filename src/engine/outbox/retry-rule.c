/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When to try again. */

#include "retry-rule.h"

#define FIRST_US   G_TIME_SPAN_MINUTE
#define LONGEST_US (4 * G_TIME_SPAN_HOUR)

gint64
wax_retry_rule_next (int attempts, gint64 created, gint64 now, guint32 random)
{
  gint64 delay = FIRST_US;
  gint64 jitter;

  if (now - created >= WAX_RETRY_LIFETIME_US && attempts >= WAX_RETRY_LEAST_ATTEMPTS)
    return -1;

  for (int i = 1; i < attempts && delay < LONGEST_US; i++)
    delay *= 2;
  delay = MIN (delay, LONGEST_US);
  /* From -20 % to +20 %. */
  jitter = (delay / 5) * ((gint64) (random % 2001) - 1000) / 1000;

  return now + delay + jitter;
}
