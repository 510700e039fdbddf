/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WaxStackBar:
 *
 * Parts of a whole, drawn side by side in their proportions and told apart by
 * colours that serve on light and dark.
 */
#define WAX_TYPE_STACK_BAR (wax_stack_bar_get_type ())
G_DECLARE_FINAL_TYPE (WaxStackBar, wax_stack_bar, WAX, STACK_BAR, GtkWidget)

void           wax_stack_bar_clear (WaxStackBar   *self);
/** The colour that it got. */
const GdkRGBA *wax_stack_bar_add   (WaxStackBar   *self,
                                    double         share);

G_END_DECLS
