/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

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

/** RFC 3461 section 4.4: of `ENVID=`, after its encoding as xtext. */
#define WAX_ENVID_LIMIT 100
/** RFC 6710 section 3. */
#define WAX_PRIORITY_LEAST    (-9)
#define WAX_PRIORITY_GREATEST 9
/** RFC 2852 section 4: nine digits. */
#define WAX_DELIVER_BY_GREATEST 999999999

#define WAX_ENVELOPE_OPTIONS_ERROR (wax_envelope_options_error_quark ())
GQuark wax_envelope_options_error_quark (void);

typedef enum {
  WAX_ENVELOPE_OPTIONS_ERROR_VALUE, /* out of its range, or two that exclude each other */
  WAX_ENVELOPE_OPTIONS_ERROR_JSON,  /* not what wax_envelope_options_to_json() writes */
} WaxEnvelopeOptionsError;

/** Frees what it holds; nothing is asked for any more. */
void       wax_envelope_options_clear     (WaxEnvelopeOptions       *self);
/** Makes @self (which was cleared or initialised) ask for what @from asks for. */
void       wax_envelope_options_copy      (WaxEnvelopeOptions       *self,
                                           const WaxEnvelopeOptions *from);
/** Whether it asks for nothing at all. */
gboolean   wax_envelope_options_is_empty  (const WaxEnvelopeOptions *self);
/** Whether each value is in its range, whatever a server offers: #WaxEnvelopeOptionsError. */
gboolean   wax_envelope_options_check     (const WaxEnvelopeOptions *self,
                                           GError                  **error);
/** Where a notification is asked for and no @envid is given: @message_id without its
 * brackets, if that can be one. */
void       wax_envelope_options_default_envid (WaxEnvelopeOptions   *self,
                                               const char           *message_id);
/**
 * wax_envelope_options_to_json:
 *
 * `{"notify": ["success", "failure", "delay"] | ["never"], "return": "headers|full",
 * "envid": "…", "require_tls": true, "hold_until": seconds since the Unix epoch,
 * "deliver_by": {"seconds": …, "mode": "return|notify"}, "priority": …,
 * "send_to_rest": true}`, each member only where it is asked for.
 * Returns: (transfer full): an object, empty where nothing is asked for
 */
JsonNode  *wax_envelope_options_to_json   (const WaxEnvelopeOptions *self);
/** Fills @self, which was cleared or initialised. What it does not know is an error,
 * and @self stays empty: nobody's REQUIRETLS is lost in reading. */
gboolean   wax_envelope_options_from_json (WaxEnvelopeOptions       *self,
                                           JsonObject               *object,
                                           GError                  **error);
/** (transfer full) (nullable) The column of a table: %NULL where nothing is asked for. */
char      *wax_envelope_options_to_text   (const WaxEnvelopeOptions *self);
/** @text: (nullable) */
gboolean   wax_envelope_options_from_text (WaxEnvelopeOptions       *self,
                                           const char               *text,
                                           GError                  **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxEnvelopeOptions, wax_envelope_options_clear)

/** (transfer full) RFC 3461 section 4: printable ASCII without `+` and `=` stays, the rest becomes `+XX`. */
char      *wax_xtext_encode               (const char               *text);

G_END_DECLS
