/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The checks that go beyond the certificate: whether it was revoked, whether its
 * key is a pinned one, and what the DNS says of it. How much of the first and the
 * last is asked for, each account says. */

#include "judgement.h"

#include <string.h>

#define REVOCATION_PLACE 3 /* of the check among the others */
#define RENEWAL_NOTICE   (30 * WAX_SECONDS_A_DAY)

static const char *
or_words (const char *detail, const char *otherwise)
{
  return detail != NULL && *detail != '\0' ? detail : otherwise;
}

/* ---- revocation ---- */

/* The check is made after the others, since only of a certificate that they let
 * through anybody is asked; its place is before some of them. */
G_GNUC_PRINTF (4, 5)
static void
add_revocation (WaxJudgement *self, WaxCheckResult result, const char *found, const char *format, ...)
{
  g_autofree char *detail = NULL;
  va_list arguments;
  gint place = (gint) MIN (REVOCATION_PLACE, self->checks->len);

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_insert (self->checks, place,
                      wax_check_new ("revocation", result, detail,
                                     result == WAX_CHECK_SKIPPED ? NULL : "not revoked", found));
}

gboolean
wax_judge_staple (WaxJudgement *self)
{
  const WaxTlsFacts *facts = self->facts;

  if ((facts->errors & G_TLS_CERTIFICATE_REVOKED) != 0)
    add_revocation (self, WAX_CHECK_FAIL, "revoked",
                    "This server's certificate has been revoked by its issuer.");
  else if (facts->staple_refused && facts->must_staple)
    add_revocation (self, WAX_CHECK_FAIL, "no valid stapled OCSP answer",
                    "The server sent no valid stapled proof that its certificate is not revoked, and the "
                    "certificate demands one.");
  else if (facts->staple_refused)
    add_revocation (self, WAX_CHECK_FAIL, "no valid stapled OCSP answer",
                    "The certificate's chain holds, but the handshake refused it: the stapled answer on its "
                    "revocation is not valid, or the server sent far too many certificates.");
  else
    return FALSE;

  return TRUE;
}

static void
judge_no_answer (WaxJudgement *self, const char *detail)
{
  WaxCheck *check;

  if (self->policy->revocation == WAX_DEMAND_HARD)
    {
      add_revocation (self, WAX_CHECK_FAIL, "no answer",
                      "%s This account demands proof that the certificate is not revoked.", detail);
      return;
    }
  add_revocation (self, WAX_CHECK_SKIPPED, "no answer", "%s", detail);
  check = self->checks->pdata[REVOCATION_PLACE];
  check->warning = g_strdup ("Whether the server's certificate was revoked could not be found out.");
}

static void
judge_nobody_asked (WaxJudgement *self)
{
  const char *detail = or_words (self->facts->revocation_detail,
                                 "The certificate names nobody who could be asked whether it was revoked.");

  if (self->policy->revocation == WAX_DEMAND_HARD)
    add_revocation (self, WAX_CHECK_FAIL, "nobody to ask",
                    "%s This account demands proof that the certificate is not revoked.", detail);
  else
    add_revocation (self, WAX_CHECK_SKIPPED, NULL, "%s", detail);
}

/* Not asked although it is wanted: of a chain that was refused before, or that no
 * authority vouches for. */
static void
judge_not_asked (WaxJudgement *self)
{
  if (wax_tls_policy_first_failure (self->checks) != NULL)
    add_revocation (self, WAX_CHECK_SKIPPED, NULL,
                    "The connection was refused before anybody was asked whether the certificate was "
                    "revoked.");
  else if (self->policy->revocation == WAX_DEMAND_HARD)
    add_revocation (self, WAX_CHECK_FAIL, "not asked",
                    "%s This account demands proof that the certificate is not revoked.",
                    or_words (self->facts->revocation_detail, "Nobody was asked."));
  else
    add_revocation (
        self, WAX_CHECK_SKIPPED, NULL, "%s",
        or_words (self->facts->revocation_detail, "Nobody was asked whether the certificate was revoked."));
}

void
wax_judge_revocation (WaxJudgement *self)
{
  const WaxTlsFacts *facts = self->facts;

  if (facts->leaf_subject == NULL)
    {
      add_revocation (self, WAX_CHECK_SKIPPED, NULL, "The server showed no certificate.");
      return;
    }
  if (self->policy->revocation == WAX_DEMAND_OFF)
    {
      add_revocation (self, WAX_CHECK_SKIPPED, NULL,
                      "The issuer was not asked: that is switched off. A stapled OCSP answer, if the server "
                      "sent one, was checked in the handshake, which does not tell whether there was one.");
      return;
    }
  switch (facts->revocation)
    {
    case WAX_REVOCATION_GOOD:
      add_revocation (self, WAX_CHECK_PASS, "not revoked", "%s",
                      or_words (facts->revocation_detail, "No certificate of the chain is revoked."));
      break;
    case WAX_REVOCATION_NO_ANSWER:
      judge_no_answer (
          self, or_words (facts->revocation_detail, "Nobody answered whether the certificate was revoked."));
      break;
    case WAX_REVOCATION_NO_PLACE:
      judge_nobody_asked (self);
      break;
    case WAX_REVOCATION_NOT_ASKED:
      judge_not_asked (self);
      break;
    case WAX_REVOCATION_REVOKED:
    default:
      add_revocation (
          self, WAX_CHECK_FAIL, "revoked", "%s",
          or_words (facts->revocation_detail, "A certificate of this server's chain is revoked."));
      break;
    }
}

/* ---- pin ---- */

static const char *
bare_pin (const char *pin)
{
  return g_str_has_prefix (pin, "sha256:") ? pin + strlen ("sha256:") : pin;
}

static gboolean
has_pins (const char *const *pins)
{
  return pins != NULL && pins[0] != NULL;
}

static gboolean
holds_key (const char *const *pins, const char *key)
{
  for (guint i = 0; has_pins (pins) && key != NULL && *key != '\0' && pins[i] != NULL; i++)
    if (g_ascii_strcasecmp (bare_pin (pins[i]), key) == 0)
      return TRUE;

  return FALSE;
}

static void
add_pins (GString *text, const char *const *pins, const char *note)
{
  for (guint i = 0; pins != NULL && pins[i] != NULL; i++)
    g_string_append_printf (text, "%s%s%s", text->len > 0 ? ", " : "", pins[i], note);
}

static char *
pins_in_words (const WaxTlsPolicy *policy)
{
  GString *text = g_string_new (NULL);

  add_pins (text, policy->pins, "");
  add_pins (text, policy->backup_pins, " (backup)");

  return g_string_free (text, FALSE);
}

/* What the renewal of the pins wants said, or NULL. */
static char *
renewal_in_words (WaxJudgement *self)
{
  gint64 renew = self->policy->pins_renew, left = renew - self->facts->now;
  g_autofree char *day = NULL;
  g_autofree char *days = NULL;

  if (renew == 0 || left > RENEWAL_NOTICE)
    return NULL;
  day = wax_words_of_day (renew);
  days = wax_words_of_days (ABS (left));
  if (left > 0)
    return g_strdup_printf ("The pinned keys of this account are to be renewed by %s, in %s.", day, days);

  return g_strdup_printf (
      "The pinned keys of this account were to be renewed by %s, %s ago: pin the server's "
      "next key now, or nothing more is sent once it changes its key.",
      day, days);
}

static void
add_warning (WaxCheck *check, const char *warning)
{
  char *both;

  if (warning == NULL)
    return;
  both = check->warning != NULL ? g_strconcat (check->warning, " ", warning, NULL) : g_strdup (warning);
  g_free (check->warning);
  check->warning = both;
}

void
wax_judge_pin (WaxJudgement *self)
{
  const WaxTlsPolicy *policy = self->policy;
  const char *const *spki = self->facts->chain_spki;
  const char *leaf = spki != NULL ? spki[0] : NULL;
  g_autofree char *expected = pins_in_words (policy);
  g_autofree char *renewal = renewal_in_words (self);
  WaxCheck *check;

  if (!has_pins (policy->pins) && !has_pins (policy->backup_pins))
    {
      wax_judgement_add (self, "pin", WAX_CHECK_SKIPPED, NULL, leaf, "No key is pinned for this server.");
      return;
    }
  if (holds_key (policy->pins, leaf))
    {
      check = wax_judgement_add (self, "pin", WAX_CHECK_PASS, expected, leaf,
                                 "The server's key is the pinned one.");
      add_warning (check, renewal);
    }
  else if (holds_key (policy->backup_pins, leaf))
    {
      check = wax_judgement_add (self, "pin", WAX_CHECK_PASS, expected, leaf,
                                 "The server's key is the backup key, pinned in reserve.");
      add_warning (check, "The server uses its backup key: make it this account's pin, and pin a new backup "
                          "key.");
      add_warning (check, renewal);
    }
  else
    wax_judgement_add (self, "pin", WAX_CHECK_FAIL, expected, leaf,
                       "This server's key is not the one that is pinned for this account.");
}

/* ---- dane ---- */

typedef struct
{
  WaxCheckResult soft, hard;
  const char *words; /* where the resolver has none of its own */
  const char *warning;
} DaneRule;

static const DaneRule dane_rules[] = {
  [WAX_DANE_NOT_ASKED] = { WAX_CHECK_SKIPPED, WAX_CHECK_FAIL,
                           "TLSA records for this server were not looked up.", NULL },
  [WAX_DANE_NO_RECORDS] = { WAX_CHECK_SKIPPED, WAX_CHECK_FAIL,
                            "This server has no TLSA records that DNSSEC proves.", NULL },
  [WAX_DANE_NO_ANSWER] = { WAX_CHECK_SKIPPED, WAX_CHECK_FAIL, "The DNS did not answer for TLSA records.",
                           "Whether the server has TLSA records could not be found out." },
  [WAX_DANE_BOGUS] = { WAX_CHECK_FAIL, WAX_CHECK_FAIL,
                       "The DNS answer for this server's TLSA records is forged or broken.", NULL },
  [WAX_DANE_UNUSABLE] = { WAX_CHECK_SKIPPED, WAX_CHECK_FAIL,
                          "None of this server's TLSA records can be used.",
                          "The server has TLSA records, and none of them can be used." },
  [WAX_DANE_MATCH_PKIX] = { WAX_CHECK_PASS, WAX_CHECK_PASS,
                            "The certificate is the one that the server's TLSA records name.", NULL },
  [WAX_DANE_MATCH_ALONE] = { WAX_CHECK_PASS, WAX_CHECK_PASS,
                             "The certificate is the one that the server's TLSA records name.", NULL },
  [WAX_DANE_NO_MATCH] = { WAX_CHECK_FAIL, WAX_CHECK_FAIL,
                          "This server's certificate is not the one that its TLSA records name.", NULL },
};

void
wax_judge_dane (WaxJudgement *self)
{
  WaxDaneState state = self->facts->dane;
  const DaneRule *rule = &dane_rules[(guint) state < G_N_ELEMENTS (dane_rules) ? state : WAX_DANE_BOGUS];
  WaxCheckResult result = self->policy->dane == WAX_DEMAND_HARD ? rule->hard : rule->soft;
  const char *detail = or_words (self->facts->dane_detail, rule->words);
  WaxCheck *check;

  if (self->policy->dane == WAX_DEMAND_OFF)
    {
      wax_judgement_add (self, "dane", WAX_CHECK_SKIPPED, NULL, NULL,
                         "TLSA records for this server were not looked up: that is switched off.");
      return;
    }
  check = wax_judgement_add (self, "dane", result, NULL, NULL, "%s%s", detail,
                             result == WAX_CHECK_FAIL && rule->soft != WAX_CHECK_FAIL
                                 ? " This account demands TLSA records that DNSSEC proves."
                                 : "");
  if (result == WAX_CHECK_SKIPPED)
    check->warning = g_strdup (rule->warning);
}
