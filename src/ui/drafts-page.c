/* SPDX-License-Identifier: GPL-3.0-or-later */

/* drafts-page: the list of drafts. */

#include "drafts-page.h"

#include <glib/gi18n.h>

#include "composer.h"
#include "draft-row.h"
#include "main-window.h"
#include "notices.h"

struct _WaxDraftsPage
{
  WaxPlacePage parent_instance;

  GtkStack *stack;
  GtkNoSelection *selection;
};

G_DEFINE_FINAL_TYPE (WaxDraftsPage, wax_drafts_page, WAX_TYPE_PLACE_PAGE)

static void
items_changed_cb (WaxDraftsPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "empty");
}

static void
activated_cb (WaxDraftsPage *self, guint position)
{
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));
  g_autoptr (WaxDraft) draft = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (draft != NULL && GTK_IS_WINDOW (root))
    wax_composer_open (WAX_APPLICATION (gtk_window_get_application (GTK_WINDOW (root))), profile, draft);
}

/* ---- deleting, and undoing it ---- */

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxDraftsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wax_engine_save_draft_finish (WAX_ENGINE (source), result, &error))
    wax_place_page_say (WAX_PLACE_PAGE (self), error->message);
}

static void
restore_cb (WaxDraftsPage *self, AdwToast *toast)
{
  WaxEngine *engine = wax_place_page_get_engine (WAX_PLACE_PAGE (self));
  g_autoptr (WaxDraft) copy = wax_draft_copy (g_object_get_data (G_OBJECT (toast), "draft"));

  if (engine == NULL)
    return;
  wax_draft_set_id (copy, 0);
  wax_engine_save_draft_async (engine, copy, NULL, restored_cb, g_object_ref (self));
}

typedef struct
{
  WaxDraftsPage *page;
  WaxDraft *draft;
} Removal;

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Removal *removal = user_data;
  g_autoptr (WaxDraftsPage) self = removal->page;
  g_autoptr (WaxDraft) draft = removal->draft;
  g_autoptr (GError) error = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  AdwToast *toast;

  if (!wax_engine_remove_draft_finish (WAX_ENGINE (source), result, &error))
    {
      wax_place_page_say (WAX_PLACE_PAGE (self), error->message);
      return;
    }
  if (!WAX_IS_MAIN_WINDOW (root))
    return;
  toast = adw_toast_new (_ ("Draft deleted"));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "draft", g_steal_pointer (&draft), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (restore_cb), self, G_CONNECT_SWAPPED);
  wax_main_window_add_toast (WAX_MAIN_WINDOW (root), toast);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxDraftsPage *self = WAX_DRAFTS_PAGE (widget);
  WaxEngine *engine = wax_place_page_get_engine (WAX_PLACE_PAGE (self));
  GListModel *drafts = G_LIST_MODEL (self->selection);
  gint64 id = g_variant_get_int64 (parameter);
  guint i;

  for (i = 0; engine != NULL && i < g_list_model_get_n_items (drafts); i++)
    {
      g_autoptr (WaxDraft) draft = g_list_model_get_item (drafts, i);
      Removal *removal;

      if (wax_draft_get_id (draft) != id)
        continue;
      removal = g_new0 (Removal, 1);
      *removal = (Removal) { g_object_ref (self), g_steal_pointer (&draft) };
      wax_engine_remove_draft_async (engine, id, NULL, removed_cb, removal);
      return;
    }
}

static void
wax_drafts_page_constructed (GObject *object)
{
  WaxDraftsPage *self = WAX_DRAFTS_PAGE (object);
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));

  G_OBJECT_CLASS (wax_drafts_page_parent_class)->constructed (object);
  gtk_no_selection_set_model (self->selection, G_LIST_MODEL (wax_profile_get_drafts (profile)));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self);
}

static void
wax_drafts_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_DRAFTS_PAGE);
  G_OBJECT_CLASS (wax_drafts_page_parent_class)->dispose (object);
}

static void
wax_drafts_page_class_init (WaxDraftsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = wax_drafts_page_constructed;
  object_class->dispose = wax_drafts_page_dispose;

  g_type_ensure (WAX_TYPE_DRAFT);
  g_type_ensure (WAX_TYPE_DRAFT_ROW);
  g_type_ensure (WAX_TYPE_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/drafts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxDraftsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WaxDraftsPage, selection);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_install_action (widget_class, "drafts.delete", "x", delete_action);
}

static void
wax_drafts_page_init (WaxDraftsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
