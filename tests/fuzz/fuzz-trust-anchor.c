/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is taken for a trust anchor is taken again from its own record. */

#include "fuzz-target.h"

#include "trust-anchor.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) anchors = wax_trust_anchor_parse (text, NULL);

  for (guint i = 0; anchors != NULL && i < anchors->len; i++)
    {
      const WaxTrustAnchor *anchor = anchors->pdata[i];
      g_autoptr (GPtrArray) again = wax_trust_anchor_parse (anchor->record, NULL);

      g_assert_nonnull (again);
      g_assert_cmpuint (again->len, ==, 1);
      g_assert_cmpstr (((WaxTrustAnchor *) again->pdata[0])->record, ==, anchor->record);
    }

  return 0;
}
