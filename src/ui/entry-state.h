/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-log.h"
#include "outbox-item.h"

G_BEGIN_DECLS

/**
 * What an entry of the log says became of a message: sets *@state and returns
 * %TRUE for an entry of a submission that reached one; %FALSE for an intent and
 * for any other entry.
 */
gboolean wax_entry_get_state (WaxActivityEntry *entry,
                              WaxOutboxState   *state);

G_END_DECLS
