/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The options of a practice host, turned into what its sessions need. */

#include "practice-settings.h"

#include "practice-certificates.h"
#include "practice-sasl.h"

#define OFFERED_MECHANISMS \
  "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN"
#define ALL_MECHANISMS OFFERED_MECHANISMS " DIGEST-MD5 OAUTHBEARER XOAUTH2 EXTERNAL"
#define DEFAULT_SIZE   G_GUINT64_CONSTANT (1073741824)

static const char *const all_extensions[] = {
  "PIPELINING", "SIZE 1073741824", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", NULL,
};

/* The value of SIZE among the extensions. SIZE 0 or none: RFC 1870 then knows
 * no limit, but what comes in must have one. */
static guint64
size_limit_of (const char *const *extensions)
{
  for (gsize i = 0; extensions[i] != NULL; i++)
    {
      guint64 size = 0;

      if (g_ascii_strncasecmp (extensions[i], "SIZE ", 5) == 0
          && g_ascii_string_to_unsigned (extensions[i] + 5, 10, 1, G_MAXINT64, &size, NULL))
        return size;
    }

  return DEFAULT_SIZE;
}

/* The value of @name in `LIMITS name=value…`, or 0. */
static guint
limit_of (const char *const *extensions, const char *name)
{
  for (gsize i = 0; extensions[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (extensions[i], " ", -1);

      if (words[0] == NULL || g_ascii_strcasecmp (words[0], "LIMITS") != 0)
        continue;
      for (gsize w = 1; words[w] != NULL; w++)
        if (g_str_has_prefix (words[w], name))
          return (guint) g_ascii_strtoull (words[w] + strlen (name), NULL, 10);
    }

  return 0;
}

static gboolean
check_mechanisms (const char *const *mechanisms, GError **error)
{
  g_auto (GStrv) known = g_strsplit (ALL_MECHANISMS, " ", -1);

  for (gsize i = 0; mechanisms[i] != NULL; i++)
    {
      if (!g_strv_contains ((const char *const *) known, mechanisms[i]))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "The practice server has no SASL mechanism “%s”; it has %s", mechanisms[i],
                       ALL_MECHANISMS);
          return FALSE;
        }
    }

  return TRUE;
}

WaxPracticeSettings *
wax_practice_settings_new (const WaxPracticeOptions *options, GError **error)
{
  g_autoptr (WaxPracticeSettings) self = g_new0 (WaxPracticeSettings, 1);
  g_autofree char *mechanisms = g_strstrip (
      g_strdup (options->mechanisms != NULL ? options->mechanisms : OFFERED_MECHANISMS));
  const char *const *extensions = options->extensions != NULL ? options->extensions : all_extensions;
  int rc;

  self->mechanisms = *mechanisms != '\0' ? g_strsplit (mechanisms, " ", -1) : g_new0 (char *, 1);
  if (!check_mechanisms ((const char *const *) self->mechanisms, error))
    return NULL;
  self->extensions = g_strdupv ((GStrv) extensions);
  self->size_limit = size_limit_of (extensions);
  self->mail_max = limit_of (extensions, "MAILMAX=");
  self->rcpt_max = limit_of (extensions, "RCPTMAX=");
  self->user = g_strdup (options->user != NULL ? options->user : "practice");
  self->password = g_strdup (options->password != NULL ? options->password : "practice");
  self->refuse_recipient = g_strdup (options->refuse_recipient);
  self->token = g_strdup (options->token != NULL ? options->token : "practice-token");
  self->scram_iterations = options->scram_iterations;
  self->wrong_signature = options->wrong_signature;
  self->request_client_certificate = options->request_client_certificate;
  self->tls_1_2_only = options->tls_1_2_only;

  rc = gsasl_init (&self->sasl);
  if (rc != GSASL_OK)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libgsasl does not start: %s", gsasl_strerror (rc));
      return NULL;
    }
  wax_practice_sasl_setup (self->sasl);
  if (!wax_practice_certificates_make (options->certificate, &self->ca_pem, &self->chain_pem, error))
    return NULL;
  self->certificate = g_tls_certificate_new_from_pem (self->chain_pem, -1, error);
  if (self->certificate == NULL)
    return NULL;
  if (options->client_ca_pem != NULL)
    {
      self->client_ca = g_tls_certificate_new_from_pem (options->client_ca_pem, -1, error);
      if (self->client_ca == NULL)
        return NULL;
    }

  return g_steal_pointer (&self);
}

void
wax_practice_settings_free (WaxPracticeSettings *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->sasl, gsasl_done);
  g_clear_object (&self->certificate);
  g_free (self->chain_pem);
  g_free (self->ca_pem);
  g_strfreev (self->mechanisms);
  g_strfreev (self->extensions);
  g_free (self->user);
  g_free (self->password);
  g_free (self->refuse_recipient);
  g_free (self->token);
  g_clear_object (&self->client_ca);
  g_free (self);
}

gboolean
wax_practice_settings_has_extension (const WaxPracticeSettings *self, const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; self->extensions[i] != NULL; i++)
    {
      const char *line = self->extensions[i];

      if (g_ascii_strncasecmp (line, name, length) == 0 && (line[length] == '\0' || line[length] == ' '))
        return TRUE;
    }

  return FALSE;
}

gboolean
wax_practice_settings_has_mechanism (const WaxPracticeSettings *self, const char *mechanism)
{
  for (gsize i = 0; self->mechanisms[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (self->mechanisms[i], mechanism) == 0)
        return TRUE;
    }

  return FALSE;
}
