/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * WaxSecret:
 *
 * A reference-counted run of secret octets (a password, a key). The pages that
 * hold it are locked, left out of core dumps, and overwritten when the last
 * reference goes. A secret is never part of a GError, a log or an argument.
 */
typedef struct _WaxSecret WaxSecret;

#define WAX_TYPE_SECRET (wax_secret_get_type ())

GType        wax_secret_get_type    (void);
/** Copies @length octets; the caller wipes its own copy. Never returns %NULL. */
WaxSecret   *wax_secret_new         (gconstpointer  data,
                                     gsize          length);
/** Copies a NUL-terminated string. */
WaxSecret   *wax_secret_new_string  (const char    *string);
/** Takes @string, copies it into locked memory, wipes and frees the original. */
WaxSecret   *wax_secret_new_take    (char          *string);
/** @length octets of the kernel's random source. */
WaxSecret   *wax_secret_new_random  (gsize          length);
WaxSecret   *wax_secret_ref         (WaxSecret     *self);
void         wax_secret_unref       (WaxSecret     *self);
/** The octets, followed by a NUL that is not counted; owned by @self. */
const char  *wax_secret_peek        (WaxSecret     *self);
gsize        wax_secret_get_length  (WaxSecret     *self);
/** Constant-time comparison. */
gboolean     wax_secret_equal       (WaxSecret     *a,
                                     WaxSecret     *b);
/** Lower-case hexadecimal, itself a secret (for keyring items and PRAGMA key). */
WaxSecret   *wax_secret_to_hex      (WaxSecret     *self);
/** The inverse; %NULL if @self is not an even number of hex digits. */
WaxSecret   *wax_secret_from_hex    (WaxSecret     *self);
/** @prefix, then the octets of @self, then @suffix, itself a secret. */
WaxSecret   *wax_secret_wrap         (WaxSecret     *self,
                                      const char    *prefix,
                                      const char    *suffix);
/** The octets of @a, then those of @b. */
WaxSecret   *wax_secret_concat       (WaxSecret     *a,
                                      WaxSecret     *b);
/** Overwrites and frees a heap string that briefly held a secret. */
void         wax_secret_wipe_string (char          *string);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSecret, wax_secret_unref)

G_END_DECLS
