/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outbox-row.h"
#include "outbox.h"
#include "worker-lease.h"

G_BEGIN_DECLS

struct _WaxOutbox
{
  GObject parent_instance;

  WaxStore *store;
  WaxActivityLog *log;
  WaxVault *vault;
  char *folder;
  WaxDnsResolver *resolver; /* (nullable) */
  WaxTransportPool *pool;   /* (nullable) not ours */

  GMutex mutex;
  WaxWorkerLease *lease;  /* (nullable) taken with the first delivery */
  GHashTable *delivering; /* id → WaxProgress of what threads of this outbox are sending */
};

/** Emits `changed`. */
void wax_outbox_notify (WaxOutbox *self);
/** (transfer full) The log's event for what happened to @item, in the state it is in now;
 * @state: (nullable): in place of the item's. */
WaxActivityEvent *wax_outbox_event (WaxOutboxItem  *item,
                                    const char     *state,
                                    WaxEventStatus  status,
                                    JsonArray      *replies);
/**
 * Moves @item by @event, and with it what hangs on it: on `sent` the draft and
 * the octets go, on `cancelled` the octets go and the draft is a draft again.
 * Needs the caller's transaction, in which @item was loaded. The octets only
 * cease to count in it: wax_outbox_free_blob() frees them after its commit.
 * @discarded: (out) (optional): their blob, 0 for none
 */
gboolean wax_outbox_move           (WaxOutbox      *self,
                                    WaxOutboxItem  *item,
                                    WaxOutboxEvent  event,
                                    gint64         *discarded,
                                    GError        **error);
/** Frees a blob that does not count (@blob may be 0); what cannot be freed now
 * is swept when the profile is opened. */
void     wax_outbox_free_blob      (WaxOutbox      *self,
                                    gint64          blob);

G_END_DECLS
