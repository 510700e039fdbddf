/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxSmtpAwait:
 *
 * One call of GIO's asynchronous kind, waited for on the calling thread, in a main
 * context of its own: for what GIO does well only in that kind. The wait is bounded
 * by a time-out and by the caller's cancellable; both cancel @cancellable, which is
 * to be given to the call, with wax_smtp_await_done_cb() and the wait itself:
 *
 *     wax_smtp_await_begin (&wait, timeout_s, cancellable);
 *     g_resolver_lookup_service_async (…, wait.cancellable, wax_smtp_await_done_cb, &wait);
 *     wax_smtp_await_run (&wait);
 *     … = g_resolver_lookup_service_finish (…, wait.result, error);
 *     wax_smtp_await_clear (&wait);
 *
 * @timed_out: the call was ended by the time-out, whatever it says
 * @result: what the call ended with, after wax_smtp_await_run()
 */
typedef struct {
  GMainContext *context;
  GCancellable *cancellable;
  GCancellable *callers;
  gulong        handler;
  guint         timeout_s;
  gboolean      timed_out;
  GAsyncResult *result;
} WaxSmtpAwait;

void wax_smtp_await_begin   (WaxSmtpAwait *self,
                             guint         timeout_s,
                             GCancellable *cancellable);
void wax_smtp_await_done_cb (GObject      *source,
                             GAsyncResult *result,
                             gpointer      self);
void wax_smtp_await_run     (WaxSmtpAwait *self);
void wax_smtp_await_clear   (WaxSmtpAwait *self);

G_END_DECLS
