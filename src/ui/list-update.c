/* SPDX-License-Identifier: GPL-3.0-or-later */

/* list-update: brings a list store to a new state with as few changes as the
 * views can see. What is equal at both ends stays; of the middle, equal
 * positions stay where the lengths allow it. */

#include "list-update.h"

static gboolean
same_at (GListStore *store, guint position, gpointer item, WaxSameFunc same)
{
  g_autoptr (GObject) old = g_list_model_get_item (G_LIST_MODEL (store), position);

  return same (old, item);
}

void
wax_list_update (GListStore *store, GPtrArray *items, WaxSameFunc same)
{
  guint old_end = g_list_model_get_n_items (G_LIST_MODEL (store)), new_end = items->len, start = 0, i;

  while (start < old_end && start < new_end && same_at (store, start, items->pdata[start], same))
    start++;
  while (old_end > start && new_end > start && same_at (store, old_end - 1, items->pdata[new_end - 1], same))
    {
      old_end--;
      new_end--;
    }
  if (old_end != new_end)
    {
      g_list_store_splice (store, start, old_end - start, items->pdata + start, new_end - start);
      return;
    }
  for (i = start; i < new_end; i++)
    if (!same_at (store, i, items->pdata[i], same))
      g_list_store_splice (store, i, 1, &items->pdata[i], 1);
}
