/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "certificate-details.h"
#include "check.h"

G_BEGIN_DECLS

/**
 * WaxConnectionReport:
 *
 * What the inspector shows: everything that was learnt of one connection, also
 * of one that failed half way. The session that fills it hands it on complete;
 * from then on it is read-only and may cross threads. Public members, so that a
 * face reads them without forty getters; strings are %NULL (numbers -1) where
 * the connection did not get that far.
 */
#define WAX_TYPE_CONNECTION_REPORT (wax_connection_report_get_type ())
G_DECLARE_FINAL_TYPE (WaxConnectionReport, wax_connection_report, WAX, CONNECTION_REPORT, GObject)

struct _WaxConnectionReport
{
  GObject    parent_instance;

  char      *host;            /* the name from the account */
  char      *server;          /* `name:port` of the server where the DNS named another than @host (SRV) */
  GPtrArray *tried;           /* (element-type utf8) never NULL: servers that were tried before and could not be reached, in words */
  char      *address;         /* the IP address that answered */
  char      *local_address;
  guint16    port;
  char      *mode;            /* `implicit`, `starttls` or `plaintext` (loopback only) */
  gint64     started;         /* µs since the Unix epoch */

  char      *tls_version;     /* `TLS1.3` */
  char      *cipher;          /* IANA name */
  gboolean   verified;        /* every check passed or was skipped with reason */
  GPtrArray *exceptions;      /* (element-type utf8) never NULL: exceptions of the account that were needed, in words */
  gboolean   client_cert_asked; /* the server asked for a client certificate */
  char      *client_cert;     /* subject of the one that was shown */
  GPtrArray *checks;          /* (element-type WaxCheck) never NULL */
  GPtrArray *chain;           /* (element-type WaxCertificateDetails) never NULL */

  char      *auth_mechanism;
  char      *auth_reason;     /* why this mechanism, in words */
  char      *auth_identity;   /* the user name */
  char      *channel_binding; /* `tls-exporter`, `tls-unique` or NULL */

  char      *greeting;        /* text of the 220 */
  GPtrArray *extensions_before_tls; /* (element-type utf8) never NULL; for display only */
  GPtrArray *extensions;            /* (element-type utf8) never NULL; after TLS and sign-in */

  gboolean   reused;          /* the message went over a connection that was open already */
  char      *via;             /* the proxy it went through, without its credentials */
  guint      round_trips;     /* waits for the server so far, TCP and TLS included */
  gint64     revocation_ms;   /* waiting for the authority, after the handshake */
  gint64     connect_ms, tls_ms, auth_ms, envelope_ms, body_ms, total_ms;

  GPtrArray *transcript;      /* (element-type utf8) `C: …` and `S: …`, redacted by protocol state */
};

WaxConnectionReport *wax_connection_report_new          (void);
/** Adds a transcript line; capped at 500 lines of 1000 octets; control characters shown as `?`. */
void                 wax_connection_report_add_line     (WaxConnectionReport *self,
                                                         char                 who,
                                                         const char          *line);
/** (transfer full) The `connection` object of CLI.md (with `timing_ms` inside
 * under "timing_ms" and more members of ours); the CLI lifts `timing_ms` out.
 * `tls` and `auth` are always objects; what was not learnt is null. */
JsonNode            *wax_connection_report_to_json      (WaxConnectionReport *self);
/** (transfer full) (nullable) The inverse, for stored reports; %NULL for an
 * object without `host`. Members that are missing, or of another type, are as
 * in a new report. */
WaxConnectionReport *wax_connection_report_from_json    (JsonObject          *object);
/** (transfer full) One line for the route bar:
 * `smtp.example.org · TLS 1.3 · AES-256-GCM · certificate verified · SCRAM-SHA-256-PLUS` */
char                *wax_connection_report_summary      (WaxConnectionReport *self);
/** (transfer full) (nullable) `TLS 1.3` of `TLS1.3`. */
char                *wax_connection_report_version_words (WaxConnectionReport *self);
/** (transfer full) (nullable) `AES-256-GCM` of the suite's IANA name. */
char                *wax_connection_report_cipher_words (WaxConnectionReport *self);

G_END_DECLS
