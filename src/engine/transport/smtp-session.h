/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-route.h"
#include "transport.h"

G_BEGIN_DECLS

/**
 * WaxSmtpSession:
 *
 * One SMTP session (RFC 5321, 6409, 8314): from the connection to any number of
 * messages. What it learns goes into its report.
 */
typedef struct _WaxSmtpSession WaxSmtpSession;

/**
 * @settings: borrowed; outlives the session
 * @server: (nullable): the one to connect to (copied); without one there is nothing
 * to open, and only a failure to conclude
 */
WaxSmtpSession *wax_smtp_session_new      (const WaxTransportSettings *settings,
                                           const WaxSmtpServer        *server,
                                           WaxConnectionReport        *report);
/** Without a word on the wire; see wax_smtp_session_quit(). */
void            wax_smtp_session_free     (WaxSmtpSession             *self);
/** Connects, secures, says EHLO, signs in where there is a password. */
gboolean        wax_smtp_session_open     (WaxSmtpSession             *self,
                                           GCancellable               *cancellable,
                                           GError                    **error);
/**
 * wax_smtp_session_submit:
 * @result: its recipients and reply are filled
 *
 * One mail transaction: see wax_smtp_transaction_run().
 */
gboolean        wax_smtp_session_submit   (WaxSmtpSession             *self,
                                           const WaxEnvelope          *envelope,
                                           GInputStream               *message,
                                           gint64                      size,
                                           WaxProgress                *progress,
                                           WaxSendResult              *result,
                                           GCancellable               *cancellable,
                                           GError                    **error);
/** Whether another message may be submitted. */
gboolean        wax_smtp_session_is_open  (WaxSmtpSession             *self);
/** Whether the server has neither closed the connection nor said anything unasked
 * since its last reply; of an open session. Waits for nothing; a session that is not
 * quiet is no longer open. */
gboolean        wax_smtp_session_is_quiet (WaxSmtpSession             *self);
/** Microseconds since the server's last reply. */
gint64          wax_smtp_session_get_idle_us (WaxSmtpSession          *self);
/** Whether the last submission failed only because the connection went, and no server
 * can have the message. @read: (out): something of the stream was read for it */
gboolean        wax_smtp_session_is_repeatable (WaxSmtpSession        *self,
                                                gboolean              *read);
/** Asks an open session for a sign of life. Returns: whether it is still open */
gboolean        wax_smtp_session_prove    (WaxSmtpSession             *self,
                                           GCancellable               *cancellable);
/** How many of @recipients, from the first, the next message of this session may have,
 * by the LIMITS that the server states; 0 where it takes no more messages. */
guint           wax_smtp_session_get_room (WaxSmtpSession             *self,
                                           const char * const         *recipients);
/** Goes on with another report, for the next message. */
void            wax_smtp_session_set_report (WaxSmtpSession           *self,
                                             WaxConnectionReport      *report);
/** Takes @error (transfer full) (nullable) into @result, with its step, reply, state and hint. */
void            wax_smtp_session_conclude (WaxSmtpSession             *self,
                                           GError                     *error,
                                           WaxSendResult              *result);
/** At once, without a word. */
void            wax_smtp_session_drop     (WaxSmtpSession             *self);
/** What a failure that is not the server's says: at @step, with @hint. */
void            wax_smtp_session_refuse   (WaxSmtpSession             *self,
                                           WaxStep                     step,
                                           const char                 *hint);
/** QUIT, if the session is in order, and the end of the connection. */
void            wax_smtp_session_quit     (WaxSmtpSession             *self,
                                           GCancellable               *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpSession, wax_smtp_session_free)

G_END_DECLS
