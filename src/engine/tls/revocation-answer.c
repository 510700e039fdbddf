/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What OCSP answers and revocation lists have in common: the time they hold for. */

#include "revocation-answer.h"

#include "clock.h"

G_DEFINE_QUARK (wax_revocation_error, wax_revocation_error)

gboolean
wax_revocation_answer_set_times (WaxRevocationAnswer *answer,
                                 gint64 since,
                                 gint64 until,
                                 gint64 now,
                                 GError **error)
{
  g_autofree char *shown = NULL;

  if (until == 0)
    until = since + WAX_REVOCATION_SHORT_S;
  if (since > now + WAX_REVOCATION_SKEW_S)
    {
      shown = wax_clock_format (since * G_USEC_PER_SEC);
      g_set_error (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_TIME, "is of the future (%s)", shown);
      return FALSE;
    }
  if (until < now - WAX_REVOCATION_SKEW_S || until < since)
    {
      shown = wax_clock_format (until * G_USEC_PER_SEC);
      g_set_error (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_TIME, "is out of date since %s", shown);
      return FALSE;
    }
  answer->since = since;
  answer->until = until;

  return TRUE;
}
