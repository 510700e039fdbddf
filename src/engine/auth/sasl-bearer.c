/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mechanisms that show an OAuth 2 token, which libgsasl does not have:
 *
 *   OAUTHBEARER, RFC 7628 section 3.1, ^A for octet 1:
 *     "n," [ "a=" saslname ] "," ^A "host=" host ^A "port=" port ^A "auth=Bearer " token ^A ^A
 *   XOAUTH2, as its first server documents it:
 *     "user=" user ^A "auth=Bearer " token ^A ^A
 *
 * A server that refuses the token says why in one challenge, a JSON object, and wants
 * a dummy answer (^A; nothing for XOAUTH2) before it says no. What is in there is the
 * server's: only a few members are read, cut short, and never with the token in them. */

#include <string.h>

#include "json-canon.h"
#include "sasl-mechanism.h"

#define CTRL_A "\x01"

/* What is left of the 12288 octets of a line for user, host and syntax: RFC 4954
 * section 4. */
#define TOKEN_LIMIT 8192
#define NAME_LIMIT  512

#define REFUSAL_JSON_LIMIT   4096
#define REFUSAL_STATUS_LIMIT 64
#define REFUSAL_SCOPE_LIMIT  256

typedef enum
{
  EXPECTS_NOTHING, /* our turn */
  EXPECTS_VERDICT,
  EXPECTS_REFUSAL, /* the dummy answer was given: only a refusal may follow */
} State;

typedef struct
{
  WaxSaslExchange base;
  State state;
  gboolean oauthbearer;
  WaxSecret *token;
  WaxSecret *initial;
} Exchange;

static void
exchange_free (WaxSaslExchange *base)
{
  Exchange *self = (Exchange *) base;

  g_clear_pointer (&self->token, wax_secret_unref);
  g_clear_pointer (&self->initial, wax_secret_unref);
  g_free (self);
}

/* ---- the start ---- */

/* VCHAR: more than RFC 6750 section 2.1 has, as tokens do. */
static gboolean
token_is_usable (WaxSecret *token)
{
  const char *text = wax_secret_peek (token);
  gsize length = wax_secret_get_length (token);

  for (gsize i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] > '~')
      return FALSE;

  return length > 0 && length <= TOKEN_LIMIT;
}

/* No control character: ^A would end the field, and so begin another. */
static gboolean
name_is_usable (const char *name)
{
  for (const char *c = name; *c != '\0'; c++)
    if ((guchar) *c < ' ' || *c == '\x7f')
      return FALSE;

  return strlen (name) <= NAME_LIMIT;
}

/* saslname of RFC 5801 section 4. */
static char *
escape_name (const char *name)
{
  g_autoptr (GString) escaped = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c++)
    if (*c == ',')
      g_string_append (escaped, "=2C");
    else if (*c == '=')
      g_string_append (escaped, "=3D");
    else
      g_string_append_c (escaped, *c);

  return g_string_free_and_steal (g_steal_pointer (&escaped));
}

static char *
begin_oauthbearer (const char *user, const char *host, guint port)
{
  g_autofree char *escaped = user != NULL ? escape_name (user) : NULL;

  return g_strdup_printf ("n,%s%s," CTRL_A "host=%s" CTRL_A "port=%u" CTRL_A "auth=Bearer ",
                          escaped != NULL ? "a=" : "", escaped != NULL ? escaped : "", host, port);
}

static gboolean
refuse_credentials (GError **error, const char *why)
{
  g_set_error_literal (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS, why);

  return FALSE;
}

static gboolean
check (gboolean oauthbearer, const char *user, WaxSecret *token, const char *host, GError **error)
{
  if (!token_is_usable (token))
    return refuse_credentials (error, "The access token is not one: it is empty or too long, or has "
                                      "characters that a token has not");
  if (user != NULL && !name_is_usable (user))
    return refuse_credentials (error, "The user name is too long, or has control characters");
  if (!oauthbearer && user == NULL)
    return refuse_credentials (error, "Signing in by XOAUTH2 needs a user name, and the account has none");
  if (!name_is_usable (host))
    return refuse_credentials (error, "The server's name is too long, or has control characters");

  return TRUE;
}

static WaxSaslExchange *
exchange_start (const WaxSaslMechanism *mechanism,
                const WaxSaslCredentials *credentials,
                const char *host,
                guint port,
                const WaxSaslBindings *bindings,
                GError **error)
{
  const char *name = credentials->authzid != NULL ? credentials->authzid : credentials->user;
  const char *user = name != NULL && *name != '\0' ? name : NULL;
  gboolean oauthbearer = strcmp (mechanism->name, "OAUTHBEARER") == 0;
  g_autofree char *prefix = NULL;
  Exchange *self;

  if (!check (oauthbearer, user, credentials->token, host, error))
    return NULL;

  self = g_new0 (Exchange, 1);
  self->base.mechanism = mechanism;
  self->oauthbearer = oauthbearer;
  self->token = wax_secret_ref (credentials->token);
  prefix = oauthbearer ? begin_oauthbearer (user, host, port)
                       : g_strdup_printf ("user=%s" CTRL_A "auth=Bearer ", user);
  self->initial = wax_secret_wrap (self->token, prefix, CTRL_A CTRL_A);

  return &self->base;
}

/* ---- the refusal ---- */

/* (transfer full) (nullable) The member as one line of printable ASCII, which is all
 * that RFC 6749 allows it (section 5.2), and without the token, which some servers
 * repeat. */
static char *
refusal_member (Exchange *self, JsonObject *object, const char *member, gsize limit)
{
  g_autofree char *text = g_strdup (wax_json_get_string (object, member, NULL));

  if (text == NULL || *text == '\0' || strstr (text, wax_secret_peek (self->token)) != NULL)
    return NULL;

  for (char *c = text; *c != '\0'; c++)
    if (*c < ' ' || *c > '~')
      *c = '?';
  if (strlen (text) > limit)
    text[limit] = '\0';

  return g_steal_pointer (&text);
}

/* (transfer full) `invalid_token, needs the scope mail.send` */
static char *
refusal_in_words (Exchange *self, const guint8 *challenge, gsize length)
{
  g_autoptr (JsonNode) node = length > 0 ? wax_json_parse_object ((const char *) challenge, (gssize) length,
                                                                  REFUSAL_JSON_LIMIT, NULL)
                                         : NULL;
  JsonObject *object = node != NULL ? json_node_get_object (node) : NULL;
  g_autofree char *status = NULL;
  g_autofree char *scope = NULL;
  g_autoptr (GString) words = g_string_new (NULL);

  if (object != NULL)
    {
      status = refusal_member (self, object, "status", REFUSAL_STATUS_LIMIT);
      scope = refusal_member (self, object, "scope", REFUSAL_SCOPE_LIMIT);
    }
  g_string_append (words, status != NULL ? status : "without a reason that can be read");
  if (scope != NULL)
    g_string_append_printf (words, ", needs the scope %s", scope);

  return g_string_free_and_steal (g_steal_pointer (&words));
}

static WaxSecret *
exchange_step (WaxSaslExchange *base,
               const guint8 *challenge,
               gsize length,
               GCancellable *cancellable,
               GError **error)
{
  Exchange *self = (Exchange *) base;

  if (self->state == EXPECTS_NOTHING && length == 0)
    {
      self->state = EXPECTS_VERDICT;
      base->done = TRUE;
      return g_steal_pointer (&self->initial);
    }
  if (self->state == EXPECTS_VERDICT)
    {
      self->state = EXPECTS_REFUSAL;
      base->done = FALSE;
      base->refusal = refusal_in_words (self, challenge, length);
      return wax_secret_new_string (self->oauthbearer ? CTRL_A : "");
    }

  g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE,
               "The server's part of the %s sign-in makes no sense", base->mechanism->name);

  return NULL;
}

const WaxSaslImplementation wax_sasl_bearer = { exchange_start, exchange_step, exchange_free };
