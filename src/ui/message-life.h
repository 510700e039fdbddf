/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxMessageLife:
 *
 * The pane beside the record: one entry, and where it belongs to a message, all
 * that happened to that message, in order. Signal `close-requested`.
 */
#define WAX_TYPE_MESSAGE_LIFE (wax_message_life_get_type ())
G_DECLARE_FINAL_TYPE (WaxMessageLife, wax_message_life, WAX, MESSAGE_LIFE, AdwBin)

/** @entry: (nullable) */
void wax_message_life_show (WaxMessageLife   *self,
                            WaxProfile       *profile,
                            WaxActivityEntry *entry);

G_END_DECLS
