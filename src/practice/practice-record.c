/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the clients said. Bodies are not part of it: they are in the Maildir,
 * and can be larger than memory. */

#include "practice-record.h"

/* A client that talks without end must not fill the memory. */
#define MAX_LINES 100000

struct _WaxPracticeRecord
{
  GMutex mutex;
  GPtrArray *lines;
  GPtrArray *plaintext_lines;
  guint messages;
};

WaxPracticeRecord *
wax_practice_record_new (void)
{
  WaxPracticeRecord *self = g_new0 (WaxPracticeRecord, 1);

  g_mutex_init (&self->mutex);
  self->lines = g_ptr_array_new_null_terminated (16, g_free, TRUE);
  self->plaintext_lines = g_ptr_array_new_null_terminated (16, g_free, TRUE);

  return self;
}

void
wax_practice_record_free (WaxPracticeRecord *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->plaintext_lines);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
wax_practice_record_add_line (WaxPracticeRecord *self, const char *line, gboolean encrypted)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->lines->len >= MAX_LINES)
    return;

  g_ptr_array_add (self->lines, g_strdup (line));
  if (!encrypted)
    g_ptr_array_add (self->plaintext_lines, g_strdup (line));
}

void
wax_practice_record_add_message (WaxPracticeRecord *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->messages++;
}

guint
wax_practice_record_get_messages (WaxPracticeRecord *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->messages;
}

GStrv
wax_practice_record_get_lines (WaxPracticeRecord *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_strdupv ((GStrv) self->lines->pdata);
}

GStrv
wax_practice_record_get_plaintext_lines (WaxPracticeRecord *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_strdupv ((GStrv) self->plaintext_lines->pdata);
}
