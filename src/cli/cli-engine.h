/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-verb.h"
#include "engine.h"

G_BEGIN_DECLS

/**
 * Opens the profile of `--profile`, WAXSEAL_PROFILE or the XDG data folder with
 * the user's keyring. Where there is none yet, it is made only with @create. An
 * alarm found at opening is said on stderr.
 */
WaxEngine  *wax_cli_open_engine (WaxCli      *cli,
                                 gboolean     create,
                                 GError     **error);
/** (transfer full) The JSON object of an outbox item, without the result of its last attempt. */
JsonObject *wax_cli_item_to_json (WaxEngine     *engine,
                                  WaxOutboxItem *item);
/** (transfer full) The object that `log verify --json` prints. */
JsonObject *wax_cli_verification_to_json (const WaxVerification *verification);
/** (transfer full) The account's label, or its id where it is no longer there. */
char       *wax_cli_account_label (WaxEngine    *engine,
                                   const char   *id);
/** Reads a positive number from the command line; the error names @what. */
gboolean    wax_cli_parse_number (const char    *text,
                                  const char    *what,
                                  gint64         least,
                                  gint64        *number,
                                  GError       **error);

G_END_DECLS
