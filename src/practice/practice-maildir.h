/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxPracticeMaildir:
 *
 * A folder with tmp, new and cur, in which a message appears whole or not at
 * all. Nothing is added to a message: the file holds the octets that were sent,
 * CRLF included.
 */
typedef struct _WaxPracticeMaildir WaxPracticeMaildir;

/** A message on its way in. */
typedef struct _WaxPracticeDelivery WaxPracticeDelivery;

/** @path: (nullable): made if need be; %NULL: a temporary folder that goes with the Maildir. Errors: #GFileError. */
WaxPracticeMaildir  *wax_practice_maildir_open          (const char           *path,
                                                         GError              **error);
void                 wax_practice_maildir_free          (WaxPracticeMaildir   *self);
const char          *wax_practice_maildir_get_path      (WaxPracticeMaildir   *self);
/** (transfer full) The paths in new/, oldest first. */
GStrv                wax_practice_maildir_list          (WaxPracticeMaildir   *self);

/** Opens a file in tmp/. Safe to call from any thread; the delivery belongs to one. */
WaxPracticeDelivery *wax_practice_delivery_begin        (WaxPracticeMaildir   *maildir,
                                                         GError              **error);
gboolean             wax_practice_delivery_write        (WaxPracticeDelivery  *self,
                                                         gconstpointer         data,
                                                         gsize                 length,
                                                         GError              **error);
/** Moves the file to new/. */
gboolean             wax_practice_delivery_commit       (WaxPracticeDelivery  *self,
                                                         GError              **error);
/** Removes the file unless it was committed. */
void                 wax_practice_delivery_free         (WaxPracticeDelivery  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeMaildir, wax_practice_maildir_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeDelivery, wax_practice_delivery_free)

G_END_DECLS
