/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "draft.h"

G_BEGIN_DECLS

/**
 * WaxDraftRow:
 *
 * A draft in a list. Property: `draft` (#WaxDraft). Deleting is left to the
 * action `drafts.delete` (int64) of what it stands in.
 */
#define WAX_TYPE_DRAFT_ROW (wax_draft_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxDraftRow, wax_draft_row, WAX, DRAFT_ROW, AdwBin)

G_END_DECLS
