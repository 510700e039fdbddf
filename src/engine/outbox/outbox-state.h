/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outbox-item.h"

G_BEGIN_DECLS

/** What can happen to a message in the outbox. */
typedef enum {
  WAX_OUTBOX_EVENT_CLAIM,   /* a worker takes it up */
  WAX_OUTBOX_EVENT_SENT,
  WAX_OUTBOX_EVENT_PARTIAL,
  WAX_OUTBOX_EVENT_DEFER,
  WAX_OUTBOX_EVENT_BLOCK,
  WAX_OUTBOX_EVENT_FAIL,
  WAX_OUTBOX_EVENT_LOSE,    /* the final octet went, and no reply came */
  WAX_OUTBOX_EVENT_RELEASE, /* the worker stopped or died before the final octet */
  WAX_OUTBOX_EVENT_RETRY,   /* by the user */
  WAX_OUTBOX_EVENT_CANCEL,  /* by the user */
  WAX_OUTBOX_N_EVENTS,
} WaxOutboxEvent;

/** Where @event leads from @state; %FALSE if it cannot happen there. The only
 * place that knows. */
gboolean    wax_outbox_state_next     (WaxOutboxState  state,
                                       WaxOutboxEvent  event,
                                       WaxOutboxState *next);
/** Why @event is not possible in @state, for the user: "…it is being sent". */
const char *wax_outbox_state_sentence (WaxOutboxState  state);

G_END_DECLS
