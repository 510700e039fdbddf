/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-engine.h"
#include "cli-verb.h"
#include "practice-host.h"

G_BEGIN_DECLS

/* The parts of `demo`. Each step does one thing for real, says so, and adds to
 * the summary; the first one that fails ends the demo. */

typedef struct {
  GCancellable    *cancellable;
  char            *folder;
  char            *profile;
  char            *maildir;
  WaxVault        *vault;
  WaxPracticeHost *host;       /* the good one */
  WaxEngine       *engine;
  WaxOutboxItem   *sent;
  GBytes          *octets;     /* the message as it stood in the outbox */
  JsonObject      *summary;    /* becomes demo.json */
  JsonArray       *steps;      /* of it */
  GPtrArray       *accounts;   /* ids of those that were added */
} WaxDemo;

/** Says that a step happened: `✓ title: detail`, and notes it in the summary. */
void     wax_demo_done              (WaxDemo      *self,
                                     const char   *name,
                                     const char   *title,
                                     const char   *detail);
/** Adds an account for @host, whose own CA it trusts. (transfer full) */
WaxAccount *wax_demo_add_account    (WaxDemo      *self,
                                     WaxPracticeHost *host,
                                     const char   *label,
                                     GError      **error);
/** Submits the demo's message through @account: the outbox item's id, or -1. */
gint64   wax_demo_submit            (WaxDemo      *self,
                                     WaxAccount   *account,
                                     GError      **error);
/** Delivers it and returns the item as it stands afterwards. (transfer full) */
WaxOutboxItem *wax_demo_deliver     (WaxDemo      *self,
                                     gint64        id,
                                     GError      **error);

/** The same message to a host whose certificate is for another name is refused and kept. */
gboolean wax_demo_wrong_certificate (WaxDemo      *self,
                                     GError      **error);
/** In copies of the database: one octet flipped in the file, and one in an entry
 * by somebody who has the key. The engine must be closed. */
gboolean wax_demo_flipped_octets    (WaxDemo      *self,
                                     GError      **error);
/** Sets @error to a #WaxDemoError. Returns: %FALSE */
gboolean wax_demo_not_as_promised   (GError      **error,
                                     const char   *format,
                                     ...) G_GNUC_PRINTF (2, 3);

#define WAX_DEMO_ERROR (wax_demo_error_quark ())
GQuark   wax_demo_error_quark       (void);

typedef enum {
  WAX_DEMO_ERROR_NOT_AS_PROMISED,
} WaxDemoError;

G_END_DECLS
