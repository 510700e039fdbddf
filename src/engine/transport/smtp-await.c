/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An asynchronous call of GIO, waited for. Every call it is used with ends at once
 * when it is cancelled: GIO's threaded resolver and libproxy's leave their thread
 * behind, sockets stop waiting. */

#include "smtp-await.h"

static void
cancelled_cb (GCancellable *callers, gpointer own)
{
  g_cancellable_cancel (own);
}

static gboolean
timed_out_cb (gpointer data)
{
  WaxSmtpAwait *self = data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

void
wax_smtp_await_begin (WaxSmtpAwait *self, guint timeout_s, GCancellable *cancellable)
{
  *self = (WaxSmtpAwait) {
    .context = g_main_context_new (),
    .cancellable = g_cancellable_new (),
    .timeout_s = timeout_s,
  };
  g_main_context_push_thread_default (self->context);
  if (cancellable != NULL)
    {
      self->callers = g_object_ref (cancellable);
      self->handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                             g_object_ref (self->cancellable), g_object_unref);
    }
}

void
wax_smtp_await_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  WaxSmtpAwait *self = data;

  self->result = g_object_ref (result);
}

void
wax_smtp_await_run (WaxSmtpAwait *self)
{
  g_autoptr (GSource) timer = g_timeout_source_new_seconds (self->timeout_s);

  g_source_set_callback (timer, timed_out_cb, self, NULL);
  g_source_attach (timer, self->context);
  while (self->result == NULL)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (timer);
}

void
wax_smtp_await_clear (WaxSmtpAwait *self)
{
  if (self->callers != NULL)
    g_cancellable_disconnect (self->callers, self->handler);
  g_clear_object (&self->callers);
  g_clear_object (&self->result);
  g_main_context_pop_thread_default (self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->cancellable);
}
