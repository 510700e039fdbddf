/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WaxSpanBar:
 *
 * A stretch of time, drawn, with a mark for now. The stretch has the colour of
 * the widget's text; what of it has passed is stronger. Where now lies outside,
 * the drawing widens so that the mark stands beside the stretch.
 */
#define WAX_TYPE_SPAN_BAR (wax_span_bar_get_type ())
G_DECLARE_FINAL_TYPE (WaxSpanBar, wax_span_bar, WAX, SPAN_BAR, GtkWidget)

/** All in the same unit. */
void wax_span_bar_set_span (WaxSpanBar *self,
                            gint64      from,
                            gint64      until,
                            gint64      now);

G_END_DECLS
