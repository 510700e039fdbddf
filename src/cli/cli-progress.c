/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The progress of a send as one line on a terminal's stderr. The engine blocks,
 * so a thread of its own looks at it now and then. */

#include "cli-progress.h"

#include <glib/gi18n-lib.h>

#include "cli-system.h"

/* Nobody wants to see a line flash by. */
#define FIRST_LOOK_US (G_USEC_PER_SEC)
#define NEXT_LOOK_US  (G_USEC_PER_SEC / 5)

struct _WaxProgressLine
{
  WaxProgressRead read;
  gpointer data;
  GThread *thread;
  GMutex lock;
  GCond ended;
  gboolean end;
  gboolean shown;
};

static void
show (WaxProgressLine *self)
{
  gint64 done = 0, total = 0;
  g_autofree char *of = NULL;

  if (!self->read (self->data, &done, &total) || total <= 0)
    return;
  of = g_format_size ((guint64) total);
  g_printerr (_ ("\rSending: %d %% of %s "), (int) (done * 100 / total), of);
  self->shown = TRUE;
}

static gpointer
look_now_and_then (gpointer data)
{
  WaxProgressLine *self = data;
  gint64 next = g_get_monotonic_time () + FIRST_LOOK_US;

  g_mutex_lock (&self->lock);
  while (!self->end)
    {
      if (g_cond_wait_until (&self->ended, &self->lock, next))
        continue;
      show (self);
      next = g_get_monotonic_time () + NEXT_LOOK_US;
    }
  g_mutex_unlock (&self->lock);

  return NULL;
}

WaxProgressLine *
wax_progress_line_start (WaxProgressRead read, gpointer data)
{
  WaxProgressLine *self;

  if (!wax_system_stderr_is_terminal ())
    return NULL;

  self = g_new0 (WaxProgressLine, 1);
  self->read = read;
  self->data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->ended);
  self->thread = g_thread_new ("progress", look_now_and_then, self);

  return self;
}

void
wax_progress_line_stop (WaxProgressLine *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->end = TRUE;
  g_cond_signal (&self->ended);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  if (self->shown)
    g_printerr ("\r\033[K");
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ended);
  g_free (self);
}
