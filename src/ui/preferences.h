/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "application.h"

G_BEGIN_DECLS

/** The preferences; each is bound to its key of the settings. */
#define WAX_TYPE_PREFERENCES (wax_preferences_get_type ())
G_DECLARE_FINAL_TYPE (WaxPreferences, wax_preferences, WAX, PREFERENCES, AdwPreferencesDialog)

WaxPreferences *wax_preferences_new (WaxApplication *application);

G_END_DECLS
