/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/** Secrets in a file of the test's folder: a keyring that two processes share. */
#define FILE_TYPE_VAULT (file_vault_get_type ())
G_DECLARE_FINAL_TYPE (FileVault, file_vault, FILE, VAULT, WaxVault)

WaxVault *file_vault_new (const char *path);

G_END_DECLS
