/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The schema version this program writes; `PRAGMA user_version` of the file. */
int         wax_schema_version   (void);
/** The statements that lead from @version to @version + 1; 0 is an empty file. */
const char *wax_schema_migration (int version);

G_END_DECLS
