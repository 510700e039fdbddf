/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Judges a TLS connection from what its handshake showed. Pure: no socket, no
 * clock, no file. Every check says in one sentence what it found, also where it
 * passed and where it could not be made, since the sentence is what people see.
 * Where a fact is missing the verdict is failure, never a pass. */

#include "tls-policy.h"

#include <string.h>

#define SECONDS_A_DAY (24 * 3600)
/* Certificates can have hundreds of names; a sentence has room for these. */
#define NAMES_SHOWN 4

typedef struct
{
  const WaxTlsPolicy *policy;
  const WaxTlsFacts *facts;
  GPtrArray *checks;
} Judgement;

G_GNUC_PRINTF (6, 7)
static void
judge_add (Judgement *self,
           const char *name,
           WaxCheckResult result,
           const char *expected,
           const char *found,
           const char *format,
           ...)
{
  g_autofree char *detail = NULL;
  va_list arguments;

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (self->checks, wax_check_new (name, result, detail, expected, found));
}

/* The names in one phrase: `a, b and 3 more`. */
static char *
names_in_words (const char *const *names)
{
  GString *text = g_string_new (NULL);
  guint count = names != NULL ? g_strv_length ((GStrv) names) : 0;

  for (guint i = 0; i < MIN (count, NAMES_SHOWN); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", names[i]);
  if (count > NAMES_SHOWN)
    g_string_append_printf (text, " and %u more", count - NAMES_SHOWN);

  return g_string_free (text, FALSE);
}

/* The value at @value of an RFC 4514 name, up to the end of its attribute,
 * without the backslashes that stand before special characters. */
static char *
read_value (const char *value)
{
  GString *text = g_string_new (NULL);

  for (const char *c = value; *c != '\0' && *c != ',' && *c != '+'; c++)
    {
      if (c[0] == '\\' && c[1] != '\0' && !g_ascii_isxdigit (c[1]))
        c++;
      g_string_append_c (text, *c);
    }

  return g_string_free (text, FALSE);
}

/* The value of attribute @type in an RFC 4514 name, or NULL. */
static char *
attribute_of (const char *dn, const char *type)
{
  gsize length = strlen (type);
  gboolean starts = TRUE;

  for (const char *c = dn; *c != '\0'; c++)
    {
      if (starts && strncmp (c, type, length) == 0 && c[length] == '=')
        return read_value (c + length + 1);
      starts = *c == ',' || *c == '+';
      if (c[0] == '\\' && c[1] != '\0')
        c++;
    }

  return NULL;
}

/* What a person would call the bearer of @dn: its common name, else all of it. */
static char *
dn_in_words (const char *dn)
{
  char *name = attribute_of (dn, "CN");

  if (name != NULL && *name != '\0')
    return name;
  g_free (name);

  return g_strdup (*dn != '\0' ? dn : "an authority without a name");
}

static char *
day_in_words (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M UTC") : g_strdup ("an unknown time");
}

static char *
days_in_words (gint64 seconds)
{
  gint64 days = seconds / SECONDS_A_DAY;

  if (days == 0)
    return g_strdup ("less than a day");

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", days, days == 1 ? "day" : "days");
}

static void
judge_hostname (Judgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  g_autofree char *names = names_in_words (facts->leaf_names);

  if (facts->leaf_subject == NULL)
    judge_add (self, "hostname", WAX_CHECK_FAIL, facts->hostname, NULL, "The server showed no certificate.");
  else if ((facts->errors & G_TLS_CERTIFICATE_BAD_IDENTITY) == 0)
    judge_add (self, "hostname", WAX_CHECK_PASS, facts->hostname, names, "The certificate is for %s.",
               facts->hostname);
  else if (*names != '\0')
    judge_add (self, "hostname", WAX_CHECK_FAIL, facts->hostname, names,
               "This server's certificate is for %s, not %s.", names, facts->hostname);
  else
    judge_add (self, "hostname", WAX_CHECK_FAIL, facts->hostname, facts->leaf_subject,
               "This server's certificate names no server, and should name %s.", facts->hostname);
}

static gboolean
may_be_a_server (const char *const *usages)
{
  return usages == NULL || usages[0] == NULL || g_strv_contains (usages, "server authentication")
         || g_strv_contains (usages, "any purpose");
}

static gboolean
is_self_signed (const WaxTlsFacts *facts)
{
  return g_strcmp0 (facts->leaf_subject, facts->root_issuer) == 0 && facts->chain_spki != NULL
         && g_strv_length ((GStrv) facts->chain_spki) == 1;
}

static void
judge_chain (Judgement *self)
{
  static const char expected[] = "a certificate from an authority that this account trusts";
  const GTlsCertificateFlags about_others = G_TLS_CERTIFICATE_BAD_IDENTITY | G_TLS_CERTIFICATE_EXPIRED
                                            | G_TLS_CERTIFICATE_NOT_ACTIVATED | G_TLS_CERTIFICATE_REVOKED;
  const WaxTlsFacts *facts = self->facts;
  GTlsCertificateFlags errors = facts->errors & ~about_others;
  g_autofree char *issuer = NULL;
  g_autofree char *leaf_issuer = NULL;
  g_autofree char *usages = NULL;

  if (facts->staple_refused)
    errors &= ~G_TLS_CERTIFICATE_GENERIC_ERROR;
  if (facts->leaf_subject == NULL || facts->root_issuer == NULL)
    {
      judge_add (self, "chain", WAX_CHECK_FAIL, expected, NULL, "The server showed no certificate.");
      return;
    }
  issuer = dn_in_words (facts->root_issuer);
  leaf_issuer = dn_in_words (facts->leaf_issuer != NULL ? facts->leaf_issuer : "");
  usages = names_in_words (facts->leaf_usages);

  if ((errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0 && is_self_signed (facts))
    judge_add (self, "chain", WAX_CHECK_FAIL, expected, "self-signed",
               "This server's certificate is signed by itself: no authority vouches for it.");
  else if ((errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    judge_add (self, "chain", WAX_CHECK_FAIL, expected, facts->root_issuer,
               "This server's certificate was issued by “%s”, which this account does not trust.", issuer);
  else if ((errors & G_TLS_CERTIFICATE_INSECURE) != 0)
    judge_add (self, "chain", WAX_CHECK_FAIL, expected, facts->root_issuer,
               "A certificate in this server's chain has a key or a signature that is no longer safe.");
  else if (errors != 0)
    judge_add (self, "chain", WAX_CHECK_FAIL, expected, facts->root_issuer,
               "The chain from this server's certificate to “%s” does not hold: a signature or a constraint "
               "in it is wrong.",
               issuer);
  else if (!may_be_a_server (facts->leaf_usages))
    judge_add (self, "chain", WAX_CHECK_FAIL, "server authentication", usages,
               "This server's certificate is for %s, not for a server.", usages);
  else
    /* Whom the rest of the chain names is the server's word alone: GIO does not tell
     * which way it took to an authority. */
    judge_add (self, "chain", WAX_CHECK_PASS, NULL, facts->leaf_issuer,
               "The certificate was issued by “%s” and leads to an authority that this account trusts.",
               leaf_issuer);
}

static void
judge_validity (Judgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  g_autofree char *from = day_in_words (facts->not_before);
  g_autofree char *to = day_in_words (facts->not_after);
  g_autofree char *now = day_in_words (facts->now);
  g_autofree char *range = g_strdup_printf ("%s to %s", from, to);
  g_autofree char *days = days_in_words (ABS (facts->not_after - facts->now));

  if (facts->leaf_subject == NULL)
    judge_add (self, "validity", WAX_CHECK_FAIL, now, NULL, "The server showed no certificate.");
  else if (facts->now > facts->not_after)
    judge_add (self, "validity", WAX_CHECK_FAIL, now, range,
               "This server's certificate expired on %s, %s ago.", to, days);
  else if (facts->now < facts->not_before)
    judge_add (self, "validity", WAX_CHECK_FAIL, now, range,
               "This server's certificate is not valid before %s; this computer's clock says %s.", from, now);
  else if ((facts->errors & G_TLS_CERTIFICATE_EXPIRED) != 0)
    judge_add (self, "validity", WAX_CHECK_FAIL, now, NULL,
               "The certificate of an authority in this server's chain has expired.");
  else if ((facts->errors & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    judge_add (self, "validity", WAX_CHECK_FAIL, now, NULL,
               "The certificate of an authority in this server's chain is not valid yet.");
  else
    judge_add (self, "validity", WAX_CHECK_PASS, now, range,
               "The certificate is valid until %s, for %s more.", to, days);
}

static void
judge_revocation (Judgement *self)
{
  const WaxTlsFacts *facts = self->facts;

  if ((facts->errors & G_TLS_CERTIFICATE_REVOKED) != 0)
    judge_add (self, "revocation", WAX_CHECK_FAIL, "not revoked", "revoked",
               "This server's certificate has been revoked by its issuer.");
  else if (facts->staple_refused && facts->must_staple)
    judge_add (self, "revocation", WAX_CHECK_FAIL, "a valid stapled OCSP answer", "none that is valid",
               "The server sent no valid stapled proof that its certificate is not revoked, and the "
               "certificate demands one.");
  else if (facts->staple_refused)
    judge_add (self, "revocation", WAX_CHECK_FAIL, "a valid stapled OCSP answer, or none", NULL,
               "The certificate's chain holds, but the handshake refused it: the stapled answer on its "
               "revocation is not valid, or the server sent far too many certificates.");
  else if (facts->leaf_subject == NULL)
    judge_add (self, "revocation", WAX_CHECK_SKIPPED, NULL, NULL, "The server showed no certificate.");
  else
    judge_add (self, "revocation", WAX_CHECK_SKIPPED, NULL, NULL,
               "The issuer was not asked. A stapled OCSP answer, if the server sent one, was checked in the "
               "handshake, which does not tell whether there was one.");
}

static const char *
bare_pin (const char *pin)
{
  return g_str_has_prefix (pin, "sha256:") ? pin + strlen ("sha256:") : pin;
}

static void
judge_pin (Judgement *self)
{
  const char *const *pins = self->policy->pins;
  const char *const *spki = self->facts->chain_spki;
  const char *leaf = spki != NULL ? spki[0] : NULL;
  g_autofree char *expected = pins != NULL ? g_strjoinv (", ", (GStrv) pins) : NULL;

  if (pins == NULL || pins[0] == NULL)
    {
      judge_add (self, "pin", WAX_CHECK_SKIPPED, NULL, leaf, "No key is pinned for this server.");
      return;
    }
  for (guint i = 0; leaf != NULL && *leaf != '\0' && pins[i] != NULL; i++)
    if (g_ascii_strcasecmp (bare_pin (pins[i]), leaf) == 0)
      {
        judge_add (self, "pin", WAX_CHECK_PASS, expected, leaf, "The server's key is the pinned one.");
        return;
      }
  judge_add (self, "pin", WAX_CHECK_FAIL, expected, leaf,
             "This server's key is not the one that is pinned for this account.");
}

/* 12 or 13, or 0 for a version that is never accepted. */
static guint
version_number (const char *version)
{
  if (g_strcmp0 (version, "TLS1.3") == 0)
    return 13;
  if (g_strcmp0 (version, "TLS1.2") == 0)
    return 12;

  return 0;
}

/* TLS 1.2 unless the policy says otherwise; a word that is not known is strict. */
static guint
minimum_number (const char *minimum)
{
  return minimum == NULL || version_number (minimum) == 12 ? 12 : 13;
}

/* Whether the certificate was refused, so that the handshake ended before GIO
 * tells version and suite. */
static gboolean
was_refused_before (GPtrArray *checks)
{
  return wax_tls_policy_first_failure (checks) != NULL;
}

static void
judge_policy (Judgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  guint minimum = minimum_number (self->policy->minimum), version = version_number (facts->protocol);
  const char *expected = minimum == 13 ? "TLS 1.3"
                                       : "TLS 1.2 or later, with ECDHE and AES-GCM or ChaCha20-Poly1305";
  g_autofree char *found = NULL;

  if (facts->protocol == NULL && was_refused_before (self->checks))
    {
      judge_add (self, "policy", WAX_CHECK_SKIPPED, expected, NULL,
                 "The connection was refused before its version and cipher suite were known.");
      return;
    }
  found = g_strdup_printf ("%s, %s", facts->protocol != NULL ? facts->protocol : "no known version",
                           facts->cipher != NULL ? facts->cipher : "no known cipher suite");

  if (version < minimum)
    judge_add (self, "policy", WAX_CHECK_FAIL, expected, found,
               "The server agreed on %s only; %s is required.",
               facts->protocol != NULL ? facts->protocol : "a version that is not known",
               minimum == 13 ? "TLS 1.3" : "TLS 1.2 or later");
  else if (!wax_tls_policy_cipher_is_strong (facts->protocol, facts->cipher))
    judge_add (self, "policy", WAX_CHECK_FAIL, expected, found,
               "The server agreed on the cipher suite %s only, which is too weak.",
               facts->cipher != NULL ? facts->cipher : "of no known name");
  else
    judge_add (self, "policy", WAX_CHECK_PASS, expected, found, "%s with %s meets the policy.",
               facts->protocol, facts->cipher);
}

static void
judge_dane (Judgement *self)
{
  judge_add (self, "dane", WAX_CHECK_SKIPPED, NULL, NULL, "TLSA records for this server were not looked up.");
}

GPtrArray *
wax_tls_policy_judge (const WaxTlsPolicy *policy, const WaxTlsFacts *facts)
{
  Judgement self = {
    .policy = policy,
    .facts = facts,
    .checks = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_check_free),
  };

  judge_hostname (&self);
  judge_chain (&self);
  judge_validity (&self);
  judge_revocation (&self);
  judge_pin (&self);
  judge_policy (&self);
  judge_dane (&self);

  return self.checks;
}

GPtrArray *
wax_tls_policy_unreached (const char *detail)
{
  static const char *const names[] = {
    "hostname", "chain", "validity", "revocation", "pin", "policy", "dane"
  };
  GPtrArray *checks = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_check_free);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (checks, wax_check_new (names[i], WAX_CHECK_SKIPPED, detail, NULL, NULL));

  return checks;
}

const WaxCheck *
wax_tls_policy_first_failure (GPtrArray *checks)
{
  for (guint i = 0; i < checks->len; i++)
    {
      const WaxCheck *check = checks->pdata[i];

      if (check->result == WAX_CHECK_FAIL)
        return check;
    }

  return NULL;
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
  if (version_number (protocol) == 13)
    return g_strv_contains (suites_13, cipher);
  if (version_number (protocol) == 12)
    return g_strv_contains (suites_12, cipher);

  return FALSE;
}

const char *
wax_tls_policy_priority (void)
{
  return "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-"
         "GCM:"
         "-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:+AEAD";
}
