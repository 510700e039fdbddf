/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "activity-log.h"
#include "draft.h"
#include "mime-writer.h"
#include "outbox-item.h"
#include "transport-pool.h"

G_BEGIN_DECLS

#define WAX_OUTBOX_ERROR (wax_outbox_error_quark ())
GQuark wax_outbox_error_quark (void);

typedef enum {
  WAX_OUTBOX_ERROR_NOT_FOUND,
  WAX_OUTBOX_ERROR_STATE, /* not possible from the state it is in; the message says which */
  WAX_OUTBOX_ERROR_UNRECORDED, /* it went to the server, and that could not be written: it becomes unknown */
} WaxOutboxError;

/**
 * WaxOutbox:
 *
 * The durable queue of a profile. Calls block; safe from several threads.
 *
 * Signal `changed`: an item has changed; emitted on the thread that changed it.
 */
#define WAX_TYPE_OUTBOX (wax_outbox_get_type ())
G_DECLARE_FINAL_TYPE (WaxOutbox, wax_outbox, WAX, OUTBOX, GObject)

WaxOutbox     *wax_outbox_new        (WaxStore        *store,
                                      WaxActivityLog  *log,
                                      WaxVault        *vault);
/** What deliveries ask the DNS through; without one TLSA records are not asked for. Before the first. */
void           wax_outbox_set_resolver (WaxOutbox     *self,
                                        WaxDnsResolver *resolver);
/** Takes its connections from @pool (nullable) and gives them back there; borrowed. Without
 * one each message has a connection of its own. */
void           wax_outbox_set_pool    (WaxOutbox       *self,
                                       WaxTransportPool *pool);

/**
 * Writes the message once into the store, and in one transaction: makes it
 * complete, queues it and records the intent. The draft row (if it has an id) stays, marked
 * as belonging to the item, until the server has accepted. @hold_us: undo-send; 0 queues at once.
 * Returns: the item's id, or -1
 */
gint64         wax_outbox_submit     (WaxOutbox       *self,
                                      WaxDraft        *draft,
                                      WaxAccount      *account,
                                      gint64           hold_us,
                                      GCancellable    *cancellable,
                                      GError         **error);
/** The same for a finished message. @recipients: (nullable): else those of its headers.
 * @options: (nullable): what is asked of the server for it */
gint64         wax_outbox_submit_raw (WaxOutbox       *self,
                                      GInputStream    *message,
                                      const char      *sender,
                                      const char * const *recipients,
                                      WaxAccount      *account,
                                      const WaxEnvelopeOptions *options,
                                      GCancellable    *cancellable,
                                      GError         **error);
/** (transfer full) (element-type WaxOutboxItem), newest first. */
GPtrArray     *wax_outbox_list       (WaxOutbox       *self,
                                      GError         **error);
WaxOutboxItem *wax_outbox_get        (WaxOutbox       *self,
                                      gint64           id,
                                      GError         **error);
/** Back to queued, now: from deferred, blocked, failed; from unknown too, since only a user calls this. */
gboolean       wax_outbox_retry      (WaxOutbox       *self,
                                      gint64           id,
                                      GError         **error);
/** The same, and where the server refuses some recipients, the message goes to the others: by the
 * user's choice, which the log records. */
gboolean       wax_outbox_send_to_rest (WaxOutbox     *self,
                                      gint64           id,
                                      GError         **error);
/** From held, scheduled, queued, deferred, blocked, failed. */
gboolean       wax_outbox_cancel     (WaxOutbox       *self,
                                      gint64           id,
                                      GError         **error);
/** (transfer full) The message's octets, for `outbox show` and the window. */
GInputStream  *wax_outbox_open_message (WaxOutbox     *self,
                                        gint64         id,
                                        GError       **error);
/** The time (µs) at which the next item is due; 0 for now, -1 for none. */
gint64         wax_outbox_next_due   (WaxOutbox       *self,
                                      GError         **error);

/** How far an item has come that this outbox is sending; %FALSE if it is not. */
gboolean       wax_outbox_get_progress (WaxOutbox     *self,
                                        gint64         id,
                                        gint64        *done,
                                        gint64        *total);

/**
 * Claims one due item (or @id if > 0 and due), delivers it, records the outcome
 * and the connection report with the log entries in one transaction.
 * Items found in `sending` from a process that died: before the final octet they
 * are queued again; after it they are unknown.
 * @progress: (nullable)
 * @item: (out) (transfer full) (nullable): as it stands afterwards; %NULL if nothing was due
 * Returns: %FALSE only if the store or log failed; %WAX_OUTBOX_ERROR_UNRECORDED if
 * they did after the final octet had gone, so that the message may have arrived
 */
gboolean       wax_outbox_deliver_one (WaxOutbox      *self,
                                       gint64          id,
                                       WaxProgress    *progress,
                                       WaxOutboxItem **item,
                                       GCancellable   *cancellable,
                                       GError        **error);

G_END_DECLS
