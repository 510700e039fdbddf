/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place-page.h"

G_BEGIN_DECLS

/** The drafts; opening one makes a composer, deleting one can be undone. */
#define WAX_TYPE_DRAFTS_PAGE (wax_drafts_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxDraftsPage, wax_drafts_page, WAX, DRAFTS_PAGE, WaxPlacePage)

G_END_DECLS
