/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-event.h"
#include "store.h"
#include "vault.h"

G_BEGIN_DECLS

#define WAX_ACTIVITY_ERROR (wax_activity_error_quark ())
GQuark wax_activity_error_quark (void);

typedef enum {
  WAX_ACTIVITY_ERROR_KEY_MISSING, /* a log without its signing key or anchor in the keyring: an alarm */
  WAX_ACTIVITY_ERROR_ROLLED_BACK, /* the log is shorter than the anchor, or another */
  WAX_ACTIVITY_ERROR_EVENT,       /* an event that breaks the schema */
  WAX_ACTIVITY_ERROR_NOT_FOUND,
} WaxActivityError;

/** One stored entry, for lists. Bindable, read-only: `seq` (int64, from 0),
 * `time` (int64, µs), `class-uid`, `status` (int), `title`, `account-id`,
 * `message-id`, `json`. */
#define WAX_TYPE_ACTIVITY_ENTRY (wax_activity_entry_get_type ())
G_DECLARE_FINAL_TYPE (WaxActivityEntry, wax_activity_entry, WAX, ACTIVITY_ENTRY, GObject)

gint64         wax_activity_entry_get_seq        (WaxActivityEntry *self);
gint64         wax_activity_entry_get_time       (WaxActivityEntry *self);
int            wax_activity_entry_get_class_uid  (WaxActivityEntry *self);
WaxEventStatus wax_activity_entry_get_status     (WaxActivityEntry *self);
const char    *wax_activity_entry_get_title      (WaxActivityEntry *self);
const char    *wax_activity_entry_get_account_id (WaxActivityEntry *self);
const char    *wax_activity_entry_get_message_id (WaxActivityEntry *self);
/** The stored octets. */
const char    *wax_activity_entry_get_json       (WaxActivityEntry *self);

/**
 * WaxActivityLog:
 *
 * The sealed log over a store: RFC 6962 tree over entry hashes, each commit with
 * a C2SP signed-note checkpoint by the identity key (Ed25519, in the vault).
 */
#define WAX_TYPE_ACTIVITY_LOG (wax_activity_log_get_type ())
G_DECLARE_FINAL_TYPE (WaxActivityLog, wax_activity_log, WAX, ACTIVITY_LOG, GObject)

/**
 * Opens the log; makes identity key and anchor in an empty store only. With a
 * store that has entries, a missing key or anchor, or an anchor that the store
 * does not reach, is a #WaxActivityError; with @tolerant the log opens all the
 * same, for reading and verifying, and appends to it are refused with that error.
 */
WaxActivityLog *wax_activity_log_open       (WaxStore          *store,
                                             WaxVault          *vault,
                                             const char        *profile_id,
                                             gboolean           tolerant,
                                             GCancellable      *cancellable,
                                             GError           **error);
/** (transfer full) (nullable): with @tolerant, why appends are refused: a
 * #WaxActivityError, or %WAX_STORE_ERROR_CORRUPT. */
GError         *wax_activity_log_dup_alarm  (WaxActivityLog    *self);
/** Begins the store's transaction; pair with commit or rollback. Refused with
 * %WAX_ACTIVITY_ERROR_ROLLED_BACK if the tree is not the one signed last. */
gboolean        wax_activity_log_begin      (WaxActivityLog    *self,
                                             GError           **error);
/** Appends inside the transaction; takes @event. */
gboolean        wax_activity_log_append     (WaxActivityLog    *self,
                                             WaxActivityEvent  *event,
                                             GError           **error);
/** Signs a checkpoint if anything was appended, commits, then moves the
 * keyring's anchor (at most each 5 s; the last by wax_activity_log_flush()). */
gboolean        wax_activity_log_commit     (WaxActivityLog    *self,
                                             GError           **error);
void            wax_activity_log_rollback   (WaxActivityLog    *self);
/** Begin, append one, commit. Takes @event. */
gboolean        wax_activity_log_record     (WaxActivityLog    *self,
                                             WaxActivityEvent  *event,
                                             GError           **error);
/** Writes the anchor now. A keyring that refused since the last commits is
 * reported here, as a #WaxVaultError: the entries themselves are safe. */
gboolean        wax_activity_log_flush      (WaxActivityLog    *self,
                                             GCancellable      *cancellable,
                                             GError           **error);
gint64          wax_activity_log_get_size   (WaxActivityLog    *self);
/** (transfer full) The verification key in C2SP form: `name+hash+key`. */
char           *wax_activity_log_get_verifier (WaxActivityLog  *self);

/**
 * Newest first. @search is words (each must occur in the title, addresses,
 * Message-ID or host), or %NULL; @message_id limits to one message's life.
 * Returns: (transfer full) (element-type WaxActivityEntry)
 */
GPtrArray      *wax_activity_log_list       (WaxActivityLog    *self,
                                             const char        *search,
                                             const char        *message_id,
                                             gint64             offset,
                                             gint64             limit,
                                             GError           **error);

/** The verdicts, with the exit codes of `log verify`. */
typedef enum {
  WAX_VERDICT_INTACT            = 0,
  WAX_VERDICT_TAMPERED          = 3,
  WAX_VERDICT_TRUNCATED         = 4, /* or rolled back */
  WAX_VERDICT_MISSING_SIGNATURE = 5, /* or key, or anchor */
} WaxVerdict;

typedef struct {
  WaxVerdict  verdict;
  char       *sentence;    /* the verdict in words, naming the entry */
  gint64      entries;
  gint64      checkpoints;
  gint64      first_bad;   /* -1 for none */
  char       *root;        /* base64 of the root that was computed */
} WaxVerification;

void wax_verification_free (WaxVerification *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxVerification, wax_verification_free)

/**
 * The verdict over a profile that does not open: for the error of
 * wax_store_open() (%WAX_STORE_ERROR_KEY with the key from the keyring, or
 * %WAX_STORE_ERROR_CORRUPT), since a changed octet in the file's first page
 * shows like that, or of the log itself. Returns: (transfer full) (nullable): %NULL for other errors
 */
WaxVerification *wax_verification_for_error (const GError      *error);

/**
 * Reads every entry, recomputes hashes, tree and the checkpoints' roots, checks
 * each signature, compares index and entries, and the anchor.
 * Does not record that it did: the caller does.
 * Returns: (transfer full): the verdict, or %NULL if the store cannot be read at
 * all (a page that no longer decrypts is a verdict, not an error)
 */
WaxVerification *wax_activity_log_verify    (WaxActivityLog    *self,
                                             GCancellable      *cancellable,
                                             GError           **error);

G_END_DECLS
