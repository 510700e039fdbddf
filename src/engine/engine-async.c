/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The `_async` pairs: each copies what it needs, runs the blocking call as a
 * job, and hands the result back in the caller's context. */

#include "engine-private.h"

#include "job.h"

/* What a job owns; each uses what it needs. */
typedef struct
{
  char *text;
  char *second;
  gint64 number;
  gint64 other;
  WaxVault *vault;
  WaxAccount *account;
  WaxSecret *password;
  WaxSecret *proxy_password;
  WaxDraft *draft;  /* the copy */
  WaxDraft *target; /* the caller's, touched in finish only */
  gpointer slot;    /* DraftSlot */
  guint64 turn;
  GMainContext *context;
} Job;

/* ---- one draft, many saves ---- */

/* Saves of one draft may overlap: the first has no id to give the second, and an
 * older copy must not overwrite a newer one. The slot goes with the caller's draft. */
typedef struct
{
  gatomicrefcount refs;
  GMutex mutex;
  gint64 id;
  guint64 next;  /* the turn of the next save; in the caller's thread only */
  guint64 saved; /* the newest turn that was saved */
} DraftSlot;

static void
slot_unref (gpointer data)
{
  DraftSlot *slot = data;

  if (!g_atomic_ref_count_dec (&slot->refs))
    return;
  g_mutex_clear (&slot->mutex);
  g_free (slot);
}

static DraftSlot *
slot_of (WaxDraft *draft)
{
  DraftSlot *slot = g_object_get_data (G_OBJECT (draft), "wax-engine-slot");

  if (slot == NULL)
    {
      slot = g_new0 (DraftSlot, 1);
      g_atomic_ref_count_init (&slot->refs);
      g_mutex_init (&slot->mutex);
      g_object_set_data_full (G_OBJECT (draft), "wax-engine-slot", slot, slot_unref);
    }
  g_atomic_ref_count_inc (&slot->refs);

  return slot;
}

/* ---- jobs ---- */

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->text);
  g_free (job->second);
  g_clear_object (&job->vault);
  g_clear_object (&job->account);
  g_clear_pointer (&job->password, wax_secret_unref);
  g_clear_pointer (&job->proxy_password, wax_secret_unref);
  g_clear_object (&job->draft);
  g_clear_object (&job->target);
  g_clear_pointer (&job->slot, slot_unref);
  g_clear_pointer (&job->context, g_main_context_unref);
  g_free (job);
}

/* Takes what @init points to. */
static void
run_job (gpointer source,
         gpointer tag,
         const Job *init,
         GTaskThreadFunc func,
         GCancellable *cancellable,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  /* What was stored is stored, and the caller must learn of it. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_memdup2 (init, sizeof *init), job_free);
  wax_job_run (task, func);
}

/* @error is looked at after @done was found, whatever the order of evaluation. */
static void
return_boolean (GTask *task, gboolean done, GError **error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (error));
}

static void
return_pointer (GTask *task, gpointer result, GDestroyNotify destroy, GError **error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, destroy);
  else
    g_task_return_error (task, g_steal_pointer (error));
}

static void
return_list (GTask *task, GPtrArray *list, GError **error)
{
  return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref, error);
}

/* ---- opening ---- */

static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_pointer (task, wax_engine_open_in (job->text, job->vault, job->context, cancellable, &error),
                  g_object_unref, &error);
}

void
wax_engine_open_async (const char *folder,
                       WaxVault *vault,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (folder != NULL && WAX_IS_VAULT (vault));

  run_job (NULL, wax_engine_open_async,
           &(Job) { .text = g_strdup (folder),
                    .vault = g_object_ref (vault),
                    .context = g_main_context_ref_thread_default () },
           open_thread, cancellable, callback, user_data);
}

WaxEngine *
wax_engine_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- accounts ---- */

static void
save_account_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_boolean (task, wax_engine_save_account (source, job->account, job->password, cancellable, &error),
                  &error);
}

void
wax_engine_save_account_async (WaxEngine *self,
                               WaxAccount *account,
                               WaxSecret *password,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account));

  run_job (self, wax_engine_save_account_async,
           &(Job) { .account = wax_account_copy (account),
                    .password = password != NULL ? wax_secret_ref (password) : NULL },
           save_account_thread, cancellable, callback, user_data);
}

gboolean
wax_engine_save_account_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
set_connection_secrets_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_boolean (
      task,
      (job->password == NULL
       || wax_engine_set_client_password (source, job->account, job->password, cancellable, &error))
          && (job->proxy_password == NULL
              || wax_engine_set_proxy_password (source, job->account, job->proxy_password, cancellable,
                                                &error)),
      &error);
}

void
wax_engine_set_connection_secrets_async (WaxEngine *self,
                                         WaxAccount *account,
                                         WaxSecret *client_password,
                                         WaxSecret *proxy_password,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account));

  run_job (self, wax_engine_set_connection_secrets_async,
           &(Job) { .account = wax_account_copy (account),
                    .password = client_password != NULL ? wax_secret_ref (client_password) : NULL,
                    .proxy_password = proxy_password != NULL ? wax_secret_ref (proxy_password) : NULL },
           set_connection_secrets_thread, cancellable, callback, user_data);
}

gboolean
wax_engine_set_connection_secrets_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
remove_account_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_boolean (task, wax_engine_remove_account (source, job->text, cancellable, &error), &error);
}

void
wax_engine_remove_account_async (WaxEngine *self,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self) && id != NULL);

  run_job (self, wax_engine_remove_account_async, &(Job) { .text = g_strdup (id) }, remove_account_thread,
           cancellable, callback, user_data);
}

gboolean
wax_engine_remove_account_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
list_accounts_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  return_list (task, wax_engine_list_accounts (source, &error), &error);
}

void
wax_engine_list_accounts_async (WaxEngine *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (self, wax_engine_list_accounts_async, &(Job) { 0 }, list_accounts_thread, cancellable, callback,
           user_data);
}

GPtrArray *
wax_engine_list_accounts_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- connecting ---- */

static void
probe_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  g_task_return_pointer (task, wax_engine_probe (source, job->account, job->password, cancellable),
                         (GDestroyNotify) wax_send_result_free);
}

void
wax_engine_probe_async (WaxEngine *self,
                        WaxAccount *account,
                        WaxSecret *password,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account));

  run_job (self, wax_engine_probe_async,
           &(Job) { .account = wax_account_copy (account),
                    .password = password != NULL ? wax_secret_ref (password) : NULL },
           probe_thread, cancellable, callback, user_data);
}

WaxSendResult *
wax_engine_probe_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
warm_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  g_task_return_pointer (task, wax_engine_warm (source, job->account, cancellable),
                         (GDestroyNotify) wax_send_result_free);
}

void
wax_engine_warm_async (WaxEngine *self,
                       WaxAccount *account,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account));

  run_job (self, wax_engine_warm_async, &(Job) { .account = wax_account_copy (account) }, warm_thread,
           cancellable, callback, user_data);
}

WaxSendResult *
wax_engine_warm_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
accept_weaker_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_boolean (task, wax_engine_accept_weaker_sign_in (source, job->text, cancellable, &error), &error);
}

void
wax_engine_accept_weaker_sign_in_async (WaxEngine *self,
                                        const char *name,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self) && name != NULL);

  run_job (self, wax_engine_accept_weaker_sign_in_async, &(Job) { .text = g_strdup (name) },
           accept_weaker_thread, cancellable, callback, user_data);
}

gboolean
wax_engine_accept_weaker_sign_in_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- drafts ---- */

static void
save_draft_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  DraftSlot *slot = job->slot;
  GError *error = NULL;
  gboolean done = TRUE;

  g_mutex_lock (&slot->mutex);
  if (wax_draft_get_id (job->draft) == 0)
    wax_draft_set_id (job->draft, slot->id);
  if (slot->saved < job->turn)
    done = wax_engine_save_draft (source, job->draft, &error);
  if (done)
    {
      slot->saved = MAX (slot->saved, job->turn);
      slot->id = wax_draft_get_id (job->draft);
    }
  g_mutex_unlock (&slot->mutex);

  return_boolean (task, done, &error);
}

void
wax_engine_save_draft_async (WaxEngine *self,
                             WaxDraft *draft,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  DraftSlot *slot;

  g_return_if_fail (WAX_IS_ENGINE (self) && WAX_IS_DRAFT (draft));

  slot = slot_of (draft);
  run_job (self, wax_engine_save_draft_async,
           &(Job) { .draft = wax_draft_copy (draft),
                    .target = g_object_ref (draft),
                    .slot = slot,
                    .turn = ++slot->next },
           save_draft_thread, cancellable, callback, user_data);
}

gboolean
wax_engine_save_draft_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  Job *job;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  job = g_task_get_task_data (G_TASK (result));
  wax_draft_set_id (job->target, wax_draft_get_id (job->draft));
  wax_draft_set_changed (job->target, wax_draft_get_changed (job->draft));

  return TRUE;
}

static void
remove_draft_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_boolean (task, wax_engine_remove_draft (source, job->number, &error), &error);
}

void
wax_engine_remove_draft_async (WaxEngine *self,
                               gint64 id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (self, wax_engine_remove_draft_async, &(Job) { .number = id }, remove_draft_thread, cancellable,
           callback, user_data);
}

gboolean
wax_engine_remove_draft_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
list_drafts_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  return_list (task, wax_engine_list_drafts (source, &error), &error);
}

void
wax_engine_list_drafts_async (WaxEngine *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (self, wax_engine_list_drafts_async, &(Job) { 0 }, list_drafts_thread, cancellable, callback,
           user_data);
}

GPtrArray *
wax_engine_list_drafts_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- outbox ---- */

static void
submit_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  DraftSlot *slot = job->slot;
  GError *error = NULL;
  gint64 id;

  /* As the draft that an earlier save has made; and an earlier save that has not
   * run yet must not make a draft of what is on its way. */
  g_mutex_lock (&slot->mutex);
  if (wax_draft_get_id (job->draft) == 0)
    wax_draft_set_id (job->draft, slot->id);
  id = wax_engine_submit (source, job->draft, job->number, cancellable, &error);
  if (id >= 0)
    slot->saved = MAX (slot->saved, job->turn);
  g_mutex_unlock (&slot->mutex);

  if (id >= 0)
    g_task_return_int (task, id);
  else
    g_task_return_error (task, error);
}

void
wax_engine_submit_async (WaxEngine *self,
                         WaxDraft *draft,
                         gint64 hold_us,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  DraftSlot *slot;

  g_return_if_fail (WAX_IS_ENGINE (self) && WAX_IS_DRAFT (draft));

  slot = slot_of (draft);
  run_job (self, wax_engine_submit_async,
           &(Job) { .draft = wax_draft_copy (draft), .slot = slot, .turn = ++slot->next, .number = hold_us },
           submit_thread, cancellable, callback, user_data);
}

gint64
wax_engine_submit_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

static void
list_outbox_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_auto (WaxEngineCall) call = { 0 };
  GPtrArray *list = NULL;
  GError *error = NULL;

  if (wax_engine_call_begin (source, &call, cancellable, &error))
    list = wax_outbox_list (wax_engine_get_outbox (source), &error);
  return_list (task, list, &error);
}

void
wax_engine_list_outbox_async (WaxEngine *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (self, wax_engine_list_outbox_async, &(Job) { 0 }, list_outbox_thread, cancellable, callback,
           user_data);
}

GPtrArray *
wax_engine_list_outbox_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
outbox_action_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_auto (WaxEngineCall) call = { 0 };
  Job *job = data;
  WaxOutbox *outbox = wax_engine_get_outbox (source);
  GError *error = NULL;
  gboolean done = wax_engine_call_begin (source, &call, cancellable, &error);

  if (done && g_str_equal (job->text, "retry"))
    done = wax_outbox_retry (outbox, job->number, &error);
  else if (done && g_str_equal (job->text, "send-to-rest"))
    done = wax_outbox_send_to_rest (outbox, job->number, &error);
  else if (done)
    done = wax_outbox_cancel (outbox, job->number, &error);
  return_boolean (task, done, &error);
}

void
wax_engine_outbox_action_async (WaxEngine *self,
                                gint64 id,
                                const char *action,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));
  g_return_if_fail (g_strcmp0 (action, "retry") == 0 || g_strcmp0 (action, "send-to-rest") == 0
                    || g_strcmp0 (action, "cancel") == 0);

  run_job (self, wax_engine_outbox_action_async, &(Job) { .number = id, .text = g_strdup (action) },
           outbox_action_thread, cancellable, callback, user_data);
}

gboolean
wax_engine_outbox_action_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
reopen_draft_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_pointer (task, wax_engine_reopen_draft (source, job->number, &error), g_object_unref, &error);
}

void
wax_engine_reopen_draft_async (WaxEngine *self,
                               gint64 id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (self, wax_engine_reopen_draft_async, &(Job) { .number = id }, reopen_draft_thread, cancellable,
           callback, user_data);
}

WaxDraft *
wax_engine_reopen_draft_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- the log ---- */

static void
verify_log_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  return_pointer (task, wax_engine_verify_log (source, cancellable, &error),
                  (GDestroyNotify) wax_verification_free, &error);
}

void
wax_engine_verify_log_async (WaxEngine *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (self, wax_engine_verify_log_async, &(Job) { 0 }, verify_log_thread, cancellable, callback,
           user_data);
}

WaxVerification *
wax_engine_verify_log_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
list_log_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  return_list (task, wax_engine_list_log (source, job->text, job->second, job->number, job->other, &error),
               &error);
}

void
wax_engine_list_log_async (WaxEngine *self,
                           const char *search,
                           const char *message_id,
                           gint64 offset,
                           gint64 limit,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  run_job (
      self, wax_engine_list_log_async,
      &(Job) { .text = g_strdup (search), .second = g_strdup (message_id), .number = offset, .other = limit },
      list_log_thread, cancellable, callback, user_data);
}

GPtrArray *
wax_engine_list_log_finish (WaxEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
