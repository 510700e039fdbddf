/* SPDX-License-Identifier: GPL-3.0-or-later */

/* day-chart: a drawn chart, bars for each of fourteen days. */

#include "day-chart.h"

#include <math.h>

#include <glib/gi18n.h>

#define HEIGHT      140
#define LABEL_SPACE 22
#define TOP_SPACE   18

struct _WaxDayChart
{
  GtkWidget parent_instance;

  WaxDayCounts counts;
  /* Never drawn: they carry the colours of the style sheet. */
  GtkWidget *sent;
  GtkWidget *refused;
};

G_DEFINE_FINAL_TYPE (WaxDayChart, wax_day_chart, GTK_TYPE_WIDGET)

static guint
largest (const WaxDayCounts *counts)
{
  guint day, most = 0;

  for (day = 0; day < WAX_DAY_CHART_DAYS; day++)
    most = MAX (most, counts->sent[day] + counts->refused[day]);
  return most;
}

static char *
day_label (guint day)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, (int) day - (WAX_DAY_CHART_DAYS - 1));

  /* Translators: the day of the month under a bar of a chart, in strftime form */
  return g_date_time_format (then, C_ ("chart", "%-d"));
}

static void
draw_bar (GtkSnapshot *snapshot, float x, float bottom, float width, float height, GtkWidget *colour_of)
{
  GskRoundedRect outline;
  GdkRGBA colour;

  gtk_widget_get_color (colour_of, &colour);
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, bottom - height, width, height),
                                   MIN (4.0f, MIN (width, height) / 2));
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &colour, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
draw_text (WaxDayChart *self, GtkSnapshot *snapshot, const char *text, float centre, float top, float alpha)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();
  GdkRGBA colour;
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.82));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_widget_get_color (GTK_WIDGET (self), &colour);
  colour.alpha *= alpha;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (floorf (centre - (float) width / 2), top));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

static void
draw_day (WaxDayChart *self, GtkSnapshot *snapshot, guint day, float slot, float bottom, guint most)
{
  const float room = bottom - TOP_SPACE;
  const float bar = MIN (28.0f, floorf (slot * 0.62f));
  /* Today is at the end where reading ends. */
  const gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  const float column = (float) (mirrored ? WAX_DAY_CHART_DAYS - 1 - day : day);
  const float x = floorf (column * slot + (slot - bar) / 2);
  guint sent = self->counts.sent[day], refused = self->counts.refused[day];
  float top = bottom, height;
  g_autofree char *label = day_label (day), *number = NULL;

  if (sent + refused == 0)
    {
      GdkRGBA colour;

      gtk_widget_get_color (GTK_WIDGET (self), &colour);
      colour.alpha *= 0.15f;
      gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (x, bottom - 2, bar, 2));
    }
  if (sent > 0)
    {
      height = MAX (4.0f, roundf (room * (float) sent / (float) most));
      draw_bar (snapshot, x, top, bar, height, self->sent);
      top -= height + 1;
    }
  if (refused > 0)
    {
      height = MAX (4.0f, roundf (room * (float) refused / (float) most));
      draw_bar (snapshot, x, top, bar, height, self->refused);
      top -= height;
    }
  if (sent + refused > 0)
    {
      number = g_strdup_printf ("%u", sent + refused);
      draw_text (self, snapshot, number, x + bar / 2, MAX (0.0f, top - 17), 0.9f);
    }
  draw_text (self, snapshot, label, x + bar / 2, bottom + 4, day == WAX_DAY_CHART_DAYS - 1 ? 1.0f : 0.55f);
}

static void
wax_day_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WaxDayChart *self = WAX_DAY_CHART (widget);
  const float slot = (float) gtk_widget_get_width (widget) / WAX_DAY_CHART_DAYS;
  const float bottom = (float) (gtk_widget_get_height (widget) - LABEL_SPACE);
  guint day, most = MAX (1, largest (&self->counts));

  for (day = 0; day < WAX_DAY_CHART_DAYS; day++)
    draw_day (self, snapshot, day, slot, bottom, most);
}

static void
wax_day_chart_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : WAX_DAY_CHART_DAYS * 18;
}

static void
wax_day_chart_dispose (GObject *object)
{
  WaxDayChart *self = WAX_DAY_CHART (object);

  g_clear_pointer (&self->sent, gtk_widget_unparent);
  g_clear_pointer (&self->refused, gtk_widget_unparent);
  G_OBJECT_CLASS (wax_day_chart_parent_class)->dispose (object);
}

static void
wax_day_chart_class_init (WaxDayChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_day_chart_dispose;
  widget_class->snapshot = wax_day_chart_snapshot;
  widget_class->measure = wax_day_chart_measure;
  gtk_widget_class_set_css_name (widget_class, "daychart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkWidget *
colour_child (WaxDayChart *self, const char *style)
{
  GtkWidget *child = g_object_new (GTK_TYPE_BOX, "visible", FALSE, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_add_css_class (child, style);
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  return child;
}

static void
wax_day_chart_init (WaxDayChart *self)
{
  self->sent = colour_child (self, "sent");
  self->refused = colour_child (self, "refused");
}

/* The chart in words: totals, and each day on which there was something. */
static void
describe (WaxDayChart *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint day, sent = 0, refused = 0;

  for (day = 0; day < WAX_DAY_CHART_DAYS; day++)
    {
      sent += self->counts.sent[day];
      refused += self->counts.refused[day];
    }
  /* Translators: the chart in words, for screen readers */
  g_string_append_printf (text, _ ("In the last %d days: %u sent, %u refused."), WAX_DAY_CHART_DAYS, sent,
                          refused);
  for (day = 0; day < WAX_DAY_CHART_DAYS; day++)
    if (self->counts.sent[day] + self->counts.refused[day] > 0)
      {
        guint ago = WAX_DAY_CHART_DAYS - 1 - day;
        g_autofree char *when = ago == 0 ? g_strdup (_ ("Today"))
                                         : g_strdup_printf (ngettext ("%u day ago", "%u days ago", ago), ago);

        /* Translators: one day of the chart in words: "3 days ago: 2 sent, 1 refused." */
        g_string_append_printf (text, _ (" %s: %u sent, %u refused."), when, self->counts.sent[day],
                                self->counts.refused[day]);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Messages sent and refused a day"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text->str);
}

void
wax_day_chart_set_counts (WaxDayChart *self, const WaxDayCounts *counts)
{
  g_return_if_fail (WAX_IS_DAY_CHART (self));

  self->counts = *counts;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
