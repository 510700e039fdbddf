/* SPDX-License-Identifier: GPL-3.0-or-later */

/* outbox-page: the outbox without what was sent or cancelled, in sections. */

#include "outbox-page.h"

#include <glib/gi18n.h>

#include "notices.h"
#include "outbox-actions.h"
#include "outbox-item-row.h"
#include "words.h"

struct _WaxOutboxPage
{
  WaxPlacePage parent_instance;

  GtkStack *stack;
  GtkListView *list;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
};

G_DEFINE_FINAL_TYPE (WaxOutboxPage, wax_outbox_page, WAX_TYPE_PLACE_PAGE)

static int
section_of (WaxOutboxItem *item)
{
  WaxOutboxState state = wax_outbox_item_get_state (item);

  if (state == WAX_OUTBOX_FAILED)
    return 2;
  return wax_words_state_needs_user (state) ? 0 : 1;
}

static char *
section_title (GtkListHeader *header, WaxOutboxItem *item)
{
  static const char *const titles[] = {
    /* Translators: a heading in the outbox: messages that wait for the user */
    N_ ("Needs You"),
    /* Translators: a heading in the outbox: messages that are sent without the user doing anything */
    N_ ("On Its Way"),
    /* Translators: a heading in the outbox: messages that the server refused for good */
    N_ ("Not Sent"),
  };

  return item != NULL ? g_strdup (_ (titles[section_of (item)])) : NULL;
}

static int
compare_sections (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return section_of ((WaxOutboxItem *) a) - section_of ((WaxOutboxItem *) b);
}

static gboolean
is_waiting (gpointer item, gpointer user_data)
{
  WaxOutboxState state = wax_outbox_item_get_state (item);

  return state != WAX_OUTBOX_SENT && state != WAX_OUTBOX_CANCELLED;
}

static void
items_changed_cb (WaxOutboxPage *self)
{
  gtk_stack_set_visible_child_name (
      self->stack, g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) > 0 ? "list" : "empty");
}

/* Enter on a row leads to what one would want to know of it. */
static void
activated_cb (WaxOutboxPage *self, guint position)
{
  g_autoptr (WaxOutboxItem) item = g_list_model_get_item (G_LIST_MODEL (self->sorted), position);

  if (item == NULL)
    return;
  if (wax_outbox_can (item, "explain"))
    wax_outbox_do_explain (GTK_WIDGET (self), item);
  else if (wax_outbox_can (item, "inspect"))
    wax_outbox_do_inspect (GTK_WIDGET (self), item);
}

static void
wax_outbox_page_constructed (GObject *object)
{
  WaxOutboxPage *self = WAX_OUTBOX_PAGE (object);
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));

  G_OBJECT_CLASS (wax_outbox_page_parent_class)->constructed (object);
  gtk_filter_list_model_set_filter (self->filtered,
                                    GTK_FILTER (gtk_custom_filter_new (is_waiting, NULL, NULL)));
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (wax_profile_get_outbox (profile)));
  gtk_sort_list_model_set_section_sorter (self->sorted,
                                          GTK_SORTER (gtk_custom_sorter_new (compare_sections, NULL, NULL)));
  g_signal_connect_object (self->sorted, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self);
}

static void
wax_outbox_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_OUTBOX_PAGE);
  G_OBJECT_CLASS (wax_outbox_page_parent_class)->dispose (object);
}

static void
wax_outbox_page_class_init (WaxOutboxPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = wax_outbox_page_constructed;
  object_class->dispose = wax_outbox_page_dispose;

  g_type_ensure (WAX_TYPE_NOTICES);
  g_type_ensure (WAX_TYPE_OUTBOX_ITEM);
  g_type_ensure (WAX_TYPE_OUTBOX_ITEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/outbox-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxPage, list);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxPage, sorted);
  gtk_widget_class_bind_template_callback (widget_class, section_title);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
wax_outbox_page_init (WaxOutboxPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
