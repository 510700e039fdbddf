/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The facade: one open profile, its life from open to close, and how a face
 * learns that something has changed. */

#include "engine-private.h"

G_DEFINE_QUARK (wax_engine_error, wax_engine_error)
G_DEFINE_FINAL_TYPE (WaxEngine, wax_engine, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- calls under way ---- */

static void
cancel_inner (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

gboolean
wax_engine_call_begin (WaxEngine *self, WaxEngineCall *call, GCancellable *cancellable, GError **error)
{
  gboolean open;

  *call = (WaxEngineCall) { 0 };
  g_mutex_lock (&self->mutex);
  open = !self->closed;
  if (open)
    {
      call->engine = self;
      call->cancellable = g_cancellable_new ();
      g_ptr_array_add (self->calls, call->cancellable);
    }
  g_mutex_unlock (&self->mutex);
  if (!open)
    {
      g_set_error_literal (error, WAX_ENGINE_ERROR, WAX_ENGINE_ERROR_CLOSED, "The profile is closed");
      return FALSE;
    }

  if (cancellable != NULL)
    {
      call->outer = g_object_ref (cancellable);
      call->handler = g_cancellable_connect (cancellable, G_CALLBACK (cancel_inner),
                                             g_object_ref (call->cancellable), g_object_unref);
    }
  return TRUE;
}

void
wax_engine_call_end (WaxEngineCall *call)
{
  WaxEngine *self = call->engine;

  if (self == NULL)
    return;
  if (call->outer != NULL)
    {
      g_cancellable_disconnect (call->outer, call->handler);
      g_object_unref (call->outer);
    }
  g_mutex_lock (&self->mutex);
  g_ptr_array_remove_fast (self->calls, call->cancellable);
  if (self->calls->len == 0)
    g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->mutex);
  g_object_unref (call->cancellable);
  call->engine = NULL;
}

/* ---- `changed` ---- */

typedef struct
{
  GWeakRef engine;
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_weak_ref_clear (&notice->engine);
  g_free (notice);
}

static gboolean
emit_changed (gpointer data)
{
  Notice *notice = data;
  g_autoptr (WaxEngine) self = g_weak_ref_get (&notice->engine);
  guint what;

  if (self == NULL)
    return G_SOURCE_REMOVE;
  g_mutex_lock (&self->mutex);
  what = self->pending;
  self->pending = 0;
  g_clear_pointer (&self->notifier, g_source_unref);
  g_mutex_unlock (&self->mutex);
  g_signal_emit (self, changed_signal, 0, what);

  return G_SOURCE_REMOVE;
}

/* One source at a time: a burst of changes is one reload of a list. */
void
wax_engine_notify (WaxEngine *self, guint what)
{
  g_mutex_lock (&self->mutex);
  self->pending |= what;
  if (self->notifier == NULL && !self->closed)
    {
      Notice *notice = g_new0 (Notice, 1);

      g_weak_ref_init (&notice->engine, self);
      self->notifier = g_idle_source_new ();
      g_source_set_priority (self->notifier, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->notifier, emit_changed, notice, notice_free);
      g_source_attach (self->notifier, self->context);
    }
  g_mutex_unlock (&self->mutex);
}

/* On the thread that changed it. What the worker changed it need not look at. */
static void
outbox_changed_cb (WaxOutbox *outbox, gpointer user_data)
{
  WaxEngine *self = user_data;
  gboolean by_worker;

  /* A delivery teaches the account what its server offers, and how it signed in. */
  wax_engine_notify (self, WAX_ENGINE_CHANGED_OUTBOX | WAX_ENGINE_CHANGED_DRAFTS | WAX_ENGINE_CHANGED_ACCOUNTS
                               | WAX_ENGINE_CHANGED_LOG);
  g_mutex_lock (&self->mutex);
  by_worker = self->worker == g_thread_self ();
  g_mutex_unlock (&self->mutex);
  if (!by_worker)
    wax_engine_wake (self);
}

/* ---- life ---- */

static void
wax_engine_dispose (GObject *object)
{
  wax_engine_close (WAX_ENGINE (object));

  G_OBJECT_CLASS (wax_engine_parent_class)->dispose (object);
}

static void
wax_engine_finalize (GObject *object)
{
  WaxEngine *self = WAX_ENGINE (object);

  g_clear_object (&self->outbox);
  g_clear_pointer (&self->pool, wax_transport_pool_free);
  g_clear_pointer (&self->resolver, wax_dns_resolver_unref);
  g_clear_object (&self->log);
  wax_engine_profile_clear (&self->profile);
  g_clear_object (&self->vault);
  g_clear_object (&self->stop);
  g_clear_error (&self->alarm);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_ptr_array_unref (self->calls);
  g_free (self->folder);
  g_cond_clear (&self->idle);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wax_engine_parent_class)->finalize (object);
}

static void
wax_engine_class_init (WaxEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wax_engine_dispose;
  object_class->finalize = wax_engine_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
wax_engine_init (WaxEngine *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
  g_cond_init (&self->wake);
  self->calls = g_ptr_array_new ();
  self->pool = wax_transport_pool_new ();
  self->stop = g_cancellable_new ();
}

/* A log that was rolled back or lost its key opens for reading, with the alarm. */
static gboolean
open_log (WaxEngine *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;

  self->log = wax_activity_log_open (self->profile.store, self->vault, self->profile.id, FALSE, cancellable,
                                     &reason);
  if (self->log != NULL)
    return TRUE;
  if (!g_error_matches (reason, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_KEY_MISSING)
      && !g_error_matches (reason, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_ROLLED_BACK))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }

  self->alarm = g_steal_pointer (&reason);
  self->log = wax_activity_log_open (self->profile.store, self->vault, self->profile.id, TRUE, cancellable,
                                     error);
  return self->log != NULL;
}

WaxEngine *
wax_engine_open_in (const char *folder,
                    WaxVault *vault,
                    GMainContext *context,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (WaxEngine) self = g_object_new (WAX_TYPE_ENGINE, NULL);

  self->folder = g_canonicalize_filename (folder, NULL);
  self->vault = g_object_ref (vault);
  self->context = g_main_context_ref (context);
  /* Until it is open there is nothing to stop or record at the end. */
  self->closed = TRUE;
  if (!wax_engine_profile_open (self->folder, vault, &self->profile, cancellable, error)
      || !open_log (self, cancellable, error))
    return NULL;
  if (self->alarm == NULL
      && !wax_activity_log_record (self->log, wax_activity_event_lifecycle (3, "Waxseal opened the profile"),
                                   error))
    return NULL;

  self->resolver = wax_dns_resolver_new (NULL, error);
  if (self->resolver == NULL)
    return NULL;
  self->outbox = wax_outbox_new (self->profile.store, self->log, vault);
  wax_outbox_set_resolver (self->outbox, self->resolver);
  wax_outbox_set_pool (self->outbox, self->pool);
  g_signal_connect_object (self->outbox, "changed", G_CALLBACK (outbox_changed_cb), self, G_CONNECT_DEFAULT);
  self->closed = FALSE;
  return g_steal_pointer (&self);
}

WaxEngine *
wax_engine_open (const char *folder, WaxVault *vault, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_val_if_fail (folder != NULL && WAX_IS_VAULT (vault), NULL);

  return wax_engine_open_in (folder, vault, context, cancellable, error);
}

/* No call begins any more; those under way are told to stop, and waited for. */
static gboolean
stop_calls (WaxEngine *self)
{
  gboolean first;

  g_mutex_lock (&self->mutex);
  first = !self->closed;
  self->closed = TRUE;
  if (self->notifier != NULL)
    {
      g_source_destroy (self->notifier);
      g_clear_pointer (&self->notifier, g_source_unref);
    }
  while (first && self->calls->len > 0)
    {
      g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < self->calls->len; i++)
        g_ptr_array_add (calls, g_object_ref (g_ptr_array_index (self->calls, i)));
      g_mutex_unlock (&self->mutex);
      /* Cancelling runs handlers, so not under the lock. */
      for (guint i = 0; i < calls->len; i++)
        g_cancellable_cancel (g_ptr_array_index (calls, i));
      g_mutex_lock (&self->mutex);
      if (self->calls->len > 0)
        g_cond_wait (&self->idle, &self->mutex);
    }
  g_mutex_unlock (&self->mutex);

  return first;
}

void
wax_engine_close (WaxEngine *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WAX_IS_ENGINE (self));

  wax_engine_stop_delivery (self);
  if (!stop_calls (self))
    return;

  /* What waits keeps answers in the store, which closes now. */
  wax_transport_pool_drop (self->pool, NULL);
  if (self->alarm == NULL
      && (!wax_activity_log_record (self->log, wax_activity_event_lifecycle (4, "Waxseal closed the profile"),
                                    &error)
          || !wax_activity_log_flush (self->log, NULL, &error)))
    g_info ("The end could not be recorded: %s", error->message);
  wax_store_close (self->profile.store);
}

WaxOutbox *
wax_engine_get_outbox (WaxEngine *self)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return self->outbox;
}

WaxActivityLog *
wax_engine_get_log (WaxEngine *self)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return self->log;
}

GError *
wax_engine_dup_alarm (WaxEngine *self)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return self->alarm != NULL ? g_error_copy (self->alarm) : NULL;
}
