/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-verb.h"
#include "connection-report.h"
#include "transport.h"

G_BEGIN_DECLS

/** Prints a connection report for people: the connection, the checks with their
 * sentences, the certificate chain, and the timing. */
void wax_cli_print_report     (WaxConnectionReport *report);
/** (transfer full) `250 2.1.5 Ok` of a `{code, enhanced, text}`. */
char *wax_cli_reply_words     (JsonObject          *reply);
/** Prints what the server said of each recipient. */
void wax_cli_print_recipients (JsonArray           *recipients);
/** Prints the outcome of a send, `{state, …}` as `send --json` has it, and its
 * error on stderr. @report: (nullable) */
void wax_cli_print_result     (WaxCli              *cli,
                               JsonObject          *result,
                               WaxConnectionReport *report);
/** Prints the outcome of a connection that sent nothing. Returns: its exit code. */
int  wax_cli_print_probe      (WaxCli              *cli,
                               WaxAccount          *account,
                               const WaxSendResult *result);

G_END_DECLS
