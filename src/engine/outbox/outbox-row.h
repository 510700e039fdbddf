/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mime-writer.h"
#include "outbox-item-private.h"
#include "outbox-state.h"
#include "store.h"

G_BEGIN_DECLS

/** (transfer full) A queued item with its facts, to be inserted. */
WaxOutboxItem *wax_outbox_row_new        (const WaxMessageInfo *info,
                                          const WaxEnvelope    *envelope,
                                          const char           *account_id,
                                          gint64                blob_id,
                                          gint64                draft_id);
/** Sets the id; needs the caller's transaction. */
gboolean       wax_outbox_row_insert     (WaxStore             *store,
                                          WaxOutboxItem        *item,
                                          GError              **error);
/**
 * Moves @item, which was loaded in this same transaction, by @event, and stores
 * what else was changed in it. %WAX_OUTBOX_ERROR_STATE where the table has no such way.
 */
gboolean       wax_outbox_row_step       (WaxStore             *store,
                                          WaxOutboxItem        *item,
                                          WaxOutboxEvent        event,
                                          GError              **error);
/** Stores what is asked of the server for @item; needs the caller's transaction. */
gboolean       wax_outbox_row_store_options (WaxStore          *store,
                                          WaxOutboxItem        *item,
                                          GError              **error);
WaxOutboxItem *wax_outbox_row_load       (WaxStore             *store,
                                          gint64                id,
                                          GError              **error);
/** (element-type WaxOutboxItem) Newest first. */
GPtrArray     *wax_outbox_row_list       (WaxStore             *store,
                                          GError              **error);
/** (element-type WaxOutboxItem) Those that some worker has claimed. */
GPtrArray     *wax_outbox_row_list_sending (WaxStore           *store,
                                          GError              **error);
/** The id of an item due at @now, 0 for none; @wanted > 0: only that one. */
gboolean       wax_outbox_row_find_due   (WaxStore             *store,
                                          gint64                wanted,
                                          gint64                now,
                                          gint64               *id,
                                          GError              **error);
/** The earliest time at which something is due, seen at @now; -1 for none. */
gboolean       wax_outbox_row_next_due   (WaxStore             *store,
                                          gint64                now,
                                          gint64               *when,
                                          GError              **error);
/** Marks that the final octet of the item may have gone; needs the caller's transaction. */
gboolean       wax_outbox_row_mark_final (WaxStore             *store,
                                          gint64                id,
                                          const char           *worker,
                                          GError              **error);

G_END_DECLS
