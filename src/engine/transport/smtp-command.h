/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "secret.h"
#include "smtp-capabilities.h"

G_BEGIN_DECLS

/** RFC 5321 section 4.5.3.1.4, with its CRLF. */
#define WAX_SMTP_COMMAND_LIMIT 512

/*
 * Each returns (transfer full) one command line with its CRLF, or %NULL with
 * %WAX_TRANSPORT_ERROR_MALFORMED where a part has no place in it: no CR, LF, NUL
 * or other control character of a field ever reaches a command.
 */
char      *wax_smtp_command_ehlo  (const char                *client_name,
                                   GError                   **error);
/** @size: SIZE= is given where the server offers it; parameters the envelope
 * needs are checked by wax_smtp_command_check_needs() before. */
char      *wax_smtp_command_mail  (const WaxEnvelope         *envelope,
                                   gint64                     size,
                                   const WaxSmtpCapabilities *capabilities,
                                   GError                   **error);
/** With NOTIFY and ORCPT where @envelope asks for notifications and DSN is offered. */
char      *wax_smtp_command_rcpt  (const WaxEnvelope         *envelope,
                                   const char                *recipient,
                                   const WaxSmtpCapabilities *capabilities,
                                   GError                   **error);
/** RFC 3030 section 2. */
char      *wax_smtp_command_bdat  (guint64                    length,
                                   gboolean                   last);
/** @initial: (nullable): the initial response, `=` where it is empty. */
WaxSecret *wax_smtp_command_auth  (const char                *mechanism,
                                   WaxSecret                 *initial);
/** Base64 and CRLF. */
WaxSecret *wax_smtp_command_auth_response (WaxSecret         *response);

/**
 * wax_smtp_command_check_needs:
 *
 * Whether the server can take the message at all, and all that is asked of it:
 * what is needed and not offered, or is beyond a limit that the server states, is
 * an error before anything is sent. The error says what was asked and what is offered:
 * %WAX_TRANSPORT_ERROR_TOO_LARGE, and one %WAX_TRANSPORT_ERROR_NEEDS_… for each
 * extension.
 */
gboolean   wax_smtp_command_check_needs (const WaxEnvelope         *envelope,
                                         gint64                     size,
                                         const WaxSmtpCapabilities *capabilities,
                                         GError                   **error);

/** How a server is asked to hold a message (RFC 4865). */
typedef enum {
  WAX_SMTP_HOLD_NO_MORE,  /* the time has come: nothing is asked */
  WAX_SMTP_HOLD_UNTIL,    /* HOLDUNTIL: what is asked stays true if the message is on its way for long */
  WAX_SMTP_HOLD_FOR,      /* HOLDFOR, where only that is within the server's limit */
  WAX_SMTP_HOLD_TOO_LONG, /* beyond both of its limits */
} WaxSmtpHold;

/** @until, @now: seconds since the Unix epoch. Pure. */
WaxSmtpHold wax_smtp_hold_choose (gint64                     until,
                                  gint64                     now,
                                  const WaxSmtpCapabilities *capabilities);

G_END_DECLS
