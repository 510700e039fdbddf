/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The choice of a SASL mechanism, and its client side over libgsasl. The library
 * is given a channel binding for a -PLUS mechanism only (a plain SCRAM that sees
 * one fails), and only one of the two, since it would prefer tls-unique where the
 * server of a TLS 1.3 connection can only check tls-exporter. */

#include "sasl-client.h"

#include <gsasl.h>
#include <string.h>

/* RFC 4954 section 4: base64 lines of the exchange hold up to 12288 octets. */
#define CHALLENGE_LIMIT (12288 / 4 * 3)

/* PBKDF2 runs uninterruptibly in the library: a server that asks for more rounds
 * than this (seconds of work) is up to no good. */
#define SCRAM_ITERATIONS_LIMIT 2000000

typedef struct
{
  const char *name;
  gboolean plus;         /* bound to the TLS connection */
  gboolean bare;         /* the password itself crosses the wire */
  gboolean speaks_first; /* has an initial response */
  const char *words;
} Mechanism;

/* Strongest first. */
static const Mechanism mechanisms[] = {
  { "SCRAM-SHA-256-PLUS", TRUE, FALSE, TRUE,
    "it proves the password without sending it, and is bound to this TLS connection" },
  { "SCRAM-SHA-1-PLUS", TRUE, FALSE, TRUE,
    "it proves the password without sending it, and is bound to this TLS connection" },
  { "SCRAM-SHA-256", FALSE, FALSE, TRUE, "it proves the password without sending it" },
  { "SCRAM-SHA-1", FALSE, FALSE, TRUE, "it proves the password without sending it" },
  { "CRAM-MD5", FALSE, FALSE, FALSE, "it does not send the password, but does not prove the server" },
  { "PLAIN", FALSE, TRUE, TRUE, "it sends the password to the server, inside the verified TLS connection" },
  { "LOGIN", FALSE, TRUE, FALSE, "it sends the password to the server, inside the verified TLS connection" },
};

struct _WaxSaslClient
{
  const Mechanism *mechanism;
  Gsasl *context;
  Gsasl_session *session;
  const char *binding;
  gboolean done;
};

G_DEFINE_QUARK (wax_sasl_error, wax_sasl_error)

/* ---- the choice ---- */

static const Mechanism *
mechanism_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (g_ascii_strcasecmp (mechanisms[i].name, name) == 0)
      return &mechanisms[i];

  return NULL;
}

static gboolean
is_offered (const char *const *offered, const char *name)
{
  for (gsize i = 0; offered != NULL && offered[i] != NULL; i++)
    if (g_ascii_strcasecmp (offered[i], name) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
has_binding (const WaxSaslBindings *bindings)
{
  return bindings != NULL && (bindings->tls_exporter != NULL || bindings->tls_unique != NULL);
}

/* Why @mechanism may not be used here, or NULL. */
static const char *
objection_to (const Mechanism *mechanism, const WaxSaslBindings *bindings, gboolean secured)
{
  if (mechanism->plus && !has_binding (bindings))
    return "this connection has no channel binding";
  if (mechanism->bare && !secured)
    return "it would send the password over a connection that is not verified";

  return NULL;
}

static char *
offer_in_words (const char *const *offered)
{
  if (offered == NULL || offered[0] == NULL)
    return g_strdup ("nothing");

  return g_strjoinv (", ", (char **) offered);
}

static char *
choose_wanted (const char *const *offered,
               const char *wanted,
               const WaxSaslBindings *bindings,
               gboolean secured,
               char **reason,
               GError **error)
{
  const Mechanism *mechanism = mechanism_find (wanted);
  g_autofree char *offer = offer_in_words (offered);
  const char *objection;

  if (mechanism == NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The account asks for the sign-in method %s, which is not one that can be used", wanted);
      return NULL;
    }
  if (!is_offered (offered, mechanism->name))
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NOT_OFFERED,
                   "The account asks for the sign-in method %s, but the server offers %s", mechanism->name,
                   offer);
      return NULL;
    }
  objection = objection_to (mechanism, bindings, secured);
  if (objection != NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The account asks for the sign-in method %s, but %s", mechanism->name, objection);
      return NULL;
    }

  if (reason != NULL)
    *reason = g_strdup_printf ("%s is what the account asks for: %s", mechanism->name, mechanism->words);

  return g_strdup (mechanism->name);
}

static char *
choose_strongest (const char *const *offered,
                  const WaxSaslBindings *bindings,
                  gboolean secured,
                  char **reason,
                  GError **error)
{
  g_autofree char *offer = offer_in_words (offered);
  g_autoptr (GString) skipped = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      const Mechanism *mechanism = &mechanisms[i];
      const char *objection;

      if (!is_offered (offered, mechanism->name))
        continue;

      objection = objection_to (mechanism, bindings, secured);
      if (objection != NULL)
        {
          g_string_append_printf (skipped, "; %s was passed over, since %s", mechanism->name, objection);
          continue;
        }

      if (reason != NULL)
        *reason = g_strdup_printf ("%s is the strongest of what the server offers (%s): %s%s",
                                   mechanism->name, offer, mechanism->words, skipped->str);
      return g_strdup (mechanism->name);
    }

  g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
               "No sign-in method that the server offers can be used (it offers %s)%s", offer, skipped->str);

  return NULL;
}

char *
wax_sasl_choose (const char *const *offered,
                 const char *wanted,
                 const WaxSaslBindings *bindings,
                 gboolean secured,
                 char **reason,
                 GError **error)
{
  if (wanted != NULL && *wanted != '\0')
    return choose_wanted (offered, wanted, bindings, secured, reason, error);

  return choose_strongest (offered, bindings, secured, reason, error);
}

/* Strongest first. What a mechanism is worth in itself, whatever the credential:
 * those that prove a password or a ticket to a server that proves itself too; a
 * certificate; a token, which does not outlive its hour; what tells the password's
 * digest; the password. */
static const char *const order[] = {
  "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "GSSAPI", "EXTERNAL",
  "OAUTHBEARER",        "XOAUTH2",          "DIGEST-MD5",    "CRAM-MD5",    "PLAIN",  "LOGIN",
};

int
wax_sasl_strength (const char *mechanism)
{
  for (gsize i = 0; mechanism != NULL && i < G_N_ELEMENTS (order); i++)
    if (g_ascii_strcasecmp (order[i], mechanism) == 0)
      return (int) (G_N_ELEMENTS (order) - i);

  return 0;
}

/* ---- the client ---- */

static gboolean
sasl_client_set (WaxSaslClient *self, Gsasl_property property, const char *value, GError **error)
{
  int status = gsasl_property_set (self->session, property, value);

  if (status == GSASL_OK)
    return TRUE;

  g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_FAILED, "The sign-in could not be prepared: %s",
               gsasl_strerror (status));

  return FALSE;
}

static gboolean
sasl_client_bind (WaxSaslClient *self, const WaxSaslBindings *bindings, GError **error)
{
  gboolean exporter;
  GBytes *octets;
  gsize length;
  gconstpointer data;
  g_autofree char *text = NULL;

  if (!self->mechanism->plus)
    return TRUE;

  if (!has_binding (bindings))
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The sign-in method %s needs a channel binding, and this connection has none",
                   self->mechanism->name);
      return FALSE;
    }

  exporter = bindings->tls_exporter != NULL;
  octets = exporter ? bindings->tls_exporter : bindings->tls_unique;
  data = g_bytes_get_data (octets, &length);
  text = g_base64_encode (data, length);
  self->binding = exporter ? "tls-exporter" : "tls-unique";

  return sasl_client_set (self, exporter ? GSASL_CB_TLS_EXPORTER : GSASL_CB_TLS_UNIQUE, text, error);
}

static gboolean
credentials_are_usable (const char *user, WaxSecret *password, GError **error)
{
  if (user == NULL || *user == '\0')
    g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                         "Signing in needs a user name, and the account has none");
  else if (!g_utf8_validate (user, -1, NULL))
    g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                         "The user name is not valid UTF-8");
  else if (password == NULL || wax_secret_get_length (password) == 0)
    g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                         "Signing in needs a password, and there is none");
  else if (!g_utf8_validate (wax_secret_peek (password), (gssize) wax_secret_get_length (password), NULL))
    /* Also what holds a NUL, which the library would cut short. */
    g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                         "The password is not valid UTF-8 text");
  else
    return TRUE;

  return FALSE;
}

WaxSaslClient *
wax_sasl_client_new (const char *mechanism,
                     const char *user,
                     WaxSecret *password,
                     const char *host,
                     const WaxSaslBindings *bindings,
                     GError **error)
{
  g_autoptr (WaxSaslClient) self = NULL;
  int status;

  g_return_val_if_fail (mechanism != NULL, NULL);
  g_return_val_if_fail (host != NULL, NULL);

  if (!credentials_are_usable (user, password, error))
    return NULL;

  self = g_new0 (WaxSaslClient, 1);
  self->mechanism = mechanism_find (mechanism);
  if (self->mechanism == NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The sign-in method %s is not one that can be used", mechanism);
      return NULL;
    }

  status = gsasl_init (&self->context);
  if (status == GSASL_OK)
    status = gsasl_client_start (self->context, self->mechanism->name, &self->session);
  if (status != GSASL_OK)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_FAILED,
                   "The sign-in method %s could not be started: %s", self->mechanism->name,
                   gsasl_strerror (status));
      return NULL;
    }

  if (!sasl_client_set (self, GSASL_AUTHID, user, error)
      || !sasl_client_set (self, GSASL_PASSWORD, wax_secret_peek (password), error)
      || !sasl_client_set (self, GSASL_SERVICE, "smtp", error)
      || !sasl_client_set (self, GSASL_HOSTNAME, host, error) || !sasl_client_bind (self, bindings, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* The library frees its copy of the password without overwriting it. */
static void
sasl_client_wipe_password (WaxSaslClient *self)
{
  char *copy = (char *) gsasl_property_fast (self->session, GSASL_PASSWORD);

  if (copy != NULL)
    explicit_bzero (copy, strlen (copy));
}

void
wax_sasl_client_free (WaxSaslClient *self)
{
  if (self == NULL)
    return;

  if (self->session != NULL)
    {
      sasl_client_wipe_password (self);
      gsasl_finish (self->session);
    }
  if (self->context != NULL)
    gsasl_done (self->context);
  g_free (self);
}

gboolean
wax_sasl_client_speaks_first (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mechanism->speaks_first;
}

/* The iteration count of a SCRAM server-first-message (RFC 5802 section 7):
 * `r=…,s=…,i=4096`. What is not one is the library's to refuse, but for a NUL: the
 * library reads on behind it, where this does not look. */
static gboolean
challenge_is_affordable (WaxSaslClient *self, const guint8 *challenge, gsize length)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) attributes = NULL;

  if (length == 0 || !g_str_has_prefix (self->mechanism->name, "SCRAM-"))
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

static void
set_error_for_status (WaxSaslClient *self, int status, GError **error)
{
  switch (status)
    {
    case GSASL_MECHANISM_PARSE_ERROR:
    case GSASL_BASE64_ERROR:
    case GSASL_MECHANISM_CALLED_TOO_MANY_TIMES:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server's part of the %s sign-in makes no sense", self->mechanism->name);
      break;
    case GSASL_AUTHENTICATION_ERROR:
    case GSASL_INTEGRITY_ERROR:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server could not prove that it knows the password (%s): it may not be the real one",
                   self->mechanism->name);
      break;
    case GSASL_SASLPREP_ERROR:
    case GSASL_NO_AUTHID:
    case GSASL_NO_PASSWORD:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS,
                   "The user name or the password has characters that %s cannot carry",
                   self->mechanism->name);
      break;
    default:
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_FAILED, "The %s sign-in failed: %s",
                   self->mechanism->name, gsasl_strerror (status));
      break;
    }
}

WaxSecret *
wax_sasl_client_step (WaxSaslClient *self, const guint8 *challenge, gsize length, GError **error)
{
  char *output = NULL;
  size_t output_length = 0;
  WaxSecret *response = NULL;
  int status;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->done)
    {
      set_error_for_status (self, GSASL_MECHANISM_CALLED_TOO_MANY_TIMES, error);
      return NULL;
    }
  if (length > CHALLENGE_LIMIT)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
                   "The server's part of the %s sign-in is larger than the %d octets that are allowed",
                   self->mechanism->name, CHALLENGE_LIMIT);
      return NULL;
    }
  if (!challenge_is_affordable (self, challenge, length))
    {
      g_set_error (
          error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
          "The server hides how many rounds of password hashing it asks for, or asks for more than %d",
          SCRAM_ITERATIONS_LIMIT);
      return NULL;
    }

  status = gsasl_step (self->session, length > 0 ? (const char *) challenge : "", length, &output,
                       &output_length);
  if (status == GSASL_OK || status == GSASL_NEEDS_MORE)
    {
      self->done = status == GSASL_OK;
      response = wax_secret_new (output, output_length);
    }
  else
    {
      set_error_for_status (self, status, error);
    }

  if (output != NULL)
    {
      explicit_bzero (output, output_length);
      gsasl_free (output);
    }

  return response;
}

gboolean
wax_sasl_client_is_done (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->done;
}

const char *
wax_sasl_client_get_binding (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->binding;
}

const char *
wax_sasl_client_get_mechanism (WaxSaslClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->mechanism->name;
}
