/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "check.h"

G_BEGIN_DECLS

/**
 * WaxFactPair:
 *
 * What a check expected and what it found, side by side. Hidden unless there
 * are both.
 */
#define WAX_TYPE_FACT_PAIR (wax_fact_pair_get_type ())
G_DECLARE_FINAL_TYPE (WaxFactPair, wax_fact_pair, WAX, FACT_PAIR, AdwBin)

/** @check: (nullable) */
void wax_fact_pair_set_check (WaxFactPair    *self,
                              const WaxCheck *check);

G_END_DECLS
