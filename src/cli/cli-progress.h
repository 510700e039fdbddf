/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Fills octets sent and in all; %FALSE while there is nothing to show. Called on another thread. */
typedef gboolean (*WaxProgressRead) (gpointer data, gint64 *done, gint64 *total);

typedef struct _WaxProgressLine WaxProgressLine;

/**
 * A line on stderr that says how far a long send has come; %NULL (nothing is
 * shown) where stderr is no terminal. @data must outlive it.
 */
WaxProgressLine *wax_progress_line_start (WaxProgressRead   read,
                                          gpointer          data);
/** Takes the line away. Accepts %NULL. */
void             wax_progress_line_stop  (WaxProgressLine  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxProgressLine, wax_progress_line_stop)

G_END_DECLS
