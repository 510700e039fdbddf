/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "activity-log.h"
#include "draft.h"
#include "outbox.h"
#include "transport.h"
#include "vault.h"

G_BEGIN_DECLS

#define WAX_ENGINE_ERROR (wax_engine_error_quark ())
GQuark wax_engine_error_quark (void);

typedef enum {
  WAX_ENGINE_ERROR_KEY_MISSING, /* a database and no key for it in the keyring: an alarm, never a fresh start */
  WAX_ENGINE_ERROR_CLOSED,
} WaxEngineError;

/**
 * WaxEngine:
 *
 * The facade that the faces use: one open profile. The plain calls block and may
 * be used from any thread (the command line, jobs); the `_async` pairs run them
 * as jobs for the window.
 *
 * Signal `changed` (guint what, a set of #WaxEngineChange): something that lists
 * show has changed; emitted in the main context in which the engine was made.
 */
#define WAX_TYPE_ENGINE (wax_engine_get_type ())
G_DECLARE_FINAL_TYPE (WaxEngine, wax_engine, WAX, ENGINE, GObject)

typedef enum {
  WAX_ENGINE_CHANGED_ACCOUNTS = 1 << 0,
  WAX_ENGINE_CHANGED_DRAFTS   = 1 << 1,
  WAX_ENGINE_CHANGED_OUTBOX   = 1 << 2,
  WAX_ENGINE_CHANGED_LOG      = 1 << 3,
} WaxEngineChange;

/**
 * Opens the profile in @folder, making it where there is none. The database key
 * comes from @vault, or is made and stored there before the database is made.
 */
WaxEngine      *wax_engine_open          (const char      *folder,
                                          WaxVault        *vault,
                                          GCancellable    *cancellable,
                                          GError         **error);
void            wax_engine_open_async    (const char      *folder,
                                          WaxVault        *vault,
                                          GCancellable    *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer         user_data);
WaxEngine      *wax_engine_open_finish   (GAsyncResult    *result,
                                          GError         **error);
/** Stops the delivery worker, records the stop, writes the anchor, closes. Idempotent. */
void            wax_engine_close         (WaxEngine       *self);
/** Whether @folder holds a profile already. */
gboolean        wax_engine_profile_exists (const char     *folder);
/**
 * Whether a profile was ever begun in @folder. One that has a name and no database
 * is not a new one: opening it raises the alarm where the keyring remembers a record.
 */
gboolean        wax_engine_profile_has_name (const char   *folder);
/** (nullable) (transfer full) An alarm found at opening (rolled-back log, missing key or anchor): shown until dealt with. */
GError         *wax_engine_dup_alarm     (WaxEngine       *self);

/* Accounts. @password: (nullable): leaves what is stored. */
gboolean        wax_engine_save_account   (WaxEngine *self, WaxAccount *account, WaxSecret *password,
                                           GCancellable *cancellable, GError **error);
/** Stores the password, or PIN, of the account's client certificate in the vault. */
gboolean        wax_engine_set_client_password (WaxEngine *self, WaxAccount *account, WaxSecret *password,
                                           GCancellable *cancellable, GError **error);
/** The same for the password of the user in its proxy's address. */
gboolean        wax_engine_set_proxy_password (WaxEngine *self, WaxAccount *account, WaxSecret *password,
                                           GCancellable *cancellable, GError **error);
/** Both of these, each where it is given. @client_password, @proxy_password: (nullable) */
void            wax_engine_set_connection_secrets_async (WaxEngine *self, WaxAccount *account,
                                           WaxSecret *client_password, WaxSecret *proxy_password,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_set_connection_secrets_finish (WaxEngine *self, GAsyncResult *result, GError **error);
gboolean        wax_engine_remove_account (WaxEngine *self, const char *id,
                                           GCancellable *cancellable, GError **error);
/** (transfer full) (element-type WaxAccount) */
GPtrArray      *wax_engine_list_accounts  (WaxEngine *self, GError **error);
WaxAccount     *wax_engine_find_account   (WaxEngine *self, const char *name, GError **error);
void            wax_engine_save_account_async  (WaxEngine *self, WaxAccount *account, WaxSecret *password,
                                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_save_account_finish (WaxEngine *self, GAsyncResult *result, GError **error);
void            wax_engine_remove_account_async  (WaxEngine *self, const char *id,
                                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_remove_account_finish (WaxEngine *self, GAsyncResult *result, GError **error);
void            wax_engine_list_accounts_async  (WaxEngine *self,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray      *wax_engine_list_accounts_finish (WaxEngine *self, GAsyncResult *result, GError **error);

/* Connecting without sending: `probe`, the route bar, "Test" of an account.
 * @password: (nullable): the vault's is used for a saved account. Never %NULL. Recorded in the log. */
WaxSendResult  *wax_engine_probe          (WaxEngine *self, WaxAccount *account, WaxSecret *password,
                                           GCancellable *cancellable);
void            wax_engine_probe_async    (WaxEngine *self, WaxAccount *account, WaxSecret *password,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
WaxSendResult  *wax_engine_probe_finish   (WaxEngine *self, GAsyncResult *result, GError **error);
/**
 * Opens a connection for a saved account and keeps it for its next message, or finds that
 * one is open already; a new one is recorded in the log as a probe is. Never %NULL.
 */
WaxSendResult  *wax_engine_warm           (WaxEngine *self, WaxAccount *account, GCancellable *cancellable);
void            wax_engine_warm_async     (WaxEngine *self, WaxAccount *account,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
WaxSendResult  *wax_engine_warm_finish    (WaxEngine *self, GAsyncResult *result, GError **error);
/** The network is another one now: the delivery worker closes the open connections, which
 * lead nowhere any more, and looks at what is due. */
void            wax_engine_network_changed (WaxEngine *self);
/**
 * Forgets the strongest mechanism by which the account @name has signed in, so that a server
 * that offers less now is not refused any more. Recorded in the log.
 */
gboolean        wax_engine_accept_weaker_sign_in (WaxEngine *self, const char *name,
                                                  GCancellable *cancellable, GError **error);
void            wax_engine_accept_weaker_sign_in_async (WaxEngine *self, const char *name,
                                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_accept_weaker_sign_in_finish (WaxEngine *self, GAsyncResult *result, GError **error);

/* Drafts. */
gboolean        wax_engine_save_draft     (WaxEngine *self, WaxDraft *draft, GError **error);
gboolean        wax_engine_remove_draft   (WaxEngine *self, gint64 id, GError **error);
GPtrArray      *wax_engine_list_drafts    (WaxEngine *self, GError **error);
/** Copies @draft at once; sets its id on the caller's draft at finish. */
void            wax_engine_save_draft_async  (WaxEngine *self, WaxDraft *draft,
                                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_save_draft_finish (WaxEngine *self, GAsyncResult *result, GError **error);
void            wax_engine_remove_draft_async  (WaxEngine *self, gint64 id,
                                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_remove_draft_finish (WaxEngine *self, GAsyncResult *result, GError **error);
void            wax_engine_list_drafts_async  (WaxEngine *self,
                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray      *wax_engine_list_drafts_finish (WaxEngine *self, GAsyncResult *result, GError **error);

/* Outbox. */
gint64          wax_engine_submit         (WaxEngine *self, WaxDraft *draft, gint64 hold_us,
                                           GCancellable *cancellable, GError **error);
/** @options: (nullable): what is asked of the server for the message. */
gint64          wax_engine_submit_raw     (WaxEngine *self, GInputStream *message, const char *sender,
                                           const char * const *recipients, WaxAccount *account,
                                           const WaxEnvelopeOptions *options,
                                           GCancellable *cancellable, GError **error);
WaxOutbox      *wax_engine_get_outbox     (WaxEngine *self);
void            wax_engine_submit_async   (WaxEngine *self, WaxDraft *draft, gint64 hold_us,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gint64          wax_engine_submit_finish  (WaxEngine *self, GAsyncResult *result, GError **error);
void            wax_engine_list_outbox_async  (WaxEngine *self,
                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray      *wax_engine_list_outbox_finish (WaxEngine *self, GAsyncResult *result, GError **error);
/** @action: `retry`, `send-to-rest` (a retry; the recipients that are refused are left out) or `cancel`. */
void            wax_engine_outbox_action_async  (WaxEngine *self, gint64 id, const char *action,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        wax_engine_outbox_action_finish (WaxEngine *self, GAsyncResult *result, GError **error);
/**
 * Takes item @id back to be written on: cancels it, and returns its draft, which
 * is a draft again. %WAX_OUTBOX_ERROR_STATE where that is not possible any more,
 * or where the message was not written as a draft.
 */
WaxDraft       *wax_engine_reopen_draft   (WaxEngine *self, gint64 id, GError **error);
void            wax_engine_reopen_draft_async  (WaxEngine *self, gint64 id,
                                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
WaxDraft       *wax_engine_reopen_draft_finish (WaxEngine *self, GAsyncResult *result, GError **error);
/** Starts the worker that delivers what is due, as long as the engine is open (the window). */
void            wax_engine_start_delivery (WaxEngine *self);
/** Delivers what is due until nothing is, or (@id > 0) that one item once. For the command line.
 * @items: (out) (transfer full) (element-type WaxOutboxItem): as they stand afterwards */
gboolean        wax_engine_deliver        (WaxEngine *self, gint64 id, GPtrArray **items,
                                           GCancellable *cancellable, GError **error);
/** The progress of the item that is being sent; %FALSE if it is not. */
gboolean        wax_engine_get_progress   (WaxEngine *self, gint64 id, gint64 *done, gint64 *total);

/* The log. Listing and verifying are themselves recorded (once per call, not per page). */
WaxActivityLog  *wax_engine_get_log       (WaxEngine *self);
WaxVerification *wax_engine_verify_log    (WaxEngine *self, GCancellable *cancellable, GError **error);
void             wax_engine_verify_log_async  (WaxEngine *self,
                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
WaxVerification *wax_engine_verify_log_finish (WaxEngine *self, GAsyncResult *result, GError **error);
GPtrArray       *wax_engine_list_log      (WaxEngine *self, const char *search, const char *message_id,
                                           gint64 offset, gint64 limit, GError **error);
void             wax_engine_list_log_async  (WaxEngine *self, const char *search, const char *message_id,
                                             gint64 offset, gint64 limit,
                                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray       *wax_engine_list_log_finish (WaxEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
