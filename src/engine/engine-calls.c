/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The facade's blocking calls: each begins a call, does one thing through the
 * rooms, and says what changed. */

#include "engine-private.h"

#include "account-keys.h"
#include "account-memory.h"
#include "account-store.h"
#include "clock.h"
#include "connection-events.h"
#include "draft-store.h"
#include "revocation-store.h"
#include "sasl-client.h"

gboolean
wax_engine_change (WaxEngine *self,
                   WaxEngineChangeFunc change,
                   gpointer data,
                   WaxActivityEvent *event,
                   GError **error)
{
  if (!wax_activity_log_begin (self->log, error))
    {
      wax_activity_event_free (event);
      return FALSE;
    }
  if (!change (self, data, error))
    {
      wax_activity_event_free (event);
      wax_activity_log_rollback (self->log);
      return FALSE;
    }
  if (!wax_activity_log_append (self->log, event, error))
    {
      wax_activity_log_rollback (self->log);
      return FALSE;
    }

  return wax_activity_log_commit (self->log, error);
}

/* ---- accounts ---- */

static gboolean
has_exception (GPtrArray *exceptions, const WaxTlsException *exception)
{
  for (guint i = 0; i < exceptions->len; i++)
    {
      const WaxTlsException *other = exceptions->pdata[i];

      if (other->allow == exception->allow && other->until == exception->until
          && g_strcmp0 (other->value, exception->value) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Records those of @these that are not among @others. */
static gboolean
record_exceptions (WaxEngine *self,
                   WaxAccount *account,
                   GPtrArray *these,
                   GPtrArray *others,
                   gboolean given,
                   GError **error)
{
  for (guint i = 0; i < these->len; i++)
    {
      const WaxTlsException *exception = these->pdata[i];
      g_autofree char *words = NULL;

      if (has_exception (others, exception))
        continue;
      words = wax_tls_exception_to_words (exception);
      if (!wax_activity_log_append (self->log,
                                    wax_activity_event_exception (wax_account_get_id (account),
                                                                  wax_account_get_address (account), given,
                                                                  words, exception->reason),
                                    error))
        return FALSE;
    }

  return TRUE;
}

/* With what it is allowed for a time, and no longer. */
static gboolean
save_account (WaxEngine *self, gpointer data, GError **error)
{
  WaxAccount *account = data;
  g_autoptr (WaxAccount)
      old = wax_account_store_find (self->profile.store, wax_account_get_id (account), NULL);
  g_autoptr (GPtrArray) after = wax_account_dup_exceptions (account);
  g_autoptr (GPtrArray) before = old != NULL ? wax_account_dup_exceptions (old) : g_ptr_array_new ();

  if (old != NULL)
    wax_account_memory_keep (account, old);

  return wax_account_store_save (self->profile.store, account, error)
         && record_exceptions (self, account, after, before, TRUE, error)
         && record_exceptions (self, account, before, after, FALSE, error);
}

static gboolean
account_exists (WaxEngine *self, WaxAccount *account)
{
  g_autoptr (WaxAccount)
      found = wax_account_store_find (self->profile.store, wax_account_get_id (account), NULL);

  return found != NULL;
}

/* The password goes first: an account without it would be blocked at its first
 * message, and a password without its account is taken back. */
gboolean
wax_engine_save_account (WaxEngine *self,
                         WaxAccount *account,
                         WaxSecret *password,
                         GCancellable *cancellable,
                         GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  const char *id = wax_account_get_id (account);
  gboolean known;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account), FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  wax_account_normalize (account);
  if (!wax_account_validate (account, error))
    return FALSE;
  known = account_exists (self, account);
  if (password != NULL)
    {
      g_autofree char *label = g_strdup_printf ("Waxseal: password of %s", wax_account_get_label (account));

      if (!wax_vault_store (self->vault, WAX_VAULT_PASSWORD, id, label, password, call.cancellable, error))
        return FALSE;
    }
  if (!wax_engine_change (self, save_account, account,
                          wax_activity_event_account_change (id, known ? "changed" : "added",
                                                             wax_account_get_address (account)),
                          error))
    {
      if (password != NULL && !known)
        wax_vault_clear (self->vault, WAX_VAULT_PASSWORD, id, NULL, NULL);
      return FALSE;
    }

  wax_transport_pool_drop (self->pool, id);
  wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  return TRUE;
}

static gboolean
set_secret (WaxEngine *self,
            WaxAccount *account,
            const char *purpose,
            const char *what,
            WaxSecret *secret,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autofree char *label = NULL;

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  label = g_strdup_printf ("Waxseal: %s of %s", what, wax_account_get_label (account));
  if (!wax_vault_store (self->vault, purpose, wax_account_get_id (account), label, secret, call.cancellable,
                        error))
    return FALSE;

  wax_transport_pool_drop (self->pool, wax_account_get_id (account));
  return TRUE;
}

gboolean
wax_engine_set_client_password (WaxEngine *self,
                                WaxAccount *account,
                                WaxSecret *password,
                                GCancellable *cancellable,
                                GError **error)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account) && password != NULL, FALSE);

  return set_secret (self, account, WAX_VAULT_CLIENT_KEY, "client certificate", password, cancellable, error);
}

gboolean
wax_engine_set_proxy_password (WaxEngine *self,
                               WaxAccount *account,
                               WaxSecret *password,
                               GCancellable *cancellable,
                               GError **error)
{
  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account) && password != NULL, FALSE);

  return set_secret (self, account, WAX_VAULT_PROXY, "proxy password", password, cancellable, error);
}

static gboolean
forget_mechanism (WaxEngine *self, gpointer data, GError **error)
{
  g_autoptr (WaxAccount) account = wax_account_store_find (self->profile.store, data, error);

  if (account == NULL)
    return FALSE;
  g_object_set (account, "strongest-mechanism", NULL, NULL);

  return wax_account_store_save (self->profile.store, account, error);
}

gboolean
wax_engine_accept_weaker_sign_in (WaxEngine *self,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) account = NULL;
  g_autofree char *what = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && name != NULL, FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  account = wax_account_store_find (self->profile.store, name, error);
  if (account == NULL)
    return FALSE;
  if (wax_account_get_strongest_mechanism (account) == NULL)
    return TRUE;

  what = g_strdup_printf ("allowed to sign in by less than %s",
                          wax_account_get_strongest_mechanism (account));
  if (!wax_engine_change (self, forget_mechanism, (gpointer) wax_account_get_id (account),
                          wax_activity_event_account_change (wax_account_get_id (account), what,
                                                             wax_account_get_address (account)),
                          error))
    return FALSE;

  wax_transport_pool_drop (self->pool, wax_account_get_id (account));
  wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  return TRUE;
}

static gboolean
remove_account (WaxEngine *self, gpointer data, GError **error)
{
  return wax_account_store_remove (self->profile.store, data, error);
}

gboolean
wax_engine_remove_account (WaxEngine *self, const char *id, GCancellable *cancellable, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) account = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && id != NULL, FALSE);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return FALSE;
  account = wax_account_store_find (self->profile.store, id, error);
  if (account == NULL)
    return FALSE;
  id = wax_account_get_id (account);
  /* The secret first: better an account without a password than the reverse. */
  if (!wax_vault_clear (self->vault, WAX_VAULT_CLIENT_KEY, id, call.cancellable, error)
      || !wax_vault_clear (self->vault, WAX_VAULT_PROXY, id, call.cancellable, error)
      || !wax_vault_clear (self->vault, WAX_VAULT_PASSWORD, id, call.cancellable, error))
    return FALSE;
  if (!wax_engine_change (
          self, remove_account, (gpointer) id,
          wax_activity_event_account_change (id, "removed", wax_account_get_address (account)), error))
    return FALSE;

  wax_transport_pool_drop (self->pool, id);
  wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  return TRUE;
}

GPtrArray *
wax_engine_list_accounts (WaxEngine *self, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return wax_engine_call_begin (self, &call, NULL, error)
             ? wax_account_store_list (self->profile.store, error)
             : NULL;
}

WaxAccount *
wax_engine_find_account (WaxEngine *self, const char *name, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self) && name != NULL, NULL);

  if (!wax_engine_call_begin (self, &call, NULL, error))
    return NULL;

  return wax_account_store_find (self->profile.store, name, error);
}

/* ---- connecting without sending ---- */

/* (nullable) The outcome that a failure of our own has. Takes @error. */
static WaxSendResult *
not_connected (WaxAccount *account, GError *error, WaxStep step)
{
  WaxSendResult *result = wax_send_result_new ();

  result->state = WAX_SEND_BLOCKED;
  result->error = error;
  result->step = step;
  result->report = wax_connection_report_new ();
  result->report->host = g_strdup (wax_account_get_host (account));
  result->report->port = (guint16) wax_account_get_port (account);
  result->report->mode = g_strdup (wax_tls_mode_to_string (wax_account_get_mode (account)));
  return result;
}

/* What went wrong besides turns a good outcome into a blocked one. Takes @error. */
static void
spoil (WaxSendResult *result, GError *error, WaxStep step)
{
  if (result->error != NULL)
    {
      g_error_free (error);
      return;
    }
  result->state = WAX_SEND_BLOCKED;
  result->error = error;
  result->step = step;
}

static gboolean
record_probe (WaxEngine *self, WaxAccount *account, const WaxSendResult *result, GError **error)
{
  if (!wax_activity_log_begin (self->log, error))
    return FALSE;
  if (!wax_connection_events_append (self->log, wax_account_get_id (account), NULL, result, error)
      || !wax_account_memory_update (self->profile.store, account, result, error))
    {
      wax_activity_log_rollback (self->log);
      return FALSE;
    }

  return wax_activity_log_commit (self->log, error);
}

typedef struct
{
  WaxSecret *password;
  WaxAccountKeys others;
  GError *keyring; /* why there is no password, if the keyring did not give it */
} Keys;

static void
keys_clear (Keys *self)
{
  g_clear_pointer (&self->password, wax_secret_unref);
  wax_account_keys_clear (&self->others);
  g_clear_error (&self->keyring);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Keys, keys_clear)

/* What is needed to connect for @account, and what is known of its server by now. */
static gboolean
find_keys (WaxEngine *self, WaxAccount *account, Keys *keys, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxAccount)
      stored = wax_account_store_find (self->profile.store, wax_account_get_id (account), NULL);

  wax_account_normalize (account);
  if (stored != NULL)
    wax_account_memory_keep (account, stored);
  if (!wax_account_validate (account, error)
      || !wax_account_keys_load (&keys->others, self->vault, account, cancellable, error))
    return FALSE;
  if (keys->password == NULL && wax_account_get_user (account) != NULL
      && wax_sasl_needs_password (wax_account_get_mechanism (account)))
    wax_vault_lookup (self->vault, WAX_VAULT_PASSWORD, wax_account_get_id (account), &keys->password,
                      cancellable, &keys->keyring);

  return TRUE;
}

static WaxTransportSettings
settings_for (WaxEngine *self, WaxAccount *account, const Keys *keys)
{
  return (WaxTransportSettings) {
    .account = account,
    .password = keys->password,
    .client_certificate = keys->others.certificate,
    .proxy_password = keys->others.proxy_password,
    .revocation_cache = wax_revocation_store_cache (self->profile.store),
    .resolver = self->resolver,
  };
}

/* What was seen of a connection goes into the log; @keyring (taken, nullable): the route
 * was seen all the same, only the sign-in could not be tried. */
static void
conclude_probe (WaxEngine *self, WaxAccount *account, WaxSendResult *result, GError *keyring)
{
  GError *error = NULL;

  if (!record_probe (self, account, result, &error))
    spoil (result, error, WAX_STEP_FINAL);
  else
    wax_engine_notify (self, WAX_ENGINE_CHANGED_ACCOUNTS | WAX_ENGINE_CHANGED_LOG);
  if (keyring != NULL)
    spoil (result, keyring, WAX_STEP_AUTH);
}

static WaxSendResult *
connect_and_record (WaxEngine *self, WaxAccount *account, WaxSecret *password, GCancellable *cancellable)
{
  g_auto (Keys) keys = { .password = password != NULL ? wax_secret_ref (password) : NULL };
  g_autoptr (WaxTransport) transport = NULL;
  WaxTransportSettings settings;
  WaxSendResult *result;
  GError *error = NULL;

  if (!find_keys (self, account, &keys, cancellable, &error))
    return not_connected (account, error, WAX_STEP_CONNECT);

  settings = settings_for (self, account, &keys);
  transport = wax_transport_new (&settings);
  result = wax_transport_open (transport, cancellable);
  wax_transport_close (transport, cancellable);
  conclude_probe (self, account, result, g_steal_pointer (&keys.keyring));

  return result;
}

WaxSendResult *
wax_engine_probe (WaxEngine *self, WaxAccount *account, WaxSecret *password, GCancellable *cancellable)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) copy = NULL;
  GError *error = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account), NULL);

  copy = wax_account_copy (account);
  if (!wax_engine_call_begin (self, &call, cancellable, &error))
    return not_connected (copy, error, WAX_STEP_CONNECT);

  return connect_and_record (self, copy, password, call.cancellable);
}

/* A connection that is open already is no new one, and not recorded again. */
static WaxSendResult *
warm_and_record (WaxEngine *self, WaxAccount *account, GCancellable *cancellable)
{
  g_auto (Keys) keys = { 0 };
  WaxTransport *transport;
  WaxTransportSettings settings;
  WaxSendResult *result;
  GError *error = NULL;
  gboolean was_open;

  if (!find_keys (self, account, &keys, cancellable, &error))
    return not_connected (account, error, WAX_STEP_CONNECT);

  settings = settings_for (self, account, &keys);
  transport = wax_transport_pool_take (self->pool, &settings);
  was_open = wax_transport_is_open (transport);
  result = wax_transport_open (transport, cancellable);
  wax_transport_pool_give (self->pool, transport);
  if (!was_open)
    conclude_probe (self, account, result, g_steal_pointer (&keys.keyring));
  /* The worker closes what was idle for too long: it has something to wait for now. */
  wax_engine_wake (self);

  return result;
}

WaxSendResult *
wax_engine_warm (WaxEngine *self, WaxAccount *account, GCancellable *cancellable)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) copy = NULL;
  GError *error = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_ACCOUNT (account), NULL);

  copy = wax_account_copy (account);
  if (!wax_engine_call_begin (self, &call, cancellable, &error))
    return not_connected (copy, error, WAX_STEP_CONNECT);

  return warm_and_record (self, copy, call.cancellable);
}

/* ---- drafts ---- */

gboolean
wax_engine_save_draft (WaxEngine *self, WaxDraft *draft, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  gint64 id;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_DRAFT (draft), FALSE);

  if (!wax_engine_call_begin (self, &call, NULL, error) || !wax_store_begin (self->profile.store, error))
    return FALSE;
  id = wax_draft_get_id (draft);
  if (!wax_draft_store_save (self->profile.store, draft, error))
    {
      wax_store_rollback (self->profile.store);
      return FALSE;
    }
  if (!wax_store_commit (self->profile.store, error))
    {
      wax_draft_set_id (draft, id);
      return FALSE;
    }

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  return TRUE;
}

gboolean
wax_engine_remove_draft (WaxEngine *self, gint64 id, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), FALSE);

  if (!wax_engine_call_begin (self, &call, NULL, error) || !wax_store_begin (self->profile.store, error))
    return FALSE;
  if (!wax_draft_store_remove (self->profile.store, id, error))
    {
      wax_store_rollback (self->profile.store);
      return FALSE;
    }
  if (!wax_store_commit (self->profile.store, error))
    return FALSE;

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  return TRUE;
}

GPtrArray *
wax_engine_list_drafts (WaxEngine *self, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  return wax_engine_call_begin (self, &call, NULL, error) ? wax_draft_store_list (self->profile.store, error)
                                                          : NULL;
}

/* ---- outbox ---- */

gint64
wax_engine_submit (WaxEngine *self,
                   WaxDraft *draft,
                   gint64 hold_us,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxAccount) account = NULL;
  gint64 id;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && WAX_IS_DRAFT (draft), -1);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return -1;
  if (*wax_draft_get_account_id (draft) == '\0')
    {
      g_set_error_literal (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID,
                           "Choose the account that the message is sent from");
      return -1;
    }
  account = wax_account_store_find (self->profile.store, wax_draft_get_account_id (draft), error);
  if (account == NULL)
    return -1;
  id = wax_outbox_submit (self->outbox, draft, account, hold_us, call.cancellable, error);
  if (id < 0)
    return -1;

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  wax_engine_wake (self);
  return id;
}

gint64
wax_engine_submit_raw (WaxEngine *self,
                       GInputStream *message,
                       const char *sender,
                       const char *const *recipients,
                       WaxAccount *account,
                       const WaxEnvelopeOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  gint64 id;

  g_return_val_if_fail (WAX_IS_ENGINE (self) && G_IS_INPUT_STREAM (message) && WAX_IS_ACCOUNT (account), -1);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return -1;
  id = wax_outbox_submit_raw (self->outbox, message, sender, recipients, account, options, call.cancellable,
                              error);
  if (id >= 0)
    wax_engine_wake (self);

  return id;
}

WaxDraft *
wax_engine_reopen_draft (WaxEngine *self, gint64 id, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 draft_id;

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  if (!wax_engine_call_begin (self, &call, NULL, error))
    return NULL;
  item = wax_outbox_get (self->outbox, id, error);
  if (item == NULL)
    return NULL;
  draft_id = wax_outbox_item_get_draft_id (item);
  if (draft_id <= 0)
    {
      g_set_error_literal (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE,
                           "The message has no draft any more, or was not written as one");
      return NULL;
    }
  if (!wax_outbox_cancel (self->outbox, id, error))
    return NULL;

  wax_engine_notify (self, WAX_ENGINE_CHANGED_DRAFTS);
  return wax_draft_store_load (self->profile.store, draft_id, error);
}

/* ---- the log ---- */

/* Looking at the log is an event of the log. Where an alarm forbids writing, the
 * looking must still be possible: it is how one finds out. */
static gboolean
record_access (WaxEngine *self, const char *what, const char *detail, GError **error)
{
  if (self->alarm != NULL)
    return TRUE;

  return wax_activity_log_record (self->log, wax_activity_event_log_access (what, detail), error);
}

WaxVerification *
wax_engine_verify_log (WaxEngine *self, GCancellable *cancellable, GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  g_autoptr (WaxVerification) verification = NULL;

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  if (!wax_engine_call_begin (self, &call, cancellable, error))
    return NULL;
  verification = wax_activity_log_verify (self->log, call.cancellable, error);
  if (verification == NULL)
    return NULL;
  /* A log that is found damaged may refuse the entry; the verdict counts. */
  if (!record_access (self, "verify", verification->sentence,
                      verification->verdict == WAX_VERDICT_INTACT ? error : NULL)
      && verification->verdict == WAX_VERDICT_INTACT)
    return NULL;

  return g_steal_pointer (&verification);
}

/* Nothing is notified: whoever lists would list again for ever. */
GPtrArray *
wax_engine_list_log (WaxEngine *self,
                     const char *search,
                     const char *message_id,
                     gint64 offset,
                     gint64 limit,
                     GError **error)
{
  g_auto (WaxEngineCall) call = { 0 };
  gboolean searching = search != NULL && *search != '\0';

  g_return_val_if_fail (WAX_IS_ENGINE (self), NULL);

  if (!wax_engine_call_begin (self, &call, NULL, error))
    return NULL;
  if (offset == 0
      && !record_access (self, searching ? "search" : "list", searching ? search : message_id, error))
    return NULL;

  return wax_activity_log_list (self->log, search, message_id, offset, limit, error);
}
