/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log-tree.h"

G_BEGIN_DECLS

/** What the keyring remembers of the log, so that a shorter or another one shows:
 * one line, `v1:size:root:epoch`, the root in hex. */
typedef struct {
  gint64 size;
  guint8 root[WAX_HASH_LENGTH];
  gint64 epoch;
} WaxLogAnchor;

/** (transfer full) */
char    *wax_log_anchor_to_line (const WaxLogAnchor *self);
/** %FALSE for anything that wax_log_anchor_to_line() does not write. */
gboolean wax_log_anchor_parse   (WaxLogAnchor       *self,
                                 const char         *line);

G_END_DECLS
