/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transport.h"

G_BEGIN_DECLS

/** Octets of one line with its CRLF; RFC 5321 section 4.5.3.1.5 asks for 512. */
#define WAX_SMTP_REPLY_LINE_LIMIT  2048
#define WAX_SMTP_REPLY_LINES_LIMIT 100
#define WAX_SMTP_REPLY_SIZE_LIMIT  16384
/** Characters that wax_smtp_reply_to_text() keeps: there is one for each recipient. */
#define WAX_SMTP_REPLY_TEXT_LIMIT  1000

/**
 * WaxSmtpReply:
 * @code: 200 to 599
 * @enhanced: (nullable): RFC 3463, if its class is that of @code
 * @lines: the text of each line, without code and enhanced code; UTF-8, with
 * control characters and invalid octets replaced; at least one
 */
typedef struct {
  int   code;
  char *enhanced;
  GStrv lines;
} WaxSmtpReply;

void          wax_smtp_reply_free        (WaxSmtpReply        *self);
/** Whether the code's first digit is 2; and so on. */
gboolean      wax_smtp_reply_is_positive (const WaxSmtpReply  *self);
gboolean      wax_smtp_reply_is_temporary (const WaxSmtpReply *self);
gboolean      wax_smtp_reply_is_permanent (const WaxSmtpReply *self);
/** Fills @out (its former content is freed); a long text ends in `…`. */
void          wax_smtp_reply_to_text     (const WaxSmtpReply  *self,
                                          WaxReplyText        *out);
/** (transfer full) One line for a sentence: `550 5.1.1 No such user`. */
char         *wax_smtp_reply_to_string   (const WaxSmtpReply  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpReply, wax_smtp_reply_free)

/** Takes the lines of one reply, one after the other. */
typedef struct _WaxSmtpReplyParser WaxSmtpReplyParser;

WaxSmtpReplyParser *wax_smtp_reply_parser_new  (void);
void                wax_smtp_reply_parser_free (WaxSmtpReplyParser  *self);
/**
 * wax_smtp_reply_parser_push:
 * @line: one line without its CRLF; need not end in NUL
 * @reply: (out) (transfer full) (nullable): set once the reply is complete, and
 * the parser is then ready for the next
 *
 * Returns: %FALSE with %WAX_TRANSPORT_ERROR_PROTOCOL for what is not a reply, or
 * is beyond the limits; the parser is of no further use
 */
gboolean            wax_smtp_reply_parser_push (WaxSmtpReplyParser  *self,
                                                const char          *line,
                                                gsize                length,
                                                WaxSmtpReply       **reply,
                                                GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpReplyParser, wax_smtp_reply_parser_free)

G_END_DECLS
