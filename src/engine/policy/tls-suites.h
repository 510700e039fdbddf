/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Whether an exception may name @suite (IANA name): one of a few with ECDHE and CBC. */
gboolean wax_tls_suite_may_be_allowed (const char *suite);
/** (nullable) The IANA name of the @i-th of them, best first; %NULL after the last. */
const char *wax_tls_suite_allowable   (guint i);
/** Whether GnuTLS offers @suite, one of those, by @priority (nullable). */
gboolean wax_tls_suite_is_offered     (const char *priority,
                                       const char *suite);

G_END_DECLS
