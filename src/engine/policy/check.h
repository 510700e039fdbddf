/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** The result of one named check of a connection, as CLI.md lists them. */
typedef enum {
  WAX_CHECK_PASS,
  WAX_CHECK_FAIL,
  WAX_CHECK_SKIPPED,
} WaxCheckResult;

/**
 * WaxCheck:
 * @name: `hostname`, `chain`, `validity`, `revocation`, `pin`, `policy` or `dane`
 * @detail: one plain sentence, with what was expected and what was found
 * @expected, @found: (nullable): the two facts side by side, where there are two
 * @warning: (nullable): one sentence, of a check that passed and wants attention soon
 * @exception: (nullable): the exception of the account without which it had failed, in words
 * @exception_until: when that ends, seconds since the Unix epoch; 0 without one
 */
typedef struct {
  char           *name;
  WaxCheckResult  result;
  char           *detail;
  char           *expected;
  char           *found;
  char           *warning;
  char           *exception;
  gint64          exception_until;
} WaxCheck;

WaxCheck   *wax_check_new         (const char     *name,
                                   WaxCheckResult  result,
                                   const char     *detail,
                                   const char     *expected,
                                   const char     *found);
WaxCheck   *wax_check_copy        (const WaxCheck *self);
void        wax_check_free        (WaxCheck       *self);
/** `pass`, `fail` or `skipped`. */
const char *wax_check_result_to_string   (WaxCheckResult  result);
/** The inverse; what is not one of the three words is a failure. */
WaxCheckResult wax_check_result_from_string (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxCheck, wax_check_free)

G_END_DECLS
