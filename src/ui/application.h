/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxApplication:
 *
 * One process for each profile. Actions: `new-message`, `preferences`, `about`,
 * `quit`, `try-practice`. Opens mailto: URIs in a composer. Stays alive without
 * a window for as long as messages are on their way.
 */
#define WAX_TYPE_APPLICATION (wax_application_get_type ())
G_DECLARE_FINAL_TYPE (WaxApplication, wax_application, WAX, APPLICATION, AdwApplication)

/**
 * @folder: (nullable): the profile, else the default one
 * @demo: a practice profile instead
 */
WaxApplication *wax_application_new          (const char     *folder,
                                              gboolean        demo);
/** (transfer none) The settings of the window's schema. */
GSettings      *wax_application_get_settings (WaxApplication *self);
/** Presents the main window of @profile, making it if need be. */
GtkWindow      *wax_application_show_profile (WaxApplication *self,
                                              WaxProfile     *profile);
/** (nullable) (transfer none) The profile of the window in front, else the first one. */
WaxProfile     *wax_application_get_profile  (WaxApplication *self);
/** Opens a composer in @profile, as soon as that is open.
 * @draft: (nullable): a new message without one */
void            wax_application_compose      (WaxApplication *self,
                                              WaxProfile     *profile,
                                              WaxDraft       *draft);
/** Opens a practice profile in a main window of its own. */
void            wax_application_try_practice (WaxApplication *self);

/** Installs the actions and their keys; in application-actions.c. */
void            wax_application_add_actions  (WaxApplication *self);

G_END_DECLS
