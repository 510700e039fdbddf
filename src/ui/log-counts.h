/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "day-chart.h"
#include "engine.h"

G_BEGIN_DECLS

/**
 * Counts, in a job, what the log says of the last days: messages that the server
 * took, and messages that it or Waxseal refused. Counting is not a look at
 * entries and is not recorded. Finish returns (transfer full), to g_free().
 */
void          wax_log_counts_async  (WaxEngine            *engine,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
WaxDayCounts *wax_log_counts_finish (GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS
