/* SPDX-License-Identifier: GPL-3.0-or-later */

/* composer: the window a message is written in: its fields, its accounts, its
 * look. Saving, sending and attaching have files of their own. */

#include "composer-private.h"

#include <glib/gi18n.h>

#include "attachment-chip.h"
#include "words.h"

G_DEFINE_FINAL_TYPE (WaxComposer, wax_composer, ADW_TYPE_APPLICATION_WINDOW)

void
wax_composer_complain (WaxComposer *self, const char *sentence)
{
  if (sentence != NULL)
    adw_banner_set_title (self->banner, sentence);
  adw_banner_set_revealed (self->banner, sentence != NULL);
}

/* ---- between window and draft ---- */

static WaxAccount *
selected_account (WaxComposer *self)
{
  return gtk_drop_down_get_selected_item (self->from);
}

void
wax_composer_collect (WaxComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  WaxAccount *account = selected_account (self);
  GtkTextIter start, end;
  g_autofree char *body = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  body = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  if (account != NULL)
    wax_draft_set_account_id (self->draft, wax_account_get_id (account));
  wax_draft_set_to (self->draft, wax_address_field_get_text (self->to));
  wax_draft_set_cc (self->draft, wax_address_field_get_text (self->cc));
  wax_draft_set_bcc (self->draft, wax_address_field_get_text (self->bcc));
  wax_draft_set_subject (self->draft, gtk_editable_get_text (self->subject));
  wax_draft_set_body (self->draft, body);
  wax_draft_set_markdown (self->draft, gtk_toggle_button_get_active (self->markdown));
  wax_send_options_apply (self->options, wax_draft_get_options (self->draft));
}

static void
show_title (WaxComposer *self)
{
  const char *subject = gtk_editable_get_text (self->subject);

  gtk_window_set_title (GTK_WINDOW (self), *subject != '\0' ? subject : _ ("New Message"));
}

static void
select_account (WaxComposer *self, const char *id)
{
  GListModel *accounts = G_LIST_MODEL (wax_profile_get_accounts (self->profile));
  guint i;

  for (i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (WaxAccount) account = g_list_model_get_item (accounts, i);

      if (g_strcmp0 (wax_account_get_id (account), id) == 0)
        gtk_drop_down_set_selected (self->from, i);
    }
}

static void
show_options (WaxComposer *self)
{
  gboolean refused;
  g_autofree char *summary = wax_send_options_summary (self->options, &refused);

  gtk_widget_set_visible (self->options_bar, summary != NULL);
  gtk_label_set_label (self->options_label, summary != NULL ? summary : "");
  gtk_image_set_from_icon_name (GTK_IMAGE (self->options_icon),
                                refused ? "dialog-warning-symbolic" : "wax-outbox-symbolic");
  if (refused)
    gtk_widget_add_css_class (self->options_bar, "warning");
  else
    gtk_widget_remove_css_class (self->options_bar, "warning");
}

static void
fill (WaxComposer *self)
{
  gboolean copies = *wax_draft_get_cc (self->draft) != '\0' || *wax_draft_get_bcc (self->draft) != '\0';
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start;

  self->filling = TRUE;
  select_account (self, wax_draft_get_account_id (self->draft));
  wax_address_field_set_text (self->to, wax_draft_get_to (self->draft));
  wax_address_field_set_text (self->cc, wax_draft_get_cc (self->draft));
  wax_address_field_set_text (self->bcc, wax_draft_get_bcc (self->draft));
  gtk_toggle_button_set_active (self->copies_button, copies);
  gtk_editable_set_text (self->subject, wax_draft_get_subject (self->draft));
  /* What was there before is nothing that can be undone to. */
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, wax_draft_get_body (self->draft), -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
  gtk_toggle_button_set_active (self->markdown, wax_draft_get_markdown (self->draft));
  wax_send_options_fill (self->options, wax_draft_get_options (self->draft));
  show_options (self);
  wax_composer_show_attachments (self);
  show_title (self);
  self->filling = FALSE;
}

static void
edited_cb (WaxComposer *self)
{
  if (self->filling || self->draft == NULL)
    return;
  wax_composer_complain (self, NULL);
  wax_composer_touch (self);
}

static void
options_changed_cb (WaxComposer *self)
{
  show_options (self);
  edited_cb (self);
}

static void
subject_changed_cb (WaxComposer *self)
{
  show_title (self);
  edited_cb (self);
}

/* ---- the account ---- */

static char *
account_text (GtkListItem *list_item, WaxAccount *account)
{
  return account != NULL ? wax_words_account (account) : NULL;
}

static void
show_route (WaxComposer *self)
{
  wax_route_bar_set_account (self->route_bar, wax_profile_get_engine (self->profile),
                             selected_account (self));
}

static void
account_chosen_cb (WaxComposer *self)
{
  if (self->profile == NULL)
    return;
  show_route (self);
  wax_send_options_set_account (self->options, selected_account (self));
  show_options (self);
  edited_cb (self);
}

/* An account that was edited is another object: the one that was chosen stays chosen. */
static void
accounts_changed_cb (WaxComposer *self)
{
  gboolean filling = self->filling;

  self->filling = TRUE;
  select_account (self, wax_draft_get_account_id (self->draft));
  account_chosen_cb (self);
  self->filling = filling;
}

/* ---- the look of the text ---- */

/* Plain text has the colours of the window; those of a scheme are for Markdown. */
static void
update_scheme (WaxComposer *self)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)));
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleScheme *scheme = gtk_source_style_scheme_manager_get_scheme (
      gtk_source_style_scheme_manager_get_default (), dark ? "Adwaita-dark" : "Adwaita");

  gtk_source_buffer_set_style_scheme (buffer, gtk_toggle_button_get_active (self->markdown) ? scheme : NULL);
}

static void
markdown_toggled_cb (WaxComposer *self)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)));
  gboolean on = gtk_toggle_button_get_active (self->markdown);

  gtk_source_buffer_set_language (buffer, on ? gtk_source_language_manager_get_language (
                                                   gtk_source_language_manager_get_default (), "markdown")
                                             : NULL);
  gtk_source_buffer_set_highlight_syntax (buffer, on);
  update_scheme (self);
  edited_cb (self);
}

/* ---- actions ---- */

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wax_composer_send (WAX_COMPOSER (widget));
}

static void
attach_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wax_composer_attach (WAX_COMPOSER (widget));
}

static void
detach_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wax_composer_detach (WAX_COMPOSER (widget), g_variant_get_string (parameter, NULL));
}

static void
inspect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wax_route_bar_inspect (WAX_COMPOSER (widget)->route_bar);
}

static void
options_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_split_button_popup (WAX_COMPOSER (widget)->send_button);
}

static void
discard_response_cb (WaxComposer *self, const char *response)
{
  if (g_str_equal (response, "discard"))
    wax_composer_discard (self);
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxComposer *self = WAX_COMPOSER (widget);
  AdwAlertDialog *dialog;

  wax_composer_collect (self);
  if (wax_draft_is_empty (self->draft))
    {
      wax_composer_discard (self);
      return;
    }
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Discard This Draft?"),
                                                   _ ("What was written is lost. This cannot be undone.")));
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "discard", _ ("_Discard"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (discard_response_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), widget);
}

/* ---- the object ---- */

static gboolean
wax_composer_close_request (GtkWindow *window)
{
  wax_composer_finish (WAX_COMPOSER (window));
  return TRUE;
}

static void
wax_composer_dispose (GObject *object)
{
  WaxComposer *self = WAX_COMPOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->save_timer, g_source_remove);
  /* Taking the widgets apart is no change of the user's. */
  self->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_COMPOSER);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->draft);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (wax_composer_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, banner);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, route_bar);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, from);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, to);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, cc);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, bcc);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, copies);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, copies_button);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, subject);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, view);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, markdown);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, attachments);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, attachments_row);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, saved);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, send_button);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, options);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, options_bar);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, options_icon);
  gtk_widget_class_bind_template_child (widget_class, WaxComposer, options_label);
}

static void
wax_composer_class_init (WaxComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_composer_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = wax_composer_close_request;

  /* Not before the first composer: it costs time, and most windows never need it. */
  gtk_source_init ();
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (WAX_TYPE_ACCOUNT);
  g_type_ensure (WAX_TYPE_ADDRESS_FIELD);
  g_type_ensure (WAX_TYPE_ROUTE_BAR);
  g_type_ensure (WAX_TYPE_SEND_OPTIONS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/composer.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, account_text);
  gtk_widget_class_bind_template_callback (widget_class, account_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, subject_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, options_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, markdown_toggled_cb);

  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "composer.detach", "s", detach_action);
  gtk_widget_class_install_action (widget_class, "composer.options", NULL, options_action);
  gtk_widget_class_install_action (widget_class, "composer.inspect", NULL, inspect_action);
  gtk_widget_class_install_action (widget_class, "composer.discard", NULL, discard_action);
}

static void
wax_composer_init (WaxComposer *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "changed",
                           G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (update_scheme), self,
                           G_CONNECT_SWAPPED);
  update_scheme (self);
  wax_composer_init_attachments (self);
}

static WaxComposer *
find_open (WaxApplication *application, WaxProfile *profile, WaxDraft *draft)
{
  GList *link;

  for (link = gtk_application_get_windows (GTK_APPLICATION (application)); link != NULL && draft != NULL;
       link = link->next)
    {
      WaxComposer *self = WAX_IS_COMPOSER (link->data) ? link->data : NULL;

      if (self != NULL && self->profile == profile && wax_draft_get_id (draft) > 0
          && wax_draft_get_id (self->draft) == wax_draft_get_id (draft))
        return self;
    }
  return NULL;
}

void
wax_composer_open (WaxApplication *application, WaxProfile *profile, WaxDraft *draft)
{
  WaxComposer *self = find_open (application, profile, draft);
  GListStore *accounts = wax_profile_get_accounts (profile);

  if (self == NULL)
    {
      self = g_object_new (WAX_TYPE_COMPOSER, "application", application, NULL);
      self->draft = draft != NULL ? wax_draft_copy (draft) : wax_draft_new ();
      self->filling = TRUE;
      gtk_drop_down_set_model (self->from, G_LIST_MODEL (accounts));
      self->profile = g_object_ref (profile);
      fill (self);
      show_route (self);
      wax_send_options_set_account (self->options, selected_account (self));
      show_options (self);
      g_signal_connect_object (accounts, "items-changed", G_CALLBACK (accounts_changed_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_widget_grab_focus (*wax_draft_get_to (self->draft) == '\0' ? GTK_WIDGET (self->to)
                                                                     : GTK_WIDGET (self->view));
    }
  gtk_window_present (GTK_WINDOW (self));
}

WaxProfile *
wax_composer_get_profile (WaxComposer *self)
{
  g_return_val_if_fail (WAX_IS_COMPOSER (self), NULL);

  return self->profile;
}
