/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAX_SERVER_URL_ERROR (wax_server_url_error_quark ())
GQuark wax_server_url_error_quark (void);

typedef enum {
  WAX_SERVER_URL_ERROR_SYNTAX,   /* not a URL, a bad port, an empty host */
  WAX_SERVER_URL_ERROR_SCHEME,   /* not smtps: or smtp: */
  WAX_SERVER_URL_ERROR_PASSWORD, /* a password in the URL: refused, it would be in argv */
} WaxServerUrlError;

/** RFC 8314: TLS from the first octet, or STARTTLS that is required. Plaintext is
 * for a loopback address only and never chosen by a URL. */
typedef enum {
  WAX_TLS_MODE_IMPLICIT,
  WAX_TLS_MODE_STARTTLS,
  WAX_TLS_MODE_PLAINTEXT_LOOPBACK,
} WaxTlsMode;

/** `smtps://[user@]host[:465]` or `smtp://[user@]host[:587]`; `smtps+srv://[user@]domain`
 * or `smtp+srv://[user@]domain`, whose servers the DNS tells (RFC 6186). */
typedef struct {
  WaxTlsMode  mode;
  gboolean    srv;  /* @host is a domain, and @port without a meaning */
  char       *host; /* A-labels, lower case; an IPv6 literal without brackets */
  guint16     port;
  char       *user; /* (nullable) percent-decoded */
} WaxServerUrl;

WaxServerUrl *wax_server_url_parse     (const char         *text,
                                        GError            **error);
/** (transfer full) */
char         *wax_server_url_to_string (const WaxServerUrl *self);
void          wax_server_url_free      (WaxServerUrl       *self);
/** (transfer full) A host name in lower-case A-labels, or an IP address (IPv6
 * without brackets) in its usual spelling; else %NULL with %WAX_SERVER_URL_ERROR_SYNTAX. */
char         *wax_host_normalize       (const char         *text,
                                        GError            **error);
/** `implicit`, `starttls`, `plaintext`. */
const char   *wax_tls_mode_to_string   (WaxTlsMode          mode);
gboolean      wax_tls_mode_from_string (const char         *text,
                                        WaxTlsMode         *mode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxServerUrl, wax_server_url_free)

G_END_DECLS
