/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The facade's blocking calls about drafts, the outbox and the log, and the change
 * that is recorded as it is made: each begins a call, does one thing through the
 * rooms, and says what changed. */

#include "engine-private.h"

#include "account-store.h"
#include "draft-store.h"

gboolean
wax_engine_change (WaxEngine *self,
                   WaxEngineChangeFunc change,
                   gpointer data,
                   WaxActivityEvent *event,
                   GError **error)
{
  if (!wax_activity_log_begin (self->log, error))
    {
      wax_activity_event_free (event);
      return FALSE;
    }
  if (!change (self, data, error))
    {
      wax_activity_event_free (event);
      wax_activity_log_rollback (self->log);
      return FALSE;
    }
  if (!wax_activity_log_append (self->log, event, error))
    {
      wax_activity_log_rollback (self->log);
      return FALSE;
    }

  return wax_activity_log_commit (self->log, error);
}

/* ---- drafts ---- */

gboolean
wax_engine_save_draft (WaxEngine *self, WaxDraft *draft, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  gint64 id;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_DRAFT (draft), FALSE);

  if (!wax_engine_call_begin (self, &call, NULL, error) || !wax_store_begin (self->profile.store, error))
    return FALSE;
  id = wax_draft_get_id (draft);
  if (!wax_draft_store_save (self->profile.store, draft, error))
    {
      wax_store_rollback (self->profile.store);
      return FALSE;
    }
  if (!wax_store_commit (self->profile.store, error))
    {
      wax_draft_set_id (draft, id);
      return FALSE;
    }

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  return TRUE;
}

gboolean
wax_engine_remove_draft (WaxEngine *self, gint64 id, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), FALSE);

  if (!wax_engine_call_begin (self, &call, NULL, error) || !wax_store_begin (self->profile.store, error))
    return FALSE;
  if (!wax_draft_store_remove (self->profile.store, id, error))
    {
      wax_store_rollback (self->profile.store);
      return FALSE;
    }
  if (!wax_store_commit (self->profile.store, error))
    return FALSE;

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  return TRUE;
}

GPtrArray *
wax_engine_list_drafts (WaxEngine *self, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return wax_engine_call_begin (self, &call, NULL, error) ? wax_draft_store_list (self->profile.store, error)
                                                          : NULL;
}

/* ---- outbox ---- */

gint64
wax_engine_submit (WaxEngine *self,
                   WaxDraft *draft,
                   gint64 hold_us,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) account = NULL;
  gint64 id;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_DRAFT (draft), -1);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return -1;
  if (*wax_draft_get_account_id (draft) == '\0')
    {
      g_set_error_literal (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID,
                           "Choose the account that the message is sent from");
      return -1;
    }
  account = wax_account_store_find (self->profile.store, wax_draft_get_account_id (draft), error);
  if (account == NULL)
    return -1;
  id = wax_outbox_submit (self->outbox, draft, account, hold_us, call.cancellable, error);
  if (id < 0)
    return -1;

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  wax_engine_wake (self);
  return id;
}

gint64
wax_engine_submit_raw (WaxEngine *self,
                       GInputStream *message,
                       const char *sender,
                       const char *const *recipients,
                       WaxAccount *account,
                       const WaxEnvelopeOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  gint64 id;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && G_IS_INPUT_STREAM (message) && WAX_IS_ACCOUNT (account), -1);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return -1;
  id = wax_outbox_submit_raw (self->outbox, message, sender, recipients, account, options, call.cancellable,
                              error);
  if (id >= 0)
    wax_engine_wake (self);

  return id;
}

WaxDraft *
wax_engine_reopen_draft (WaxEngine *self, gint64 id, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 draft_id;

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  if (!wax_engine_call_begin (self, &call, NULL, error))
    return NULL;
  item = wax_outbox_get (self->outbox, id, error);
  if (item == NULL)
    return NULL;
  draft_id = wax_outbox_item_get_draft_id (item);
  if (draft_id <= 0)
    {
      g_set_error_literal (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE,
                           "The message has no draft any more, or was not written as one");
      return NULL;
    }
  if (!wax_outbox_cancel (self->outbox, id, error))
    return NULL;

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  return wax_draft_store_load (self->profile.store, draft_id, error);
}

/* ---- the log ---- */

/* Looking at the log is an event of the log. Where an alarm forbids writing, the
 * looking must still be possible: it is how one finds out. */
static gboolean
record_access (WaxEngine *self, const char *what, const char *detail, GError **error)
{
  if (self->alarm != NULL)
    return TRUE;

  return wax_activity_log_record (self->log, wax_activity_event_log_access (what, detail), error);
}

WaxVerification *
wax_engine_verify_log (WaxEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxVerification) verification = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return NULL;
  verification = wax_activity_log_verify (self->log, call.cancellable, error);
  if (verification == NULL)
    return NULL;
  /* A log that is found damaged may refuse the entry; the verdict counts. */
  if (!record_access (self, "verify", verification->sentence,
                      verification->verdict == WAX_VERDICT_INTACT ? error : NULL)
      && verification->verdict == WAX_VERDICT_INTACT)
    return NULL;

  return g_steal_pointer (&verification);
}

/* Nothing is notified: whoever lists would list again for ever. */
GPtrArray *
wax_engine_list_log (WaxEngine *self,
                     const char *search,
                     const char *message_id,
                     gint64 offset,
                     gint64 limit,
                     GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  gboolean searching = search != NULL && *search != '\0';

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  if (!wax_engine_call_begin (self, &call, NULL, error))
    return NULL;
  if (offset == 0
      && !record_access (self, searching ? "search" : "list", searching ? search : message_id, error))
    return NULL;

  return wax_activity_log_list (self->log, search, message_id, offset, limit, error);
}
