/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Whether two objects show the same thing in the same state. */
typedef gboolean (*WaxSameFunc) (gpointer a,
                                 gpointer b);

/**
 * wax_list_update:
 *
 * Makes @store hold what @items holds, changing only what differs, so that a
 * list view keeps its scroll position, focus and selection.
 * @items: (element-type GObject)
 */
void wax_list_update (GListStore  *store,
                      GPtrArray   *items,
                      WaxSameFunc  same);

G_END_DECLS
