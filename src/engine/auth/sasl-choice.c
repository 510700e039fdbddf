/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The choice of a SASL mechanism: the strongest that is offered and possible, told in
 * words, unless it is weaker than what the account has used before. */

#include "sasl-mechanism.h"

typedef struct
{
  const char *const *offered;
  const WaxSaslCredentials *credentials;
  const WaxSaslBindings *bindings;
  gboolean secured;
  const WaxSaslMechanism *remembered;
  char *offer; /* in words */
} Choice;

static void
choice_clear (Choice *self)
{
  g_clear_pointer (&self->offer, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

static gboolean
is_offered (const Choice *self, const WaxSaslMechanism *mechanism)
{
  for (gsize i = 0; self->offered != NULL && self->offered[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->offered[i], mechanism->name) == 0)
      return TRUE;

  return FALSE;
}

static char *
offer_in_words (const char *const *offered)
{
  if (offered == NULL || offered[0] == NULL)
    return g_strdup ("nothing");

  return g_strjoinv (", ", (char **) offered);
}

/* (transfer full) (nullable) Why @mechanism, though offered, may not be used here. */
static char *
objection_to (const Choice *self, const WaxSaslMechanism *mechanism)
{
  if (mechanism->proof == WAX_SASL_BY_CERTIFICATE && !self->credentials->has_client_certificate
      && self->credentials->keeps_client_certificate)
    return g_strdup ("the server did not ask for the client certificate");
  if (!wax_sasl_has_proof (self->credentials, mechanism->proof))
    return g_strdup_printf ("there is no %s", wax_sasl_proof_in_words (mechanism->proof));
  if (mechanism->plus && !wax_sasl_has_binding (self->bindings))
    return g_strdup ("this connection has no channel binding");
  if (mechanism->bare && !self->secured)
    return g_strdup_printf ("it would send the %s over a connection that is not verified",
                            wax_sasl_proof_in_words (mechanism->proof));

  return NULL;
}

/* ---- what the account asks for ---- */

/* It wins over what the account has used before, but not in silence. */
static char *
reason_for_wanted (const Choice *self, const WaxSaslMechanism *mechanism)
{
  g_autoptr (GString) reason = g_string_new (NULL);

  g_string_printf (reason, "%s is what the account asks for: %s", mechanism->name, mechanism->words);
  if (self->remembered != NULL && mechanism > self->remembered)
    g_string_append_printf (reason, "; the account has signed in by %s before, which is stronger",
                            self->remembered->name);

  return g_string_free_and_steal (g_steal_pointer (&reason));
}

static char *
choose_wanted (const Choice *self, const char *wanted, char **reason, GError **error)
{
  const WaxSaslMechanism *mechanism = wax_sasl_mechanism_find (wanted);
  g_autofree char *objection = NULL;

  if (mechanism == NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The account asks for the sign-in method %s, which is not one that can be used", wanted);
      return NULL;
    }
  if (!is_offered (self, mechanism))
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NOT_OFFERED,
                   "The account asks for the sign-in method %s, but the server offers %s", mechanism->name,
                   self->offer);
      return NULL;
    }
  objection = objection_to (self, mechanism);
  if (objection != NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "The account asks for the sign-in method %s, but %s", mechanism->name, objection);
      return NULL;
    }

  if (reason != NULL)
    *reason = reason_for_wanted (self, mechanism);

  return g_strdup (mechanism->name);
}

/* ---- the strongest ---- */

/* (nullable) The strongest that is possible; those that were offered and are not go
 * into @skipped, with why. */
static const WaxSaslMechanism *
find_strongest (const Choice *self, GString *skipped)
{
  gsize count;
  const WaxSaslMechanism *mechanisms = wax_sasl_mechanisms (&count);

  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *objection = NULL;

      if (!is_offered (self, &mechanisms[i]))
        continue;
      objection = objection_to (self, &mechanisms[i]);
      if (objection == NULL)
        return &mechanisms[i];
      g_string_append_printf (skipped, "; %s was passed over, since %s", mechanisms[i].name, objection);
    }

  return NULL;
}

/* A certificate that the server does not ask for is no less the account's. */
static gboolean
account_has_proof (const Choice *self, WaxSaslProof proof)
{
  return wax_sasl_has_proof (self->credentials, proof)
         || (proof == WAX_SASL_BY_CERTIFICATE && self->credentials->keeps_client_certificate);
}

/* Whether @best is less than what the server is known to be able to. What the account
 * no longer has the credential for was not taken away by the server. */
static gboolean
is_downgrade (const Choice *self, const WaxSaslMechanism *best)
{
  return self->remembered != NULL && best > self->remembered
         && account_has_proof (self, self->remembered->proof);
}

static void
set_downgrade_error (const Choice *self, const WaxSaslMechanism *best, GError **error)
{
  g_autofree char *why = is_offered (self, self->remembered) ? objection_to (self, self->remembered)
                                                             : g_strdup ("the server no longer offers it");

  g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE,
               "The account has signed in by %s before, and now %s: what is left is %s, which is weaker (the "
               "server offers %s). No credential was sent",
               self->remembered->name, why, best->name, self->offer);
}

static char *
reason_for_strongest (const Choice *self, const WaxSaslMechanism *best, const char *skipped)
{
  g_autoptr (GString) reason = g_string_new (NULL);

  g_string_printf (reason, "%s is the strongest of what the server offers (%s): %s%s", best->name,
                   self->offer, best->words, skipped);
  if (self->remembered != NULL && best > self->remembered)
    g_string_append_printf (reason,
                            "; the account has signed in by %s before, for which there is no %s any more",
                            self->remembered->name, wax_sasl_proof_in_words (self->remembered->proof));

  return g_string_free_and_steal (g_steal_pointer (&reason));
}

static char *
choose_strongest (const Choice *self, char **reason, GError **error)
{
  g_autoptr (GString) skipped = g_string_new (NULL);
  const WaxSaslMechanism *best = find_strongest (self, skipped);

  if (best == NULL)
    {
      g_set_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_NO_MECHANISM,
                   "No sign-in method that the server offers can be used (it offers %s)%s", self->offer,
                   skipped->str);
      return NULL;
    }
  if (is_downgrade (self, best))
    {
      set_downgrade_error (self, best, error);
      return NULL;
    }

  if (reason != NULL)
    *reason = reason_for_strongest (self, best, skipped->str);

  return g_strdup (best->name);
}

char *
wax_sasl_choose (const char *const *offered,
                 const char *wanted,
                 const char *remembered,
                 const WaxSaslCredentials *credentials,
                 const WaxSaslBindings *bindings,
                 gboolean secured,
                 char **reason,
                 GError **error)
{
  g_auto (Choice) choice = {
    .offered = offered,
    .credentials = credentials,
    .bindings = bindings,
    .secured = secured,
    .remembered = wax_sasl_mechanism_find (remembered),
    .offer = offer_in_words (offered),
  };

  g_return_val_if_fail (credentials != NULL, NULL);

  if (wanted != NULL && *wanted != '\0')
    return choose_wanted (&choice, wanted, reason, error);

  return choose_strongest (&choice, reason, error);
}
