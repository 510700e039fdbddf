/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "dns-resolver.h"
#include "tls-policy.h"

G_BEGIN_DECLS

/**
 * WaxDaneQuestion:
 *
 * The TLSA records of a server (RFC 6698), asked for on a thread of its own while
 * the connection is made, so that they cost no round trip of the connection.
 */
typedef struct _WaxDaneQuestion WaxDaneQuestion;

/**
 * @host: the name from the account, A-labels; an IP address has no TLSA records
 * @port: of the service; asks for `_port._tcp.host`
 */
WaxDaneQuestion *wax_dane_ask    (WaxDnsResolver       *resolver,
                                  const char           *host,
                                  guint16               port);
/**
 * The same for a server that SRV records of @domain name (RFC 7673): they must be proved
 * by DNSSEC and name @target with @port, else its TLSA records say nothing. Whoever
 * forges SRV records could name a server of his own, with TLSA records of its own.
 * @service: `submissions` or `submission`
 */
WaxDaneQuestion *wax_dane_ask_service (WaxDnsResolver  *resolver,
                                       const char      *domain,
                                       const char      *service,
                                       const char      *target,
                                       guint16          port);
/**
 * Waits for the answer, at most @timeout_s seconds, and judges the chain by it (RFC 6698
 * section 2.1, RFC 7671): usages 0 to 3, both selectors, matching types 0 to 2; records
 * that are malformed or of unknown numbers are unusable.
 * @chain: (element-type GBytes): DER, leaf first
 * Returns: what is known: see #WaxDaneState. `detail` is set in each case
 */
WaxDaneState     wax_dane_judge  (WaxDaneQuestion      *self,
                                  GPtrArray            *chain,
                                  const char           *host,
                                  guint                 timeout_s,
                                  GCancellable         *cancellable,
                                  char                **detail);
/** Gives up the question, if it is not answered: returns within 100 ms. */
void             wax_dane_free   (WaxDaneQuestion      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxDaneQuestion, wax_dane_free)

G_END_DECLS
