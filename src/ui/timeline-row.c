/* SPDX-License-Identifier: GPL-3.0-or-later */

/* timeline-row: icon, kind, sentence and time of one event. */

#include "timeline-row.h"

#include "words.h"

struct _WaxTimelineRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *kind;
  GtkLabel *title;
  GtkLabel *time;
};

G_DEFINE_FINAL_TYPE (WaxTimelineRow, wax_timeline_row, GTK_TYPE_LIST_BOX_ROW)

static void
wax_timeline_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_TIMELINE_ROW);
  G_OBJECT_CLASS (wax_timeline_row_parent_class)->dispose (object);
}

static void
wax_timeline_row_class_init (WaxTimelineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_timeline_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/timeline-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxTimelineRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxTimelineRow, kind);
  gtk_widget_class_bind_template_child (widget_class, WaxTimelineRow, title);
  gtk_widget_class_bind_template_child (widget_class, WaxTimelineRow, time);
}

static void
wax_timeline_row_init (WaxTimelineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wax_timeline_row_new (WaxActivityEntry *entry)
{
  WaxTimelineRow *self = g_object_new (WAX_TYPE_TIMELINE_ROW, NULL);
  g_autofree char *time = wax_words_exact_time (wax_activity_entry_get_time (entry));

  gtk_image_set_from_icon_name (self->icon, wax_words_entry_icon (entry));
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), wax_words_entry_class (entry));
  gtk_label_set_label (self->kind, wax_words_event_class (wax_activity_entry_get_class_uid (entry)));
  gtk_label_set_label (self->title, wax_activity_entry_get_title (entry));
  gtk_label_set_label (self->time, time);
  return GTK_WIDGET (self);
}
