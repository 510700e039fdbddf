/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "secret.h"

G_BEGIN_DECLS

#define WAX_SASL_ERROR (wax_sasl_error_quark ())
GQuark wax_sasl_error_quark (void);

typedef enum {
  WAX_SASL_ERROR_NO_MECHANISM, /* nothing that is offered is acceptable */
  WAX_SASL_ERROR_NOT_OFFERED,  /* the one that was asked for is not offered */
  WAX_SASL_ERROR_CREDENTIALS,  /* a credential is missing, or not in a form it takes */
  WAX_SASL_ERROR_CHALLENGE,    /* the server's challenge is malformed or its signature wrong */
  WAX_SASL_ERROR_FAILED,       /* the library failed */
  WAX_SASL_ERROR_DOWNGRADE,    /* only something weaker than before is possible; nothing was sent */
} WaxSaslError;

/**
 * WaxSaslBindings:
 * @tls_exporter: (nullable): RFC 9266, TLS 1.3
 * @tls_unique: (nullable): RFC 5929, TLS 1.2
 */
typedef struct {
  GBytes *tls_exporter;
  GBytes *tls_unique;
} WaxSaslBindings;

/**
 * WaxSaslCredentials:
 * @user: (nullable): who signs in. A password and XOAUTH2 need it; with a certificate
 * or a ticket it is whom to act as, and the server knows from the credential if %NULL
 * @authzid: (nullable): whom to act as, where that is another than @user
 * @password: (nullable)
 * @token: (nullable): an OAuth 2 access token
 * @has_client_certificate: this connection's TLS showed one
 * @keeps_client_certificate: the account has one, though the server may not have asked for it
 * @has_ticket: see wax_sasl_has_ticket()
 */
typedef struct {
  const char *user;
  const char *authzid;
  WaxSecret  *password;
  WaxSecret  *token;
  gboolean    has_client_certificate;
  gboolean    keeps_client_certificate;
  gboolean    has_ticket;
} WaxSaslCredentials;

/**
 * wax_sasl_choose:
 * @offered: the mechanism names of the server's AUTH capability after TLS
 * @wanted: (nullable): the only one the account allows
 * @remembered: (nullable): the strongest by which the account has signed in
 * @secured: whether verified TLS protects the exchange; what shows a password or a
 * token needs it
 * @reason: (out) (transfer full): why this one, in words
 *
 * Strongest first: SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256,
 * SCRAM-SHA-1, GSSAPI, EXTERNAL, OAUTHBEARER, XOAUTH2, DIGEST-MD5, CRAM-MD5, PLAIN,
 * LOGIN. A -PLUS needs a binding, and each its credential: what lacks it is passed
 * over, which the reason says.
 *
 * Where the best that is possible is weaker than @remembered, although the account
 * still has the credential for that, the server has been talked down, or somebody
 * stands in its place: %WAX_SASL_ERROR_DOWNGRADE. @wanted wins over @remembered.
 * Returns: (transfer full): the IANA name, or %NULL with a #WaxSaslError
 */
char       *wax_sasl_choose (const char * const       *offered,
                             const char               *wanted,
                             const char               *remembered,
                             const WaxSaslCredentials *credentials,
                             const WaxSaslBindings    *bindings,
                             gboolean                  secured,
                             char                    **reason,
                             GError                  **error);
/**
 * wax_sasl_strength:
 * @mechanism: (nullable): a SASL mechanism's name, in any case
 *
 * The place of @mechanism in the order of wax_sasl_choose(), for comparing only: the
 * numbers mean nothing, and may be others in another version.
 * Returns: higher is stronger; 0 for %NULL and for what is not known
 */
int         wax_sasl_strength (const char *mechanism);
/**
 * wax_sasl_strongest:
 * @remembered: (nullable): what an account remembers as its strongest mechanism
 * @used: (nullable): by which it has just signed in
 *
 * What the account remembers from now on: the stronger; or @used, where it goes by
 * another kind of credential, which is the user's change and not the server's.
 * Returns: (nullable): static, or @remembered
 */
const char *wax_sasl_strongest (const char *remembered,
                                const char *used);
/**
 * wax_sasl_needs_password:
 * @mechanism: (nullable): the one that an account asks for; %NULL: none by name
 *
 * Returns: %FALSE where it signs in by a token, a certificate or a ticket: then there is
 * no use in asking for a password
 */
gboolean    wax_sasl_needs_password (const char *mechanism);
/**
 * wax_sasl_has_ticket:
 * @host: the server's name from the account
 *
 * Whether the user's Kerberos tickets can get one for `smtp/`@host: asks the key
 * distribution center, but never for a password, and says nothing to @host.
 */
gboolean    wax_sasl_has_ticket (const char   *host,
                                 GCancellable *cancellable);

typedef struct _WaxSaslClient WaxSaslClient;

/**
 * @credentials: not changed; what is needed of it is copied
 * @host: the server's name, for DIGEST-MD5, GSSAPI and OAUTHBEARER
 * @port: for OAUTHBEARER
 * @bindings: (nullable): used by a -PLUS mechanism only
 * Returns: (transfer full): a client, or %NULL with a #WaxSaslError
 */
WaxSaslClient *wax_sasl_client_new        (const char               *mechanism,
                                           const WaxSaslCredentials *credentials,
                                           const char               *host,
                                           guint                     port,
                                           const WaxSaslBindings    *bindings,
                                           GError                  **error);
void           wax_sasl_client_free       (WaxSaslClient          *self);
/** Whether the mechanism speaks first (SASL initial response, RFC 4954 section 4). */
gboolean       wax_sasl_client_speaks_first (WaxSaslClient        *self);
/**
 * One step. @challenge is the decoded challenge (or empty for the initial
 * response). The response is secret until sent: it is a #WaxSecret of raw octets.
 * A step that computes for long, or asks a key distribution center, is left within
 * 100 ms when @cancellable is cancelled; the client is of no more use then.
 * Returns: (transfer full): the response (may be of length 0), or %NULL with a
 * #WaxSaslError or %G_IO_ERROR_CANCELLED
 */
WaxSecret     *wax_sasl_client_step       (WaxSaslClient          *self,
                                           const guint8           *challenge,
                                           gsize                   length,
                                           GCancellable           *cancellable,
                                           GError                **error);
/** Whether the mechanism is satisfied: for SCRAM, that the server's signature
 * was seen and was right. A 235 before that is a %WAX_SASL_ERROR_CHALLENGE. */
gboolean       wax_sasl_client_is_done    (WaxSaslClient          *self);
/** `tls-exporter`, `tls-unique`, or %NULL. */
const char    *wax_sasl_client_get_binding (WaxSaslClient         *self);
const char    *wax_sasl_client_get_mechanism (WaxSaslClient       *self);
/** (nullable) Why the server refused a token (RFC 7628 section 3.2.2), in words for a
 * sentence: `invalid_token, needs the scope mail.send`. The token is never in it. */
const char    *wax_sasl_client_get_refusal (WaxSaslClient         *self);
/** (nullable) The password or token that is used: what no transcript may repeat. */
WaxSecret     *wax_sasl_client_get_secret  (WaxSaslClient         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSaslClient, wax_sasl_client_free)

G_END_DECLS
