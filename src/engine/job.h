/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * wax_job_run:
 *
 * The only thread seam. Runs @func on an exclusive, bounded pool (never the
 * GTask pool, which GIO's handshake uses) and hands its result back on the
 * caller's thread-default main context through @task, as GTask does:
 * @func must call a g_task_return function exactly once.
 * @task: (transfer full): with its task data set to copies of what @func needs
 */
void wax_job_run (GTask           *task,
                  GTaskThreadFunc  func);

G_END_DECLS
