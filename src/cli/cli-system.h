/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "secret.h"

G_BEGIN_DECLS

/* What differs between operating systems: signals, the terminal, files without
 * a name, and turning into another program. */

/** No core dumps: they would hold secrets. */
void           wax_system_refuse_core_dumps   (void);
/**
 * Where a standard stream is closed, /dev/null takes its number: else a connection
 * or the database would have it, and what is printed would be written into that.
 */
void           wax_system_hold_standard_streams (void);
/** A limit for the size of files (ulimit -f) is an error when writing, and no sudden death. */
void           wax_system_outlive_file_limits (void);
/** From here on SIGINT and SIGTERM cancel @cancellable; the second one ends the process. */
void           wax_system_catch_interrupts    (GCancellable  *cancellable);
gboolean       wax_system_stdin_is_terminal   (void);
gboolean       wax_system_stdout_is_terminal  (void);
gboolean       wax_system_stderr_is_terminal  (void);
/** Asks on the terminal, without echo. */
WaxSecret     *wax_system_ask_password        (const char    *prompt,
                                               GCancellable  *cancellable,
                                               GError       **error);
/** (transfer full) Standard input; reading it can be cancelled. */
GInputStream  *wax_system_stdin               (void);
/** (transfer full) (nullable) A file; waiting for whoever writes into a named pipe
 * can be cancelled, too. The error is the reason alone. */
GInputStream  *wax_system_open                (const char    *path,
                                               GError       **error);
/**
 * A file that has no name and is gone with its last descriptor: write to *@out,
 * close it, then read from *@in, from the start.
 */
gboolean       wax_system_spool               (GOutputStream **out,
                                               GInputStream  **in,
                                               GError        **error);
/** Becomes @argv[0]; returns only on failure. */
void           wax_system_exec                (char         **argv,
                                               GError       **error);

G_END_DECLS
