/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sasl-client.h"
#include "smtp-capabilities.h"
#include "smtp-channel.h"

G_BEGIN_DECLS

/**
 * WaxSmtpSignIn:
 * @credentials: `has_ticket` is found out where it matters
 * @wanted: (nullable): the only mechanism the account allows
 * @remembered: (nullable): the strongest by which the account has signed in
 * @secured: verified TLS protects the channel
 */
typedef struct {
  const char            *host;
  guint                  port;
  WaxSaslCredentials     credentials;
  const char            *wanted;
  const char            *remembered;
  const WaxSaslBindings *bindings;
  gboolean               secured;
} WaxSmtpSignIn;

/**
 * wax_smtp_auth_is_due:
 *
 * Whether there is anything to sign in by: a password or a token; a mechanism
 * without a password, if the account asks for it; or a client certificate for a server that offers
 * EXTERNAL. A server may take mail without a sign-in.
 */
gboolean wax_smtp_auth_is_due (const WaxSmtpCapabilities *capabilities,
                               const WaxSmtpSignIn       *sign_in);

/**
 * wax_smtp_auth_run:
 *
 * AUTH (RFC 4954) with the best mechanism that may be used; the report learns
 * which, and why. Nothing else is tried after it. Errors: %WAX_TRANSPORT_ERROR_AUTH_REFUSED,
 * %WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, #WaxSaslError, and those of the channel.
 * After a #WaxSaslError the server is not to be trusted with anything more.
 */
gboolean wax_smtp_auth_run (WaxSmtpChannel            *channel,
                            const WaxSmtpCapabilities *capabilities,
                            const WaxSmtpSignIn       *sign_in,
                            GCancellable              *cancellable,
                            GError                   **error);

G_END_DECLS
