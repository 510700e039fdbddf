/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "transport.h"

G_BEGIN_DECLS

/**
 * WaxTestRow:
 *
 * A test of an account: under way, passed, or failed with the sentence and what
 * can be done. Hidden without one. Signal `details`: the inspector is wanted.
 */
#define WAX_TYPE_TEST_ROW (wax_test_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxTestRow, wax_test_row, WAX, TEST_ROW, AdwPreferencesRow)

void wax_test_row_clear       (WaxTestRow          *self);
void wax_test_row_begin       (WaxTestRow          *self,
                               const char          *host);
void wax_test_row_set_result  (WaxTestRow          *self,
                               const WaxSendResult *result);

G_END_DECLS
