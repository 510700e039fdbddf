/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The checks of the certificate itself: whose it is, who vouches for it, and for
 * how long. An exception of the account covers a name and an authority that are
 * not known, of the one key that it names; nothing else that is wrong. */

#include "judgement.h"

#define SHORT_LIVED (30 * WAX_SECONDS_A_DAY)
#define WARN_BEFORE (14 * WAX_SECONDS_A_DAY)

static const char *
leaf_key (WaxJudgement *self)
{
  const char *const *spki = self->facts->chain_spki;

  return spki != NULL && spki[0] != NULL && *spki[0] != '\0' ? spki[0] : NULL;
}

/* The exception that names the key of the leaf, or NULL. */
static const WaxTlsException *
exception_for_key (WaxJudgement *self)
{
  const char *key = leaf_key (self);

  return key != NULL ? wax_tls_exception_find (self->policy->exceptions, WAX_TLS_ALLOW_UNTRUSTED, key,
                                               self->facts->now)
                     : NULL;
}

/* Why the account's exceptions do not cover this key: a sentence with a space before
 * it, or nothing where there is none to speak of. */
static char *
why_key_is_not_excused (WaxJudgement *self)
{
  GPtrArray *exceptions = self->policy->exceptions;
  const char *key = leaf_key (self);
  char *why = wax_tls_exception_why_not (exceptions, WAX_TLS_ALLOW_UNTRUSTED, key != NULL ? key : "",
                                         self->facts->now);

  if (*why != '\0')
    return why;
  for (guint i = 0; exceptions != NULL && i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];

      if (exception->allow == WAX_TLS_ALLOW_UNTRUSTED
          && wax_tls_exception_is_current (exception, self->facts->now))
        {
          g_free (why);
          return g_strdup (" The exception of this account is for another key.");
        }
    }

  return why;
}

/* ---- hostname ---- */

static void
judge_other_name (WaxJudgement *self, const char *names)
{
  const WaxTlsFacts *facts = self->facts;
  const WaxTlsException *exception = exception_for_key (self);
  g_autofree char *why = NULL;

  if (exception != NULL)
    {
      wax_judgement_excuse (
          wax_judgement_add (self, "hostname", WAX_CHECK_PASS, facts->hostname, names,
                             "The certificate is for %s, not %s; its key is the one that this account's "
                             "exception names.",
                             *names != '\0' ? names : "no server", facts->hostname),
          exception);
      return;
    }
  why = why_key_is_not_excused (self);
  if (*names != '\0')
    wax_judgement_add (self, "hostname", WAX_CHECK_FAIL, facts->hostname, names,
                       "This server's certificate is for %s, not %s.%s", names, facts->hostname, why);
  else
    wax_judgement_add (self, "hostname", WAX_CHECK_FAIL, facts->hostname, facts->leaf_subject,
                       "This server's certificate names no server, and should name %s.%s", facts->hostname,
                       why);
}

void
wax_judge_hostname (WaxJudgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  g_autofree char *names = wax_words_of_names (facts->leaf_names);

  if (facts->leaf_subject == NULL)
    wax_judgement_add (self, "hostname", WAX_CHECK_FAIL, facts->hostname, NULL,
                       "The server showed no certificate.");
  else if ((facts->errors & G_TLS_CERTIFICATE_BAD_IDENTITY) == 0)
    wax_judgement_add (self, "hostname", WAX_CHECK_PASS, facts->hostname, names, "The certificate is for %s.",
                       facts->hostname);
  else
    judge_other_name (self, names);
}

/* ---- chain ---- */

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

static const char chain_expected[] = "a certificate from an authority that this account trusts";

/* Nothing is wrong but that no known authority vouches for the chain: the DNS may, or
 * an exception. */
static void
judge_untrusted (WaxJudgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  const WaxTlsException *exception = exception_for_key (self);
  const char *found = is_self_signed (facts) ? "self-signed" : facts->root_issuer;
  g_autofree char *issuer = wax_words_of_dn (facts->root_issuer);
  g_autofree char *why = NULL;

  if (self->policy->dane != WAX_DEMAND_OFF && facts->dane == WAX_DANE_MATCH_ALONE)
    {
      wax_judgement_add (self, "chain", WAX_CHECK_PASS, chain_expected, found,
                         "No authority that this account trusts vouches for the certificate; the TLSA record "
                         "of this server, proved by DNSSEC, does.");
      return;
    }
  if (exception != NULL)
    {
      wax_judgement_excuse (
          wax_judgement_add (self, "chain", WAX_CHECK_PASS, chain_expected, found,
                             "No authority vouches for the certificate; its key is the one that this "
                             "account's exception names."),
          exception);
      return;
    }
  why = why_key_is_not_excused (self);
  if (is_self_signed (facts))
    wax_judgement_add (self, "chain", WAX_CHECK_FAIL, chain_expected, found,
                       "This server's certificate is signed by itself: no authority vouches for it.%s", why);
  else
    wax_judgement_add (self, "chain", WAX_CHECK_FAIL, chain_expected, found,
                       "This server's certificate was issued by “%s”, which this account does not trust.%s",
                       issuer, why);
}

void
wax_judge_chain (WaxJudgement *self)
{
  const GTlsCertificateFlags about_others = G_TLS_CERTIFICATE_BAD_IDENTITY | G_TLS_CERTIFICATE_EXPIRED
                                            | G_TLS_CERTIFICATE_NOT_ACTIVATED | G_TLS_CERTIFICATE_REVOKED;
  const WaxTlsFacts *facts = self->facts;
  GTlsCertificateFlags errors = facts->errors & ~about_others;
  GTlsCertificateFlags worse = errors & ~G_TLS_CERTIFICATE_UNKNOWN_CA;
  g_autofree char *issuer = NULL;
  g_autofree char *leaf_issuer = NULL;
  g_autofree char *usages = NULL;

  if (facts->staple_refused)
    worse &= ~G_TLS_CERTIFICATE_GENERIC_ERROR;
  if (facts->leaf_subject == NULL || facts->root_issuer == NULL)
    {
      wax_judgement_add (self, "chain", WAX_CHECK_FAIL, chain_expected, NULL,
                         "The server showed no certificate.");
      return;
    }
  issuer = wax_words_of_dn (facts->root_issuer);
  leaf_issuer = wax_words_of_dn (facts->leaf_issuer != NULL ? facts->leaf_issuer : "");
  usages = wax_words_of_names (facts->leaf_usages);

  if ((worse & G_TLS_CERTIFICATE_INSECURE) != 0)
    wax_judgement_add (self, "chain", WAX_CHECK_FAIL, chain_expected, facts->root_issuer,
                       "A certificate in this server's chain has a key or a signature that is no longer "
                       "safe.");
  else if (worse != 0)
    wax_judgement_add (self, "chain", WAX_CHECK_FAIL, chain_expected, facts->root_issuer,
                       "The chain from this server's certificate to “%s” does not hold: a signature or a "
                       "constraint in it is wrong.",
                       issuer);
  else if (!may_be_a_server (facts->leaf_usages))
    wax_judgement_add (self, "chain", WAX_CHECK_FAIL, "server authentication", usages,
                       "This server's certificate is for %s, not for a server.", usages);
  else if ((errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    judge_untrusted (self);
  else
    /* Whom the rest of the chain names is the server's word alone: GIO does not tell
     * which way it took to an authority. */
    wax_judgement_add (self, "chain", WAX_CHECK_PASS, NULL, facts->leaf_issuer,
                       "The certificate was issued by “%s” and leads to an authority that this account "
                       "trusts.",
                       leaf_issuer);
}

/* ---- validity ---- */

/* How long before its end a certificate is warned of: two weeks, or a tenth of a life
 * that is short by intent. */
static gint64
warn_before (const WaxTlsFacts *facts)
{
  gint64 lifetime = facts->not_after - facts->not_before;

  return lifetime < SHORT_LIVED ? lifetime / 10 : WARN_BEFORE;
}

void
wax_judge_validity (WaxJudgement *self)
{
  const WaxTlsFacts *facts = self->facts;
  g_autofree char *from = wax_words_of_time (facts->not_before);
  g_autofree char *to = wax_words_of_time (facts->not_after);
  g_autofree char *now = wax_words_of_time (facts->now);
  g_autofree char *range = g_strdup_printf ("%s to %s", from, to);
  g_autofree char *days = wax_words_of_days (ABS (facts->not_after - facts->now));
  WaxCheck *check;

  if (facts->leaf_subject == NULL)
    wax_judgement_add (self, "validity", WAX_CHECK_FAIL, now, NULL, "The server showed no certificate.");
  else if (facts->now > facts->not_after)
    wax_judgement_add (self, "validity", WAX_CHECK_FAIL, now, range,
                       "This server's certificate expired on %s, %s ago.", to, days);
  else if (facts->now < facts->not_before)
    wax_judgement_add (self, "validity", WAX_CHECK_FAIL, now, range,
                       "This server's certificate is not valid before %s; this computer's clock says %s.",
                       from, now);
  else if ((facts->errors & G_TLS_CERTIFICATE_EXPIRED) != 0)
    wax_judgement_add (self, "validity", WAX_CHECK_FAIL, now, NULL,
                       "The certificate of an authority in this server's chain has expired.");
  else if ((facts->errors & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    wax_judgement_add (self, "validity", WAX_CHECK_FAIL, now, NULL,
                       "The certificate of an authority in this server's chain is not valid yet.");
  else
    {
      check = wax_judgement_add (self, "validity", WAX_CHECK_PASS, now, range,
                                 "The certificate is valid until %s, for %s more.", to, days);
      if (facts->not_after - facts->now < warn_before (facts))
        check->warning = g_strdup_printf (
            "The server's certificate ends on %s, in %s: unless it is renewed by then, nothing more is sent.",
            to, days);
    }
}
