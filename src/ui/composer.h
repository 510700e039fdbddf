/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "application.h"
#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxComposer:
 *
 * A message as it is written, in a window of its own. The draft is saved a
 * moment after each change and when the window closes. Actions: `composer.send`,
 * `composer.attach`, `composer.detach` (string: a path), `composer.inspect`,
 * `composer.discard`.
 */
#define WAX_TYPE_COMPOSER (wax_composer_get_type ())
G_DECLARE_FINAL_TYPE (WaxComposer, wax_composer, WAX, COMPOSER, AdwApplicationWindow)

/**
 * Presents a composer, the one that has @draft open already if there is one.
 * @draft: (nullable): what to write on, copied
 */
void        wax_composer_open        (WaxApplication *application,
                                      WaxProfile     *profile,
                                      WaxDraft       *draft);
WaxProfile *wax_composer_get_profile (WaxComposer    *self);

G_END_DECLS
