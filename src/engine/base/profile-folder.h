/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** (transfer full) The folder of the default profile: WAXSEAL_PROFILE, else
 * `waxseal` in the XDG data folder. */
char    *wax_profile_folder_default (void);
/** Makes the folder (and its parents) with mode 0700; a folder that others may
 * write, or that belongs to another user, is refused. Errors: #GFileError. */
gboolean wax_profile_folder_ensure  (const char *folder, GError **error);
/** (transfer full) @folder/waxseal.db */
char    *wax_profile_folder_database (const char *folder);

G_END_DECLS
