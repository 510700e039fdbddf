/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine.h"

G_BEGIN_DECLS

/**
 * WaxLogModel:
 *
 * The activity log as a list model of #WaxLogRow, newest first. Without a search
 * it has as many items as the log has entries, and reads a page of them when one
 * of the page is asked for; with a search it reads on as the list is scrolled.
 * New entries are put at the front without disturbing the others.
 *
 * Property: `loading` (boolean). Signal `failed` (string): a sentence.
 */
#define WAX_TYPE_LOG_MODEL (wax_log_model_get_type ())
G_DECLARE_FINAL_TYPE (WaxLogModel, wax_log_model, WAX, LOG_MODEL, GObject)

WaxLogModel *wax_log_model_new        (WaxEngine   *engine);
/** Words that must all occur; empty for the whole log. A search is an event of the log. */
void         wax_log_model_set_search (WaxLogModel *self,
                                       const char  *search);
/** Something was appended. */
void         wax_log_model_refresh    (WaxLogModel *self);
gboolean     wax_log_model_is_loading (WaxLogModel *self);

G_END_DECLS
