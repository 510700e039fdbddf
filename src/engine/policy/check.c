/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The result of one check, as the inspector, the command line and the activity
 * log show it. */

#include "check.h"

WaxCheck *
wax_check_new (const char *name,
               WaxCheckResult result,
               const char *detail,
               const char *expected,
               const char *found)
{
  WaxCheck *self = g_new0 (WaxCheck, 1);

  self->name = g_strdup (name);
  self->result = result;
  self->detail = g_strdup (detail);
  self->expected = g_strdup (expected);
  self->found = g_strdup (found);

  return self;
}

WaxCheck *
wax_check_copy (const WaxCheck *self)
{
  WaxCheck *copy = wax_check_new (self->name, self->result, self->detail, self->expected, self->found);

  copy->warning = g_strdup (self->warning);
  copy->exception = g_strdup (self->exception);
  copy->exception_until = self->exception_until;

  return copy;
}

void
wax_check_free (WaxCheck *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->detail);
  g_free (self->expected);
  g_free (self->found);
  g_free (self->warning);
  g_free (self->exception);
  g_free (self);
}

const char *
wax_check_result_to_string (WaxCheckResult result)
{
  switch (result)
    {
    case WAX_CHECK_PASS:
      return "pass";
    case WAX_CHECK_SKIPPED:
      return "skipped";
    case WAX_CHECK_FAIL:
    default:
      return "fail";
    }
}

WaxCheckResult
wax_check_result_from_string (const char *text)
{
  if (g_strcmp0 (text, "pass") == 0)
    return WAX_CHECK_PASS;
  if (g_strcmp0 (text, "skipped") == 0)
    return WAX_CHECK_SKIPPED;

  return WAX_CHECK_FAIL;
}
