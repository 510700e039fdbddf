/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tokens and certificates, the server's side, taken to the letter: one octet off and
 * there is no sign-in. */

#include "practice-bearer.h"

#include <string.h>

#define CTRL_A  "\x01"
#define REFUSAL "{\"status\":\"invalid_token\",\"schemes\":\"bearer\",\"scope\":\"practice.send\"}"

typedef gboolean (*Check) (WaxPracticeBearer *self, GBytes *response);

struct _WaxPracticeBearer
{
  const WaxPracticeSettings *settings;
  char *client_name;
  Check is_right;
  const char *dummy; /* what is answered to a refusal; NULL: it is said without words */
  gboolean refused;
};

static gboolean
is_text (GBytes *octets, const char *text)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (octets, &length);

  return length == strlen (text) && (length == 0 || memcmp (data, text, length) == 0);
}

/* RFC 4422 appendix A: empty, or whom to act as. */
static gboolean
is_external (WaxPracticeBearer *self, GBytes *response)
{
  return g_strcmp0 (self->client_name, self->settings->user) == 0
         && (g_bytes_get_size (response) == 0 || is_text (response, self->settings->user));
}

static gboolean
is_xoauth2 (WaxPracticeBearer *self, GBytes *response)
{
  g_autofree char *expected = g_strdup_printf ("user=%s" CTRL_A "auth=Bearer %s" CTRL_A CTRL_A,
                                               self->settings->user, self->settings->token);

  return is_text (response, expected);
}

/* RFC 7628 section 3.1; the host and port that the client means are its own business. */
static gboolean
is_oauthbearer (WaxPracticeBearer *self, GBytes *response)
{
  g_auto (GStrv) equals = g_strsplit (self->settings->user, "=", -1);
  g_autofree char *half = g_strjoinv ("=3D", equals);
  g_auto (GStrv) parts = g_strsplit (half, ",", -1);
  g_autofree char *name = g_strjoinv ("=2C", parts);
  g_autofree char *prefix = g_strdup_printf ("n,a=%s," CTRL_A "host=", name);
  g_autofree char *suffix = g_strdup_printf (CTRL_A "auth=Bearer %s" CTRL_A CTRL_A, self->settings->token);
  g_autofree char *text = g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));

  return strlen (text) == g_bytes_get_size (response) && g_str_has_prefix (text, prefix)
         && g_str_has_suffix (text, suffix) && strstr (text, CTRL_A "port=") != NULL;
}

static const struct
{
  const char *mechanism;
  Check is_right;
  const char *dummy;
} kinds[] = {
  { "EXTERNAL", is_external, NULL },
  { "XOAUTH2", is_xoauth2, "" },
  { "OAUTHBEARER", is_oauthbearer, CTRL_A },
};

WaxPracticeBearer *
wax_practice_bearer_start (const WaxPracticeSettings *settings,
                           const char *mechanism,
                           const char *client_name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].mechanism, mechanism) == 0)
      {
        WaxPracticeBearer *self = g_new0 (WaxPracticeBearer, 1);

        self->settings = settings;
        self->client_name = g_strdup (client_name);
        self->is_right = kinds[i].is_right;
        self->dummy = kinds[i].dummy;
        return self;
      }

  return NULL;
}

void
wax_practice_bearer_free (WaxPracticeBearer *self)
{
  if (self == NULL)
    return;

  g_free (self->client_name);
  g_free (self);
}

WaxPracticeSaslResult
wax_practice_bearer_step (WaxPracticeBearer *self, GBytes *response, char **challenge)
{
  *challenge = NULL;
  if (self->refused)
    return is_text (response, self->dummy) ? WAX_PRACTICE_SASL_REFUSED : WAX_PRACTICE_SASL_MALFORMED;

  *challenge = g_strdup ("");
  if (response == NULL)
    return WAX_PRACTICE_SASL_CONTINUE;
  if (self->is_right (self, response))
    return WAX_PRACTICE_SASL_DONE;
  if (self->dummy == NULL)
    return WAX_PRACTICE_SASL_REFUSED;

  self->refused = TRUE;
  g_set_str (challenge, REFUSAL);

  return WAX_PRACTICE_SASL_CONTINUE;
}
