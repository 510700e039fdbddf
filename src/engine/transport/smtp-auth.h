/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sasl-client.h"
#include "smtp-capabilities.h"
#include "smtp-channel.h"

G_BEGIN_DECLS

/**
 * WaxSmtpSignIn:
 * @wanted: (nullable): the only mechanism the account allows
 * @secured: verified TLS protects the channel
 */
typedef struct {
  const char            *host;
  const char            *user;
  WaxSecret             *password;
  const char            *wanted;
  const WaxSaslBindings *bindings;
  gboolean               secured;
} WaxSmtpSignIn;

/**
 * wax_smtp_auth_run:
 *
 * AUTH (RFC 4954) with the best mechanism that may be used; the report learns
 * which, and why. Errors: %WAX_TRANSPORT_ERROR_AUTH_REFUSED,
 * %WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, #WaxSaslError, and those of the channel.
 * After a #WaxSaslError the server is not to be trusted with anything more.
 */
gboolean wax_smtp_auth_run (WaxSmtpChannel            *channel,
                            const WaxSmtpCapabilities *capabilities,
                            const WaxSmtpSignIn       *sign_in,
                            GCancellable              *cancellable,
                            GError                   **error);

G_END_DECLS
