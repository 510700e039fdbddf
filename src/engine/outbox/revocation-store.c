/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of answers about revocation. Whoever reads one judges it again, so
 * that the worst a damaged row can do is to be asked for anew. */

#include "revocation-store.h"

#include "clock.h"

#define MAX_OCTETS (32 * 1024 * 1024)

/* Steps @sql, which has one number to bind, until there is no row more. */
static gboolean
run (WaxStore *store, const char *sql, gint64 number)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, sql, NULL);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, number);

  return wax_statement_run (statement, NULL);
}

static GBytes *
store_lookup (gpointer data, const char *key)
{
  WaxStore *store = data;
  g_autoptr (WaxStatement) statement = wax_store_prepare (
      store, "SELECT octets FROM revocation_answer WHERE key = ? AND expires > ?", NULL);
  gconstpointer octets;
  gboolean row;
  gsize length;

  if (statement == NULL)
    return NULL;
  wax_statement_bind_text (statement, 1, key);
  wax_statement_bind_int (statement, 2, wax_clock_now () / G_USEC_PER_SEC);
  if (!wax_statement_step (statement, &row, NULL) || !row)
    return NULL;
  octets = wax_statement_blob (statement, 0, &length);

  return g_bytes_new (octets, length);
}

static gboolean
insert (WaxStore *store, const char *key, GBytes *octets, gint64 expires)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (
      store, "INSERT OR REPLACE INTO revocation_answer (key, octets, expires) VALUES (?, ?, ?)", NULL);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, key);
  wax_statement_bind_blob (statement, 2, g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  wax_statement_bind_int (statement, 3, expires);

  return wax_statement_run (statement, NULL);
}

/* Makes room for @size octets: what has ended goes, then what ends first. */
static gboolean
make_room (WaxStore *store, gsize size)
{
  return run (store, "DELETE FROM revocation_answer WHERE expires <= ?", wax_clock_now () / G_USEC_PER_SEC)
         && run (store,
                 "DELETE FROM revocation_answer WHERE key IN (SELECT key FROM ("
                 "  SELECT key, SUM (LENGTH (octets)) OVER (ORDER BY expires DESC, key) AS together"
                 "  FROM revocation_answer) WHERE together > ?)",
                 MAX_OCTETS - (gint64) size);
}

static void
store_keep (gpointer data, const char *key, GBytes *octets, gint64 expires)
{
  WaxStore *store = data;

  if (g_bytes_get_size (octets) > MAX_OCTETS || wax_store_in_transaction (store)
      || !wax_store_begin (store, NULL))
    return;
  if (make_room (store, g_bytes_get_size (octets)) && insert (store, key, octets, expires))
    wax_store_commit (store, NULL);
  else
    wax_store_rollback (store);
}

const WaxRevocationCache *
wax_revocation_store_cache (WaxStore *store)
{
  static GMutex mutex;
  WaxRevocationCache *cache;

  g_return_val_if_fail (WAX_IS_STORE (store), NULL);

  g_mutex_lock (&mutex);
  cache = g_object_get_data (G_OBJECT (store), "wax-revocation-cache");
  if (cache == NULL)
    {
      cache = g_new0 (WaxRevocationCache, 1);
      *cache = (WaxRevocationCache) { store_lookup, store_keep, store };
      g_object_set_data_full (G_OBJECT (store), "wax-revocation-cache", cache, g_free);
    }
  g_mutex_unlock (&mutex);

  return cache;
}
