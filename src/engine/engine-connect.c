/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The facade's blocking calls that connect without sending: the test of an account,
 * and the connection that waits for a message that is being written. */

#include "engine-private.h"

#include "account-keys.h"
#include "account-memory.h"
#include "connection-events.h"
#include "revocation-store.h"
#include "sasl-client.h"

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
