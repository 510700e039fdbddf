/* SPDX-License-Identifier: GPL-3.0-or-later */

/* activity-page: Sent & Activity. */

#include "activity-page.h"

#include <glib/gi18n.h>

#include "log-model.h"
#include "log-row.h"
#include "message-life.h"
#include "notices.h"

struct _WaxActivityPage
{
  WaxPlacePage parent_instance;

  WaxLogModel *model;

  GtkWidget *verify_button;
  GtkStack *verify_stack;
  GtkEditable *search;
  GtkStack *stack;
  AdwOverlaySplitView *split;
  GtkColumnView *list;
  GtkSingleSelection *selection;
  WaxMessageLife *life;
};

G_DEFINE_FINAL_TYPE (WaxActivityPage, wax_activity_page, WAX_TYPE_PLACE_PAGE)

static void
update_stack (WaxActivityPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0;
  gboolean searching = *gtk_editable_get_text (self->search) != '\0';
  const char *child = "list";

  if (!any && !wax_log_model_is_loading (self->model))
    child = searching ? "nothing" : "empty";
  gtk_stack_set_visible_child_name (self->stack, child);
}

static void
search_changed_cb (WaxActivityPage *self)
{
  wax_log_model_set_search (self->model, gtk_editable_get_text (self->search));
  update_stack (self);
}

static void
stop_search_cb (WaxActivityPage *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
selected_cb (WaxActivityPage *self)
{
  WaxLogRow *row = gtk_single_selection_get_selected_item (self->selection);
  WaxActivityEntry *entry = row != NULL ? wax_log_row_get_entry (row) : NULL;

  if (entry == NULL)
    return;
  wax_message_life_show (self->life, wax_place_page_get_profile (WAX_PLACE_PAGE (self)), entry);
  adw_overlay_split_view_set_show_sidebar (self->split, TRUE);
}

static void
activated_cb (WaxActivityPage *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  selected_cb (self);
}

static void
close_life_cb (WaxActivityPage *self)
{
  adw_overlay_split_view_set_show_sidebar (self->split, FALSE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  wax_message_life_show (self->life, wax_place_page_get_profile (WAX_PLACE_PAGE (self)), NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

/* Where there is little room the sentences have it. */
static gboolean
shows_kind (GtkColumnViewColumn *column, gboolean beside, gboolean collapsed)
{
  return !beside && !collapsed;
}

static void
failed_cb (WaxActivityPage *self, const char *sentence)
{
  wax_place_page_say (WAX_PLACE_PAGE (self), sentence);
}

/* ---- the verdict ---- */

static const char *
verdict_heading (WaxVerdict verdict)
{
  switch (verdict)
    {
    case WAX_VERDICT_INTACT:
      /* Translators: the verdict over the activity log */
      return _ ("The Record Is Intact");
    case WAX_VERDICT_TAMPERED:
      return _ ("The Record Was Changed");
    case WAX_VERDICT_TRUNCATED:
      return _ ("Entries Are Missing");
    case WAX_VERDICT_MISSING_SIGNATURE:
    default:
      return _ ("A Signature or Key Is Missing");
    }
}

/* (transfer full) What the heading does not say. Of a record that is not intact the
 * sentence names what is wrong, and where. */
static char *
verdict_body (const WaxVerification *verification)
{
  g_autofree char *entries = NULL;
  g_autofree char *checkpoints = NULL;

  if (verification->verdict != WAX_VERDICT_INTACT)
    return g_strdup (verification->sentence);
  if (verification->entries == 0)
    return g_strdup (_ ("It has no entries yet."));
  entries = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" G_GINT64_FORMAT " entry",
                                          "%" G_GINT64_FORMAT " entries", (gulong) verification->entries),
                             verification->entries);
  checkpoints = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" G_GINT64_FORMAT " signed checkpoint",
                                              "%" G_GINT64_FORMAT " signed checkpoints",
                                              (gulong) verification->checkpoints),
                                 verification->checkpoints);
  /* Translators: %1$s is “12 entries”, %2$s “3 signed checkpoints” */
  return g_strdup_printf (_ ("%1$s and %2$s were checked: nothing was changed, and nothing is missing."),
                          entries, checkpoints);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxActivityPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxVerification)
      verification = wax_engine_verify_log_finish (WAX_ENGINE (source), result, &error);
  AdwAlertDialog *dialog;
  g_autofree char *body = NULL;

  if (g_cancellable_is_cancelled (wax_place_page_get_cancellable (WAX_PLACE_PAGE (self))))
    return;
  gtk_widget_set_sensitive (self->verify_button, TRUE);
  gtk_stack_set_visible_child_name (self->verify_stack, "label");
  if (verification == NULL)
    {
      failed_cb (self, error->message);
      return;
    }
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (verdict_heading (verification->verdict), NULL));
  body = verdict_body (verification);
  adw_alert_dialog_set_body (dialog, body);
  adw_alert_dialog_add_response (dialog, "close", _ ("_Close"));
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

static void
verify_cb (WaxActivityPage *self)
{
  WaxEngine *engine = wax_place_page_get_engine (WAX_PLACE_PAGE (self));

  if (engine == NULL)
    return;
  gtk_widget_set_sensitive (self->verify_button, FALSE);
  gtk_stack_set_visible_child_name (self->verify_stack, "spinner");
  wax_engine_verify_log_async (engine, wax_place_page_get_cancellable (WAX_PLACE_PAGE (self)), verified_cb,
                               g_object_ref (self));
}

/* ---- the page ---- */

/* That the record was looked at is recorded, once each time the page is shown. */
static void
looked_at_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxActivityPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = wax_engine_list_log_finish (WAX_ENGINE (source), result, &error);

  if (g_cancellable_is_cancelled (wax_place_page_get_cancellable (WAX_PLACE_PAGE (self))))
    return;
  if (entries == NULL)
    failed_cb (self, error->message);
  else
    wax_log_model_refresh (self->model);
}

static void
wax_activity_page_shown (WaxPlacePage *page)
{
  WaxEngine *engine = wax_place_page_get_engine (page);

  if (engine != NULL)
    wax_engine_list_log_async (engine, NULL, NULL, 0, 1, wax_place_page_get_cancellable (page), looked_at_cb,
                               g_object_ref (page));
}

static void
wax_activity_page_find (WaxPlacePage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (WAX_ACTIVITY_PAGE (page)->search));
}

static void
log_changed_cb (WaxActivityPage *self)
{
  wax_log_model_refresh (self->model);
}

static void
wax_activity_page_constructed (GObject *object)
{
  WaxActivityPage *self = WAX_ACTIVITY_PAGE (object);
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));

  G_OBJECT_CLASS (wax_activity_page_parent_class)->constructed (object);
  self->model = wax_log_model_new (wax_profile_get_engine (profile));
  g_signal_connect_object (self->model, "notify::loading", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "log-changed", G_CALLBACK (log_changed_cb), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

static void
wax_activity_page_dispose (GObject *object)
{
  WaxActivityPage *self = WAX_ACTIVITY_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_ACTIVITY_PAGE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (wax_activity_page_parent_class)->dispose (object);
}

static void
wax_activity_page_class_init (WaxActivityPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = wax_activity_page_constructed;
  object_class->dispose = wax_activity_page_dispose;
  WAX_PLACE_PAGE_CLASS (klass)->shown = wax_activity_page_shown;
  WAX_PLACE_PAGE_CLASS (klass)->find = wax_activity_page_find;

  g_type_ensure (WAX_TYPE_LOG_ROW);
  g_type_ensure (WAX_TYPE_MESSAGE_LIFE);
  g_type_ensure (WAX_TYPE_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/activity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, verify_button);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, verify_stack);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, search);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, split);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, list);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, selection);
  gtk_widget_class_bind_template_child (widget_class, WaxActivityPage, life);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_life_cb);
  gtk_widget_class_bind_template_callback (widget_class, verify_cb);
  gtk_widget_class_bind_template_callback (widget_class, shows_kind);
}

static void
wax_activity_page_init (WaxActivityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
