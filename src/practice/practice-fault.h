/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-host.h"

G_BEGIN_DECLS

/**
 * WaxPracticeFaultPlan:
 *
 * One connection's copy of the host's fault, with the count of how often the
 * connection came to the fault's step.
 */
typedef struct {
  WaxPracticeFault fault; /* with its own copy of the text */
  int              reached;
} WaxPracticeFaultPlan;

void                    wax_practice_fault_plan_init   (WaxPracticeFaultPlan   *self,
                                                        const WaxPracticeFault *fault);
void                    wax_practice_fault_plan_clear  (WaxPracticeFaultPlan   *self);
/**
 * To be called once each time @step is reached.
 * Returns: (nullable): the fault if it strikes now
 */
const WaxPracticeFault *wax_practice_fault_plan_strike (WaxPracticeFaultPlan   *self,
                                                        WaxPracticeStep         step);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxPracticeFaultPlan, wax_practice_fault_plan_clear)

G_END_DECLS
