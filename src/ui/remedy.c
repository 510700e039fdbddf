/* SPDX-License-Identifier: GPL-3.0-or-later */

/* remedy: which choices there are after a refusal. Pure: a failure in, an answer out. */

#include "remedy.h"

#include <string.h>

#include "tls-policy.h"
#include "tls-suites.h"

#define PORT_IMPLICIT 465

const WaxCertificateDetails *
wax_remedy_leaf (WaxConnectionReport *report)
{
  return report != NULL && report->chain->len > 0 ? report->chain->pdata[0] : NULL;
}

const WaxCertificateDetails *
wax_remedy_authority (WaxConnectionReport *report)
{
  const WaxCertificateDetails *last;

  if (report == NULL || report->chain->len == 0)
    return NULL;
  last = report->chain->pdata[report->chain->len - 1];

  return last->is_ca && last->pem != NULL ? last : NULL;
}

static gboolean
failed_by (const WaxFailure *failure, const char *code)
{
  return g_strcmp0 (failure->code, code) == 0;
}

static const WaxCheck *
find_check (const WaxFailure *failure, const char *name)
{
  for (guint i = 0; failure->report != NULL && i < failure->report->checks->len; i++)
    {
      const WaxCheck *check = failure->report->checks->pdata[i];

      if (g_strcmp0 (check->name, name) == 0)
        return check;
    }

  return NULL;
}

static gboolean
demands_tls_1_3 (const WaxFailure *failure)
{
  return g_strcmp0 (wax_account_get_minimum_tls (failure->account), "TLS1.3") == 0;
}

/* A key is pinned only where it was shown. */
static gboolean
shows_key (const WaxFailure *failure)
{
  const WaxCertificateDetails *leaf = wax_remedy_leaf (failure->report);

  return leaf != NULL && leaf->spki_sha256 != NULL;
}

/* Of a handshake that failed altogether it is not known what the server would have
 * had; where one was finished, only the suite that it agreed on can be named. */
static gboolean
cipher_can_be_named (const WaxFailure *failure)
{
  if (failed_by (failure, "handshake"))
    return failure->report != NULL && failure->report->chain->len == 0;

  return failed_by (failure, "policy") && failure->report != NULL && failure->report->cipher != NULL
         && wax_tls_suite_may_be_allowed (failure->report->cipher);
}

static gboolean
policy_wants_a_newer_version (const WaxFailure *failure)
{
  return failed_by (failure, "policy") && demands_tls_1_3 (failure) && failure->report != NULL
         && g_strcmp0 (failure->report->tls_version, "TLS1.2") == 0;
}

/* What was answered and is bad stays refused by the softer rule: that is no choice. The
 * sentence of a check that failed for want of an answer says whose demand it was. */
static gboolean
nobody_answered (const WaxFailure *failure, const char *name, WaxDemand demand)
{
  const WaxCheck *check = find_check (failure, name);

  return failed_by (failure, name) && demand == WAX_DEMAND_HARD && check != NULL && check->detail != NULL
         && strstr (check->detail, "This account demands") != NULL;
}

static gboolean
other_mode_is_due (const WaxFailure *failure)
{
  if (failed_by (failure, "wrong-port"))
    return wax_account_get_mode (failure->account) != WAX_TLS_MODE_PLAINTEXT_LOOPBACK;

  return failed_by (failure, "no-starttls") && failure->reply_code / 100 != 4;
}

gboolean
wax_remedy_helps (WaxRemedy remedy, const WaxFailure *failure)
{
  g_return_val_if_fail (failure != NULL, FALSE);

  if (failure->code == NULL || failure->account == NULL)
    return FALSE;
  switch (remedy)
    {
    case WAX_REMEDY_OTHER_MODE:
      return other_mode_is_due (failure);
    case WAX_REMEDY_TRUST_AUTHORITY:
      return failed_by (failure, "chain") && wax_remedy_authority (failure->report) != NULL;
    case WAX_REMEDY_PIN_UNTRUSTED:
      return failed_by (failure, "chain") && shows_key (failure);
    case WAX_REMEDY_PIN_NEW_KEY:
      return failed_by (failure, "pin") && shows_key (failure);
    case WAX_REMEDY_ALLOW_VERSION:
      return policy_wants_a_newer_version (failure);
    case WAX_REMEDY_ALLOW_CIPHER:
      return cipher_can_be_named (failure);
    case WAX_REMEDY_EASE_REVOCATION:
      return nobody_answered (failure, "revocation", wax_account_get_revocation (failure->account));
    case WAX_REMEDY_EASE_DANE:
      return nobody_answered (failure, "dane", wax_account_get_dane (failure->account));
    case WAX_REMEDY_WEAKER_SIGN_IN:
      return failed_by (failure, "downgrade");
    case WAX_REMEDY_SEND_TO_REST:
      return failed_by (failure, "recipients") && failure->accepted > 0 && failure->refused > 0;
    case WAX_N_REMEDIES:
    default:
      return FALSE;
    }
}

void
wax_remedy_other_mode (const WaxFailure *failure, WaxTlsMode *mode, guint *port)
{
  g_return_if_fail (failure != NULL && failure->account != NULL);

  if (failed_by (failure, "wrong-port"))
    {
      *mode = wax_account_get_mode (failure->account) == WAX_TLS_MODE_STARTTLS ? WAX_TLS_MODE_IMPLICIT
                                                                               : WAX_TLS_MODE_STARTTLS;
      *port = wax_account_get_port (failure->account);
      return;
    }
  *mode = WAX_TLS_MODE_IMPLICIT;
  *port = PORT_IMPLICIT;
}
