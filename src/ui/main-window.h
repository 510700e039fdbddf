/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "application.h"
#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxMainWindow:
 *
 * The window of one profile: the start page, the page that says why a profile
 * does not open, or the places. A place's page is made when it is first shown.
 * Actions: `win.go` (string: a place), `win.find`, `win.add-account`, `win.retry`.
 */
#define WAX_TYPE_MAIN_WINDOW (wax_main_window_get_type ())
G_DECLARE_FINAL_TYPE (WaxMainWindow, wax_main_window, WAX, MAIN_WINDOW, AdwApplicationWindow)

WaxMainWindow *wax_main_window_new         (WaxApplication *application,
                                            WaxProfile     *profile);
WaxProfile    *wax_main_window_get_profile (WaxMainWindow  *self);
/** Shows a place: `overview`, `drafts`, `outbox`, `activity` or `accounts`. */
void           wax_main_window_go          (WaxMainWindow  *self,
                                            const char     *place);
/** Says one sentence in a toast. */
void           wax_main_window_say         (WaxMainWindow  *self,
                                            const char     *sentence);
/** Shows @toast (transfer full). */
void           wax_main_window_add_toast   (WaxMainWindow  *self,
                                            AdwToast       *toast);
/** Says that item @item_id goes out in @seconds, and lets the user take it back till then. */
void           wax_main_window_offer_undo  (WaxMainWindow  *self,
                                            gint64          item_id,
                                            guint           seconds);

G_END_DECLS
