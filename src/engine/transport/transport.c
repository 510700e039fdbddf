/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one interface over the ways to submit a message. */

#include "transport.h"

#include "smtp-transport.h"

G_DEFINE_ABSTRACT_TYPE (WaxTransport, wax_transport, G_TYPE_OBJECT)

static void
wax_transport_class_init (WaxTransportClass *klass)
{
}

static void
wax_transport_init (WaxTransport *self)
{
}

WaxTransport *
wax_transport_new (const WaxTransportSettings *settings)
{
  g_return_val_if_fail (settings != NULL, NULL);
  g_return_val_if_fail (WAX_IS_ACCOUNT (settings->account), NULL);

  return wax_smtp_transport_new (settings);
}

WaxSendResult *
wax_transport_open (WaxTransport *self, GCancellable *cancellable)
{
  g_return_val_if_fail (WAX_IS_TRANSPORT (self), NULL);

  return WAX_TRANSPORT_GET_CLASS (self)->open (self, cancellable);
}

WaxSendResult *
wax_transport_send (WaxTransport *self,
                    const WaxEnvelope *envelope,
                    GInputStream *message,
                    gint64 size,
                    WaxProgress *progress,
                    GCancellable *cancellable)
{
  g_return_val_if_fail (WAX_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail (envelope != NULL, NULL);
  g_return_val_if_fail (G_IS_INPUT_STREAM (message), NULL);
  g_return_val_if_fail (size >= 0, NULL);

  return WAX_TRANSPORT_GET_CLASS (self)->send (self, envelope, message, size, progress, cancellable);
}

void
wax_transport_close (WaxTransport *self, GCancellable *cancellable)
{
  g_return_if_fail (WAX_IS_TRANSPORT (self));

  WAX_TRANSPORT_GET_CLASS (self)->close (self, cancellable);
}

gboolean
wax_transport_is_open (WaxTransport *self)
{
  g_return_val_if_fail (WAX_IS_TRANSPORT (self), FALSE);

  return WAX_TRANSPORT_GET_CLASS (self)->is_open (self);
}

gint64
wax_transport_get_idle_us (WaxTransport *self)
{
  g_return_val_if_fail (WAX_IS_TRANSPORT (self), 0);

  return WAX_TRANSPORT_GET_CLASS (self)->get_idle_us (self);
}

void
wax_transport_set_before_final (WaxTransport *self, WaxBeforeFinal before_final, gpointer data)
{
  g_return_if_fail (WAX_IS_TRANSPORT (self));

  WAX_TRANSPORT_GET_CLASS (self)->set_before_final (self, before_final, data);
}
