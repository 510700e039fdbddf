/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "revocation-store.h"

#include "clock.h"
#include "temp-folder.h"

#define MIB (1024 * 1024)

typedef struct
{
  char *folder;
  char *path;
  WaxSecret *key;
  WaxStore *store;
  const WaxRevocationCache *cache;
} Fixture;

static void
open_store (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->store = wax_store_open (self->path, self->key, TRUE, &error);
  g_assert_no_error (error);
  self->cache = wax_revocation_store_cache (self->store);
  g_assert_true (wax_revocation_store_cache (self->store) == self->cache);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = temp_folder_new ();
  self->path = g_build_filename (self->folder, "waxseal.db", NULL);
  self->key = wax_secret_new_random (32);
  open_store (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  wax_clock_set_offset (0);
  g_object_unref (self->store);
  wax_secret_unref (self->key);
  temp_folder_remove (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static gint64
in_seconds (gint64 seconds)
{
  return wax_clock_now () / G_USEC_PER_SEC + seconds;
}

static void
keep (Fixture *self, const char *key, gsize size, gint64 expires)
{
  g_autoptr (GBytes) octets = g_bytes_new_take (g_malloc0 (size), size);

  self->cache->keep (self->cache->data, key, octets, expires);
}

/* The size of what is kept, or -1. */
static gssize
size_of (Fixture *self, const char *key)
{
  g_autoptr (GBytes) octets = self->cache->lookup (self->cache->data, key);

  return octets != NULL ? (gssize) g_bytes_get_size (octets) : -1;
}

static void
test_stays (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) octets = g_bytes_new_static ("an\0swer", 7);
  g_autoptr (GBytes) found = NULL;

  g_assert_cmpint (size_of (self, "a"), ==, -1);
  self->cache->keep (self->cache->data, "a", octets, in_seconds (60));
  keep (self, "b", 20, in_seconds (60));
  keep (self, "b", 30, in_seconds (60));
  g_object_unref (self->store);
  open_store (self);
  found = self->cache->lookup (self->cache->data, "a");
  g_assert_nonnull (found);
  g_assert_true (g_bytes_equal (found, octets));
  g_assert_cmpint (size_of (self, "b"), ==, 30);
}

static gint64
rows (Fixture *self)
{
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (self->store, "SELECT COUNT (*) FROM revocation_answer", NULL);
  gboolean row;

  g_assert_true (wax_statement_step (statement, &row, NULL));

  return wax_statement_int (statement, 0);
}

static void
test_ends (Fixture *self, gconstpointer data)
{
  keep (self, "a", 10, in_seconds (60));
  keep (self, "b", 10, in_seconds (600));
  wax_clock_set_offset (100 * G_USEC_PER_SEC);
  g_assert_cmpint (size_of (self, "a"), ==, -1);
  g_assert_cmpint (size_of (self, "b"), ==, 10);
  g_assert_cmpint (rows (self), ==, 2);
  keep (self, "c", 10, in_seconds (60));
  g_assert_cmpint (rows (self), ==, 2);
}

static void
test_is_bounded (Fixture *self, gconstpointer data)
{
  keep (self, "long", 12 * MIB, in_seconds (500));
  keep (self, "short", 12 * MIB, in_seconds (100));
  keep (self, "middle", 8 * MIB, in_seconds (300));
  g_assert_cmpint (rows (self), ==, 3);
  keep (self, "new", MIB, in_seconds (50));
  g_assert_cmpint (size_of (self, "short"), ==, -1);
  g_assert_cmpint (size_of (self, "long"), ==, 12 * MIB);
  g_assert_cmpint (size_of (self, "middle"), ==, 8 * MIB);
  g_assert_cmpint (size_of (self, "new"), ==, MIB);
  keep (self, "enormous", 33 * MIB, in_seconds (600));
  g_assert_cmpint (rows (self), ==, 3);
}

static void
test_transaction (Fixture *self, gconstpointer data)
{
  g_assert_true (wax_store_begin (self->store, NULL));
  keep (self, "a", 10, in_seconds (60));
  g_assert_true (wax_store_in_transaction (self->store));
  g_assert_true (wax_store_commit (self->store, NULL));
  g_assert_cmpint (size_of (self, "a"), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/outbox/revocation-store/stays", Fixture, NULL, set_up, test_stays, tear_down);
  g_test_add ("/outbox/revocation-store/ends", Fixture, NULL, set_up, test_ends, tear_down);
  g_test_add ("/outbox/revocation-store/is-bounded", Fixture, NULL, set_up, test_is_bounded, tear_down);
  g_test_add ("/outbox/revocation-store/transaction", Fixture, NULL, set_up, test_transaction, tear_down);

  return g_test_run ();
}
