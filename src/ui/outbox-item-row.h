/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "outbox-item.h"

G_BEGIN_DECLS

/**
 * WaxOutboxItemRow:
 *
 * One message of the outbox: where it stands, to whom, the server's words, and
 * what can be done. Property: `item` (#WaxOutboxItem). Lives in a main window.
 */
#define WAX_TYPE_OUTBOX_ITEM_ROW (wax_outbox_item_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxOutboxItemRow, wax_outbox_item_row, WAX, OUTBOX_ITEM_ROW, AdwBin)


G_END_DECLS
