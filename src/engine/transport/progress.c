/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far a send has come: written by the delivering thread, read by a face. */

#include "transport.h"

struct _WaxProgress
{
  gatomicrefcount refs;
  GMutex mutex;
  gint64 done;
  gint64 total;
};

WaxProgress *
wax_progress_new (void)
{
  WaxProgress *self = g_new0 (WaxProgress, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);

  return self;
}

WaxProgress *
wax_progress_ref (WaxProgress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
wax_progress_unref (WaxProgress *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
wax_progress_set (WaxProgress *self, gint64 done, gint64 total)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  self->done = done;
  self->total = total;
  g_mutex_unlock (&self->mutex);
}

void
wax_progress_get (WaxProgress *self, gint64 *done, gint64 *total)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  if (done != NULL)
    *done = self->done;
  if (total != NULL)
    *total = self->total;
  g_mutex_unlock (&self->mutex);
}
