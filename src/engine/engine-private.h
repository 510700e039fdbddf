/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine-profile.h"
#include "engine.h"

G_BEGIN_DECLS

struct _WaxEngine
{
  GObject parent_instance;

  char *folder;
  WaxVault *vault;
  WaxEngineProfile profile;
  WaxActivityLog *log;
  WaxOutbox *outbox;
  WaxDnsResolver *resolver;
  WaxTransportPool *pool;
  GError *alarm; /* (nullable) */

  GMutex mutex;
  GCond idle;       /* the last call has ended */
  GPtrArray *calls; /* the calls under way */
  gboolean closed;

  GMainContext *context; /* where `changed` is emitted */
  guint pending;         /* what it will say */
  GSource *notifier;     /* (nullable) */

  /* The delivery worker. */
  GThread *worker;
  GCond wake;
  gboolean woken;
  gboolean moved; /* the network has changed */
  gboolean stopping;
  GCancellable *stop;
};

/**
 * WaxEngineCall:
 *
 * A call under way: closing cancels it and waits for its end, so that the store
 * is never closed under it.
 */
typedef struct {
  WaxEngine    *engine;
  GCancellable *cancellable; /* cancelled by the caller or by closing */
  GCancellable *outer;       /* (nullable) */
  gulong        handler;
} WaxEngineCall;

/** %FALSE with %WAX_ENGINE_ERROR_CLOSED once closing has begun. */
gboolean   wax_engine_call_begin (WaxEngine        *self,
                                  WaxEngineCall    *call,
                                  GCancellable     *cancellable,
                                  GError          **error);
void       wax_engine_call_end   (WaxEngineCall    *call);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxEngineCall, wax_engine_call_end)

/** Has `changed` emitted soon, in the context in which the engine was made. */
void       wax_engine_notify     (WaxEngine        *self,
                                  guint             what);
/** Has the delivery worker look again. */
void       wax_engine_wake       (WaxEngine        *self);
/** The blocking open, for the context in which the engine is to be at home. */
WaxEngine *wax_engine_open_in    (const char       *folder,
                                  WaxVault         *vault,
                                  GMainContext     *context,
                                  GCancellable     *cancellable,
                                  GError          **error);
/** Appends @event (taken) in a transaction of the log around @change. */
typedef gboolean (*WaxEngineChangeFunc) (WaxEngine *self, gpointer data, GError **error);
gboolean   wax_engine_change     (WaxEngine        *self,
                                  WaxEngineChangeFunc change,
                                  gpointer          data,
                                  WaxActivityEvent *event,
                                  GError          **error);
void       wax_engine_stop_delivery (WaxEngine     *self);

G_END_DECLS
