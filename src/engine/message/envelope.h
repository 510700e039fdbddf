/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** When a delivery status notification is wanted (RFC 3461 section 4.1); NEVER stands alone. */
typedef enum {
  WAX_DSN_UNSAID = 0,
  WAX_DSN_NEVER = 1 << 0,
  WAX_DSN_SUCCESS = 1 << 1,
  WAX_DSN_FAILURE = 1 << 2,
  WAX_DSN_DELAY = 1 << 3,
} WaxDsnNotify;

/** How much of the message comes back with it (RFC 3461 section 4.3). */
typedef enum {
  WAX_DSN_RETURN_UNSAID,
  WAX_DSN_RETURN_HEADERS,
  WAX_DSN_RETURN_FULL,
} WaxDsnReturn;

/**
 * WaxEnvelopeOptions:
 * @notify: a set of #WaxDsnNotify; with it go ORCPT and ENVID
 * @envid: (nullable): the envelope's id (RFC 3461 section 4.4), printable ASCII; the
 * Message-ID without its brackets by default, where @notify is said
 * @require_tls: REQUIRETLS (RFC 8689): TLS with verification all the way, or a bounce
 * @hold_until: FUTURERELEASE (RFC 4865): seconds since the Unix epoch; 0 for at once
 * @deliver_by_s: DELIVERBY (RFC 2852): seconds from when the server accepts it; 0 for none
 * @deliver_by_return: after that time it comes back (mode R), else its lateness is notified (N)
 * @has_priority, @priority: MT-PRIORITY (RFC 6710), -9 to 9
 * @send_to_rest: where some recipients are refused, the message goes to the others;
 * otherwise to nobody
 *
 * What is asked of the server for one message. What is asked for and not offered is
 * an error before anything is sent.
 */
typedef struct {
  WaxDsnNotify  notify;
  WaxDsnReturn  dsn_return;
  char         *envid;
  gboolean      require_tls;
  gint64        hold_until;
  int           deliver_by_s;
  gboolean      deliver_by_return;
  gboolean      has_priority;
  int           priority;
  gboolean      send_to_rest;
} WaxEnvelopeOptions;

/**
 * WaxEnvelope:
 *
 * What MAIL FROM and RCPT TO say, apart from the message. Mailboxes are bare
 * addr-specs, checked free of CR, LF and NUL by wax_envelope_new().
 */
typedef struct {
  char     *sender;      /* empty for the null reverse-path */
  GStrv     recipients;  /* at least one, each once */
  gboolean  needs_utf8;  /* an address or a header needs SMTPUTF8 */
  gboolean  needs_8bit;  /* the body has octets above 127 */
  gboolean  needs_binary; /* a part of it is not lines of text (RFC 3030): BINARYMIME, by BDAT alone */
  WaxEnvelopeOptions options;
} WaxEnvelope;

/** Errors: WAX_ADDRESS_ERROR. Duplicate recipients are merged. */
WaxEnvelope *wax_envelope_new  (const char         *sender,
                                const char * const *recipients,
                                GError            **error);
void         wax_envelope_free (WaxEnvelope        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxEnvelope, wax_envelope_free)

G_END_DECLS
