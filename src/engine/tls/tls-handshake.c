/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The handshake, within its time. GIO's synchronous one has no deadline; the
 * asynchronous one, in a main context of its own, has: a timer that cancels it. */

#include "tls-handshake.h"

#include "client-identity.h"

typedef struct
{
  GCancellable *stop; /* the handshake's own: the caller's, or the timer, cancels it */
  gboolean timed_out;
  gboolean done;
  gboolean ok;
  GError *error;
} Handshake;

static gboolean
deadline_cb (gpointer user_data)
{
  Handshake *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->stop);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Handshake *self = user_data;

  g_cancellable_cancel (self->stop);

  return G_SOURCE_REMOVE;
}

static void
handshake_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Handshake *self = user_data;

  self->ok = g_tls_connection_handshake_finish (G_TLS_CONNECTION (object), result, &self->error);
  self->done = TRUE;
}

static void
attach_timer (GMainContext *context, guint timeout_s, Handshake *handshake)
{
  g_autoptr (GSource) timer = g_timeout_source_new (MIN (timeout_s, 3600) * 1000);

  g_source_set_callback (timer, deadline_cb, handshake, NULL);
  g_source_attach (timer, context);
}

static void
attach_cancellable (GMainContext *context, GCancellable *cancellable, Handshake *handshake)
{
  g_autoptr (GSource) source = NULL;

  if (cancellable == NULL)
    return;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), handshake, NULL);
  g_source_attach (source, context);
}

/* A token asks for its PIN from the thread that shakes hands; the one who answers it
 * belongs to the main context in which it was made, which runs meanwhile. */
static void
set_client_certificate (GTlsConnection *tls, GTlsCertificate *certificate)
{
  g_autoptr (GTlsInteraction) interaction = NULL;

  if (certificate == NULL)
    return;
  g_tls_connection_set_certificate (tls, certificate);
  interaction = wax_client_identity_interaction (certificate);
  if (interaction != NULL)
    g_tls_connection_set_interaction (tls, interaction);
}

gboolean
wax_tls_handshake (GTlsConnection *tls,
                   GTlsCertificate *client_certificate,
                   guint timeout_s,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  Handshake handshake = { .stop = stop };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_main_context_push_thread_default (context);
  set_client_certificate (tls, client_certificate);
  attach_timer (context, timeout_s, &handshake);
  attach_cancellable (context, cancellable, &handshake);
  g_tls_connection_handshake_async (tls, G_PRIORITY_DEFAULT, stop, handshake_done_cb, &handshake);
  while (!handshake.done)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  if (handshake.ok)
    return TRUE;
  if (handshake.timed_out && g_error_matches (handshake.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&handshake.error);
      g_set_error (&handshake.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   "The server did not finish the TLS handshake within %u seconds", timeout_s);
    }
  g_propagate_error (error, handshake.error);

  return FALSE;
}
