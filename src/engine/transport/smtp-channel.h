/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connection-report.h"
#include "line-stream.h"
#include "secret.h"
#include "smtp-reply.h"

G_BEGIN_DECLS

/**
 * WaxSmtpChannel:
 *
 * The transmission channel of RFC 5321: command lines out, replies in, each wait
 * bounded, each line into the transcript, and for each command one reply. It also
 * carries where the conversation stands, so that a failure anywhere tells its
 * step, the reply that refused, and what the user can do.
 * @step: set by whoever goes on to the next
 * @refusal: (nullable): the reply behind the last %WAX_TRANSPORT_ERROR_REFUSED and its kin
 * @hint: (nullable): what the user can do, where there is more to say than the code
 * @due: replies that are still to come
 * @waiting: something was said since the last reply: the next one takes a round trip
 * @written: octets of a write that failed which went out all the same
 * @heard_at: when the last reply came, by wax_clock_monotonic()
 * @broken: nothing more may be written
 * @timed_out: because the server was silent for too long
 * @closing: the server said 421
 */
typedef struct {
  GSocketConnection   *connection;
  WaxLineStream       *lines;
  WaxSmtpReplyParser  *parser;
  WaxConnectionReport *report;
  guint                timeout_s;
  guint                due;
  gboolean             waiting;
  gsize                written;
  gint64               heard_at;
  GPtrArray           *secrets;
  gboolean             signing_in;

  WaxStep              step;
  WaxSmtpReply        *refusal;
  char                *hint;
  gboolean             broken;
  gboolean             timed_out;
  gboolean             closing;
} WaxSmtpChannel;

WaxSmtpChannel *wax_smtp_channel_new         (GSocketConnection    *connection,
                                              WaxConnectionReport  *report);
void            wax_smtp_channel_free        (WaxSmtpChannel       *self);
/** Goes on over @stream, TLS over the same connection. Nothing unread may be left. */
void            wax_smtp_channel_set_stream  (WaxSmtpChannel       *self,
                                              GIOStream            *stream);
/** Seconds for each wait from now on: for the next octets, and for a whole reply. */
void            wax_smtp_channel_set_timeout (WaxSmtpChannel       *self,
                                              guint                 seconds);
/**
 * Writes @commands, whole command lines, with one call; @replies of them are to
 * be read. More replies than commands so far is %WAX_TRANSPORT_ERROR_PROTOCOL.
 * Errors: %WAX_TRANSPORT_ERROR_LOST, %G_IO_ERROR_CANCELLED.
 */
gboolean        wax_smtp_channel_write       (WaxSmtpChannel       *self,
                                              const char           *commands,
                                              guint                 replies,
                                              GCancellable         *cancellable,
                                              GError              **error);
/** The same for @length octets, of which the first @lines are command lines, and the
 * rest are of a message and not in the transcript. */
gboolean        wax_smtp_channel_write_group (WaxSmtpChannel       *self,
                                              const guint8         *group,
                                              gsize                 length,
                                              gsize                 lines,
                                              guint                 replies,
                                              GCancellable         *cancellable,
                                              GError              **error);
/** The same with a part of a sign-in: the transcript has @shown in its place. */
gboolean        wax_smtp_channel_write_secret (WaxSmtpChannel      *self,
                                              WaxSecret            *command,
                                              const char           *shown,
                                              GCancellable         *cancellable,
                                              GError              **error);
/**
 * Writes @command, of no consequence for the message, and waits briefly for its
 * reply: a server that stays silent must not hold back what the user is to hear.
 * Returns: (transfer full) (nullable): the reply
 */
WaxSmtpReply   *wax_smtp_channel_say_briefly (WaxSmtpChannel       *self,
                                              const char           *command,
                                              GCancellable         *cancellable);
/** The next reply that is due, of no consequence for the message: waits as briefly. */
WaxSmtpReply   *wax_smtp_channel_hear_briefly (WaxSmtpChannel      *self,
                                              GCancellable         *cancellable);
/**
 * The next reply that is due. Errors: %WAX_TRANSPORT_ERROR_LOST,
 * %WAX_TRANSPORT_ERROR_PROTOCOL, %G_IO_ERROR_CANCELLED.
 */
WaxSmtpReply   *wax_smtp_channel_read        (WaxSmtpChannel       *self,
                                              GCancellable         *cancellable,
                                              GError              **error);
/** Whether no reply came that no command asked for; each write checks it too. */
gboolean        wax_smtp_channel_check_in_step (WaxSmtpChannel     *self,
                                              GError              **error);
/** Octets came that nothing asked for: read ahead, or waiting at the socket. */
gboolean        wax_smtp_channel_has_surplus (WaxSmtpChannel       *self);

/** Whether the server said nothing and closed nothing since its last reply, where none
 * is due; otherwise the channel is broken from now on. Waits for nothing. */
gboolean        wax_smtp_channel_is_quiet    (WaxSmtpChannel       *self);

enum {
  WAX_SMTP_PEEK_SILENCE = -1,
  WAX_SMTP_PEEK_END = -2,
  WAX_SMTP_PEEK_ERROR = -3,
};

/**
 * Waits for the first octet on a connection without TLS, and leaves it there.
 * Returns: the octet, or one of the above: nothing came within @seconds, the
 * stream ended, or @error is set
 */
int             wax_smtp_channel_peek        (WaxSmtpChannel       *self,
                                              guint                 seconds,
                                              GCancellable         *cancellable,
                                              GError              **error);
/** Fails because of @reply (transfer full); the server's words end the message. */
gboolean        wax_smtp_channel_refuse      (WaxSmtpChannel       *self,
                                              WaxSmtpReply         *reply,
                                              WaxTransportError     code,
                                              GError              **error,
                                              const char           *format,
                                              ...) G_GNUC_PRINTF (5, 6);
void            wax_smtp_channel_set_hint    (WaxSmtpChannel       *self,
                                              const char           *hint);
/** From here to the end, challenges are not in the transcript. A reply that repeats
 * @password or what wax_smtp_channel_write_secret() wrote is blanked; after the end
 * too, but for what is so short that it may be in any text. */
void            wax_smtp_channel_begin_secret (WaxSmtpChannel      *self,
                                              WaxSecret            *password);
void            wax_smtp_channel_end_secret  (WaxSmtpChannel       *self);
/** At once, without a word: the server drops what was not finished. */
void            wax_smtp_channel_abort       (WaxSmtpChannel       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpChannel, wax_smtp_channel_free)

G_END_DECLS
