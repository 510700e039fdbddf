/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The durable queue: messages go in by submit, the user's hand moves them by
 * retry and cancel, and delivery.c sends what is due. */

#include "outbox-private.h"

#include "blob-stream.h"
#include "clock.h"
#include "draft-store.h"

G_DEFINE_QUARK (wax_outbox_error, wax_outbox_error)
G_DEFINE_FINAL_TYPE (WaxOutbox, wax_outbox, G_TYPE_OBJECT)

static guint changed_signal;

static void
wax_outbox_finalize (GObject *object)
{
  WaxOutbox *self = WAX_OUTBOX (object);

  g_clear_pointer (&self->lease, wax_worker_lease_free);
  g_clear_pointer (&self->delivering, g_hash_table_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->log);
  g_clear_object (&self->vault);
  g_clear_pointer (&self->resolver, wax_dns_resolver_unref);
  g_free (self->folder);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wax_outbox_parent_class)->finalize (object);
}

static void
wax_outbox_class_init (WaxOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_outbox_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
wax_outbox_init (WaxOutbox *self)
{
  g_mutex_init (&self->mutex);
  self->delivering = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                            (GDestroyNotify) wax_progress_unref);
}

void
wax_outbox_notify (WaxOutbox *self)
{
  g_signal_emit (self, changed_signal, 0);
}

/* ---- within a transaction ---- */

WaxActivityEvent *
wax_outbox_event (WaxOutboxItem *item, const char *state, WaxEventStatus status, JsonArray *replies)
{
  const WaxSubmissionFacts facts = {
    .account_id = item->account_id,
    .message_id = item->message_id,
    .sender = item->sender,
    .recipients = (const char *const *) item->recipients,
    .size = item->size,
    .sha256 = item->sha256,
    .attachments = item->attachments,
    .attempt = MAX (item->attempts, 1),
    .state = state != NULL ? state : wax_outbox_state_to_string (item->state),
    .replies = replies,
  };

  return wax_activity_event_submission (&facts, status);
}

static gboolean
release_draft (WaxStore *store, gint64 draft_id, GError **error)
{
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (store, "UPDATE draft SET outbox_id = NULL WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, draft_id);
  return wax_statement_run (statement, error);
}

gboolean
wax_outbox_move (WaxOutbox *self,
                 WaxOutboxItem *item,
                 WaxOutboxEvent event,
                 gint64 *discarded,
                 GError **error)
{
  gint64 draft = item->draft_id, blob = item->blob_id;
  gboolean sent = event == WAX_OUTBOX_EVENT_SENT;

  if (discarded != NULL)
    *discarded = 0;
  if (!sent && event != WAX_OUTBOX_EVENT_CANCEL)
    return wax_outbox_row_step (self->store, item, event, error);

  item->draft_id = item->blob_id = 0;
  if (!wax_outbox_row_step (self->store, item, event, error))
    return FALSE;
  if (draft > 0
      && !(sent ? wax_draft_store_remove (self->store, draft, error)
                : release_draft (self->store, draft, error)))
    return FALSE;
  if (blob == 0)
    return TRUE;

  if (discarded != NULL)
    *discarded = blob;
  return wax_blob_discard (self->store, blob, error);
}

void
wax_outbox_free_blob (WaxOutbox *self, gint64 blob)
{
  g_autoptr (GError) error = NULL;

  if (blob > 0 && !wax_blob_delete (self->store, blob, &error))
    g_info ("A message's space could not be freed now: %s", error->message);
}

/* ---- submitting ---- */

/* Two clicks on "Send" must not be two messages. */
static gboolean
claim_draft (WaxStore *store, gint64 draft_id, gint64 item_id, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (
      store, "UPDATE draft SET outbox_id = ? WHERE id = ? AND outbox_id IS NULL", error);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, item_id);
  wax_statement_bind_int (statement, 2, draft_id);
  if (!wax_statement_run (statement, error))
    return FALSE;
  if (wax_store_changes (store) == 1)
    return TRUE;

  g_set_error_literal (
      error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE,
      "This draft was handed to the outbox already, or removed: it is not sent a second time");
  return FALSE;
}

static gboolean
enqueue (WaxOutbox *self, WaxOutboxItem *item, GError **error)
{
  if (!wax_blob_finish (self->store, item->blob_id, error)
      || !wax_outbox_row_insert (self->store, item, error))
    return FALSE;
  if (item->draft_id > 0 && !claim_draft (self->store, item->draft_id, item->id, error))
    return FALSE;

  return wax_activity_log_append (self->log, wax_outbox_event (item, NULL, WAX_EVENT_SUCCESS, NULL), error);
}

/* The one transaction that makes it a message of the outbox: its id, or -1. */
static gint64
enqueue_durably (WaxOutbox *self, WaxOutboxItem *item, GError **error)
{
  if (!wax_activity_log_begin (self->log, error))
    return -1;
  if (!enqueue (self, item, error))
    {
      wax_activity_log_rollback (self->log);
      return -1;
    }
  if (!wax_activity_log_commit (self->log, error))
    return -1;

  wax_outbox_notify (self);
  return item->id;
}

static WaxAddress *
identity_of (WaxAccount *account, GError **error)
{
  WaxAddress *from;

  if (!wax_account_validate (account, error))
    return NULL;
  from = wax_address_parse (wax_account_get_address (account), error);
  if (from != NULL && wax_account_get_name (account) != NULL)
    g_set_str (&from->name, wax_account_get_name (account));

  return from;
}

static WaxEnvelope *
envelope_of_draft (WaxDraft *draft, const WaxAddress *from, GError **error)
{
  g_autoptr (GPtrArray) recipients = wax_draft_dup_recipients (draft, error);
  g_autoptr (GPtrArray) mailboxes = NULL;

  if (recipients == NULL)
    return NULL;
  mailboxes = g_ptr_array_new ();
  for (guint i = 0; i < recipients->len; i++)
    g_ptr_array_add (mailboxes, ((WaxAddress *) g_ptr_array_index (recipients, i))->mailbox);
  g_ptr_array_add (mailboxes, NULL);

  return wax_envelope_new (from->mailbox, (const char *const *) mailboxes->pdata, error);
}

/* What is written into a blob: a draft or a finished message. */
typedef struct
{
  WaxDraft *draft;
  const WaxAddress *from;
  WaxTransferLimit limit;
  GInputStream *raw;
  GStrv *recipients;
} Source;

static WaxMessageInfo *
write_blob (WaxOutbox *self, const Source *source, gint64 blob, GCancellable *cancellable, GError **error)
{
  g_autoptr (GOutputStream) out = wax_blob_write (self->store, blob);
  g_autoptr (WaxMessageInfo) info = NULL;

  if (source->draft != NULL)
    info = wax_mime_write (source->draft, source->from, source->limit, out, cancellable, error);
  else
    info = wax_raw_message_copy (source->raw, out, source->recipients, NULL, cancellable, error);
  if (info == NULL)
    {
      g_output_stream_close (out, NULL, NULL);
      return NULL;
    }
  if (!g_output_stream_close (out, cancellable, error))
    return NULL;

  return g_steal_pointer (&info);
}

/* Of a finished message the log wants to know them too. */
static gboolean
note_attachments (WaxOutbox *self,
                  gint64 blob,
                  WaxMessageInfo *info,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GInputStream) message = wax_blob_read (self->store, blob, error);
  g_autoptr (GPtrArray) found = message != NULL ? wax_message_attachments (message, cancellable, error)
                                                : NULL;

  if (found == NULL)
    return FALSE;
  g_ptr_array_unref (info->attachments);
  info->attachments = g_steal_pointer (&found);
  return TRUE;
}

gint64
wax_outbox_submit (WaxOutbox *self,
                   WaxDraft *draft,
                   WaxAccount *account,
                   gint64 hold_us,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (WaxAddress) from = NULL;
  g_autoptr (WaxEnvelope) envelope = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (WaxOutboxItem) item = NULL;
  WaxTransferLimit limit;
  gint64 blob, id = -1;

  g_return_val_if_fail (WAX_IS_OUTBOX (self) && WAX_IS_DRAFT (draft) && WAX_IS_ACCOUNT (account), -1);

  if (!wax_draft_check (draft, error))
    return -1;
  from = identity_of (account, error);
  if (from == NULL)
    return -1;
  envelope = envelope_of_draft (draft, from, error);
  if (envelope == NULL)
    return -1;
  wax_envelope_options_copy (&envelope->options, wax_draft_get_options (draft));
  blob = wax_blob_create (self->store, error);
  if (blob < 0)
    return -1;

  /* A guess: should the server take less by then, it is encoded anew on the way. */
  limit = wax_transport_limit (wax_account_get_extensions (account));
  info = write_blob (self, &(Source) { .draft = draft, .from = from, .limit = limit }, blob, cancellable,
                     error);
  if (info != NULL)
    {
      item = wax_outbox_row_new (info, envelope, wax_account_get_id (account), blob,
                                 wax_draft_get_id (draft));
      if (hold_us > 0)
        {
          item->state = WAX_OUTBOX_HELD;
          item->next_attempt += hold_us;
        }
      id = enqueue_durably (self, item, error);
    }
  if (id < 0)
    wax_outbox_free_blob (self, blob);

  return id;
}

gint64
wax_outbox_submit_raw (WaxOutbox *self,
                       GInputStream *message,
                       const char *sender,
                       const char *const *recipients,
                       WaxAccount *account,
                       const WaxEnvelopeOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (WaxAddress) from = NULL;
  g_autoptr (WaxEnvelope) envelope = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (WaxOutboxItem) item = NULL;
  g_auto (GStrv) of_headers = NULL;
  gint64 blob, id = -1;

  g_return_val_if_fail (WAX_IS_OUTBOX (self) && G_IS_INPUT_STREAM (message) && WAX_IS_ACCOUNT (account), -1);

  if (options != NULL && !wax_envelope_options_check (options, error))
    return -1;
  from = identity_of (account, error);
  if (from == NULL)
    return -1;
  blob = wax_blob_create (self->store, error);
  if (blob < 0)
    return -1;

  info = write_blob (self, &(Source) { .raw = message, .recipients = &of_headers }, blob, cancellable, error);
  if (info != NULL && !note_attachments (self, blob, info, cancellable, error))
    g_clear_pointer (&info, wax_message_info_free);
  if (info != NULL)
    envelope = wax_envelope_new (sender != NULL ? sender : from->mailbox,
                                 recipients != NULL ? recipients : (const char *const *) of_headers, error);
  if (envelope != NULL)
    {
      if (options != NULL)
        wax_envelope_options_copy (&envelope->options, options);
      item = wax_outbox_row_new (info, envelope, wax_account_get_id (account), blob, 0);
      id = enqueue_durably (self, item, error);
    }
  if (id < 0)
    wax_outbox_free_blob (self, blob);

  return id;
}

/* ---- looking ---- */

WaxOutbox *
wax_outbox_new (WaxStore *store, WaxActivityLog *log, WaxVault *vault)
{
  WaxOutbox *self = g_object_new (WAX_TYPE_OUTBOX, NULL);

  self->store = g_object_ref (store);
  self->log = g_object_ref (log);
  self->vault = g_object_ref (vault);
  self->folder = g_path_get_dirname (wax_store_get_path (store));
  return self;
}

void
wax_outbox_set_resolver (WaxOutbox *self, WaxDnsResolver *resolver)
{
  g_return_if_fail (WAX_IS_OUTBOX (self) && self->resolver == NULL);

  self->resolver = resolver != NULL ? wax_dns_resolver_ref (resolver) : NULL;
}

void
wax_outbox_set_pool (WaxOutbox *self, WaxTransportPool *pool)
{
  g_return_if_fail (WAX_IS_OUTBOX (self));

  self->pool = pool;
}

GPtrArray *
wax_outbox_list (WaxOutbox *self, GError **error)
{
  g_return_val_if_fail (WAX_IS_OUTBOX (self), NULL);

  return wax_outbox_row_list (self->store, error);
}

WaxOutboxItem *
wax_outbox_get (WaxOutbox *self, gint64 id, GError **error)
{
  g_return_val_if_fail (WAX_IS_OUTBOX (self), NULL);

  return wax_outbox_row_load (self->store, id, error);
}

GInputStream *
wax_outbox_open_message (WaxOutbox *self, gint64 id, GError **error)
{
  g_autoptr (WaxOutboxItem) item = NULL;

  g_return_val_if_fail (WAX_IS_OUTBOX (self), NULL);

  item = wax_outbox_row_load (self->store, id, error);
  if (item == NULL)
    return NULL;
  if (item->blob_id == 0)
    {
      g_set_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE,
                   "The text of message %" G_GINT64_FORMAT " is no longer kept: %s", id,
                   wax_outbox_state_sentence (item->state));
      return NULL;
    }

  return wax_blob_read (self->store, item->blob_id, error);
}

gint64
wax_outbox_next_due (WaxOutbox *self, GError **error)
{
  gint64 now = wax_clock_now (), when = -1;

  g_return_val_if_fail (WAX_IS_OUTBOX (self), -1);

  if (!wax_outbox_row_next_due (self->store, now, &when, error))
    return -1;

  return when >= 0 && when <= now ? 0 : when;
}

gboolean
wax_outbox_get_progress (WaxOutbox *self, gint64 id, gint64 *done, gint64 *total)
{
  WaxProgress *progress;

  g_return_val_if_fail (WAX_IS_OUTBOX (self), FALSE);

  g_mutex_lock (&self->mutex);
  progress = g_hash_table_lookup (self->delivering, &id);
  if (progress != NULL)
    wax_progress_get (progress, done, total);
  g_mutex_unlock (&self->mutex);

  return progress != NULL;
}

/* ---- the user's hand ---- */

/* What the user wants of an item. */
typedef struct
{
  WaxOutboxEvent event;
  gboolean to_rest; /* the message is to go to those that the server accepts */
} Wish;

static gboolean
ask_for_the_rest (WaxOutbox *self, WaxOutboxItem *item, GError **error)
{
  item->options.send_to_rest = TRUE;

  return wax_outbox_row_store_options (self->store, item, error)
         && wax_activity_log_append (self->log,
                                     wax_outbox_event (item, "send-to-rest", WAX_EVENT_SUCCESS, NULL), error);
}

static gboolean
step_by_user (WaxOutbox *self, gint64 id, const Wish *wish, gint64 *discarded, GError **error)
{
  g_autoptr (WaxOutboxItem) item = wax_outbox_row_load (self->store, id, error);

  if (item == NULL)
    return FALSE;
  item->next_attempt = wish->event == WAX_OUTBOX_EVENT_RETRY ? wax_clock_now () : 0;
  item->final_octet = FALSE;
  g_clear_pointer (&item->detail, g_free);
  g_clear_pointer (&item->hint, g_free);
  if (!wax_outbox_move (self, item, wish->event, discarded, error)
      || (wish->to_rest && !ask_for_the_rest (self, item, error)))
    return FALSE;

  return wax_activity_log_append (self->log, wax_outbox_event (item, NULL, WAX_EVENT_SUCCESS, NULL), error);
}

static gboolean
by_user (WaxOutbox *self, gint64 id, const Wish *wish, GError **error)
{
  gint64 discarded = 0;

  if (!wax_activity_log_begin (self->log, error))
    return FALSE;
  if (!step_by_user (self, id, wish, &discarded, error))
    {
      wax_activity_log_rollback (self->log);
      return FALSE;
    }

  if (!wax_activity_log_commit (self->log, error))
    return FALSE;

  wax_outbox_notify (self);
  wax_outbox_free_blob (self, discarded);
  return TRUE;
}

gboolean
wax_outbox_retry (WaxOutbox *self, gint64 id, GError **error)
{
  g_return_val_if_fail (WAX_IS_OUTBOX (self), FALSE);

  return by_user (self, id, &(Wish) { .event = WAX_OUTBOX_EVENT_RETRY }, error);
}

gboolean
wax_outbox_send_to_rest (WaxOutbox *self, gint64 id, GError **error)
{
  g_return_val_if_fail (WAX_IS_OUTBOX (self), FALSE);

  return by_user (self, id, &(Wish) { .event = WAX_OUTBOX_EVENT_RETRY, .to_rest = TRUE }, error);
}

gboolean
wax_outbox_cancel (WaxOutbox *self, gint64 id, GError **error)
{
  g_return_val_if_fail (WAX_IS_OUTBOX (self), FALSE);

  return by_user (self, id, &(Wish) { .event = WAX_OUTBOX_EVENT_CANCEL }, error);
}
