/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers in memory, for the whole process: those that were not looked at for the
 * longest time go first. */

#include "revocation.h"

#include "clock.h"

#define MAX_OCTETS  (16 * 1024 * 1024)
#define MAX_ENTRIES 256

typedef struct
{
  char *key;
  GBytes *octets;
  gint64 expires;
} Kept;

static struct
{
  GMutex mutex;
  GQueue order;      /* of Kept, the latest first */
  GHashTable *links; /* key → its GList in @order */
  gsize size;
} memory;

static void
drop (GList *link)
{
  Kept *kept = link->data;

  g_hash_table_remove (memory.links, kept->key);
  g_queue_delete_link (&memory.order, link);
  memory.size -= g_bytes_get_size (kept->octets);
  g_free (kept->key);
  g_bytes_unref (kept->octets);
  g_free (kept);
}

static GBytes *
memory_lookup (gpointer data, const char *key)
{
  GBytes *octets = NULL;
  GList *link;

  g_mutex_lock (&memory.mutex);
  link = memory.links != NULL ? g_hash_table_lookup (memory.links, key) : NULL;
  if (link != NULL)
    {
      Kept *kept = link->data;

      if (kept->expires <= wax_clock_now () / G_USEC_PER_SEC)
        drop (link);
      else
        {
          octets = g_bytes_ref (kept->octets);
          g_queue_unlink (&memory.order, link);
          g_queue_push_head_link (&memory.order, link);
        }
    }
  g_mutex_unlock (&memory.mutex);

  return octets;
}

static void
memory_keep (gpointer data, const char *key, GBytes *octets, gint64 expires)
{
  gsize size = g_bytes_get_size (octets);
  GList *link;
  Kept *kept;

  if (size > MAX_OCTETS)
    return;

  g_mutex_lock (&memory.mutex);
  if (memory.links == NULL)
    memory.links = g_hash_table_new (g_str_hash, g_str_equal);
  link = g_hash_table_lookup (memory.links, key);
  if (link != NULL)
    drop (link);
  while (memory.order.length > 0 && (memory.size + size > MAX_OCTETS || memory.order.length >= MAX_ENTRIES))
    drop (g_queue_peek_tail_link (&memory.order));

  kept = g_new0 (Kept, 1);
  kept->key = g_strdup (key);
  kept->octets = g_bytes_ref (octets);
  kept->expires = expires;
  g_queue_push_head (&memory.order, kept);
  g_hash_table_insert (memory.links, kept->key, g_queue_peek_head_link (&memory.order));
  memory.size += size;
  g_mutex_unlock (&memory.mutex);
}

const WaxRevocationCache *
wax_revocation_cache_in_memory (void)
{
  static const WaxRevocationCache cache = { memory_lookup, memory_keep, NULL };

  return &cache;
}
