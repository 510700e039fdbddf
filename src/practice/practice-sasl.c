/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's side of SASL. The library handle is shared by all sessions and
 * only read; what an exchange needs hangs on its session hook. */

#include "practice-sasl.h"

#include <string.h>

struct _WaxPracticeSasl
{
  const WaxPracticeSettings *settings;
  char *binding;
  Gsasl_property binding_property;
  Gsasl_session *session; /* or */
  WaxPracticeBearer *bearer;
};

/* The one user, acting as itself. */
static gboolean
is_our_user (WaxPracticeSasl *self)
{
  const char *authid = gsasl_property_fast (self->session, GSASL_AUTHID);
  const char *authzid = gsasl_property_fast (self->session, GSASL_AUTHZID);

  return g_strcmp0 (authid, self->settings->user) == 0
         && (authzid == NULL || *authzid == '\0' || strcmp (authzid, self->settings->user) == 0);
}

static int
answer_iterations (WaxPracticeSasl *self, Gsasl_session *session)
{
  g_autofree char *rounds = g_strdup_printf ("%u", self->settings->scram_iterations);

  return self->settings->scram_iterations > 0 ? gsasl_property_set (session, GSASL_SCRAM_ITER, rounds)
                                              : GSASL_NO_CALLBACK;
}

static int
answer_property (Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
  WaxPracticeSasl *self = gsasl_session_hook_get (session);

  switch (property)
    {
    case GSASL_PASSWORD:
      if (!is_our_user (self))
        return GSASL_NO_PASSWORD;
      return gsasl_property_set (session, GSASL_PASSWORD, self->settings->password);

    case GSASL_VALIDATE_SIMPLE:
      if (is_our_user (self)
          && g_strcmp0 (gsasl_property_fast (session, GSASL_PASSWORD), self->settings->password) == 0)
        return GSASL_OK;
      return GSASL_AUTHENTICATION_ERROR;

    case GSASL_CB_TLS_EXPORTER:
    case GSASL_CB_TLS_UNIQUE:
      if (self->binding == NULL || property != self->binding_property)
        return GSASL_NO_CALLBACK;
      return gsasl_property_set (session, property, self->binding);

    case GSASL_SCRAM_ITER:
      return answer_iterations (self, session);

    default:
      return GSASL_NO_CALLBACK;
    }
}

WaxPracticeSasl *
wax_practice_sasl_start (const WaxPracticeSettings *settings,
                         const char *mechanism,
                         const char *binding,
                         Gsasl_property binding_property,
                         const char *client_name)
{
  g_autoptr (WaxPracticeSasl) self = g_new0 (WaxPracticeSasl, 1);

  self->settings = settings;
  self->binding = g_strdup (binding);
  self->binding_property = binding_property;
  self->bearer = wax_practice_bearer_start (settings, mechanism, client_name);
  if (self->bearer != NULL)
    return g_steal_pointer (&self);
  if (gsasl_server_start (settings->sasl, mechanism, &self->session) != GSASL_OK)
    return NULL;
  gsasl_session_hook_set (self->session, self);

  return g_steal_pointer (&self);
}

void
wax_practice_sasl_free (WaxPracticeSasl *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->session, gsasl_finish);
  g_clear_pointer (&self->bearer, wax_practice_bearer_free);
  g_free (self->binding);
  g_free (self);
}

/* The fault of a server that does not know the password: `v=` and a signature. */
static void
spoil_signature (char *output, gsize length)
{
  if (length > 2 && memcmp (output, "v=", 2) == 0)
    output[2] = output[2] == 'A' ? 'B' : 'A';
}

/* @output is the library's. */
static WaxPracticeSaslResult
step_of_library (WaxPracticeSasl *self, GBytes *input, GBytes **output)
{
  char *data = NULL;
  gsize length = 0, input_length = 0;
  const char *octets = input != NULL ? g_bytes_get_data (input, &input_length) : NULL;
  int rc = gsasl_step (self->session, octets, input_length, &data, &length);

  if (rc == GSASL_OK || rc == GSASL_NEEDS_MORE)
    {
      if (self->settings->wrong_signature)
        spoil_signature (data, length);
      *output = g_bytes_new (data, length);
    }
  gsasl_free (data);

  if (rc == GSASL_OK)
    return WAX_PRACTICE_SASL_DONE;
  if (rc == GSASL_NEEDS_MORE)
    return WAX_PRACTICE_SASL_CONTINUE;

  return WAX_PRACTICE_SASL_REFUSED;
}

static WaxPracticeSaslResult
step_of_bearer (WaxPracticeSasl *self, GBytes *input, GBytes **output)
{
  char *text = NULL;
  WaxPracticeSaslResult result = wax_practice_bearer_step (self->bearer, input, &text);

  if (text != NULL)
    *output = g_bytes_new_take (text, strlen (text));

  return result;
}

WaxPracticeSaslResult
wax_practice_sasl_step (WaxPracticeSasl *self, const char *response, char **challenge)
{
  char *data = NULL;
  gsize length = 0;
  g_autoptr (GBytes) input = NULL;
  g_autoptr (GBytes) output = NULL;
  WaxPracticeSaslResult result;

  *challenge = NULL;
  if (response != NULL && *response != '\0'
      && gsasl_base64_from (response, strlen (response), &data, &length) != GSASL_OK)
    return WAX_PRACTICE_SASL_MALFORMED;
  if (response != NULL)
    input = g_bytes_new (data, length);
  gsasl_free (data);

  result = self->bearer != NULL ? step_of_bearer (self, input, &output)
                                : step_of_library (self, input, &output);
  if (output != NULL)
    *challenge = g_base64_encode (g_bytes_get_data (output, NULL), g_bytes_get_size (output));

  return result;
}

void
wax_practice_sasl_setup (Gsasl *context)
{
  gsasl_callback_set (context, answer_property);
}
