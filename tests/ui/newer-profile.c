/* SPDX-License-Identifier: GPL-3.0-or-later */

/* newer-profile FOLDER: gives the profile in FOLDER the schema version of a
 * Waxseal that is not written yet, with the key from the session's keyring. */

#include <stdio.h>

#include "engine-profile.h"
#include "keyring-vault.h"

int
main (int argc, char **argv)
{
  g_autoptr (WaxVault) vault = wax_keyring_vault_new ();
  g_auto (WaxEngineProfile) profile = { 0 };
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    {
      fprintf (stderr, "usage: newer-profile FOLDER\n");
      return 64;
    }
  if (!wax_engine_profile_open (argv[1], vault, &profile, NULL, &error)
      || !wax_store_begin (profile.store, &error)
      || !wax_store_exec (profile.store, "PRAGMA user_version = 9999", &error)
      || !wax_store_commit (profile.store, &error))
    {
      fprintf (stderr, "newer-profile: %s\n", error->message);
      return 1;
    }

  return 0;
}
