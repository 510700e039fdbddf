/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "draft.h"
#include "store.h"

G_BEGIN_DECLS

/** Inserts (and sets the id) or replaces; needs the caller's transaction. */
gboolean   wax_draft_store_save   (WaxStore *store, WaxDraft *draft, GError **error);
gboolean   wax_draft_store_remove (WaxStore *store, gint64 id, GError **error);
/** (transfer full) (element-type WaxDraft), newest first. */
GPtrArray *wax_draft_store_list   (WaxStore *store, GError **error);
WaxDraft  *wax_draft_store_load   (WaxStore *store, gint64 id, GError **error);

G_END_DECLS
