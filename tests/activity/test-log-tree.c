/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tree against the vectors of the Certificate Transparency project. */

#include "hex.h"
#include "log-tree.h"

#include <string.h>

/* merkletree tests of github.com/google/certificate-transparency: eight leaves
 * and the root after each. */
static const struct
{
  const char *leaf; /* hex */
  const char *root;
} vectors[] = {
  { "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
  { "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
  { "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
  { "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
  { "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
  { "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
  { "5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
  { "606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

/* SHA-256 of nothing: the empty tree. */
static const char empty_root[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void
assert_root (const WaxLogTree *tree, const char *expected)
{
  guint8 root[WAX_HASH_LENGTH];
  g_autofree char *hex = NULL;

  wax_log_tree_root (tree, root);
  hex = wax_hex_encode (root, sizeof root);
  g_assert_cmpstr (hex, ==, expected);
}

static gboolean
keep_node (int level, gint64 position, const guint8 *hash, gpointer data, GError **error)
{
  char *name = g_strdup_printf ("%d/%" G_GINT64_FORMAT, level, position);

  /* Each node is told of once. */
  g_assert_true (g_hash_table_insert (data, name, g_memdup2 (hash, WAX_HASH_LENGTH)));

  return TRUE;
}

static gboolean
find_node (int level, gint64 position, guint8 *hash, gpointer data, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%d/%" G_GINT64_FORMAT, level, position);
  const guint8 *found = g_hash_table_lookup (data, name);

  g_assert_nonnull (found);
  memcpy (hash, found, WAX_HASH_LENGTH);

  return TRUE;
}

static void
test_vectors (void)
{
  WaxLogTree tree;

  wax_log_tree_init (&tree);
  assert_root (&tree, empty_root);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gsize length = strlen (vectors[i].leaf) / 2;
      guint8 leaf[32];

      g_assert_true (wax_hex_decode (vectors[i].leaf, leaf, length));
      g_assert_true (wax_log_tree_append (&tree, leaf, length, NULL, NULL, NULL));
      assert_root (&tree, vectors[i].root);
    }
}

/* The definition of RFC 6962 section 2.1, word for word. */
static void
root_by_definition (const guint8 (*leaves)[4], gsize n, guint8 *root)
{
  guint8 left[WAX_HASH_LENGTH], right[WAX_HASH_LENGTH];
  gsize k = 1;

  if (n == 1)
    {
      wax_hash_leaf (leaves[0], 4, root);
      return;
    }
  while (k * 2 < n)
    k *= 2;
  root_by_definition (leaves, k, left);
  root_by_definition (leaves + k, n - k, right);
  wax_hash_node (left, right, root);
}

static void
test_definition_and_loading (void)
{
  g_autoptr (GHashTable) nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  static guint8 leaves[200][4];
  WaxLogTree tree, loaded;

  wax_log_tree_init (&tree);
  for (gint64 i = 0; i < 200; i++)
    {
      guint8 expected[WAX_HASH_LENGTH];
      guint8 root[WAX_HASH_LENGTH];

      memcpy (leaves[i], &i, 4);
      g_assert_true (wax_log_tree_append (&tree, leaves[i], 4, keep_node, nodes, NULL));
      root_by_definition (leaves, (gsize) i + 1, expected);
      wax_log_tree_root (&tree, root);
      g_assert_cmpmem (root, sizeof root, expected, sizeof expected);

      g_assert_true (wax_log_tree_load (&loaded, i + 1, find_node, nodes, NULL));
      wax_log_tree_root (&loaded, root);
      g_assert_cmpmem (root, sizeof root, expected, sizeof expected);
    }
  /* An older size too, as long as the nodes are there. */
  for (gint64 size = 1; size <= 200; size++)
    {
      guint8 expected[WAX_HASH_LENGTH];
      guint8 root[WAX_HASH_LENGTH];

      root_by_definition (leaves, (gsize) size, expected);
      g_assert_true (wax_log_tree_load (&loaded, size, find_node, nodes, NULL));
      wax_log_tree_root (&loaded, root);
      g_assert_cmpmem (root, sizeof root, expected, sizeof expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/tree/vectors", test_vectors);
  g_test_add_func ("/activity/tree/definition-and-loading", test_definition_and_loading);

  return g_test_run ();
}
