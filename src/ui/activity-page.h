/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place-page.h"

G_BEGIN_DECLS

/** The record: a list over the whole log with search, the life of one message, and the verdict. */
#define WAX_TYPE_ACTIVITY_PAGE (wax_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxActivityPage, wax_activity_page, WAX, ACTIVITY_PAGE, WaxPlacePage)

G_END_DECLS
