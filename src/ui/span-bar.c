/* SPDX-License-Identifier: GPL-3.0-or-later */

/* span-bar: from when until when, and where now is in it. */

#include "span-bar.h"

#define TRACK_HEIGHT 8
#define MARK_WIDTH   3

struct _WaxSpanBar
{
  GtkWidget parent_instance;

  gint64 from;
  gint64 until;
  gint64 now;
};

G_DEFINE_FINAL_TYPE (WaxSpanBar, wax_span_bar, GTK_TYPE_WIDGET)

static void
draw_pill (GtkSnapshot *snapshot, const GdkRGBA *color, double left, double right, double top)
{
  GskRoundedRect pill;

  if (right <= left)
    return;
  gsk_rounded_rect_init_from_rect (
      &pill, &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) (right - left), TRACK_HEIGHT),
      TRACK_HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &pill);
  gtk_snapshot_append_color (snapshot, color, &pill.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
wax_span_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WaxSpanBar *self = WAX_SPAN_BAR (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double first = (double) MIN (self->from, self->now), last = (double) MAX (self->until, self->now);
  double scale, left, right, mark, top = (height - TRACK_HEIGHT) / 2;
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA color, faint;

  if (last <= first)
    return;
  if (mirrored)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  /* The mark keeps its whole width inside at both ends. */
  scale = (width - MARK_WIDTH) / (last - first);
  left = ((double) self->from - first) * scale;
  right = ((double) self->until - first) * scale + MARK_WIDTH;
  mark = ((double) self->now - first) * scale;

  gtk_widget_get_color (widget, &color);
  faint = color;
  faint.alpha *= 0.3f;
  draw_pill (snapshot, &faint, left, right, top);
  draw_pill (snapshot, &color, left, CLAMP (mark + MARK_WIDTH, left, right), top);

  gtk_widget_get_color (gtk_widget_get_parent (widget), &color);
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT ((float) mark, 0, MARK_WIDTH, (float) height));
}

static void
wax_span_bar_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : TRACK_HEIGHT * 2;
  *natural = *minimum;
}

static void
wax_span_bar_class_init (WaxSpanBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = wax_span_bar_snapshot;
  widget_class->measure = wax_span_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "spanbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wax_span_bar_init (WaxSpanBar *self)
{
}

void
wax_span_bar_set_span (WaxSpanBar *self, gint64 from, gint64 until, gint64 now)
{
  g_return_if_fail (WAX_IS_SPAN_BAR (self));

  self->from = from;
  self->until = until;
  self->now = now;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
