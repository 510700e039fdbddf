/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connection-report.h"
#include "envelope-options.h"

G_BEGIN_DECLS

/** Where a message stands; DESIGN.md, "The journey of a message". */
typedef enum {
  WAX_OUTBOX_HELD,
  WAX_OUTBOX_SCHEDULED,
  WAX_OUTBOX_QUEUED,
  WAX_OUTBOX_SENDING,
  WAX_OUTBOX_SENT,
  WAX_OUTBOX_PARTIAL,
  WAX_OUTBOX_DEFERRED,
  WAX_OUTBOX_BLOCKED,
  WAX_OUTBOX_UNKNOWN,
  WAX_OUTBOX_FAILED,
  WAX_OUTBOX_CANCELLED,
} WaxOutboxState;

/** `queued`, `sending`, … as in CLI.md. */
const char *wax_outbox_state_to_string   (WaxOutboxState  state);
gboolean    wax_outbox_state_from_string (const char     *text,
                                          WaxOutboxState *state);

/**
 * WaxOutboxItem:
 *
 * A message in the outbox as it stood when it was read. Bindable, read-only:
 * `id` (int64), `state` (int), `account-id`, `sender`, `recipients` (string,
 * comma-separated), `subject`, `message-id`, `size` (int64), `attempts` (int),
 * `created`, `updated`, `next-attempt` (int64, µs; 0 for none), `detail` (the sentence a
 * person reads: the server's words or the error), `hint`.
 */
#define WAX_TYPE_OUTBOX_ITEM (wax_outbox_item_get_type ())
G_DECLARE_FINAL_TYPE (WaxOutboxItem, wax_outbox_item, WAX, OUTBOX_ITEM, GObject)

gint64               wax_outbox_item_get_id           (WaxOutboxItem *self);
WaxOutboxState       wax_outbox_item_get_state        (WaxOutboxItem *self);
const char          *wax_outbox_item_get_account_id   (WaxOutboxItem *self);
const char          *wax_outbox_item_get_sender       (WaxOutboxItem *self);
const char * const  *wax_outbox_item_get_recipients   (WaxOutboxItem *self);
const char          *wax_outbox_item_get_subject      (WaxOutboxItem *self);
const char          *wax_outbox_item_get_message_id   (WaxOutboxItem *self);
gint64               wax_outbox_item_get_size         (WaxOutboxItem *self);
int                  wax_outbox_item_get_attempts     (WaxOutboxItem *self);
gint64               wax_outbox_item_get_created      (WaxOutboxItem *self);
gint64               wax_outbox_item_get_updated      (WaxOutboxItem *self);
gint64               wax_outbox_item_get_next_attempt (WaxOutboxItem *self);
/** The draft that it was made of and that waits with it; 0 for none. */
gint64               wax_outbox_item_get_draft_id     (WaxOutboxItem *self);
const char          *wax_outbox_item_get_detail       (WaxOutboxItem *self);
const char          *wax_outbox_item_get_hint         (WaxOutboxItem *self);
/** (transfer none) What is asked of the server for it. */
const WaxEnvelopeOptions *wax_outbox_item_get_options (WaxOutboxItem *self);
/** (nullable) (transfer none) Of the last attempt. */
WaxConnectionReport *wax_outbox_item_get_report       (WaxOutboxItem *self);
/** (nullable) (transfer none) Of the last attempt: `{state, message_id, reply,
 * recipients, connection, timing_ms, error}` exactly as `send --json` prints it. */
JsonObject          *wax_outbox_item_get_result       (WaxOutboxItem *self);
/** sysexits(3) for the state and the last error. */
int                  wax_outbox_item_exit_code        (WaxOutboxItem *self);

G_END_DECLS
