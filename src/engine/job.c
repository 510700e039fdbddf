/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The only thread seam: an exclusive, bounded pool. The GTask pool is left to
 * GIO, whose handshakes run there: a pool filled with our own blocking calls
 * would starve the handshakes that those calls wait for. */

#include "job.h"

#define MAX_JOBS 8

typedef struct
{
  GTask *task;
  GTaskThreadFunc func;
} Job;

static void
run (gpointer data, gpointer user_data)
{
  g_autofree Job *job = data;

  job->func (job->task, g_task_get_source_object (job->task), g_task_get_task_data (job->task),
             g_task_get_cancellable (job->task));
  g_object_unref (job->task);
}

static GThreadPool *
pool (void)
{
  static gsize made;

  if (g_once_init_enter (&made))
    {
      g_autoptr (GError) error = NULL;
      GThreadPool *threads = g_thread_pool_new (run, NULL, MAX_JOBS, TRUE, &error);

      /* As g_thread_new() does where the system has no thread to give. */
      if (threads == NULL)
        g_error ("The job threads cannot be started: %s", error->message);
      g_once_init_leave (&made, (gsize) threads);
    }

  return (GThreadPool *) made;
}

void
wax_job_run (GTask *task, GTaskThreadFunc func)
{
  Job *job = g_new (Job, 1);

  *job = (Job) { task, func };
  g_thread_pool_push (pool (), job, NULL);
}
