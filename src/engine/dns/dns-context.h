/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <unbound.h>

G_BEGIN_DECLS

/**
 * WaxDnsContext:
 *
 * One context of libunbound with its cache, and the thread that takes its answers.
 * Private to the room: what a #WaxDnsResolver asks through.
 */
typedef struct _WaxDnsContext WaxDnsContext;

/**
 * WaxDnsContextSettings:
 * @server: (nullable): `ADDR@PORT`; %NULL with @resolv_conf %NULL walks from the root
 * @resolv_conf: (nullable): the file that names the servers
 * @anchors: (element-type WaxTrustAnchor)
 */
typedef struct {
  const char *server;
  const char *resolv_conf;
  GPtrArray  *anchors;
} WaxDnsContextSettings;

/** Starts nothing and asks nothing. Errors: %WAX_DNS_ERROR_SETTINGS. */
WaxDnsContext    *wax_dns_context_new     (const WaxDnsContextSettings  *settings,
                                           GError                      **error);
WaxDnsContext    *wax_dns_context_ref     (WaxDnsContext                *self);
/** The last one ends the threads, which takes no longer than a signature to check. */
void              wax_dns_context_unref   (WaxDnsContext                *self);
/** Whether its threads have failed: it is of no more use. */
gboolean          wax_dns_context_is_broken (WaxDnsContext              *self);
/**
 * wax_dns_context_ask:
 * @deadline: of the monotonic clock, in microseconds
 *
 * One question and its answer, blocking. Safe from several threads.
 * Returns: (transfer full): free with ub_resolve_free()
 */
struct ub_result *wax_dns_context_ask     (WaxDnsContext                *self,
                                           const char                   *name,
                                           int                           type,
                                           gint64                        deadline,
                                           GCancellable                 *cancellable,
                                           GError                      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxDnsContext, wax_dns_context_unref)

G_END_DECLS
