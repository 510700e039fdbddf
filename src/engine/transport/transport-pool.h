/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transport.h"

G_BEGIN_DECLS

/** How long an open connection may be idle before it is closed: seconds. Servers wait
 * five minutes for a command (RFC 5321 section 4.5.3.2.7). */
#define WAX_TRANSPORT_POOL_IDLE_S 240
/** Open connections that wait for each account. */
#define WAX_TRANSPORT_POOL_EACH 2

/**
 * WaxTransportPool:
 *
 * Open connections that wait for their next message. A connection is used again only
 * with the settings that it was made with, the credentials among them. Safe from
 * several threads; a transport that was taken belongs to whoever took it.
 */
typedef struct _WaxTransportPool WaxTransportPool;

WaxTransportPool *wax_transport_pool_new  (void);
/** Closes all that wait. */
void              wax_transport_pool_free (WaxTransportPool           *self);
/**
 * A transport for @settings: an open one that was given back, or a new one. What of
 * the settings is borrowed (#WaxTransportSettings says what) must outlive the pool.
 * Returns: (transfer full)
 */
WaxTransport     *wax_transport_pool_take (WaxTransportPool           *self,
                                           const WaxTransportSettings *settings);
/** Gives one back (transfer full): kept if it is open, there is room, and its account was
 * not dropped meanwhile; else closed. */
void              wax_transport_pool_give (WaxTransportPool           *self,
                                           WaxTransport               *transport);
/** Whether an open connection waits for @settings. Asks nobody. */
gboolean          wax_transport_pool_is_warm (WaxTransportPool           *self,
                                              const WaxTransportSettings *settings);
/** Closes those of the account (%NULL for all), and has those in use closed when they
 * are given back: its settings have changed, or the network has. */
void              wax_transport_pool_drop  (WaxTransportPool           *self,
                                            const char                 *account_id);
/**
 * Closes those that were idle for too long, or that the server closed, and all of them
 * after the computer was asleep.
 * Returns: microseconds until one will be idle for too long; -1 for none
 */
gint64            wax_transport_pool_sweep (WaxTransportPool           *self);
/** For tests: the idle limit, in seconds. */
void              wax_transport_pool_set_idle_limit (WaxTransportPool  *self,
                                                     guint              seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTransportPool, wax_transport_pool_free)

G_END_DECLS
