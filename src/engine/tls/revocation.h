/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "tls-policy.h"

G_BEGIN_DECLS

/**
 * WaxRevocationCache:
 *
 * Where answers are kept until they expire, by whoever has a place: the profile's
 * database, or memory. Called on any thread.
 * @lookup: returns (transfer full) (nullable) what was kept under @key
 * @keep: keeps @octets under @key until @expires (seconds since the Unix epoch)
 */
typedef struct {
  GBytes *(*lookup) (gpointer data, const char *key);
  void    (*keep)   (gpointer data, const char *key, GBytes *octets, gint64 expires);
  gpointer data;
} WaxRevocationCache;

/** (transfer none) One in memory for the whole process, of a bounded size. */
const WaxRevocationCache *wax_revocation_cache_in_memory (void);

/**
 * WaxRevocationQuestion:
 * @chain: (element-type GBytes): DER, leaf first, as verified: its URLs are asked only
 * because the chain is trusted
 * @cache: (nullable)
 * @now: seconds since the Unix epoch
 * @timeout_s: seconds for all questions together; 0 is 5
 */
typedef struct {
  GPtrArray                *chain;
  const WaxRevocationCache *cache;
  gint64                    now;
  guint                     timeout_s;
} WaxRevocationQuestion;

/**
 * wax_revocation_ask:
 *
 * Whether the leaf, or an authority between it and the root, has been revoked: by the
 * cache, by OCSP (RFC 6960, over HTTP, its signature, responder, certificate, times and
 * serial checked), and where that gives no answer by CRL (RFC 5280, its signature, issuer
 * and times checked). What is fetched is bounded in size, time and redirects.
 * @detail: (out) (transfer full): one sentence of who said what and when, or why nothing is known
 */
WaxRevocationState wax_revocation_ask (const WaxRevocationQuestion *question,
                                       char                       **detail,
                                       GCancellable                *cancellable);

G_END_DECLS
