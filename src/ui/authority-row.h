/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WaxAuthorityRow:
 *
 * The private certificate authority of an account: chosen from a file, shown
 * with subject and fingerprint, removed. Signal `changed`.
 */
#define WAX_TYPE_AUTHORITY_ROW (wax_authority_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxAuthorityRow, wax_authority_row, WAX, AUTHORITY_ROW, AdwPreferencesRow)

/** @pem: (nullable) */
void        wax_authority_row_set_pem (WaxAuthorityRow *self,
                                       const char      *pem);
/** (nullable) */
const char *wax_authority_row_get_pem (WaxAuthorityRow *self);

G_END_DECLS
