/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-channel.h"

G_BEGIN_DECLS

/** Whether the octets that wait on a connection without TLS begin an HTTP answer; they stay
 * there. To be asked when the first of them has come; waits briefly for the rest. */
gboolean wax_smtp_portal_answers    (WaxSmtpChannel *channel,
                                     GCancellable   *cancellable);
/** Whether the system says that this network wants a sign-in in the browser
 * (GNetworkMonitor). May take a moment: to be asked only after a failure. */
gboolean wax_smtp_portal_is_known   (void);
/**
 * Whether @cause, a #WaxTlsError, is a portal's doing: an answer in HTTP, or a
 * handshake that came to no certificate while a portal is known. A certificate that
 * was refused never is: that verdict stands, and only the hint says more.
 */
gboolean wax_smtp_portal_explains   (const GError   *cause);
/** %FALSE with %WAX_TRANSPORT_ERROR_PORTAL. */
gboolean wax_smtp_portal_set_error  (const char     *host,
                                     guint           port,
                                     GError        **error);
/** Adds the portal to what the user is told about @cause, if one is known. */
void     wax_smtp_portal_add_hint   (WaxSmtpChannel *channel,
                                     const GError   *cause);

G_END_DECLS
