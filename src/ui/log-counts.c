/* SPDX-License-Identifier: GPL-3.0-or-later */

/* log-counts: reads the newest entries of the log, as far back as the chart
 * goes, and counts the outcomes of submissions by day. */

#include "log-counts.h"

#include "entry-state.h"
#include "job.h"

#define PAGE 500
/* So that a very busy log cannot hold up the overview. */
#define MOST_ENTRIES 20000

/* Local midnight that begins the first day of the chart, µs. */
static gint64
first_midnight (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, -(WAX_DAY_CHART_DAYS - 1));
  g_autoptr (GDateTime)
      midnight = g_date_time_new_local (g_date_time_get_year (then), g_date_time_get_month (then),
                                        g_date_time_get_day_of_month (then), 0, 0, 0);

  return g_date_time_to_unix_usec (midnight);
}

/* The day of the chart on which @time_us was, counted as calendar days. */
static int
day_of (gint64 time_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local_usec (time_us);
  GDate today, day;

  g_date_clear (&today, 1);
  g_date_clear (&day, 1);
  g_date_set_dmy (&today, (GDateDay) g_date_time_get_day_of_month (now),
                  (GDateMonth) g_date_time_get_month (now), (GDateYear) g_date_time_get_year (now));
  g_date_set_dmy (&day, (GDateDay) g_date_time_get_day_of_month (then),
                  (GDateMonth) g_date_time_get_month (then), (GDateYear) g_date_time_get_year (then));
  return WAX_DAY_CHART_DAYS - 1 - g_date_days_between (&day, &today);
}

static void
count_entry (WaxDayCounts *counts, WaxActivityEntry *entry)
{
  WaxOutboxState state;
  int day;

  if (!wax_entry_get_state (entry, &state))
    return;
  day = day_of (wax_activity_entry_get_time (entry));
  if (day < 0 || day >= WAX_DAY_CHART_DAYS)
    return;
  if (state == WAX_OUTBOX_SENT || state == WAX_OUTBOX_PARTIAL)
    counts->sent[day]++;
  else if (state == WAX_OUTBOX_FAILED || state == WAX_OUTBOX_BLOCKED)
    counts->refused[day]++;
}

static void
count_in_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WaxActivityLog *log = wax_engine_get_log (WAX_ENGINE (source));
  g_autofree WaxDayCounts *counts = g_new0 (WaxDayCounts, 1);
  const gint64 since = first_midnight ();
  gint64 offset;
  gboolean more = TRUE;

  for (offset = 0; more && offset < MOST_ENTRIES && !g_cancellable_is_cancelled (cancellable); offset += PAGE)
    {
      GError *error = NULL;
      g_autoptr (GPtrArray) entries = wax_activity_log_list (log, NULL, NULL, offset, PAGE, &error);
      guint i;

      if (entries == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
      more = entries->len == PAGE;
      for (i = 0; i < entries->len && more; i++)
        more = wax_activity_entry_get_time (entries->pdata[i]) >= since;
      for (i = 0; i < entries->len; i++)
        count_entry (counts, entries->pdata[i]);
    }
  g_task_return_pointer (task, g_steal_pointer (&counts), g_free);
}

void
wax_log_counts_async (WaxEngine *engine,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);

  g_task_set_source_tag (task, wax_log_counts_async);
  wax_job_run (task, count_in_job);
}

WaxDayCounts *
wax_log_counts_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
