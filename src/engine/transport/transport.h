/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "connection-report.h"
#include "dns-resolver.h"
#include "envelope.h"
#include "message-transcoder.h"
#include "revocation.h"
#include "secret.h"

G_BEGIN_DECLS

/** The step at which something failed, as CLI.md names them. */
typedef enum {
  WAX_STEP_CONNECT,
  WAX_STEP_TLS,
  WAX_STEP_GREETING,
  WAX_STEP_STARTTLS,
  WAX_STEP_AUTH,
  WAX_STEP_ENVELOPE,
  WAX_STEP_BODY,
  WAX_STEP_FINAL,
} WaxStep;

const char *wax_step_to_string   (WaxStep step);

#define WAX_TRANSPORT_ERROR (wax_transport_error_quark ())
GQuark wax_transport_error_quark (void);

typedef enum {
  WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,    /* 68 */
  WAX_TRANSPORT_ERROR_CONNECT,           /* refused, no route, timed out */
  WAX_TRANSPORT_ERROR_WRONG_PORT,        /* TLS on a plaintext port or the reverse; the hint names the right setting */
  WAX_TRANSPORT_ERROR_PROTOCOL,          /* the server broke the protocol */
  WAX_TRANSPORT_ERROR_INJECTION,         /* octets after the STARTTLS reply: possible attack */
  WAX_TRANSPORT_ERROR_NO_STARTTLS,       /* STARTTLS is not offered or was refused */
  WAX_TRANSPORT_ERROR_AUTH_REFUSED,      /* 535 and its kin */
  WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE,  /* sign-in impossible for now (454), or no acceptable mechanism */
  WAX_TRANSPORT_ERROR_RECIPIENTS,        /* one or more recipients refused: nothing was sent */
  WAX_TRANSPORT_ERROR_TOO_LARGE,         /* over the server's SIZE */
  WAX_TRANSPORT_ERROR_NEEDS_UTF8,        /* SMTPUTF8 is needed and not offered */
  WAX_TRANSPORT_ERROR_NEEDS_8BIT,
  WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, /* 4xx */
  WAX_TRANSPORT_ERROR_REFUSED,           /* 5xx */
  WAX_TRANSPORT_ERROR_LOST,              /* the connection went before the final octet */
  WAX_TRANSPORT_ERROR_UNKNOWN,           /* it went after the final octet and before the reply */
  WAX_TRANSPORT_ERROR_SOURCE,            /* the message could not be read from the store */
  WAX_TRANSPORT_ERROR_MALFORMED,         /* the message has a bare CR or LF, or an address has no place in a command */
  WAX_TRANSPORT_ERROR_NEEDS_BINARY,      /* asked for or needed, and not offered, or beyond what is: nothing was sent */
  WAX_TRANSPORT_ERROR_NEEDS_DSN,
  WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS,
  WAX_TRANSPORT_ERROR_NEEDS_HOLD,
  WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY,
  WAX_TRANSPORT_ERROR_NEEDS_PRIORITY,
  WAX_TRANSPORT_ERROR_PROXY,             /* the proxy wants a sign-in, or does not allow it */
  WAX_TRANSPORT_ERROR_PORTAL,            /* the network wants a sign-in in the browser first */
} WaxTransportError;

/** A reply in RFC 5321 form. */
typedef struct {
  int   code;      /* 200 to 599, or 0 for none */
  char *enhanced;  /* (nullable) RFC 3463, `5.1.1` */
  char *text;      /* the server's words, lines joined by \n, control characters as `?` */
} WaxReplyText;

/** The outcome for one recipient. */
typedef struct {
  char         *address;
  WaxReplyText  reply;
} WaxRecipientResult;

typedef enum {
  WAX_SEND_SENT,     /* the server took responsibility for all recipients */
  WAX_SEND_PARTIAL,  /* for some (only by "send to the rest") */
  WAX_SEND_DEFERRED, /* may be tried again: nothing was sent */
  WAX_SEND_BLOCKED,  /* needs the user: sign-in, certificate, policy, settings */
  WAX_SEND_FAILED,   /* refused for good */
  WAX_SEND_UNKNOWN,  /* the final octet went and no reply came */
} WaxSendState;

/**
 * WaxSendResult:
 *
 * Filled in every case, also on failure. @report is never %NULL. @error is a
 * #WaxTransportError, or what a lower room said as it said it: a #WaxTlsError
 * (blocked), a #WaxSaslError (blocked), %G_IO_ERROR_CANCELLED (deferred, or
 * unknown after the final octet), or the error of #WaxBeforeFinal.
 */
typedef struct {
  WaxSendState         state;
  WaxReplyText         reply;       /* the final reply, or the one that refused */
  GPtrArray           *recipients;  /* (element-type WaxRecipientResult) never NULL */
  WaxConnectionReport *report;
  GError              *error;       /* (nullable) what went wrong */
  WaxStep              step;        /* where, if @error */
  char                *hint;        /* (nullable) what the user can do, one sentence */
} WaxSendResult;

WaxSendResult *wax_send_result_new  (void);
void           wax_send_result_free (WaxSendResult *self);
const char    *wax_send_state_to_string (WaxSendState state);
/** sysexits(3) code for the outcome, as CLI.md says. */
int            wax_send_result_exit_code (const WaxSendResult *self);
/** (transfer full) The `error` object of CLI.md, or a JSON null node. */
JsonNode      *wax_send_result_error_to_json (const WaxSendResult *self);
/**
 * (transfer full) The object that `send --json` prints: `{state, message_id,
 * reply, recipients, connection, timing_ms, error}`. `timing_ms` is lifted out
 * of the report's object.
 * @message_id: (nullable): with angle brackets
 */
JsonNode      *wax_send_result_to_json (const WaxSendResult *self, const char *message_id);
/** (transfer full) `{code, enhanced, text}` */
JsonNode      *wax_reply_text_to_json (const WaxReplyText *self);
void           wax_reply_text_clear (WaxReplyText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSendResult, wax_send_result_free)

/**
 * WaxBeforeFinal:
 *
 * Called on the delivering thread right before the write that holds the final
 * octet of a message (the end of DATA, or of BDAT LAST): from then on a lost
 * connection is %WAX_SEND_UNKNOWN, unless that write itself failed, or a reply that
 * came shows that nothing was accepted. A short message may go with its whole
 * envelope in that one write (RFC 2920, RFC 3030 section 4.2): that it is called says
 * nothing of what the server accepted so far. The callee makes durable that the final
 * octet may be out, and returns %TRUE. It is called again for a message that goes
 * over a second connection, or in several transactions.
 * Returns: %FALSE with @error set to stop: the final octet is not sent, the
 * connection is dropped, and the outcome is %WAX_SEND_DEFERRED with @error
 */
typedef gboolean (*WaxBeforeFinal) (gpointer data, GError **error);

/**
 * WaxTransportSettings:
 * @account: server, user, mechanism, CA, pins; not changed
 * @password: (nullable): without one no sign-in is tried
 * @ca_file: (nullable): wins over the account's own CA
 * @client_name: (nullable): what EHLO says; the address literal of the socket by default
 * @connect_timeout_s, @tls_timeout_s, @command_timeout_s, @data_timeout_s:
 * seconds; 0 for 30, 30, 300 and 600 (RFC 5321 section 4.5.3.2)
 * @silence_timeout_s: seconds (0 for 10) of silence in place of a greeting after
 * which it is found out whether the port waits for TLS; the wait for a slow
 * greeting goes on to @command_timeout_s
 * @proxy_password: (nullable): of the user in the account's `proxy`
 * @token: (nullable): an OAuth 2 access token, for OAUTHBEARER and XOAUTH2
 * @client_certificate: (nullable): shown to a server that asks; EXTERNAL signs in by it
 * @resolver: (nullable): for TLSA records; without one they are not asked for
 * @revocation_cache: (nullable): the one in memory by default; outlives the transport
 * @proof_after_s: seconds of idleness after which an open connection is proved with
 * NOOP before it carries a message; 0 for 10; below 0: always
 * @one_message: the connection is for one message: where the server takes pipelining,
 * QUIT goes with its last octets, and its reply comes with the message's
 * @before_final: (nullable): see #WaxBeforeFinal
 * @before_final_data: for @before_final; outlives the transport
 */
typedef struct {
  WaxAccount *account;
  WaxSecret  *password;
  const char *ca_file;
  const char *client_name;
  guint       connect_timeout_s;
  guint       tls_timeout_s;
  guint       command_timeout_s;
  guint       data_timeout_s;
  guint       silence_timeout_s;
  WaxSecret  *proxy_password;
  WaxSecret  *token;
  GTlsCertificate *client_certificate;
  WaxDnsResolver *resolver;
  const WaxRevocationCache *revocation_cache;
  int         proof_after_s;
  gboolean    one_message;
  WaxBeforeFinal before_final;
  gpointer    before_final_data;
} WaxTransportSettings;

/** How far a send has come, in octets of the message; safe to read from another thread. */
typedef struct _WaxProgress WaxProgress;
WaxProgress *wax_progress_new   (void);
WaxProgress *wax_progress_ref   (WaxProgress *self);
void         wax_progress_unref (WaxProgress *self);
void         wax_progress_set   (WaxProgress *self, gint64 done, gint64 total);
void         wax_progress_get   (WaxProgress *self, gint64 *done, gint64 *total);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxProgress, wax_progress_unref)

/**
 * WaxTransport:
 *
 * One connection to a submission service, whatever the protocol. Blocking; used
 * by one thread at a time. A transport may be used for several messages.
 */
#define WAX_TYPE_TRANSPORT (wax_transport_get_type ())
G_DECLARE_DERIVABLE_TYPE (WaxTransport, wax_transport, WAX, TRANSPORT, GObject)

struct _WaxTransportClass
{
  GObjectClass    parent_class;

  WaxSendResult *(*open)  (WaxTransport *self, GCancellable *cancellable);
  WaxSendResult *(*send)  (WaxTransport *self, const WaxEnvelope *envelope,
                           GInputStream *message, gint64 size,
                           WaxProgress *progress, GCancellable *cancellable);
  void           (*close) (WaxTransport *self, GCancellable *cancellable);
  gboolean       (*is_open) (WaxTransport *self);
  gint64         (*get_idle_us) (WaxTransport *self);
  void           (*set_before_final) (WaxTransport *self, WaxBeforeFinal before_final, gpointer data);
};

/** What a message may be written in for a server that offers the EHLO lines @extensions:
 * (nullable): where nothing is known, it is %WAX_TRANSFER_7BIT. */
WaxTransferLimit wax_transport_limit (const char * const *extensions);
/** The transport that serves @settings' account (copied). */
WaxTransport  *wax_transport_new   (const WaxTransportSettings *settings);
/** Connects, secures, says EHLO and signs in (if there is a password); sends
 * nothing. `state` is %WAX_SEND_SENT on success. Never %NULL. */
WaxSendResult *wax_transport_open  (WaxTransport               *self,
                                    GCancellable               *cancellable);
/**
 * Opens if need be, and submits. @message has @size octets with CRLF line ends; it
 * is read once, as it is sent, and again only where it can seek: for a fresh
 * connection in place of one that went, and for more recipients than the server takes
 * at once. All or nothing: a refused recipient stops the body, unless the envelope
 * says `send_to_rest`: then the state is %WAX_SEND_PARTIAL. Never %NULL.
 */
WaxSendResult *wax_transport_send  (WaxTransport               *self,
                                    const WaxEnvelope          *envelope,
                                    GInputStream               *message,
                                    gint64                      size,
                                    WaxProgress                *progress,
                                    GCancellable               *cancellable);
/** Says QUIT and closes; short and silent. */
void           wax_transport_close (WaxTransport               *self,
                                    GCancellable               *cancellable);
/** Whether there is a connection that may carry a message, as far as is known without
 * asking the server: one that it closed meanwhile is not open. Waits for nothing. */
gboolean       wax_transport_is_open (WaxTransport             *self);
/** Microseconds since the server last answered; 0 if it is not open. */
gint64         wax_transport_get_idle_us (WaxTransport         *self);
/** For the sends from now on, in place of that of the settings; @before_final: (nullable). */
void           wax_transport_set_before_final (WaxTransport    *self,
                                    WaxBeforeFinal              before_final,
                                    gpointer                    data);

G_END_DECLS
