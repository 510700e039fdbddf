/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Delivering: a thread of its own while the window is open, and on demand for
 * the command line. */

#include "engine-private.h"

#include "clock.h"

/* How long the worker sleeps at most: another process may have queued something,
 * or died while it was sending. */
#define LONGEST_SLEEP_US (30 * G_TIME_SPAN_SECOND)

void
wax_engine_wake (WaxEngine *self)
{
  g_mutex_lock (&self->mutex);
  self->woken = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);
}

void
wax_engine_network_changed (WaxEngine *self)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  g_mutex_lock (&self->mutex);
  self->moved = TRUE;
  g_mutex_unlock (&self->mutex);
  wax_engine_wake (self);
}

/* Closing takes its time where the server is out of reach: on the worker's thread. */
static void
close_after_move (WaxEngine *self)
{
  gboolean moved;

  g_mutex_lock (&self->mutex);
  moved = self->moved;
  self->moved = FALSE;
  g_mutex_unlock (&self->mutex);
  if (moved)
    wax_transport_pool_drop (self->pool, NULL);
}

/* Delivers until nothing is due or it is to stop; %FALSE if the store or the log
 * failed. */
static gboolean
deliver_all (WaxEngine *self)
{
  for (;;)
    {
      g_autoptr (WaxOutboxItem) item = NULL;
      g_autoptr (GError) error = NULL;

      if (g_cancellable_is_cancelled (self->stop))
        return TRUE;
      if (!wax_outbox_deliver_one (self->outbox, 0, NULL, &item, self->stop, &error))
        {
          g_info ("Delivery is not possible now: %s", error->message);
          return FALSE;
        }
      if (item == NULL)
        return TRUE;
    }
}

/* On the monotonic clock. After a failure not at once again, whatever is due. Open
 * connections that were idle for too long are closed first. */
static gint64
sleep_until (WaxEngine *self, gboolean failed)
{
  gint64 idle = wax_transport_pool_sweep (self->pool);
  gint64 longest = idle >= 0 ? MIN (idle, LONGEST_SLEEP_US) : LONGEST_SLEEP_US;
  gint64 due = failed ? -1 : wax_outbox_next_due (self->outbox, NULL);
  gint64 now = wax_clock_now ();

  if (due < 0)
    return g_get_monotonic_time () + longest;

  return g_get_monotonic_time () + CLAMP (due - now, 0, longest);
}

static gpointer
work (gpointer data)
{
  WaxEngine *self = data;

  for (;;)
    {
      gint64 until;
      gboolean stopping;

      close_after_move (self);
      until = sleep_until (self, !deliver_all (self));
      g_mutex_lock (&self->mutex);
      while (!self->woken && !self->stopping && g_cond_wait_until (&self->wake, &self->mutex, until))
        ;
      self->woken = FALSE;
      stopping = self->stopping;
      g_mutex_unlock (&self->mutex);
      if (stopping)
        return NULL;
    }
}

void
wax_engine_start_delivery (WaxEngine *self)
{
  g_return_if_fail (WAX_IS_ENGINE (self));

  g_mutex_lock (&self->mutex);
  if (self->worker == NULL && !self->closed)
    self->worker = g_thread_new ("delivery", work, self);
  g_mutex_unlock (&self->mutex);
}

void
wax_engine_stop_delivery (WaxEngine *self)
{
  GThread *worker;

  g_mutex_lock (&self->mutex);
  worker = g_steal_pointer (&self->worker);
  self->stopping = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);
  if (worker == NULL)
    return;

  g_cancellable_cancel (self->stop);
  g_thread_join (worker);
}

gboolean
wax_engine_deliver (WaxEngine *self, gint64 id, GPtrArray **items, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) done = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  do
    {
      WaxOutboxItem *item = NULL;

      if (!wax_outbox_deliver_one (self->outbox, id, NULL, &item, call.cancellable, error))
        return FALSE;
      if (item == NULL)
        break;
      g_ptr_array_add (done, item);
    }
  while (id == 0 && !g_cancellable_is_cancelled (call.cancellable));
  if (items != NULL)
    *items = g_steal_pointer (&done);

  return TRUE;
}

gboolean
wax_engine_get_progress (WaxEngine *self, gint64 id, gint64 *done, gint64 *total)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self), FALSE);

  return wax_outbox_get_progress (self->outbox, id, done, total);
}
