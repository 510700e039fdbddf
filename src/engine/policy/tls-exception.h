/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WAX_TLS_EXCEPTION_ERROR (wax_tls_exception_error_quark ())
GQuark wax_tls_exception_error_quark (void);

typedef enum {
  WAX_TLS_EXCEPTION_ERROR_INVALID, /* malformed, without an end, or for longer than is allowed */
} WaxTlsExceptionError;

/** What an exception allows; nothing else is ever allowed, plain text least of all. */
typedef enum {
  WAX_TLS_ALLOW_UNTRUSTED, /* a chain that no authority vouches for, of the key in `value` (SPKI, hex SHA-256) */
  WAX_TLS_ALLOW_CIPHER,    /* the cipher suite in `value` (IANA name), which has ECDHE but no AEAD */
  WAX_TLS_ALLOW_VERSION,   /* TLS 1.2 where the account demands TLS 1.3; no `value` */
} WaxTlsAllow;

/** The longest an exception may last from its beginning: 366 days. */
#define WAX_TLS_EXCEPTION_LONGEST_S (366 * 24 * 3600)

/**
 * WaxTlsException:
 * @allow: what is allowed
 * @value: (nullable): of it; see #WaxTlsAllow
 * @since, @until: seconds since the Unix epoch; it holds from @since up to, not at, @until
 * @reason: (nullable): what the user wrote down
 *
 * A weaker setting for one account: named, dated, with an end.
 */
typedef struct {
  WaxTlsAllow  allow;
  char        *value;
  gint64       since;
  gint64       until;
  char        *reason;
} WaxTlsException;

WaxTlsException *wax_tls_exception_new  (WaxTlsAllow             allow,
                                         const char             *value,
                                         gint64                  since,
                                         gint64                  until,
                                         const char             *reason);
WaxTlsException *wax_tls_exception_copy (const WaxTlsException  *self);
void             wax_tls_exception_free (WaxTlsException        *self);
/** Whether it holds at @now (seconds since the Unix epoch). */
gboolean         wax_tls_exception_is_current (const WaxTlsException *self,
                                               gint64                 now);
/** (transfer full) One sentence part: `a certificate that no authority vouches for, until 2027-01-01`. */
char            *wax_tls_exception_to_words   (const WaxTlsException *self);
/** `untrusted`, `cipher`, `version`. */
const char      *wax_tls_allow_to_string      (WaxTlsAllow            allow);
gboolean         wax_tls_allow_from_string    (const char             *text,
                                               WaxTlsAllow            *allow);
/** (transfer full) (nullable) A JSON array of {allow, value, since, until, reason}; %NULL for none. */
char            *wax_tls_exceptions_to_text   (GPtrArray             *exceptions);
/**
 * (transfer full) (element-type WaxTlsException): the inverse; %NULL or empty text gives an empty array.
 * Errors: %WAX_TLS_EXCEPTION_ERROR_INVALID, whose message says which entry is wrong and how.
 */
GPtrArray       *wax_tls_exceptions_from_text (const char            *text,
                                               GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTlsException, wax_tls_exception_free)

G_END_DECLS
