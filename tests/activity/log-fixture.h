/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-log.h"
#include "memory-vault.h"
#include "temp-folder.h"

#define PROFILE "0123456789abcdef"

/** A profile of its own: a store, a vault and a log. */
typedef struct
{
  char *folder;
  char *path;
  WaxSecret *key;
  WaxVault *vault;
  WaxStore *store;
  WaxActivityLog *log;
} LogFixture;

static inline void
log_fixture_open (LogFixture *f)
{
  g_autoptr (GError) error = NULL;

  f->store = wax_store_open (f->path, f->key, TRUE, &error);
  g_assert_no_error (error);
  f->log = wax_activity_log_open (f->store, f->vault, PROFILE, FALSE, NULL, &error);
  g_assert_no_error (error);
}

static inline void
log_fixture_close (LogFixture *f)
{
  g_clear_object (&f->log);
  if (f->store != NULL)
    g_assert_finalize_object (g_steal_pointer (&f->store));
}

static inline void
log_fixture_set_up (LogFixture *f, gconstpointer data)
{
  f->folder = temp_folder_new ();
  f->path = g_build_filename (f->folder, "waxseal.db", NULL);
  f->key = wax_secret_new_random (32);
  f->vault = wax_memory_vault_new ();
  log_fixture_open (f);
}

static inline void
log_fixture_tear_down (LogFixture *f, gconstpointer data)
{
  log_fixture_close (f);
  temp_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
  wax_secret_unref (f->key);
  g_object_unref (f->vault);
}

/** A short event whose sentence is @title. */
static inline WaxActivityEvent *
log_fixture_event (const char *title)
{
  return wax_activity_event_lifecycle (3, title);
}

/** @count commits of one entry each. */
static inline void
log_fixture_record (LogFixture *f, int count)
{
  for (int i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *title = g_strdup_printf ("Event number %d", i);

      wax_activity_log_record (f->log, log_fixture_event (title), &error);
      g_assert_no_error (error);
    }
}
