/* SPDX-License-Identifier: GPL-3.0-or-later */

/* main-window: the shell. It follows the state of its profile (opening, open,
 * failed), keeps the sidebar's badges true, and makes a place's page when the
 * place is first shown. */

#include "main-window-private.h"

#include <glib/gi18n.h>

#include "accounts-page.h"
#include "activity-page.h"
#include "composer.h"
#include "drafts-page.h"
#include "notices.h"
#include "outbox-page.h"
#include "overview-page.h"
#include "place-row.h"
#include "words.h"

G_DEFINE_FINAL_TYPE (WaxMainWindow, wax_main_window, ADW_TYPE_APPLICATION_WINDOW)

static const struct
{
  const char *name;
  GType (*type) (void);
} place_types[] = {
  { "overview", wax_overview_page_get_type }, { "drafts", wax_drafts_page_get_type },
  { "outbox", wax_outbox_page_get_type },     { "activity", wax_activity_page_get_type },
  { "accounts", wax_accounts_page_get_type },
};

/* ---- the error page ---- */

static const char *
error_title (const GError *error)
{
  if (g_error_matches (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_ABSENT))
    return _ ("No Keyring Found");
  if (g_error_matches (error, WAX_VAULT_ERROR, WAX_VAULT_ERROR_LOCKED))
    return _ ("The Keyring Is Locked");
  if (g_error_matches (error, WAX_ENGINE_ERROR, WAX_ENGINE_ERROR_KEY_MISSING)
      || g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_KEY))
    return _ ("The Key of This Profile Is Missing");
  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NEWER))
    return _ ("Made by a Newer Waxseal");
  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FULL)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return _ ("The Disk Is Full");
  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_BUSY))
    return _ ("The Profile Is in Use");
  return _ ("The Profile Cannot Be Opened");
}

static void
show_error (WaxMainWindow *self, const GError *error)
{
  g_autofree char *description = g_markup_escape_text (error->message, -1);

  adw_status_page_set_title (self->error_page, error_title (error));
  adw_status_page_set_description (self->error_page, description);
  adw_status_page_set_icon_name (self->error_page, error->domain == WAX_VAULT_ERROR
                                                       ? "system-lock-screen-symbolic"
                                                       : "dialog-warning-symbolic");
  gtk_stack_set_visible_child_name (self->shell, "error");
}

/* ---- the places ---- */

WaxPlacePage *
wax_main_window_get_page (WaxMainWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  return WAX_IS_PLACE_PAGE (page) ? WAX_PLACE_PAGE (page) : NULL;
}

static void
ensure_page (WaxMainWindow *self, const char *place)
{
  guint i;

  if (gtk_stack_get_child_by_name (self->pages, place) != NULL)
    return;
  for (i = 0; i < G_N_ELEMENTS (place_types); i++)
    if (g_str_equal (place_types[i].name, place))
      gtk_stack_add_named (self->pages, g_object_new (place_types[i].type (), "profile", self->profile, NULL),
                           place);
}

static WaxPlaceRow *
select_place (WaxMainWindow *self, const char *place)
{
  GtkListBoxRow *row;
  int i;

  for (i = 0; (row = gtk_list_box_get_row_at_index (self->places, i)) != NULL; i++)
    if (g_strcmp0 (wax_place_row_get_place (WAX_PLACE_ROW (row)), place) == 0)
      {
        gtk_list_box_select_row (self->places, row);
        return WAX_PLACE_ROW (row);
      }
  return NULL;
}

void
wax_main_window_go (WaxMainWindow *self, const char *place)
{
  WaxPlaceRow *row;

  g_return_if_fail (WAX_IS_MAIN_WINDOW (self));

  row = select_place (self, place);
  if (row == NULL)
    return;
  g_set_str (&self->place, place);
  adw_navigation_page_set_title (self->content, wax_place_row_get_title (row));
  if (wax_profile_get_state (self->profile) != WAX_PROFILE_OPEN)
    return;
  ensure_page (self, place);
  gtk_stack_set_visible_child_name (self->pages, place);
  gtk_stack_set_visible_child_name (self->shell, "places");
  wax_place_page_shown (wax_main_window_get_page (self));
}

static void
place_activated_cb (WaxMainWindow *self, GtkListBoxRow *row)
{
  wax_main_window_go (self, wax_place_row_get_place (WAX_PLACE_ROW (row)));
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

/* ---- following the profile ---- */

static void
lists_changed_cb (WaxMainWindow *self)
{
  GListModel *outbox = G_LIST_MODEL (wax_profile_get_outbox (self->profile));
  GListModel *drafts = G_LIST_MODEL (wax_profile_get_drafts (self->profile));
  guint i, waiting = 0;
  gboolean attention = FALSE;

  for (i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr (WaxOutboxItem) item = g_list_model_get_item (outbox, i);
      WaxOutboxState state = wax_outbox_item_get_state (item);

      if (state == WAX_OUTBOX_SENT || state == WAX_OUTBOX_CANCELLED)
        continue;
      waiting++;
      attention = attention || wax_words_state_needs_user (state);
    }
  g_object_set (self->outbox_row, "count", waiting, "attention", attention, NULL);
  g_object_set (self->drafts_row, "count", g_list_model_get_n_items (drafts), NULL);

  /* The first account leads from the start page to the places. */
  if (wax_profile_get_state (self->profile) == WAX_PROFILE_OPEN && !wax_profile_is_fresh (self->profile)
      && g_strcmp0 (gtk_stack_get_visible_child_name (self->shell), "welcome") == 0)
    wax_main_window_go (self, self->place);
}

static void
state_changed_cb (WaxMainWindow *self)
{
  WaxProfileState state = wax_profile_get_state (self->profile);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.add-account", state == WAX_PROFILE_OPEN);
  switch (state)
    {
    case WAX_PROFILE_OPENING:
      gtk_stack_set_visible_child_name (self->shell,
                                        wax_profile_existed (self->profile) ? "places" : "opening");
      break;
    case WAX_PROFILE_OPEN:
      lists_changed_cb (self);
      if (wax_profile_is_fresh (self->profile))
        gtk_stack_set_visible_child_name (self->shell, "welcome");
      else
        wax_main_window_go (self, self->place);
      break;
    case WAX_PROFILE_FAILED:
      show_error (self, wax_profile_get_error (self->profile));
      break;
    case WAX_PROFILE_CLOSED:
    default:
      break;
    }
}

static void
set_profile (WaxMainWindow *self, WaxProfile *profile)
{
  self->profile = g_object_ref (profile);
  g_signal_connect_object (profile, "notify::state", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wax_profile_get_accounts (profile), "items-changed", G_CALLBACK (lists_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wax_profile_get_drafts (profile), "items-changed", G_CALLBACK (lists_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wax_profile_get_outbox (profile), "items-changed", G_CALLBACK (lists_changed_cb),
                           self, G_CONNECT_SWAPPED);
  wax_main_window_go (self, self->place);
  state_changed_cb (self);
}

/* ---- toasts ---- */

void
wax_main_window_add_toast (WaxMainWindow *self, AdwToast *toast)
{
  g_return_if_fail (WAX_IS_MAIN_WINDOW (self));

  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
wax_main_window_say (WaxMainWindow *self, const char *sentence)
{
  AdwToast *toast = adw_toast_new (sentence);

  adw_toast_set_use_markup (toast, FALSE);
  wax_main_window_add_toast (self, toast);
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxMainWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxDraft) draft = wax_engine_reopen_draft_finish (WAX_ENGINE (source), result, &error);
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (draft == NULL)
    wax_main_window_say (self, error->message);
  else if (application != NULL)
    wax_composer_open (WAX_APPLICATION (application), self->profile, draft);
}

static void
undo_cb (WaxMainWindow *self, AdwToast *toast)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);
  gint64 *id = g_object_get_data (G_OBJECT (toast), "item");

  if (engine != NULL)
    wax_engine_reopen_draft_async (engine, *id, NULL, undone_cb, g_object_ref (self));
}

void
wax_main_window_offer_undo (WaxMainWindow *self, gint64 item_id, guint seconds)
{
  g_autofree char *sentence = NULL;
  AdwToast *toast;

  g_return_if_fail (WAX_IS_MAIN_WINDOW (self));

  if (seconds == 0)
    {
      wax_main_window_say (self, _ ("The message is on its way"));
      return;
    }
  sentence = g_strdup_printf (
      ngettext ("The message goes out in %u second", "The message goes out in %u seconds", seconds), seconds);
  toast = adw_toast_new (sentence);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, seconds);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (toast), "item", g_memdup2 (&item_id, sizeof item_id), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_cb), self, G_CONNECT_SWAPPED);
  wax_main_window_add_toast (self, toast);
}

/* ---- the object ---- */

static gboolean
wax_main_window_close_request (GtkWindow *window)
{
  WaxMainWindow *self = WAX_MAIN_WINDOW (window);
  GSettings *settings = wax_application_get_settings (WAX_APPLICATION (gtk_window_get_application (window)));
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  if (!wax_profile_is_practice (self->profile))
    {
      g_settings_set_int (settings, "window-width", width);
      g_settings_set_int (settings, "window-height", height);
      g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
    }
  return GTK_WINDOW_CLASS (wax_main_window_parent_class)->close_request (window);
}

static void
wax_main_window_dispose (GObject *object)
{
  WaxMainWindow *self = WAX_MAIN_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_MAIN_WINDOW);
  g_clear_object (&self->profile);
  g_clear_pointer (&self->place, g_free);
  G_OBJECT_CLASS (wax_main_window_parent_class)->dispose (object);
}

static void
wax_main_window_class_init (WaxMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_main_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = wax_main_window_close_request;

  g_type_ensure (WAX_TYPE_PLACE_ROW);
  g_type_ensure (WAX_TYPE_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/main-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, shell);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, split_view);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, content);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, places);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, outbox_row);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, drafts_row);
  gtk_widget_class_bind_template_child (widget_class, WaxMainWindow, error_page);
  gtk_widget_class_bind_template_callback (widget_class, place_activated_cb);
  wax_main_window_install_actions (klass);
}

static void
wax_main_window_init (WaxMainWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->place = g_strdup ("overview");
}

WaxMainWindow *
wax_main_window_new (WaxApplication *application, WaxProfile *profile)
{
  WaxMainWindow *self = g_object_new (WAX_TYPE_MAIN_WINDOW, "application", application, NULL);
  GSettings *settings = wax_application_get_settings (application);

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  set_profile (self, profile);
  return self;
}

WaxProfile *
wax_main_window_get_profile (WaxMainWindow *self)
{
  g_return_val_if_fail (WAX_IS_MAIN_WINDOW (self), NULL);

  return self->profile;
}
