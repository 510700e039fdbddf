/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxNotices:
 *
 * The banners under a page's header: an alarm of the engine, and that this is a
 * practice profile. Property: `profile` (#WaxProfile).
 */
#define WAX_TYPE_NOTICES (wax_notices_get_type ())
G_DECLARE_FINAL_TYPE (WaxNotices, wax_notices, WAX, NOTICES, AdwBin)

G_END_DECLS
