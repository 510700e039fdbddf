/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "revocation.h"
#include "store.h"

G_BEGIN_DECLS

/**
 * wax_revocation_store_cache:
 *
 * Answers about revocation, kept in the profile's database: 32 MiB at most, those that
 * end first go first. What cannot be kept is not kept, silently: it is asked for again.
 * Nothing is kept on a thread that has a transaction.
 * Returns: (transfer none): lives as long as @store
 */
const WaxRevocationCache *wax_revocation_store_cache (WaxStore *store);

G_END_DECLS
