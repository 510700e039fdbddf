/* SPDX-License-Identifier: GPL-3.0-or-later */

/* EXTERNAL (RFC 4422 appendix A): TLS has shown the client certificate, and all that is
 * left to say is whom to act as, or nothing for whom the certificate names. */

#include <string.h>

#include "sasl-mechanism.h"

typedef struct
{
  WaxSaslExchange base;
  char *authzid;
} Exchange;

static void
exchange_free (WaxSaslExchange *base)
{
  Exchange *self = (Exchange *) base;

  g_free (self->authzid);
  g_free (self);
}

static WaxSaslExchange *
exchange_start (const WaxSaslMechanism *mechanism,
                const WaxSaslCredentials *credentials,
                const char *host,
                guint port,
                const WaxSaslBindings *bindings,
                GError **error)
{
  Exchange *self = g_new0 (Exchange, 1);

  self->base.mechanism = mechanism;
  self->authzid = g_strdup (credentials->authzid != NULL ? credentials->authzid : credentials->user);

  return &self->base;
}

static WaxSecret *
exchange_step (WaxSaslExchange *base,
               const guint8 *challenge,
               gsize length,
               GCancellable *cancellable,
               GError **error)
{
  Exchange *self = (Exchange *) base;

  if (base->done || length > 0)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server's part of the %s sign-in makes no sense", base->mechanism->name);
      return NULL;
    }
  base->done = TRUE;

  return wax_secret_new_string (self->authzid != NULL ? self->authzid : "");
}

const WaxSaslImplementation wax_sasl_external = { exchange_start, exchange_step, exchange_free };
