/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place-page.h"

G_BEGIN_DECLS

/** What needs the user first, then small but true numbers and a chart. */
#define WAX_TYPE_OVERVIEW_PAGE (wax_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxOverviewPage, wax_overview_page, WAX, OVERVIEW_PAGE, WaxPlacePage)

G_END_DECLS
