/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/** Secrets in this process only: for throwaway profiles and tests. */
#define WAX_TYPE_MEMORY_VAULT (wax_memory_vault_get_type ())
G_DECLARE_FINAL_TYPE (WaxMemoryVault, wax_memory_vault, WAX, MEMORY_VAULT, WaxVault)

WaxVault *wax_memory_vault_new        (void);
/** Tests: every later call fails with @code. */
void      wax_memory_vault_fail_with  (WaxMemoryVault *self, WaxVaultError code);

G_END_DECLS
