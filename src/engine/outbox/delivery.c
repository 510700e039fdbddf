/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The conductor of one delivery: take back what dead workers left, claim what is
 * due with its intent in the log, send it, record what came of it. Each of these
 * is one transaction, and the mark before the final octet is another, so that a
 * stop between any two of them leaves a state that tells the truth. */

#include "outbox-private.h"

#include "account-keys.h"
#include "account-memory.h"
#include "account-store.h"
#include "blob-stream.h"
#include "clock.h"
#include "connection-events.h"
#include "json-canon.h"
#include "retry-rule.h"
#include "revocation-store.h"
#include "sasl-client.h"

#define EXIT_KEPT        75
#define EXIT_UNAVAILABLE 69

/* ---- taking back what was left ---- */

static gboolean
is_abandoned (WaxOutbox *self, WaxOutboxItem *item)
{
  gboolean abandoned;

  g_mutex_lock (&self->mutex);
  if (g_hash_table_contains (self->delivering, &item->id))
    abandoned = FALSE;
  else if (self->lease != NULL && g_strcmp0 (item->worker, wax_worker_lease_get_id (self->lease)) == 0)
    /* Ours, and no thread of ours is at it: its outcome could not be written. */
    abandoned = TRUE;
  else
    abandoned = !wax_worker_lease_is_held (self->folder, item->worker);
  g_mutex_unlock (&self->mutex);

  return abandoned;
}

static gboolean
take_back (WaxOutbox *self, gint64 id, const char *worker, GError **error)
{
  g_autoptr (WaxOutboxItem) item = wax_outbox_row_load (self->store, id, error);
  gboolean lost;

  if (item == NULL)
    return FALSE;
  if (item->state != WAX_OUTBOX_SENDING || g_strcmp0 (item->worker, worker) != 0)
    return TRUE;

  lost = item->final_octet;
  g_clear_pointer (&item->worker, g_free);
  item->exit_code = EXIT_KEPT;
  item->next_attempt = lost ? 0 : wax_clock_now ();
  g_set_str (
      &item->detail,
      lost ? "Waxseal stopped after the last octet was sent and before the server answered: the message may "
             "have arrived"
           : "Waxseal stopped while the message was being sent: it had not arrived, and is sent again");
  g_set_str (&item->hint, lost ? "Ask a recipient whether it arrived before you send it again" : NULL);
  if (lost && item->result != NULL)
    g_clear_pointer (&item->result, json_object_unref);
  if (!wax_outbox_move (self, item, lost ? WAX_OUTBOX_EVENT_LOSE : WAX_OUTBOX_EVENT_RELEASE, NULL, error))
    return FALSE;

  return wax_activity_log_append (self->log, wax_outbox_event (item, NULL, WAX_EVENT_UNKNOWN, NULL), error);
}

static gboolean
recover (WaxOutbox *self, GError **error)
{
  g_autoptr (GPtrArray) sending = wax_outbox_row_list_sending (self->store, error);

  if (sending == NULL)
    return FALSE;
  for (guint i = 0; i < sending->len; i++)
    {
      WaxOutboxItem *item = g_ptr_array_index (sending, i);

      if (!is_abandoned (self, item))
        continue;
      if (!wax_activity_log_begin (self->log, error))
        return FALSE;
      if (!take_back (self, item->id, item->worker, error))
        {
          wax_activity_log_rollback (self->log);
          return FALSE;
        }
      if (!wax_activity_log_commit (self->log, error))
        return FALSE;
      wax_outbox_notify (self);
    }

  return TRUE;
}

/* ---- claiming ---- */

static const char *
own_lease (WaxOutbox *self, GError **error)
{
  const char *id = NULL;

  g_mutex_lock (&self->mutex);
  if (self->lease == NULL)
    self->lease = wax_worker_lease_take (self->folder, error);
  if (self->lease != NULL)
    id = wax_worker_lease_get_id (self->lease);
  g_mutex_unlock (&self->mutex);

  return id;
}

/* @progress: NULL to say that it is no longer being sent. */
static void
set_delivering (WaxOutbox *self, gint64 id, WaxProgress *progress)
{
  g_mutex_lock (&self->mutex);
  if (progress != NULL)
    g_hash_table_insert (self->delivering, g_memdup2 (&id, sizeof id), wax_progress_ref (progress));
  else
    g_hash_table_remove (self->delivering, &id);
  g_mutex_unlock (&self->mutex);
}

/* *@item is NULL where nothing is due. */
static gboolean
claim_in_transaction (WaxOutbox *self,
                      gint64 wanted,
                      const char *worker,
                      WaxOutboxItem **claimed,
                      GError **error)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 id = 0;

  if (!wax_outbox_row_find_due (self->store, wanted, wax_clock_now (), &id, error))
    return FALSE;
  if (id == 0)
    return TRUE;
  item = wax_outbox_row_load (self->store, id, error);
  if (item == NULL)
    return FALSE;
  g_set_str (&item->worker, worker);
  item->final_octet = FALSE;
  item->attempts++;
  item->next_attempt = 0;
  if (!wax_outbox_move (self, item, WAX_OUTBOX_EVENT_CLAIM, NULL, error))
    return FALSE;
  if (!wax_activity_log_append (self->log, wax_outbox_event (item, "intent", WAX_EVENT_UNKNOWN, NULL), error))
    return FALSE;

  *claimed = g_steal_pointer (&item);
  return TRUE;
}

static gboolean
claim (WaxOutbox *self, gint64 wanted, WaxProgress *progress, WaxOutboxItem **claimed, GError **error)
{
  const char *worker = own_lease (self, error);
  gint64 id = 0;

  /* Looked at first without a write transaction: most of the time nothing is due. */
  if (worker == NULL || !wax_outbox_row_find_due (self->store, wanted, wax_clock_now (), &id, error))
    return FALSE;
  if (id == 0)
    return TRUE;
  if (!wax_activity_log_begin (self->log, error))
    return FALSE;
  if (!claim_in_transaction (self, wanted, worker, claimed, error))
    {
      wax_activity_log_rollback (self->log);
      return FALSE;
    }
  if (*claimed != NULL)
    {
      wax_progress_set (progress, 0, (*claimed)->size);
      set_delivering (self, (*claimed)->id, progress);
    }
  if (!wax_activity_log_commit (self->log, error))
    {
      if (*claimed != NULL)
        set_delivering (self, (*claimed)->id, NULL);
      g_clear_object (claimed);
      return FALSE;
    }

  return TRUE;
}

/* ---- sending ---- */

typedef struct
{
  WaxOutbox *outbox;
  WaxOutboxItem *item;
} FinalMark;

static gboolean
before_final (gpointer data, GError **error)
{
  FinalMark *mark = data;
  WaxStore *store = mark->outbox->store;

  if (!wax_store_begin (store, error))
    return FALSE;
  if (!wax_outbox_row_mark_final (store, mark->item->id, mark->item->worker, error))
    {
      wax_store_rollback (store);
      return FALSE;
    }

  return wax_store_commit (store, error);
}

/* An outcome without a connection: something of ours is missing first, or we were
 * stopped while looking for it, which is no fault of anybody's. Takes @error. */
static WaxSendResult *
blocked (WaxAccount *account, GError *error, WaxStep step, const char *hint)
{
  WaxSendResult *result = wax_send_result_new ();

  result->state = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? WAX_SEND_DEFERRED
                                                                            : WAX_SEND_BLOCKED;
  result->error = error;
  result->step = step;
  result->hint = g_strdup (hint);
  result->report = wax_connection_report_new ();
  if (account != NULL)
    {
      result->report->host = g_strdup (wax_account_get_host (account));
      result->report->port = (guint16) wax_account_get_port (account);
      result->report->mode = g_strdup (wax_tls_mode_to_string (wax_account_get_mode (account)));
    }
  return result;
}

/* *@password stays NULL for an account that does not sign in. */
static WaxSendResult *
find_password (WaxOutbox *self, WaxAccount *account, WaxSecret **password, GCancellable *cancellable)
{
  GError *error = NULL;

  if (wax_account_get_user (account) == NULL
      || !wax_sasl_needs_password (wax_account_get_mechanism (account)))
    return NULL;
  if (!wax_vault_lookup (self->vault, WAX_VAULT_PASSWORD, wax_account_get_id (account), password, cancellable,
                         &error))
    return blocked (account, error, WAX_STEP_AUTH, "Unlock the keyring, then try again");
  if (*password == NULL)
    return blocked (account,
                    g_error_new (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE,
                                 "There is no password for the account “%s” in %s",
                                 wax_account_get_label (account), wax_vault_describe (self->vault)),
                    WAX_STEP_AUTH, "Enter the account's password, then try again");

  return NULL;
}

static WaxTransport *
take_transport (WaxOutbox *self, const WaxTransportSettings *settings)
{
  return self->pool != NULL ? wax_transport_pool_take (self->pool, settings) : wax_transport_new (settings);
}

/* Takes @transport. */
static void
give_transport (WaxOutbox *self, WaxTransport *transport, GCancellable *cancellable)
{
  if (self->pool != NULL)
    {
      wax_transport_pool_give (self->pool, transport);
      return;
    }
  wax_transport_close (transport, cancellable);
  g_object_unref (transport);
}

static WaxSendResult *
transmit (WaxOutbox *self,
          WaxOutboxItem *item,
          WaxAccount *account,
          WaxSecret *password,
          const WaxAccountKeys *keys,
          WaxProgress *progress,
          GCancellable *cancellable)
{
  GError *error = NULL;
  FinalMark mark = { self, item };
  g_autoptr (WaxTransport) transport = NULL;
  g_autoptr (WaxEnvelope)
      envelope = wax_envelope_new (item->sender, (const char *const *) item->recipients, &error);
  g_autoptr (GInputStream) message = NULL;
  WaxSendResult *result;

  if (envelope == NULL)
    return blocked (account, error, WAX_STEP_ENVELOPE, NULL);
  envelope->needs_8bit = item->needs_8bit;
  envelope->needs_utf8 |= item->needs_utf8;
  envelope->needs_binary = item->needs_binary;
  wax_envelope_options_copy (&envelope->options, &item->options);
  message = wax_blob_read (self->store, item->blob_id, &error);
  if (message == NULL)
    return blocked (account, error, WAX_STEP_BODY, "The message could not be read from the profile");

  transport = take_transport (self, &(WaxTransportSettings) {
                                        .account = account,
                                        .password = password,
                                        .client_certificate = keys->certificate,
                                        .proxy_password = keys->proxy_password,
                                        .revocation_cache = wax_revocation_store_cache (self->store),
                                        .resolver = self->resolver,
                                    });
  wax_transport_set_before_final (transport, before_final, &mark);
  result = wax_transport_send (transport, envelope, message, item->size, progress, cancellable);
  give_transport (self, g_steal_pointer (&transport), cancellable);

  return result;
}

/* Never NULL. *@connected: (transfer full) the account through which a connection was
 * tried, which belongs into the log; NULL for none. */
static WaxSendResult *
send_item (WaxOutbox *self,
           WaxOutboxItem *item,
           WaxProgress *progress,
           WaxAccount **connected,
           GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (WaxAccount) account = wax_account_store_find (self->store, item->account_id, &error);
  g_autoptr (WaxSecret) password = NULL;
  g_auto (WaxAccountKeys) keys = { 0 };
  WaxSendResult *result;

  if (g_error_matches (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND))
    {
      g_error_free (error);
      error = g_error_new (WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID,
                           "The account that this message was written with, of %s, was removed",
                           item->sender);
      return blocked (NULL, error, WAX_STEP_CONNECT, "Cancel the message, and send it from another account");
    }
  if (account == NULL)
    return blocked (NULL, error, WAX_STEP_CONNECT, "The account could not be read from the profile");
  result = find_password (self, account, &password, cancellable);
  if (result != NULL)
    return result;
  if (!wax_account_keys_load (&keys, self->vault, account, cancellable, &error))
    return blocked (account, error, WAX_STEP_TLS,
                    "Check the client certificate of the account, then try again");

  *connected = g_object_ref (account);
  return transmit (self, item, account, password, &keys, progress, cancellable);
}

/* ---- recording ---- */

/* What the outcome means for the item; sets what comes with it. */
static WaxOutboxEvent
event_of_result (WaxOutboxItem *item, const WaxSendResult *result)
{
  gint64 now = wax_clock_now ();

  item->exit_code = wax_send_result_exit_code (result);
  item->next_attempt = 0;
  switch (result->state)
    {
    case WAX_SEND_SENT:
      return WAX_OUTBOX_EVENT_SENT;
    case WAX_SEND_PARTIAL:
      return WAX_OUTBOX_EVENT_PARTIAL;
    case WAX_SEND_BLOCKED:
      return WAX_OUTBOX_EVENT_BLOCK;
    case WAX_SEND_UNKNOWN:
      return WAX_OUTBOX_EVENT_LOSE;
    case WAX_SEND_DEFERRED:
      break;
    case WAX_SEND_FAILED:
    default:
      return WAX_OUTBOX_EVENT_FAIL;
    }

  /* Stopped by us (the program closes): no attempt at all, due when it runs again. */
  if (g_error_matches (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      item->attempts--;
      item->next_attempt = now;
      return WAX_OUTBOX_EVENT_RELEASE;
    }
  item->next_attempt = wax_retry_rule_next (item->attempts, item->created, now, g_random_int ());
  if (item->next_attempt >= 0)
    return WAX_OUTBOX_EVENT_DEFER;
  item->next_attempt = 0;
  item->exit_code = EXIT_UNAVAILABLE;
  return WAX_OUTBOX_EVENT_FAIL;
}

static char *
detail_of_result (const WaxOutboxItem *item, const WaxSendResult *result, WaxOutboxEvent event)
{
  if (result->error == NULL)
    return g_strdup (result->reply.text);
  if (event == WAX_OUTBOX_EVENT_FAIL && result->state == WAX_SEND_DEFERRED)
    return g_strdup_printf ("Tried %d times in five days or more without success; the last time: %s",
                            item->attempts, result->error->message);

  return g_strdup (result->error->message);
}

static WaxEventStatus
status_of_state (WaxOutboxState state)
{
  if (state == WAX_OUTBOX_SENT)
    return WAX_EVENT_SUCCESS;

  return state == WAX_OUTBOX_UNKNOWN || state == WAX_OUTBOX_QUEUED ? WAX_EVENT_UNKNOWN : WAX_EVENT_FAILURE;
}

static gboolean
apply_result (WaxOutbox *self,
              WaxOutboxItem *item,
              const WaxSendResult *result,
              WaxAccount *connected,
              gint64 *discarded,
              GError **error)
{
  WaxOutboxEvent event = event_of_result (item, result);
  g_autoptr (JsonNode) node = wax_send_result_to_json (result, item->message_id);
  JsonArray *replies = wax_json_get_array (json_node_get_object (node), "recipients");
  WaxOutboxState next = item->state;

  wax_outbox_state_next (item->state, event, &next);
  json_object_set_string_member (json_node_get_object (node), "state", wax_outbox_state_to_string (next));
  g_clear_pointer (&item->result, json_object_unref);
  item->result = json_node_dup_object (node);
  g_set_object (&item->report, result->report);
  g_clear_pointer (&item->worker, g_free);
  g_free (item->detail);
  item->detail = detail_of_result (item, result, event);
  g_set_str (&item->hint, result->hint);
  if (!wax_outbox_move (self, item, event, discarded, error))
    return FALSE;
  if (connected != NULL
      && (!wax_connection_events_append (self->log, item->account_id, item->message_id, result, error)
          || !wax_account_memory_update (self->store, connected, result, error)))
    return FALSE;

  return wax_activity_log_append (
      self->log, wax_outbox_event (item, NULL, status_of_state (item->state), replies), error);
}

/* One transaction: the item and all that belongs into the log. (transfer full) */
static WaxOutboxItem *
record (WaxOutbox *self, gint64 id, const WaxSendResult *result, WaxAccount *connected, GError **error)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 discarded = 0;

  if (!wax_activity_log_begin (self->log, error))
    return NULL;
  item = wax_outbox_row_load (self->store, id, error);
  if (item == NULL || !apply_result (self, item, result, connected, &discarded, error))
    {
      wax_activity_log_rollback (self->log);
      return NULL;
    }
  if (!wax_activity_log_commit (self->log, error))
    return NULL;

  wax_outbox_free_blob (self, discarded);
  return g_steal_pointer (&item);
}

/* What the store says of itself ("nothing was changed") would read as if the
 * message had not gone. */
static void
explain_unrecorded (gint64 id, const WaxSendResult *result, GError *reason, GError **error)
{
  g_autoptr (GError) taken = reason;

  if (result->state == WAX_SEND_SENT || result->state == WAX_SEND_PARTIAL)
    g_set_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_UNRECORDED,
                 "The server accepted message %" G_GINT64_FORMAT
                 ", but that could not be written into the profile, where it becomes “unknown”: do not send "
                 "it again. %s",
                 id, taken->message);
  else if (result->state == WAX_SEND_UNKNOWN)
    g_set_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_UNRECORDED,
                 "Message %" G_GINT64_FORMAT
                 " may or may not have been accepted, and that could not be written into the profile. %s",
                 id, taken->message);
  else
    g_set_error (error, taken->domain, taken->code,
                 "Message %" G_GINT64_FORMAT
                 " was not sent (%s) and is kept, but that could not be written into the profile. %s",
                 id, result->error != NULL ? result->error->message : "no reason was given", taken->message);
}

gboolean
wax_outbox_deliver_one (WaxOutbox *self,
                        gint64 id,
                        WaxProgress *progress,
                        WaxOutboxItem **item,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (WaxOutboxItem) claimed = NULL;
  g_autoptr (WaxOutboxItem) after = NULL;
  g_autoptr (WaxSendResult) result = NULL;
  g_autoptr (GError) unrecorded = NULL;
  g_autoptr (WaxProgress) own = progress != NULL ? wax_progress_ref (progress) : wax_progress_new ();
  g_autoptr (WaxAccount) connected = NULL;

  g_return_val_if_fail (WAX_IS_OUTBOX (self), FALSE);

  *item = NULL;
  if (!recover (self, error) || !claim (self, id, own, &claimed, error))
    return FALSE;
  if (claimed == NULL)
    return TRUE;

  wax_outbox_notify (self);
  result = send_item (self, claimed, own, &connected, cancellable);
  after = record (self, claimed->id, result, connected, &unrecorded);
  set_delivering (self, claimed->id, NULL);
  wax_outbox_notify (self);
  if (after == NULL)
    {
      explain_unrecorded (claimed->id, result, g_steal_pointer (&unrecorded), error);
      return FALSE;
    }

  *item = g_steal_pointer (&after);
  return TRUE;
}
