/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transport.h"

G_BEGIN_DECLS

/**
 * WaxSmtpServer:
 * @host: the name that its certificate must be for: from the account, never from the DNS
 * @target: (not nullable): what to connect to: @host, or the name in an SRV record of @host
 * @mode: of the account, or the one that the SRV record's service means
 */
typedef struct {
  char       *host;
  char       *target;
  guint16     port;
  WaxTlsMode  mode;
} WaxSmtpServer;

WaxSmtpServer *wax_smtp_server_new  (const char          *host,
                                     const char          *target,
                                     guint16              port,
                                     WaxTlsMode           mode);
WaxSmtpServer *wax_smtp_server_copy (const WaxSmtpServer *self);
void           wax_smtp_server_free (WaxSmtpServer       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpServer, wax_smtp_server_free)

/**
 * WaxSmtpRoute:
 *
 * The servers of an account, in the order in which they are tried: the account's
 * own, or those that its domain's SRV records name (RFC 6186, RFC 8314), then its
 * further ones. The DNS is asked only when it is a domain's turn. A server that
 * could not be reached within the last minutes comes after all others.
 */
typedef struct _WaxSmtpRoute WaxSmtpRoute;

/** @settings is borrowed and outlives the route. */
WaxSmtpRoute  *wax_smtp_route_new      (const WaxTransportSettings *settings);
void           wax_smtp_route_free     (WaxSmtpRoute               *self);
/**
 * The server to try next. May be called once after wax_smtp_route_new(), and once
 * each time wax_smtp_route_goes_on() was true.
 * Returns: (transfer full): or %NULL where a domain's servers could not be found:
 * %WAX_TRANSPORT_ERROR_HOST_NOT_FOUND, %WAX_TRANSPORT_ERROR_CONNECT (the DNS did
 * not answer in time), %G_IO_ERROR_CANCELLED
 */
WaxSmtpServer *wax_smtp_route_next     (WaxSmtpRoute               *self,
                                        GCancellable               *cancellable,
                                        GError                    **error);
/** Whether @report's connection, which failed with @error, never came to a server that
 * greeted. Only then may another be tried: a refusal of TLS, policy or sign-in must not
 * steer a message to a different server. Pure. */
gboolean       wax_smtp_route_unreached (WaxConnectionReport       *report,
                                         const GError              *error);
/**
 * After an attempt that failed with *@error: whether there is another server to
 * try. If so, *@error is cleared and stands in words in what wax_smtp_route_copy_tried()
 * gives; if not, it stays.
 */
gboolean       wax_smtp_route_goes_on  (WaxSmtpRoute               *self,
                                        WaxConnectionReport        *report,
                                        GError                    **error);
/** The last server was reached, whatever came of it: it is not tried last from now on. */
void           wax_smtp_route_reached  (WaxSmtpRoute               *self);
/** Puts the servers that were tried before, and why they failed, into @report. */
void           wax_smtp_route_copy_tried (WaxSmtpRoute             *self,
                                          WaxConnectionReport      *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpRoute, wax_smtp_route_free)

/* ---- what is remembered for the whole process ---- */

/** Seconds for which a server that could not be reached is tried last. */
#define WAX_SMTP_ROUTE_MEMORY_S 300
/** Forgets all that could not be reached; for tests. */
void           wax_smtp_route_forget   (void);

G_END_DECLS
