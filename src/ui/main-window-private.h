/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "main-window.h"
#include "place-page.h"

G_BEGIN_DECLS

struct _WaxMainWindow
{
  AdwApplicationWindow parent_instance;

  WaxProfile             *profile;
  char                   *place;      /* the place that is shown */

  AdwToastOverlay        *toasts;
  GtkStack               *shell;      /* opening, places, welcome, error */
  AdwNavigationSplitView *split_view;
  AdwNavigationPage      *content;
  GtkListBox             *places;
  GtkStack               *pages;
  GtkWidget              *outbox_row;
  GtkWidget              *drafts_row;
  AdwStatusPage          *error_page;
};

/** (nullable) (transfer none) The page of the place that is shown. */
WaxPlacePage *wax_main_window_get_page        (WaxMainWindow       *self);
/** Installs the `win.` actions; in main-window-actions.c. */
void          wax_main_window_install_actions (WaxMainWindowClass  *klass);

G_END_DECLS
