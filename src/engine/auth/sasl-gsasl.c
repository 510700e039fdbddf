/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mechanisms that libgsasl has. The library is given a channel binding for a -PLUS
 * mechanism only (a plain SCRAM that sees one fails), and only one of the two, since
 * it would prefer tls-unique where the server of a TLS 1.3 connection can only check
 * tls-exporter. User name and password are prepared (SASLprep, RFC 4013) by the
 * library. */

#include <string.h>

#include "sasl-library.h"
#include "sasl-mechanism.h"

/* A server that asks for more rounds of PBKDF2 than this (seconds of work) is up to
 * no good. */
#define SCRAM_ITERATIONS_LIMIT 2000000

typedef struct
{
  WaxSaslExchange base;
  WaxSaslLibrary *library;
} Exchange;

static void
exchange_free (WaxSaslExchange *base)
{
  Exchange *self = (Exchange *) base;

  wax_sasl_library_unref (self->library);
  g_free (self);
}

static void
set_error_for_status (const char *mechanism, int status, GError **error)
{
  switch (status)
    {
    case GSASL_MECHANISM_PARSE_ERROR:
    case GSASL_BASE64_ERROR:
    case GSASL_MECHANISM_CALLED_TOO_MANY_TIMES:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server's part of the %s sign-in makes no sense", mechanism);
      break;
    case GSASL_AUTHENTICATION_ERROR:
    case GSASL_INTEGRITY_ERROR:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server could not prove that it knows the password (%s): it may not be the real one",
                   mechanism);
      break;
    case GSASL_GSSAPI_UNWRAP_ERROR:
    case GSASL_GSSAPI_UNSUPPORTED_PROTECTION_ERROR:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server could not prove that it is the one the Kerberos ticket is for");
      break;
    case GSASL_GSSAPI_INIT_SEC_CONTEXT_ERROR:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                   "There is no Kerberos ticket that this server takes");
      break;
    case GSASL_SASLPREP_ERROR:
    case GSASL_NO_AUTHID:
    case GSASL_NO_PASSWORD:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                   "The user name or the password has characters that %s cannot carry", mechanism);
      break;
    default:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_FAILED, "The %s sign-in failed: %s", mechanism,
                   gsasl_strerror (status));
      break;
    }
}

/* ---- the start ---- */

/* %NULL is not set. */
static gboolean
exchange_set (Exchange *self, Gsasl_property property, const char *value, GError **error)
{
  int status = value != NULL ? wax_sasl_library_set (self->library, property, value) : GSASL_OK;

  if (status == GSASL_OK)
    return TRUE;

  g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_FAILED, "The sign-in could not be prepared: %s",
               gsasl_strerror (status));

  return FALSE;
}

static gboolean
exchange_bind (Exchange *self, const WaxSaslBindings *bindings, GError **error)
{
  gboolean exporter;
  GBytes *octets;
  gsize length;
  gconstpointer data;
  g_autofree char *text = NULL;

  if (!self->base.mechanism->plus)
    return TRUE;

  if (!wax_sasl_has_binding (bindings))
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The sign-in method %s needs a channel binding, and this connection has none",
                   self->base.mechanism->name);
      return FALSE;
    }

  exporter = bindings->tls_exporter != NULL;
  octets = exporter ? bindings->tls_exporter : bindings->tls_unique;
  data = g_bytes_get_data (octets, &length);
  text = g_base64_encode (data, length);
  self->base.binding = exporter ? "tls-exporter" : "tls-unique";

  return exchange_set (self, exporter ? GSASL_CB_TLS_EXPORTER : GSASL_CB_TLS_UNIQUE, text, error);
}

/* A ticket has its own name for who signs in. */
static gboolean
exchange_identify (Exchange *self, const WaxSaslCredentials *credentials, GError **error)
{
  if (self->base.mechanism->proof == WAX_SASL_BY_TICKET)
    return exchange_set (self, GSASL_AUTHZID,
                         credentials->authzid != NULL ? credentials->authzid : credentials->user, error);

  return exchange_set (self, GSASL_AUTHID, credentials->user, error)
         && exchange_set (self, GSASL_AUTHZID, credentials->authzid, error)
         && exchange_set (self, GSASL_PASSWORD, wax_secret_peek (credentials->password), error);
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
  int status;

  self->base.mechanism = mechanism;
  self->library = wax_sasl_library_new (mechanism->name, &status);
  if (self->library == NULL)
    g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_FAILED,
                 "The sign-in method %s could not be started: %s", mechanism->name, gsasl_strerror (status));
  else if (exchange_identify (self, credentials, error) && exchange_bind (self, bindings, error)
           && exchange_set (self, GSASL_SERVICE, "smtp", error)
           && exchange_set (self, GSASL_HOSTNAME, host, error))
    return &self->base;

  exchange_free (&self->base);

  return NULL;
}

/* ---- a step ---- */

/* The iteration count of a SCRAM server-first-message (RFC 5802 section 7):
 * `r=…,s=…,i=4096`. What is not one is the library's to refuse, but for a NUL: the
 * library reads on behind it, where this does not look. */
static gboolean
challenge_is_affordable (const WaxSaslMechanism *mechanism, const guint8 *challenge, gsize length)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) attributes = NULL;

  if (length == 0 || !g_str_has_prefix (mechanism->name, "SCRAM-"))
    return TRUE;
  if (memchr (challenge, '\0', length) != NULL)
    return FALSE;

  text = g_strndup ((const char *) challenge, length);
  attributes = g_strsplit (text, ",", 16);
  for (gsize i = 0; attributes[i] != NULL; i++)
    if (g_str_has_prefix (attributes[i], "i=")
        && g_ascii_strtoull (attributes[i] + 2, NULL, 10) > SCRAM_ITERATIONS_LIMIT)
      return FALSE;

  return TRUE;
}

static WaxSecret *
exchange_step (WaxSaslExchange *base,
               const guint8 *challenge,
               gsize length,
               GCancellable *cancellable,
               GError **error)
{
  Exchange *self = (Exchange *) base;
  const WaxSaslMechanism *mechanism = base->mechanism;
  WaxSecret *response = NULL;
  int status;

  if (base->done)
    {
      set_error_for_status (mechanism->name, GSASL_MECHANISM_CALLED_TOO_MANY_TIMES, error);
      return NULL;
    }
  if (!challenge_is_affordable (mechanism, challenge, length))
    {
      g_set_error (
          error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
          "The server hides how many rounds of password hashing it asks for, or asks for more than %d",
          SCRAM_ITERATIONS_LIMIT);
      return NULL;
    }

  status = wax_sasl_library_step (self->library, challenge, length, mechanism->slow, &response, cancellable,
                                  error);
  if (response != NULL)
    base->done = status == GSASL_OK;
  else if (status >= 0)
    set_error_for_status (mechanism->name, status, error);

  return response;
}

const WaxSaslImplementation wax_sasl_library = { exchange_start, exchange_step, exchange_free };

/* ---- tickets ---- */

/* GSS-API asks for the ticket in the first step, before anything is said to the
 * server. */
gboolean
wax_sasl_has_ticket (const char *host, GCancellable *cancellable)
{
  int status;
  g_autoptr (WaxSaslLibrary) library = wax_sasl_library_new ("GSSAPI", &status);
  g_autoptr (WaxSecret) token = NULL;

  if (library == NULL || wax_sasl_library_set (library, GSASL_SERVICE, "smtp") != GSASL_OK
      || wax_sasl_library_set (library, GSASL_HOSTNAME, host) != GSASL_OK)
    return FALSE;

  status = wax_sasl_library_step (library, NULL, 0, TRUE, &token, cancellable, NULL);

  return status == GSASL_OK || status == GSASL_NEEDS_MORE;
}
