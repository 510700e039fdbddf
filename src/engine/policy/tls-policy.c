/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Judges a TLS connection from what its handshake showed. Pure: no socket, no
 * clock, no file. Every check says in one sentence what it found, also where it
 * passed and where it could not be made, since the sentence is what people see.
 * Where a fact is missing the verdict is failure, never a pass. */

#include "tls-policy.h"

#include <string.h>

#include "judgement.h"
#include "tls-suites.h"

WaxCheck *
wax_judgement_add (WaxJudgement *self,
                   const char *name,
                   WaxCheckResult result,
                   const char *expected,
                   const char *found,
                   const char *format,
                   ...)
{
  g_autofree char *detail = NULL;
  va_list arguments;
  WaxCheck *check;

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  check = wax_check_new (name, result, detail, expected, found);
  g_ptr_array_add (self->checks, check);

  return check;
}

/* Of two, the one that ends first says when the check passes no longer. */
void
wax_judgement_excuse (WaxCheck *check, const WaxTlsException *exception)
{
  g_autofree char *words = wax_tls_exception_to_words (exception);
  char *both = check->exception != NULL ? g_strconcat (check->exception, "; ", words, NULL)
                                        : g_strdup (words);

  g_free (check->exception);
  check->exception = both;
  if (check->exception_until == 0 || exception->until < check->exception_until)
    check->exception_until = exception->until;
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

/* How far the account's exceptions reach for this connection. */
typedef struct
{
  const WaxTlsException *version;
  const WaxTlsException *suite;
} Excuses;

static Excuses
find_excuses (WaxJudgement *self)
{
  GPtrArray *exceptions = self->policy->exceptions;
  const WaxTlsFacts *facts = self->facts;
  Excuses excuses = { NULL, NULL };

  /* Neither reaches below TLS 1.2, nor to a suite without ECDHE. */
  if (version_number (facts->protocol) != 12)
    return excuses;
  if (minimum_number (self->policy->minimum) == 13)
    excuses.version = wax_tls_exception_find (exceptions, WAX_TLS_ALLOW_VERSION, NULL, facts->now);
  if (wax_tls_suite_may_be_allowed (facts->cipher))
    excuses.suite = wax_tls_exception_find (exceptions, WAX_TLS_ALLOW_CIPHER, facts->cipher, facts->now);

  return excuses;
}

static void
refuse_version (WaxJudgement *self, guint minimum, const char *expected, const char *found)
{
  const WaxTlsFacts *facts = self->facts;
  g_autofree char *why = version_number (facts->protocol) == 12
                             ? wax_tls_exception_why_not (self->policy->exceptions, WAX_TLS_ALLOW_VERSION,
                                                          NULL, facts->now)
                             : g_strdup ("");

  wax_judgement_add (self, "policy", WAX_CHECK_FAIL, expected, found,
                     "The server agreed on %s only; %s is required.%s",
                     facts->protocol != NULL ? facts->protocol : "a version that is not known",
                     minimum == 13 ? "TLS 1.3" : "TLS 1.2 or later", why);
}

static void
refuse_suite (WaxJudgement *self, const char *expected, const char *found)
{
  const WaxTlsFacts *facts = self->facts;
  g_autofree char *why = wax_tls_exception_why_not (self->policy->exceptions, WAX_TLS_ALLOW_CIPHER,
                                                    facts->cipher != NULL ? facts->cipher : "", facts->now);

  wax_judgement_add (self, "policy", WAX_CHECK_FAIL, expected, found,
                     "The server agreed on the cipher suite %s only, which is too weak.%s",
                     facts->cipher != NULL ? facts->cipher : "of no known name", why);
}

static void
accept_by (WaxJudgement *self, const Excuses *excuses, const char *expected, const char *found)
{
  const WaxTlsFacts *facts = self->facts;
  WaxCheck *check = wax_judgement_add (
      self, "policy", WAX_CHECK_PASS, expected, found, "%s with %s %s.", facts->protocol, facts->cipher,
      excuses->version != NULL || excuses->suite != NULL
          ? "is less than the policy asks for, and is allowed by an exception "
            "of this account"
          : "meets the policy");

  if (excuses->version != NULL)
    wax_judgement_excuse (check, excuses->version);
  if (excuses->suite != NULL)
    wax_judgement_excuse (check, excuses->suite);
}

static void
judge_policy (WaxJudgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  guint minimum = minimum_number (self->policy->minimum), version = version_number (facts->protocol);
  const char *expected = minimum == 13 ? "TLS 1.3"
                                       : "TLS 1.2 or later, with ECDHE and AES-GCM or ChaCha20-Poly1305";
  g_autofree char *found = NULL;
  Excuses excuses;

  if (facts->protocol == NULL && was_refused_before (self->checks))
    {
      wax_judgement_add (self, "policy", WAX_CHECK_SKIPPED, expected, NULL,
                         "The connection was refused before its version and cipher suite were known.");
      return;
    }
  found = g_strdup_printf ("%s, %s", facts->protocol != NULL ? facts->protocol : "no known version",
                           facts->cipher != NULL ? facts->cipher : "no known cipher suite");
  excuses = find_excuses (self);

  if (version < minimum && excuses.version == NULL)
    refuse_version (self, minimum, expected, found);
  else if (!wax_tls_policy_cipher_is_strong (facts->protocol, facts->cipher) && excuses.suite == NULL)
    refuse_suite (self, expected, found);
  else
    accept_by (self, &excuses, expected, found);
}

GPtrArray *
wax_tls_policy_judge (const WaxTlsPolicy *policy, const WaxTlsFacts *facts)
{
  WaxJudgement self = {
    .policy = policy,
    .facts = facts,
    .checks = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_check_free),
  };
  gboolean judged;

  wax_judge_hostname (&self);
  wax_judge_chain (&self);
  wax_judge_validity (&self);
  judged = wax_judge_staple (&self);
  wax_judge_pin (&self);
  judge_policy (&self);
  wax_judge_dane (&self);
  /* Between validity and pin; last, since it is due only where nothing else fails. */
  if (!judged)
    wax_judge_revocation (&self);

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
