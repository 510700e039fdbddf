/* SPDX-License-Identifier: GPL-3.0-or-later */

/* overview-page: the first page. Its list is the part of the outbox that waits
 * for the user; its numbers are counted from the outbox and the log. */

#include "overview-page.h"

#include <glib/gi18n.h>

#include "day-chart.h"
#include "log-counts.h"
#include "notices.h"
#include "outbox-item-row.h"
#include "words.h"

struct _WaxOverviewPage
{
  WaxPlacePage parent_instance;

  GtkFilterListModel *attention;
  gboolean counting;
  gboolean count_again;

  GtkListBox *attention_list;
  GtkWidget *attention_group;
  GtkWidget *calm;
  GtkWidget *no_account;
  GtkLabel *sent_today;
  GtkLabel *waiting;
  GtkLabel *needs_you;
  WaxDayChart *chart;
};

G_DEFINE_FINAL_TYPE (WaxOverviewPage, wax_overview_page, WAX_TYPE_PLACE_PAGE)

static gboolean
needs_user (gpointer item, gpointer user_data)
{
  return wax_words_state_needs_user (wax_outbox_item_get_state (item));
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row),
                              g_object_new (WAX_TYPE_OUTBOX_ITEM_ROW, "item", item, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  wax_outbox_item_get_subject (item), -1);
  return row;
}

static void
row_activated_cb (WaxOverviewPage *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (gtk_list_box_row_get_child (row), "row.explain", NULL);
}

static void
set_number (GtkLabel *label, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  gtk_label_set_label (label, text);
}

static void
lists_changed_cb (WaxOverviewPage *self)
{
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));
  guint attention = g_list_model_get_n_items (G_LIST_MODEL (self->attention));
  gboolean has_account = g_list_model_get_n_items (G_LIST_MODEL (wax_profile_get_accounts (profile))) > 0;
  GListModel *outbox = G_LIST_MODEL (wax_profile_get_outbox (profile));
  guint i, moving = 0;

  for (i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr (WaxOutboxItem) item = g_list_model_get_item (outbox, i);
      WaxOutboxState state = wax_outbox_item_get_state (item);

      if (state != WAX_OUTBOX_SENT && state != WAX_OUTBOX_CANCELLED && !wax_words_state_needs_user (state))
        moving++;
    }
  set_number (self->needs_you, attention);
  set_number (self->waiting, moving);
  gtk_widget_set_visible (self->attention_group, attention > 0);
  gtk_widget_set_visible (self->calm, attention == 0 && has_account);
  gtk_widget_set_visible (self->no_account, !has_account);
}

static void count (WaxOverviewPage *self);

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxOverviewPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree WaxDayCounts *counts = wax_log_counts_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->counting = FALSE;
  if (counts != NULL)
    {
      wax_day_chart_set_counts (self->chart, counts);
      set_number (self->sent_today, counts->sent[WAX_DAY_CHART_DAYS - 1]);
    }
  else
    {
      wax_place_page_say (WAX_PLACE_PAGE (self), error->message);
    }
  if (self->count_again)
    count (self);
}

/* One count at a time, and none while nobody looks. */
static void
count (WaxOverviewPage *self)
{
  WaxEngine *engine = wax_place_page_get_engine (WAX_PLACE_PAGE (self));

  self->count_again = self->counting || !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->count_again || engine == NULL)
    return;
  self->counting = TRUE;
  wax_log_counts_async (engine, wax_place_page_get_cancellable (WAX_PLACE_PAGE (self)), counted_cb,
                        g_object_ref (self));
}

static void
wax_overview_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wax_overview_page_parent_class)->map (widget);
  count (WAX_OVERVIEW_PAGE (widget));
}

static void
wax_overview_page_constructed (GObject *object)
{
  WaxOverviewPage *self = WAX_OVERVIEW_PAGE (object);
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));

  G_OBJECT_CLASS (wax_overview_page_parent_class)->constructed (object);
  self->attention = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (wax_profile_get_outbox (profile))),
                                               GTK_FILTER (gtk_custom_filter_new (needs_user, NULL, NULL)));
  gtk_list_box_bind_model (self->attention_list, G_LIST_MODEL (self->attention), create_row, NULL, NULL);
  g_signal_connect_object (wax_profile_get_outbox (profile), "items-changed", G_CALLBACK (lists_changed_cb),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (wax_profile_get_accounts (profile), "items-changed", G_CALLBACK (lists_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "log-changed", G_CALLBACK (count), self, G_CONNECT_SWAPPED);
  wax_day_chart_set_counts (self->chart, &(WaxDayCounts) { 0 });
  lists_changed_cb (self);
}

static void
wax_overview_page_dispose (GObject *object)
{
  WaxOverviewPage *self = WAX_OVERVIEW_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_OVERVIEW_PAGE);
  g_clear_object (&self->attention);
  G_OBJECT_CLASS (wax_overview_page_parent_class)->dispose (object);
}

static void
wax_overview_page_class_init (WaxOverviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = wax_overview_page_constructed;
  object_class->dispose = wax_overview_page_dispose;
  widget_class->map = wax_overview_page_map;

  g_type_ensure (WAX_TYPE_DAY_CHART);
  g_type_ensure (WAX_TYPE_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, attention_list);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, attention_group);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, calm);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, no_account);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, sent_today);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, waiting);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, needs_you);
  gtk_widget_class_bind_template_child (widget_class, WaxOverviewPage, chart);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
wax_overview_page_init (WaxOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
