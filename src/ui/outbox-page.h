/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place-page.h"

G_BEGIN_DECLS

/** The messages that are not sent yet: what needs the user first, then what is on its way. */
#define WAX_TYPE_OUTBOX_PAGE (wax_outbox_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxOutboxPage, wax_outbox_page, WAX, OUTBOX_PAGE, WaxPlacePage)

G_END_DECLS
