/* SPDX-License-Identifier: GPL-3.0-or-later */

/* application-actions: what the application does on its own, and the keys for
 * it and for the windows' actions. */

#include "application.h"

#include <glib/gi18n.h>

#include "preferences.h"

static void
new_message_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WaxApplication *self = user_data;

  if (wax_application_get_profile (self) == NULL)
    g_application_activate (G_APPLICATION (self));
  wax_application_compose (self, wax_application_get_profile (self), NULL);
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WaxApplication *self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  adw_dialog_present (ADW_DIALOG (wax_preferences_new (self)), GTK_WIDGET (window));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WaxApplication *self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  adw_show_about_dialog (GTK_WIDGET (window), "application-name", "Waxseal", "application-icon", WAX_APP_ID,
                         "version", WAX_VERSION, "license-type", GTK_LICENSE_GPL_3_0, "developer-name",
                         _ ("The Waxseal developers"), "comments",
                         _ ("Send sensitive mail, see how it travels, and keep a sealed record"),
                         /* Translators: the names of the translators, one a line */
                         "translator-credits", _ ("translator-credits"), NULL);
}

static void
try_practice_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  wax_application_try_practice (user_data);
}

/* A window with a dialog in it would close only that. */
static void
close_dialogs (GtkWindow *window)
{
  g_autoptr (GListModel) dialogs = NULL;
  guint i;

  if (!ADW_IS_APPLICATION_WINDOW (window))
    return;
  dialogs = adw_application_window_get_dialogs (ADW_APPLICATION_WINDOW (window));
  for (i = g_list_model_get_n_items (dialogs); i > 0; i--)
    {
      g_autoptr (AdwDialog) dialog = g_list_model_get_item (dialogs, i - 1);

      adw_dialog_force_close (dialog);
    }
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *application = user_data;
  GList *windows = g_list_copy (gtk_application_get_windows (application)), *link;

  /* Composers save what is in them before they go. */
  for (link = windows; link != NULL; link = link->next)
    {
      close_dialogs (link->data);
      gtk_window_close (link->data);
    }
  g_list_free (windows);
}

void
wax_application_add_actions (WaxApplication *self)
{
  static const GActionEntry entries[] = {
    { "new-message", new_message_cb },
    { "preferences", preferences_cb },
    { "about", about_cb },
    { "try-practice", try_practice_cb },
    { "quit", quit_cb },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } keys[] = {
    { "app.new-message", { "<Control>n", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "app.quit", { "<Control>q", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "win.show-help-overlay", { "<Control>question", "F1", NULL } },
    { "win.go::overview", { "<Alt>1", NULL } },
    { "win.go::drafts", { "<Alt>2", NULL } },
    { "win.go::outbox", { "<Alt>3", NULL } },
    { "win.go::activity", { "<Alt>4", NULL } },
    { "win.go::accounts", { "<Alt>5", NULL } },
    { "win.find", { "<Control>f", NULL } },
    { "composer.send", { "<Control>Return", "<Control>KP_Enter", NULL } },
    { "composer.attach", { "<Control><Shift>a", NULL } },
    { "composer.inspect", { "<Control>i", NULL } },
    { "composer.options", { "<Control><Shift>o", NULL } },
  };
  guint i;

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
}
