/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The cipher suites: which are strong, which an exception may name, and the priority
 * string by which GnuTLS offers the first and as many of the second as it must. */

#include "tls-suites.h"

#include <string.h>

#include "tls-policy.h"

static const char base_priority[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:"
    "-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:+AEAD:%PROFILE_MEDIUM";

/* What GnuTLS calls the parts of the suites that an exception may name. All have
 * ECDHE, and CBC with a MAC in place of an AEAD. */
static const struct
{
  const char *suite;
  const char *cipher;
  const char *mac;
} allowable[] = {
  { "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "+AES-256-CBC", "+SHA384" },
  { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "+AES-128-CBC", "+SHA256" },
  { "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "+AES-256-CBC", "+SHA1" },
  { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "+AES-128-CBC", "+SHA1" },
  { "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "+AES-256-CBC", "+SHA384" },
  { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "+AES-128-CBC", "+SHA256" },
  { "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "+AES-256-CBC", "+SHA1" },
  { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "+AES-128-CBC", "+SHA1" },
};

/* The entry of @suite, or -1. */
static int
find_allowable (const char *suite)
{
  for (guint i = 0; i < G_N_ELEMENTS (allowable); i++)
    if (g_strcmp0 (allowable[i].suite, suite) == 0)
      return (int) i;

  return -1;
}

gboolean
wax_tls_suite_may_be_allowed (const char *suite)
{
  return find_allowable (suite) >= 0;
}

const char *
wax_tls_suite_allowable (guint i)
{
  return i < G_N_ELEMENTS (allowable) ? allowable[i].suite : NULL;
}

static gboolean
has_part (const char *priority, const char *part)
{
  g_auto (GStrv) parts = g_strsplit (priority, ":", -1);

  return g_strv_contains ((const char *const *) parts, part);
}

gboolean
wax_tls_suite_is_offered (const char *priority, const char *suite)
{
  int i = find_allowable (suite);

  return i >= 0 && priority != NULL && has_part (priority, allowable[i].cipher)
         && has_part (priority, allowable[i].mac);
}

/* Finite-field DHE is ephemeral too, but GIO does not tell the group, which the
 * server chooses and which may be weak: not accepted. */
gboolean
wax_tls_policy_cipher_is_strong (const char *protocol, const char *cipher)
{
  static const char *const suites_13[] = {
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_128_CCM_SHA256",
    NULL,
  };
  static const char *const suites_12[] = {
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    NULL,
  };

  if (cipher == NULL)
    return FALSE;
  if (g_strcmp0 (protocol, "TLS1.3") == 0)
    return g_strv_contains (suites_13, cipher);
  if (g_strcmp0 (protocol, "TLS1.2") == 0)
    return g_strv_contains (suites_12, cipher);

  return FALSE;
}

const char *
wax_tls_policy_priority (void)
{
  return base_priority;
}

static void
add_part (GString *priority, const char *part)
{
  if (!has_part (priority->str, part))
    g_string_append_printf (priority, ":%s", part);
}

char *
wax_tls_policy_priority_for (GPtrArray *exceptions, gint64 now)
{
  GString *priority = g_string_new (base_priority);

  for (guint i = 0; exceptions != NULL && i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];
      int found = exception->allow == WAX_TLS_ALLOW_CIPHER ? find_allowable (exception->value) : -1;

      if (found < 0 || !wax_tls_exception_is_current (exception, now))
        continue;
      add_part (priority, allowable[found].cipher);
      add_part (priority, allowable[found].mac);
    }

  return g_string_free (priority, FALSE);
}
