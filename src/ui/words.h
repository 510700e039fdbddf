/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "account.h"
#include "activity-log.h"
#include "check.h"
#include "connection-report.h"
#include "outbox-item.h"

G_BEGIN_DECLS

/** (transfer full) A time (µs since the Unix epoch) as a list shows it: `14:05`, `Yesterday 14:05`, `3 May 2025`. */
char       *wax_words_time           (gint64          time_us);
/** (transfer full) The same to the second, with the date. */
char       *wax_words_exact_time     (gint64          time_us);
/** (transfer full) A date (seconds since the Unix epoch): `3 May 2025`. */
char       *wax_words_date           (gint64          time_s);
/** (transfer full) When something that is due at @time_us will happen: `in 5 minutes`, `now`. */
char       *wax_words_until          (gint64          time_us);

/** One or two words for where a message stands. */
const char *wax_words_state          (WaxOutboxState  state);
const char *wax_words_state_icon     (WaxOutboxState  state);
/** A style class: `success`, `warning`, `error`, `accent` or `dim-label`. */
const char *wax_words_state_class    (WaxOutboxState  state);
/** Whether the message waits for the user. */
gboolean    wax_words_state_needs_user (WaxOutboxState state);

/** What a check looks at, such as `Name in the certificate`. */
const char *wax_words_check          (const char     *name);
const char *wax_words_check_result   (WaxCheckResult  result);
const char *wax_words_check_icon     (WaxCheckResult  result);
const char *wax_words_check_class    (WaxCheckResult  result);

/** (transfer full) The line for the route, without the exceptions that wax_words_report_notes() tells. */
char       *wax_words_route          (WaxConnectionReport *report);
/** (transfer full) (nullable) What is weaker than it should be, or wants attention soon, of a
 * connection that may be used: one sentence a line. @weaker: whether there is an exception among it */
char       *wax_words_report_notes   (WaxConnectionReport *report,
                                      gboolean        *weaker);
/** What kind of entry this is, for the class of its event. */
const char *wax_words_event_class    (int             class_uid);
/** Icon and style class of an entry: those of the state for what became of a message. */
const char *wax_words_entry_icon     (WaxActivityEntry *entry);
const char *wax_words_entry_class    (WaxActivityEntry *entry);

/** (transfer full) `Ada Lovelace <ada@example.org>`, or the address alone. */
char       *wax_words_account        (WaxAccount     *account);
/** (transfer full) `smtp.example.org, port 465, TLS from the start` */
char       *wax_words_server         (WaxAccount     *account);

G_END_DECLS
