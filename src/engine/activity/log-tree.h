/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WAX_HASH_LENGTH 32 /* SHA-256 */

/** SHA-256 of @length octets. */
void wax_hash       (gconstpointer  data,
                     gsize          length,
                     guint8         hash[WAX_HASH_LENGTH]);
/** RFC 6962 section 2.1: SHA-256 (0x00 ‖ data). */
void wax_hash_leaf  (gconstpointer  data,
                     gsize          length,
                     guint8         hash[WAX_HASH_LENGTH]);
/** RFC 6962 section 2.1: SHA-256 (0x01 ‖ left ‖ right). */
void wax_hash_node  (const guint8   left[WAX_HASH_LENGTH],
                     const guint8   right[WAX_HASH_LENGTH],
                     guint8         hash[WAX_HASH_LENGTH]);

/**
 * WaxLogTree:
 *
 * The right edge of the Merkle tree of RFC 6962: enough to append leaves and to
 * know the root, in constant memory. @peaks holds the root of the complete
 * subtree of 2^level leaves for each bit that is set in @size.
 */
typedef struct {
  gint64 size;
  guint8 peaks[63][WAX_HASH_LENGTH];
} WaxLogTree;

/** A subtree of 2^@level leaves became complete; it is number @position of its
 * level, from 0. Returns: %FALSE to give up, with @error set. */
typedef gboolean (*WaxLogTreeNodeFunc) (int            level,
                                        gint64         position,
                                        const guint8   hash[WAX_HASH_LENGTH],
                                        gpointer       data,
                                        GError       **error);

/** The stored hash of a complete subtree. */
typedef gboolean (*WaxLogTreeLoadFunc) (int            level,
                                        gint64         position,
                                        guint8         hash[WAX_HASH_LENGTH],
                                        gpointer       data,
                                        GError       **error);

void     wax_log_tree_init   (WaxLogTree          *self);
/** The right edge of a tree of @size leaves, from stored hashes: one load for each bit of @size. */
gboolean wax_log_tree_load   (WaxLogTree          *self,
                              gint64               size,
                              WaxLogTreeLoadFunc   load,
                              gpointer             data,
                              GError             **error);
/**
 * Appends a leaf over @length octets, and tells @completed of each subtree that
 * it completes: level 0 (the leaf itself) first.
 * @completed: (nullable)
 */
gboolean wax_log_tree_append (WaxLogTree          *self,
                              gconstpointer        leaf,
                              gsize                length,
                              WaxLogTreeNodeFunc   completed,
                              gpointer             data,
                              GError             **error);
/** The root; of an empty tree the hash of nothing. */
void     wax_log_tree_root   (const WaxLogTree    *self,
                              guint8               root[WAX_HASH_LENGTH]);

G_END_DECLS
