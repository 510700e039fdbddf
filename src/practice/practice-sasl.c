/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's side of SASL. The library handle is shared by all sessions and
 * only read; what an exchange needs hangs on its session hook. */

#include "practice-sasl.h"

struct _WaxPracticeSasl
{
  const WaxPracticeSettings *settings;
  char *binding;
  Gsasl_property binding_property;
  Gsasl_session *session;
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

    default:
      return GSASL_NO_CALLBACK;
    }
}

WaxPracticeSasl *
wax_practice_sasl_start (const WaxPracticeSettings *settings,
                         const char *mechanism,
                         const char *binding,
                         Gsasl_property binding_property)
{
  g_autoptr (WaxPracticeSasl) self = g_new0 (WaxPracticeSasl, 1);

  self->settings = settings;
  self->binding = g_strdup (binding);
  self->binding_property = binding_property;
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
  g_free (self->binding);
  g_free (self);
}

WaxPracticeSaslResult
wax_practice_sasl_step (WaxPracticeSasl *self, const char *response, char **challenge)
{
  char *input = NULL, *output = NULL;
  gsize input_length = 0, output_length = 0;
  int rc;

  *challenge = NULL;
  if (*response != '\0' && gsasl_base64_from (response, strlen (response), &input, &input_length) != GSASL_OK)
    return WAX_PRACTICE_SASL_MALFORMED;

  rc = gsasl_step (self->session, input, input_length, &output, &output_length);
  gsasl_free (input);
  if (rc == GSASL_OK || rc == GSASL_NEEDS_MORE)
    *challenge = g_base64_encode ((const guint8 *) (output != NULL ? output : ""), output_length);
  gsasl_free (output);

  if (rc == GSASL_OK)
    return WAX_PRACTICE_SASL_DONE;
  if (rc == GSASL_NEEDS_MORE)
    return WAX_PRACTICE_SASL_CONTINUE;

  return WAX_PRACTICE_SASL_REFUSED;
}

void
wax_practice_sasl_setup (Gsasl *context)
{
  gsasl_callback_set (context, answer_property);
}
