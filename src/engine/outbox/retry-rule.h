/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How long a message is tried before it fails (RFC 5321 section 4.5.4.1: at least 4 to 5 days), µs. */
#define WAX_RETRY_LIFETIME_US (5 * G_TIME_SPAN_DAY)
/** And at least so often, which takes four hours: the computer may have been off for the five days. */
#define WAX_RETRY_LEAST_ATTEMPTS 8

/**
 * wax_retry_rule_next:
 * @attempts: how many were made, at least 1
 * @created: when the message was queued, µs
 * @now: µs
 * @random: any 32 bits, for the jitter
 *
 * When a deferred message is due again: after a minute, then twice as long each
 * time up to four hours, a fifth more or less so that not everything comes at
 * once. Pure.
 * Returns: the time in µs, or -1 when the message has been tried long enough
 */
gint64 wax_retry_rule_next (int     attempts,
                            gint64  created,
                            gint64  now,
                            guint32 random);

G_END_DECLS
