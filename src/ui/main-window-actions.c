/* SPDX-License-Identifier: GPL-3.0-or-later */

/* main-window-actions: the actions of the main window. */

#include "main-window-private.h"

#include "account-dialog.h"

static void
go_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxMainWindow *self = WAX_MAIN_WINDOW (widget);

  wax_main_window_go (self, g_variant_get_string (parameter, NULL));
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxMainWindow *self = WAX_MAIN_WINDOW (widget);
  WaxPlacePage *page = wax_main_window_get_page (self);

  if (page != NULL && wax_place_page_find (page))
    return;
  if (wax_profile_get_state (self->profile) != WAX_PROFILE_OPEN)
    return;
  /* What can be searched is the record. */
  wax_main_window_go (self, "activity");
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
  page = wax_main_window_get_page (self);
  if (page != NULL)
    wax_place_page_find (page);
}

static void
add_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxMainWindow *self = WAX_MAIN_WINDOW (widget);

  adw_dialog_present (ADW_DIALOG (wax_account_dialog_new (self->profile, NULL)), widget);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxMainWindow *self = WAX_MAIN_WINDOW (widget);

  if (wax_profile_get_state (self->profile) == WAX_PROFILE_FAILED)
    wax_profile_open (self->profile);
}

void
wax_main_window_install_actions (WaxMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.go", "s", go_action);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "win.add-account", NULL, add_account_action);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, retry_action);
}
