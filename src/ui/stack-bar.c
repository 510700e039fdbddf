/* SPDX-License-Identifier: GPL-3.0-or-later */

/* stack-bar: parts of a whole, side by side. */

#include "stack-bar.h"

#define GAP          2
#define MINIMUM_PART 3 /* the shortest part is still seen */

/* Of GNOME's palette: blue, green, orange, purple, red. */
static const GdkRGBA part_colors[] = {
  { 0.208f, 0.518f, 0.894f, 1 }, { 0.180f, 0.761f, 0.494f, 1 }, { 0.902f, 0.522f, 0.086f, 1 },
  { 0.659f, 0.420f, 0.753f, 1 }, { 0.878f, 0.227f, 0.247f, 1 },
};

struct _WaxStackBar
{
  GtkWidget parent_instance;

  GArray *shares; /* (element-type double) */
};

G_DEFINE_FINAL_TYPE (WaxStackBar, wax_stack_bar, GTK_TYPE_WIDGET)

static void
wax_stack_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WaxStackBar *self = WAX_STACK_BAR (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double total = 0, room, left = 0;
  GskRoundedRect outline;

  for (guint i = 0; i < self->shares->len; i++)
    total += g_array_index (self->shares, double, i);
  if (total <= 0)
    return;
  room = width - (double) (self->shares->len - 1) * GAP - (double) self->shares->len * MINIMUM_PART;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height),
                                   (float) height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  for (guint i = 0; i < self->shares->len; i++)
    {
      double size = MINIMUM_PART + MAX (room, 0) * g_array_index (self->shares, double, i) / total;

      gtk_snapshot_append_color (snapshot, &part_colors[i % G_N_ELEMENTS (part_colors)],
                                 &GRAPHENE_RECT_INIT ((float) left, 0, (float) size, (float) height));
      left += size + GAP;
    }
  gtk_snapshot_pop (snapshot);
}

static void
wax_stack_bar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : 8;
  *natural = *minimum;
}

static void
wax_stack_bar_finalize (GObject *object)
{
  g_array_unref (WAX_STACK_BAR (object)->shares);
  G_OBJECT_CLASS (wax_stack_bar_parent_class)->finalize (object);
}

static void
wax_stack_bar_class_init (WaxStackBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wax_stack_bar_finalize;
  widget_class->snapshot = wax_stack_bar_snapshot;
  widget_class->measure = wax_stack_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "stackbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wax_stack_bar_init (WaxStackBar *self)
{
  self->shares = g_array_new (FALSE, FALSE, sizeof (double));
}

void
wax_stack_bar_clear (WaxStackBar *self)
{
  g_return_if_fail (WAX_IS_STACK_BAR (self));

  g_array_set_size (self->shares, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const GdkRGBA *
wax_stack_bar_add (WaxStackBar *self, double share)
{
  g_return_val_if_fail (WAX_IS_STACK_BAR (self), NULL);

  g_array_append_val (self->shares, share);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return &part_colors[(self->shares->len - 1) % G_N_ELEMENTS (part_colors)];
}
