/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When a scripted fault strikes. What it then does to the connection is the
 * channel's part. */

#include "practice-fault.h"

void
wax_practice_fault_plan_init (WaxPracticeFaultPlan *self, const WaxPracticeFault *fault)
{
  self->fault = *fault;
  self->fault.text = g_strdup (fault->text);
  self->reached = 0;
}

void
wax_practice_fault_plan_clear (WaxPracticeFaultPlan *self)
{
  g_free ((char *) self->fault.text);
  self->fault.text = NULL;
}

const WaxPracticeFault *
wax_practice_fault_plan_strike (WaxPracticeFaultPlan *self, WaxPracticeStep step)
{
  if (self->fault.kind == WAX_PRACTICE_FAULT_NONE || self->fault.step != step)
    return NULL;

  self->reached++;
  if (self->fault.nth != 0 && self->fault.nth != self->reached)
    return NULL;

  return &self->fault;
}
