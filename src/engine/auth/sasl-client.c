/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The client's side of one exchange, whatever the mechanism: what holds for all of
 * them, the limits first, is here. */

#include "sasl-client.h"

#include <string.h>

#include "sasl-mechanism.h"

/* RFC 4954 section 4: base64 lines of the exchange hold up to 12288 octets. */
#define CHALLENGE_LIMIT (12288 / 4 * 3)

struct _WaxSaslClient
{
  const WaxSaslMechanism *mechanism;
  WaxSaslExchange *exchange;
  WaxSecret *secret; /* what the reply may not repeat */
  gboolean failed;
};

G_DEFINE_QUARK (wax_sasl_error, wax_sasl_error)

static gboolean
refuse_credentials (GError **error, const char *why)
{
  g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS, why);

  return FALSE;
}

static gboolean
password_is_usable (const WaxSaslCredentials *credentials, GError **error)
{
  WaxSecret *password = credentials->password;

  if (credentials->user == NULL || *credentials->user == '\0')
    return refuse_credentials (error, "Signing in needs a user name, and the account has none");
  if (password == NULL || wax_secret_get_length (password) == 0)
    return refuse_credentials (error, "Signing in needs a password, and there is none");
  /* Also what holds a NUL, which the library would cut short. */
  if (!g_utf8_validate (wax_secret_peek (password), (gssize) wax_secret_get_length (password), NULL))
    return refuse_credentials (error, "The password is not valid UTF-8 text");

  return TRUE;
}

static gboolean
credentials_are_usable (const WaxSaslMechanism *mechanism,
                        const WaxSaslCredentials *credentials,
                        GError **error)
{
  if (credentials->user != NULL && !g_utf8_validate (credentials->user, -1, NULL))
    return refuse_credentials (error, "The user name is not valid UTF-8");
  if (credentials->authzid != NULL && !g_utf8_validate (credentials->authzid, -1, NULL))
    return refuse_credentials (error, "The name to act as is not valid UTF-8");
  if (mechanism->proof == WAX_SASL_BY_PASSWORD)
    return password_is_usable (credentials, error);
  if (!wax_sasl_has_proof (credentials, mechanism->proof))
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                   "Signing in by %s needs a %s, and there is none", mechanism->name,
                   wax_sasl_proof_in_words (mechanism->proof));
      return FALSE;
    }

  return TRUE;
}

/* (transfer none) (nullable) */
static WaxSecret *
secret_of (const WaxSaslMechanism *mechanism, const WaxSaslCredentials *credentials)
{
  switch (mechanism->proof)
    {
    case WAX_SASL_BY_PASSWORD:
      return credentials->password;
    case WAX_SASL_BY_TOKEN:
      return credentials->token;
    case WAX_SASL_BY_CERTIFICATE:
    case WAX_SASL_BY_TICKET:
    default:
      return NULL;
    }
}

WaxSaslClient *
wax_sasl_client_new (const char *mechanism,
                     const WaxSaslCredentials *credentials,
                     const char *host,
                     guint port,
                     const WaxSaslBindings *bindings,
                     GError **error)
{
  g_autoptr (WaxSaslClient) self = NULL;

  g_return_val_if_fail (mechanism != NULL, NULL);
  g_return_val_if_fail (credentials != NULL, NULL);
  g_return_val_if_fail (host != NULL, NULL);

  self = g_new0 (WaxSaslClient, 1);
  self->mechanism = wax_sasl_mechanism_find (mechanism);
  if (self->mechanism == NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The sign-in method %s is not one that can be used", mechanism);
      return NULL;
    }
  if (!credentials_are_usable (self->mechanism, credentials, error))
    return NULL;
  self->exchange = self->mechanism->by->start (self->mechanism, credentials, host, port, bindings, error);
  if (self->exchange == NULL)
    return NULL;
  if (secret_of (self->mechanism, credentials) != NULL)
    self->secret = wax_secret_ref (secret_of (self->mechanism, credentials));

  return g_steal_pointer (&self);
}

void
wax_sasl_client_free (WaxSaslClient *self)
{
  if (self == NULL)
    return;

  if (self->exchange != NULL)
    {
      g_free (self->exchange->refusal);
      self->mechanism->by->free (self->exchange);
    }
  g_clear_pointer (&self->secret, wax_secret_unref);
  g_free (self);
}

gboolean
wax_sasl_client_speaks_first (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mechanism->speaks_first;
}

WaxSecret *
wax_sasl_client_step (WaxSaslClient *self,
                      const guint8 *challenge,
                      gsize length,
                      GCancellable *cancellable,
                      GError **error)
{
  WaxSecret *response;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->failed)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server goes on with the %s sign-in, which is over", self->mechanism->name);
      return NULL;
    }
  if (length > CHALLENGE_LIMIT)
    {
      self->failed = TRUE;
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server's part of the %s sign-in is larger than the %d octets that are allowed",
                   self->mechanism->name, CHALLENGE_LIMIT);
      return NULL;
    }

  response = self->mechanism->by->step (self->exchange, challenge, length, cancellable, error);
  self->failed = response == NULL;

  return response;
}

gboolean
wax_sasl_client_is_done (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->failed && self->exchange->done;
}

const char *
wax_sasl_client_get_binding (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->exchange->binding;
}

const char *
wax_sasl_client_get_mechanism (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->mechanism->name;
}

const char *
wax_sasl_client_get_refusal (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->exchange->refusal;
}

WaxSecret *
wax_sasl_client_get_secret (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->secret;
}
