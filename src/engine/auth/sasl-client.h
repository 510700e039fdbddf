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
  WAX_SASL_ERROR_CREDENTIALS,  /* user or password missing, or not in a form it takes */
  WAX_SASL_ERROR_CHALLENGE,    /* the server's challenge is malformed or its signature wrong */
  WAX_SASL_ERROR_FAILED,       /* the library failed */
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
 * wax_sasl_choose:
 * @offered: the mechanism names of the server's AUTH capability after TLS
 * @wanted: (nullable): the only one the account allows
 * @secured: whether verified TLS protects the exchange; PLAIN and LOGIN need it
 * @reason: (out) (transfer full): why this one, in words
 *
 * Strongest first: SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256,
 * SCRAM-SHA-1, CRAM-MD5, PLAIN, LOGIN. A -PLUS needs a binding.
 * Returns: (transfer full): the IANA name, or %NULL with a #WaxSaslError
 */
char       *wax_sasl_choose (const char * const     *offered,
                             const char             *wanted,
                             const WaxSaslBindings  *bindings,
                             gboolean                secured,
                             char                  **reason,
                             GError                **error);

/**
 * wax_sasl_strength:
 * @mechanism: (nullable): a SASL mechanism's name, in any case
 *
 * The place of @mechanism in the order of wax_sasl_choose(), for comparing only: the
 * numbers mean nothing, and may be others in another version.
 * Returns: higher is stronger; 0 for %NULL and for what is not known
 */
int         wax_sasl_strength (const char *mechanism);

typedef struct _WaxSaslClient WaxSaslClient;

/**
 * @user: the authentication identity (SASLprep is the library's)
 * @bindings: (nullable): used by a -PLUS mechanism only
 * Returns: (transfer full): a client, or %NULL with a #WaxSaslError
 */
WaxSaslClient *wax_sasl_client_new        (const char             *mechanism,
                                           const char             *user,
                                           WaxSecret              *password,
                                           const char             *host,
                                           const WaxSaslBindings  *bindings,
                                           GError                **error);
void           wax_sasl_client_free       (WaxSaslClient          *self);
/** Whether the mechanism speaks first (SASL initial response, RFC 4954 section 4). */
gboolean       wax_sasl_client_speaks_first (WaxSaslClient        *self);
/**
 * One step. @challenge is the decoded challenge (or empty for the initial
 * response). The response is secret until sent: it is a #WaxSecret of raw octets.
 * Returns: (transfer full): the response (may be of length 0), or %NULL with a #WaxSaslError
 */
WaxSecret     *wax_sasl_client_step       (WaxSaslClient          *self,
                                           const guint8           *challenge,
                                           gsize                   length,
                                           GError                **error);
/** Whether the mechanism is satisfied: for SCRAM, that the server's signature
 * was seen and was right. A 235 before that is a %WAX_SASL_ERROR_CHALLENGE. */
gboolean       wax_sasl_client_is_done    (WaxSaslClient          *self);
/** `tls-exporter`, `tls-unique`, or %NULL. */
const char    *wax_sasl_client_get_binding (WaxSaslClient         *self);
const char    *wax_sasl_client_get_mechanism (WaxSaslClient       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSaslClient, wax_sasl_client_free)

G_END_DECLS
