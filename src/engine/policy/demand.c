/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How much a check is asked for, as accounts and the command line spell it. */

#include "tls-policy.h"

static const char *const names[] = {
  [WAX_DEMAND_OFF] = "off",
  [WAX_DEMAND_SOFT] = "soft",
  [WAX_DEMAND_HARD] = "hard",
};

const char *
wax_demand_to_string (WaxDemand demand)
{
  g_return_val_if_fail ((guint) demand < G_N_ELEMENTS (names), NULL);

  return names[demand];
}

gboolean
wax_demand_from_string (const char *text, WaxDemand *demand)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i]) == 0)
      {
        *demand = (WaxDemand) i;
        return TRUE;
      }

  return FALSE;
}
