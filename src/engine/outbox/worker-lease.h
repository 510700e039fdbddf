/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxWorkerLease:
 *
 * Who is sending: a file in the profile's folder that a living worker holds
 * locked. The kernel lets go of the lock when the process ends, however it ends,
 * so a worker whose lease can be locked by another is dead.
 */
typedef struct _WaxWorkerLease WaxWorkerLease;

/** Makes a lease under a fresh name, and removes those of the dead. Errors: #GFileError. */
WaxWorkerLease *wax_worker_lease_take    (const char     *folder,
                                          GError        **error);
/** Gives it up. */
void            wax_worker_lease_free    (WaxWorkerLease *self);
/** The name by which others ask for it. */
const char     *wax_worker_lease_get_id  (WaxWorkerLease *self);
/** Whether the worker of that name lives, in this process or another. */
gboolean        wax_worker_lease_is_held (const char     *folder,
                                          const char     *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxWorkerLease, wax_worker_lease_free)

G_END_DECLS
