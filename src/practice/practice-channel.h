/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-record.h"
#include "practice-settings.h"

G_BEGIN_DECLS

/**
 * WaxPracticeChannel:
 *
 * One client's connection as the session sees it: command lines in, replies
 * out, TLS put around it once. All that a scripted fault does to the octets
 * happens here, so the session knows nothing of faults.
 */
typedef struct _WaxPracticeChannel WaxPracticeChannel;

/** What a step without a reply of its own comes to. */
typedef enum {
  WAX_PRACTICE_PASS_ON,     /* go on */
  WAX_PRACTICE_PASS_MUTE,   /* something was said in place of what follows: read on, say nothing, hang up */
  WAX_PRACTICE_PASS_CLOSED, /* the connection is gone */
} WaxPracticePass;

/** A line of a SASL exchange, of which an AUTH command can be one (RFC 4954, section 4), with its CRLF. */
#define WAX_PRACTICE_SASL_LIMIT 12290
/** A line of a message is 998 octets; more is read so that it can be refused in words. */
#define WAX_PRACTICE_BODY_LIMIT 65536

/** @settings and @record outlive the channel. */
WaxPracticeChannel *wax_practice_channel_new           (GSocketConnection         *connection,
                                                        const WaxPracticeSettings *settings,
                                                        WaxPracticeRecord         *record,
                                                        const WaxPracticeFault    *fault,
                                                        GCancellable              *cancellable);
void                wax_practice_channel_free          (WaxPracticeChannel        *self);
gboolean            wax_practice_channel_is_encrypted  (WaxPracticeChannel        *self);
/** The TLS handshake, as the server. %FALSE: the connection is of no more use. */
gboolean            wax_practice_channel_secure        (WaxPracticeChannel        *self);
/**
 * The channel binding of the connection's TLS version: tls-exporter for 1.3,
 * tls-unique for 1.2.
 * Returns: (transfer full) (nullable): base64
 */
char               *wax_practice_channel_get_binding   (WaxPracticeChannel        *self,
                                                        Gsasl_property            *property);
/** (transfer full) (nullable) CN of the subject of the certificate that the client showed. */
char               *wax_practice_channel_get_client_name (WaxPracticeChannel      *self);
/** A step that has no reply. */
WaxPracticePass     wax_practice_channel_pass          (WaxPracticeChannel        *self,
                                                        WaxPracticeStep            step);
/**
 * Whether the next reply at @step will be replaced by one that is not 2yz: what
 * it would have promised must then not be done.
 */
gboolean            wax_practice_channel_will_refuse   (WaxPracticeChannel        *self,
                                                        WaxPracticeStep            step);
/**
 * Says one reply line. @enhanced (nullable) is left out where the host does not
 * offer ENHANCEDSTATUSCODES.
 * Returns: the code that was really said, 0 if the connection is over
 */
int                 wax_practice_channel_reply         (WaxPracticeChannel        *self,
                                                        WaxPracticeStep            step,
                                                        int                        code,
                                                        const char                *enhanced,
                                                        const char                *format,
                                                        ...) G_GNUC_PRINTF (5, 6);
/** The same with several lines. */
int                 wax_practice_channel_reply_lines   (WaxPracticeChannel        *self,
                                                        WaxPracticeStep            step,
                                                        int                        code,
                                                        const char * const        *lines);
/** (transfer full) (nullable): one line, which is recorded. Errors: as wax_line_stream_read_line(). */
char               *wax_practice_channel_read_command  (WaxPracticeChannel        *self,
                                                        gsize                      limit,
                                                        GError                   **error);
/** (transfer full) (nullable): one line of a message, not recorded. */
char               *wax_practice_channel_read_line     (WaxPracticeChannel        *self,
                                                        gsize                     *length,
                                                        GError                   **error);
gboolean            wax_practice_channel_read_all      (WaxPracticeChannel        *self,
                                                        void                      *buffer,
                                                        gsize                      length,
                                                        GError                   **error);
/** Octets the client sent ahead. */
gsize               wax_practice_channel_get_available (WaxPracticeChannel        *self);
/** Ends it so that what was said still arrives: close_notify, then waits shortly for the client's end. */
void                wax_practice_channel_hang_up       (WaxPracticeChannel        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeChannel, wax_practice_channel_free)

G_END_DECLS
