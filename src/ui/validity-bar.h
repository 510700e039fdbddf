/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** From when until when a certificate is valid: a sentence and a drawn bar on
 * which today is marked. */
#define WAX_TYPE_VALIDITY_BAR (wax_validity_bar_get_type ())
G_DECLARE_FINAL_TYPE (WaxValidityBar, wax_validity_bar, WAX, VALIDITY_BAR, AdwPreferencesRow)

/** Seconds since the Unix epoch. */
void wax_validity_bar_set_period (WaxValidityBar *self,
                                  gint64          not_before,
                                  gint64          not_after);

G_END_DECLS
