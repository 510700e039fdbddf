/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The life of a message in the outbox, as one table. What a table does not
 * have cannot happen: nothing leads from `unknown` to `sending` but the user. */

#include "outbox-state.h"

static const struct
{
  const char *name;
  const char *sentence;
} states[] = {
  [WAX_OUTBOX_HELD] = { "held", "it is held back for a moment" },
  [WAX_OUTBOX_SCHEDULED] = { "scheduled", "it is scheduled for later" },
  [WAX_OUTBOX_QUEUED] = { "queued", "it is waiting to be sent" },
  [WAX_OUTBOX_SENDING] = { "sending", "it is being sent" },
  [WAX_OUTBOX_SENT] = { "sent", "it was sent" },
  [WAX_OUTBOX_PARTIAL] = { "partial", "it was sent to some of its recipients" },
  [WAX_OUTBOX_DEFERRED] = { "deferred", "it will be tried again" },
  [WAX_OUTBOX_BLOCKED] = { "blocked", "it needs you first" },
  [WAX_OUTBOX_UNKNOWN] = { "unknown", "it may have been sent" },
  [WAX_OUTBOX_FAILED] = { "failed", "it was refused" },
  [WAX_OUTBOX_CANCELLED] = { "cancelled", "it was cancelled" },
};

/* One more than the state, so that 0 is "cannot happen". */
#define TO(state) (WAX_OUTBOX_##state + 1)

static const int transitions[G_N_ELEMENTS (states)][WAX_OUTBOX_N_EVENTS] = {
  [WAX_OUTBOX_HELD] = {
    [WAX_OUTBOX_EVENT_CLAIM] = TO (SENDING),
    [WAX_OUTBOX_EVENT_CANCEL] = TO (CANCELLED),
  },
  [WAX_OUTBOX_SCHEDULED] = {
    [WAX_OUTBOX_EVENT_CLAIM] = TO (SENDING),
    [WAX_OUTBOX_EVENT_CANCEL] = TO (CANCELLED),
  },
  [WAX_OUTBOX_QUEUED] = {
    [WAX_OUTBOX_EVENT_CLAIM] = TO (SENDING),
    [WAX_OUTBOX_EVENT_CANCEL] = TO (CANCELLED),
  },
  [WAX_OUTBOX_SENDING] = {
    [WAX_OUTBOX_EVENT_SENT] = TO (SENT),
    [WAX_OUTBOX_EVENT_PARTIAL] = TO (PARTIAL),
    [WAX_OUTBOX_EVENT_DEFER] = TO (DEFERRED),
    [WAX_OUTBOX_EVENT_BLOCK] = TO (BLOCKED),
    [WAX_OUTBOX_EVENT_FAIL] = TO (FAILED),
    [WAX_OUTBOX_EVENT_LOSE] = TO (UNKNOWN),
    [WAX_OUTBOX_EVENT_RELEASE] = TO (QUEUED),
  },
  [WAX_OUTBOX_DEFERRED] = {
    [WAX_OUTBOX_EVENT_CLAIM] = TO (SENDING),
    [WAX_OUTBOX_EVENT_RETRY] = TO (QUEUED),
    [WAX_OUTBOX_EVENT_CANCEL] = TO (CANCELLED),
  },
  [WAX_OUTBOX_BLOCKED] = {
    [WAX_OUTBOX_EVENT_RETRY] = TO (QUEUED),
    [WAX_OUTBOX_EVENT_CANCEL] = TO (CANCELLED),
  },
  [WAX_OUTBOX_UNKNOWN] = {
    [WAX_OUTBOX_EVENT_RETRY] = TO (QUEUED),
  },
  [WAX_OUTBOX_FAILED] = {
    [WAX_OUTBOX_EVENT_RETRY] = TO (QUEUED),
    [WAX_OUTBOX_EVENT_CANCEL] = TO (CANCELLED),
  },
};

gboolean
wax_outbox_state_next (WaxOutboxState state, WaxOutboxEvent event, WaxOutboxState *next)
{
  int to;

  g_return_val_if_fail ((gsize) state < G_N_ELEMENTS (states) && event < WAX_OUTBOX_N_EVENTS, FALSE);

  to = transitions[state][event];
  if (to == 0)
    return FALSE;
  *next = (WaxOutboxState) (to - 1);
  return TRUE;
}

const char *
wax_outbox_state_sentence (WaxOutboxState state)
{
  g_return_val_if_fail ((gsize) state < G_N_ELEMENTS (states), "");

  return states[state].sentence;
}

const char *
wax_outbox_state_to_string (WaxOutboxState state)
{
  g_return_val_if_fail ((gsize) state < G_N_ELEMENTS (states), "unknown");

  return states[state].name;
}

gboolean
wax_outbox_state_from_string (const char *text, WaxOutboxState *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (text, states[i].name) == 0)
      {
        *state = (WaxOutboxState) i;
        return TRUE;
      }

  return FALSE;
}
