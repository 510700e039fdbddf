/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxPracticeHost:
 *
 * A submission server in this process, on 127.0.0.1 and free ports, with a
 * throwaway CA of its own and SASL by libgsasl's server side. Received messages
 * become files of a Maildir. It powers the demo, "Try it" and the tests; faults
 * are scripted by step. It runs on threads of its own.
 */
#define WAX_TYPE_PRACTICE_HOST (wax_practice_host_get_type ())
G_DECLARE_FINAL_TYPE (WaxPracticeHost, wax_practice_host, WAX, PRACTICE_HOST, GObject)

/** The certificate the host shows. */
typedef enum {
  WAX_PRACTICE_CERT_GOOD,        /* for localhost and 127.0.0.1, by the throwaway CA */
  WAX_PRACTICE_CERT_WRONG_NAME,  /* for mail.example.net */
  WAX_PRACTICE_CERT_EXPIRED,
  WAX_PRACTICE_CERT_UNKNOWN_CA,  /* by another CA than wax_practice_host_get_ca_pem() */
} WaxPracticeCert;

/** The step before (or in place of) whose reply a fault strikes. */
typedef enum {
  WAX_PRACTICE_STEP_NONE,
  WAX_PRACTICE_STEP_CONNECT,
  WAX_PRACTICE_STEP_GREETING,
  WAX_PRACTICE_STEP_EHLO,
  WAX_PRACTICE_STEP_STARTTLS,
  WAX_PRACTICE_STEP_HANDSHAKE,
  WAX_PRACTICE_STEP_EHLO_TLS,
  WAX_PRACTICE_STEP_AUTH,      /* each 334 and the last reply of an exchange */
  WAX_PRACTICE_STEP_MAIL,
  WAX_PRACTICE_STEP_RCPT,
  WAX_PRACTICE_STEP_DATA,      /* the reply to DATA, or to a BDAT that is not the last */
  WAX_PRACTICE_STEP_BODY,      /* after the first line of data, or half of each chunk */
  WAX_PRACTICE_STEP_FINAL,     /* the reply to the end of data or BDAT LAST; the message is stored
                                  before it, unless a REPLY that is not 2yz takes its place */
  WAX_PRACTICE_STEP_RSET,
  WAX_PRACTICE_STEP_NOOP,
} WaxPracticeStep;

/**
 * What happens at a step. CONNECT, HANDSHAKE and BODY have no reply of their
 * own: there REPLY says its text and hangs up when the client has had its say,
 * APPEND says its text and goes on, SPLIT does nothing. A REPLY's code also
 * decides how the host goes on: after a 550 to RCPT there is no such recipient.
 */
typedef enum {
  WAX_PRACTICE_FAULT_NONE,
  WAX_PRACTICE_FAULT_REPLY,    /* says `text` (a whole reply, with CRLFs) in place of its own */
  WAX_PRACTICE_FAULT_DROP,     /* closes the connection */
  WAX_PRACTICE_FAULT_DELAY,    /* waits `delay_ms` first */
  WAX_PRACTICE_FAULT_GARBAGE,  /* sends random octets, then closes */
  WAX_PRACTICE_FAULT_SPLIT,    /* sends its reply in two writes, cut after `split` octets */
  WAX_PRACTICE_FAULT_APPEND,   /* sends its reply and `text` behind it in one write (injection) */
  WAX_PRACTICE_FAULT_ENDLESS,  /* a reply that never ends: `text`, or continuation lines, again and again */
} WaxPracticeFaultKind;

typedef struct {
  WaxPracticeStep       step;
  WaxPracticeFaultKind  kind;
  const char           *text;
  guint                 delay_ms;
  guint                 split;
  int                   nth;    /* strikes only the nth time the step is reached on a connection, from 1; 0: each time */
} WaxPracticeFault;

/**
 * WaxPracticeOptions: zeroed means: good certificate, SCRAM, CRAM-MD5, PLAIN
 * and LOGIN, all extensions, user `practice`, password `practice`, no fault. MAIL wants a
 * sign-in wherever AUTH is offered.
 * @mechanisms: (nullable): space-separated, such as `SCRAM-SHA-256 PLAIN`; DIGEST-MD5,
 * OAUTHBEARER, XOAUTH2 and EXTERNAL only if named; empty: AUTH is not offered
 * @extensions: (nullable): EHLO lines after TLS, without AUTH, NULL-terminated,
 * from `PIPELINING CHUNKING 8BITMIME SMTPUTF8 SIZE n ENHANCEDSTATUSCODES DSN
 * REQUIRETLS FUTURERELEASE DELIVERBY MT-PRIORITY`, whose parameters are read and not acted upon;
 * BINARYMIME, and LIMITS, of which MAILMAX and RCPTMAX are held to
 * @refuse_recipient: (nullable): an address that RCPT answers with 550 5.1.1
 * @maildir: (nullable): the folder to store messages in; else a temporary one,
 * removed with the host. A message's file holds the octets that were sent,
 * CRLF included, and nothing else
 * @token: (nullable): what OAUTHBEARER and XOAUTH2 take; `practice-token` by default
 * @scram_iterations: how many rounds of PBKDF2 SCRAM asks for; 0: what libgsasl asks for
 * @wrong_signature: SCRAM's last word is not the server's signature
 * @request_client_certificate: asks for one, and takes none as well; EXTERNAL then
 * signs in the user that its subject's CN names. Not with @tls_1_2_only
 * @client_ca_pem: (nullable): what a client certificate must be by; any by default
 * @tls_1_2_only: for the channel-binding tests
 * @plaintext_port: also listens without any TLS (never offers AUTH there)
 */
typedef struct {
  WaxPracticeCert      certificate;
  const char          *mechanisms;
  const char * const  *extensions;
  const char          *user;
  const char          *password;
  const char          *refuse_recipient;
  const char          *maildir;
  const char          *token;
  guint                scram_iterations;
  gboolean             wrong_signature;
  gboolean             request_client_certificate;
  const char          *client_ca_pem;
  gboolean             tls_1_2_only;
  gboolean             plaintext_port;
  WaxPracticeFault     fault;
} WaxPracticeOptions;

/** Starts it: it listens when this returns. Errors: #GIOErrorEnum, #GFileError. */
WaxPracticeHost *wax_practice_host_start            (const WaxPracticeOptions *options,
                                                     GError                  **error);
/** Stops accepting, drops open connections, joins its threads. Idempotent; dispose calls it. */
void             wax_practice_host_stop             (WaxPracticeHost          *self);
/** With TLS from the first octet. */
guint16          wax_practice_host_get_implicit_port (WaxPracticeHost         *self);
/** With STARTTLS. */
guint16          wax_practice_host_get_starttls_port (WaxPracticeHost         *self);
/** 0 unless asked for. */
guint16          wax_practice_host_get_plaintext_port (WaxPracticeHost        *self);
/** The CA certificate clients should trust, PEM. */
const char      *wax_practice_host_get_ca_pem       (WaxPracticeHost          *self);
/** The same, written into a temporary file that goes with the host. */
const char      *wax_practice_host_get_ca_file      (WaxPracticeHost          *self);
const char      *wax_practice_host_get_maildir      (WaxPracticeHost          *self);
/** (transfer full) Paths in Maildir new/, oldest first. */
GStrv            wax_practice_host_list_messages    (WaxPracticeHost          *self);
/** Number of messages accepted so far. */
guint            wax_practice_host_get_accepted     (WaxPracticeHost          *self);
/** (transfer full) Every line clients sent so far, AUTH payloads included and bodies not, in
 * order: for tests that prove what was not sent. */
GStrv            wax_practice_host_get_commands     (WaxPracticeHost          *self);
/** (transfer full) Only those of them that came without TLS. */
GStrv            wax_practice_host_get_plaintext_commands (WaxPracticeHost    *self);
/** Sets another fault for connections from now on. */
void             wax_practice_host_set_fault        (WaxPracticeHost          *self,
                                                     const WaxPracticeFault   *fault);

G_END_DECLS
