/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** How many days the chart shows; the last one is today. */
#define WAX_DAY_CHART_DAYS 14

/** What happened on the days of the chart. */
typedef struct {
  guint sent[WAX_DAY_CHART_DAYS];
  guint refused[WAX_DAY_CHART_DAYS];
} WaxDayCounts;

/**
 * WaxDayChart:
 *
 * Bars of what was sent and what was refused on each of the last days. Its
 * numbers are also its accessible description. Colours are those of its CSS
 * children `sent` and `refused`.
 */
#define WAX_TYPE_DAY_CHART (wax_day_chart_get_type ())
G_DECLARE_FINAL_TYPE (WaxDayChart, wax_day_chart, WAX, DAY_CHART, GtkWidget)

void wax_day_chart_set_counts (WaxDayChart        *self,
                               const WaxDayCounts *counts);

G_END_DECLS
