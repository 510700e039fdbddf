/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine.h"

G_BEGIN_DECLS

/** Where a profile stands on its way to being used. */
typedef enum {
  WAX_PROFILE_OPENING,
  WAX_PROFILE_OPEN,
  WAX_PROFILE_FAILED, /* wax_profile_get_error() says why; it can be opened again */
  WAX_PROFILE_CLOSED,
} WaxProfileState;

/**
 * WaxProfile:
 *
 * What all windows of one profile share: its engine, opened without blocking,
 * and the lists of accounts, drafts and outbox items, kept in step with it.
 * A practice profile lives in a temporary folder, keeps its secrets in memory,
 * and has a practice server of its own; it is gone when it is closed.
 *
 * Properties: `state` (int, #WaxProfileState, notifies), `practice` (boolean).
 * Signal `log-changed`: there is something new in the activity log.
 */
#define WAX_TYPE_PROFILE (wax_profile_get_type ())
G_DECLARE_FINAL_TYPE (WaxProfile, wax_profile, WAX, PROFILE, GObject)

/** @folder: (nullable): the default profile's without one */
WaxProfile      *wax_profile_new              (const char    *folder);
WaxProfile      *wax_profile_new_practice     (void);
/** Begins to open, or to open again after a failure. */
void             wax_profile_open             (WaxProfile    *self);
/** Closes the engine; blocks for as long as that takes. Idempotent. */
void             wax_profile_close            (WaxProfile    *self);

WaxProfileState  wax_profile_get_state        (WaxProfile    *self);
/** (nullable) (transfer none) */
const GError    *wax_profile_get_error        (WaxProfile    *self);
gboolean         wax_profile_is_practice      (WaxProfile    *self);
/** Whether there was a profile before this one was opened: an old profile shows its
 * places at once, a new one the start page. */
gboolean         wax_profile_existed          (WaxProfile    *self);
/** Whether nothing was ever done in it: no account, draft or message. */
gboolean         wax_profile_is_fresh         (WaxProfile    *self);
/** (nullable) (transfer none) While it is open. */
WaxEngine       *wax_profile_get_engine       (WaxProfile    *self);

/** (transfer none) #WaxAccount, by label. */
GListStore      *wax_profile_get_accounts     (WaxProfile    *self);
/** (transfer none) #WaxDraft, newest first. */
GListStore      *wax_profile_get_drafts       (WaxProfile    *self);
/** (transfer none) #WaxOutboxItem, newest first, those that were sent too. */
GListStore      *wax_profile_get_outbox       (WaxProfile    *self);
/** (nullable) (transfer full) */
WaxAccount      *wax_profile_find_account     (WaxProfile    *self,
                                               const char    *id);
/** (nullable) (transfer full) The outbox item of a message. */
WaxOutboxItem   *wax_profile_find_message     (WaxProfile    *self,
                                               const char    *message_id);
/** How many messages are on their way by themselves: held, queued or being sent. */
guint            wax_profile_count_moving     (WaxProfile    *self);

/** Whether two accounts say the same, what they have learnt of their server included. */
gboolean       wax_profile_same_account  (gpointer a,
                                          gpointer b);

G_END_DECLS
