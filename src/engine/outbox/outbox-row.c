/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outbox's rows: all SQL of this room. */

#include "outbox-row.h"

#include "clock.h"
#include "json-canon.h"
#include "outbox.h"

#define JSON_LIMIT (16 * 1024 * 1024)
#define EXIT_KEPT  75 /* EX_TEMPFAIL: not sent yet, and kept */

#define WAITING "state IN ('held', 'scheduled', 'queued', 'deferred')"
/* When an item that waits is due, at the time ?1. One that was changed in the
 * future was changed under a clock that has been set back since: what it says is
 * due may be years away. Only a time that the user chose stays as it is. */
#define DUE_AT \
  "CASE WHEN state <> 'scheduled' AND updated > ?1 + " G_STRINGIFY (SKEW_US) " THEN 0 ELSE next_attempt END"
#define SKEW_US 60000000
#define COLUMNS                                                                                             \
  "SELECT id, state, account_id, sender, recipients, subject, message_id, size, sha256, attachments, "      \
  "needs_8bit,"                                                                                             \
  " needs_utf8, blob_id, draft_id, attempts, created, updated, next_attempt, final_octet, worker, detail, " \
  "hint,"                                                                                                   \
  " exit_code, result, options, needs_binary FROM outbox "

WaxOutboxItem *
wax_outbox_row_new (const WaxMessageInfo *info,
                    const WaxEnvelope *envelope,
                    const char *account_id,
                    gint64 blob_id,
                    gint64 draft_id)
{
  WaxOutboxItem *item = g_object_new (WAX_TYPE_OUTBOX_ITEM, NULL);

  item->state = WAX_OUTBOX_QUEUED;
  item->account_id = g_strdup (account_id);
  item->sender = g_strdup (envelope->sender);
  item->recipients = g_strdupv (envelope->recipients);
  item->subject = g_strdup (info->subject);
  item->message_id = g_strdup (info->message_id);
  item->size = info->size;
  item->sha256 = g_strdup (info->sha256);
  item->needs_8bit = info->needs_8bit || envelope->needs_8bit;
  item->needs_utf8 = info->needs_utf8 || envelope->needs_utf8;
  item->needs_binary = info->needs_binary || envelope->needs_binary;
  wax_envelope_options_copy (&item->options, &envelope->options);
  wax_envelope_options_default_envid (&item->options, info->message_id);
  item->blob_id = blob_id;
  item->draft_id = draft_id;
  item->exit_code = EXIT_KEPT;
  item->created = item->updated = item->next_attempt = wax_clock_now ();
  item->attachments = json_array_new ();
  for (guint i = 0; i < info->attachments->len; i++)
    {
      const WaxAttachmentInfo *one = g_ptr_array_index (info->attachments, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", one->name);
      json_object_set_string_member (object, "content_type", one->content_type);
      json_object_set_int_member (object, "size", one->size);
      json_array_add_object_element (item->attachments, object);
    }

  return item;
}

static void
bind_id (WaxStatement *statement, int index, gint64 id)
{
  if (id > 0)
    wax_statement_bind_int (statement, index, id);
  else
    wax_statement_bind_null (statement, index);
}

static char *
array_to_text (JsonArray *array)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

  json_node_set_array (node, array);
  return json_to_string (node, FALSE);
}

static char *
object_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = NULL;

  if (object == NULL)
    return NULL;
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

gboolean
wax_outbox_row_insert (WaxStore *store, WaxOutboxItem *item, GError **error)
{
  g_autoptr (WaxStatement) statement = NULL;
  g_autofree char *recipients = g_strjoinv ("\n", item->recipients);
  g_autofree char *attachments = array_to_text (item->attachments);
  g_autofree char *options = wax_envelope_options_to_text (&item->options);

  statement = wax_store_prepare (store,
                                 "INSERT INTO outbox (state, account_id, sender, recipients, subject, "
                                 "message_id, size, sha256, attachments,"
                                 " needs_8bit, needs_utf8, blob_id, draft_id, attempts, created, updated, "
                                 "next_attempt, final_octet, exit_code, options, needs_binary)"
                                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?, ?)",
                                 error);
  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, wax_outbox_state_to_string (item->state));
  wax_statement_bind_text (statement, 2, item->account_id);
  wax_statement_bind_text (statement, 3, item->sender);
  wax_statement_bind_text (statement, 4, recipients);
  wax_statement_bind_text (statement, 5, item->subject);
  wax_statement_bind_text (statement, 6, item->message_id);
  wax_statement_bind_int (statement, 7, item->size);
  wax_statement_bind_text (statement, 8, item->sha256);
  wax_statement_bind_text (statement, 9, attachments);
  wax_statement_bind_int (statement, 10, item->needs_8bit);
  wax_statement_bind_int (statement, 11, item->needs_utf8);
  bind_id (statement, 12, item->blob_id);
  bind_id (statement, 13, item->draft_id);
  wax_statement_bind_int (statement, 14, item->created);
  wax_statement_bind_int (statement, 15, item->updated);
  wax_statement_bind_int (statement, 16, item->next_attempt);
  wax_statement_bind_int (statement, 17, item->exit_code);
  wax_statement_bind_text (statement, 18, options);
  wax_statement_bind_int (statement, 19, item->needs_binary);
  if (!wax_statement_run (statement, error))
    return FALSE;

  item->id = wax_store_last_insert_id (store);
  return TRUE;
}

gboolean
wax_outbox_row_step (WaxStore *store, WaxOutboxItem *item, WaxOutboxEvent event, GError **error)
{
  g_autoptr (WaxStatement) statement = NULL;
  g_autofree char *result = object_to_text (item->result);
  WaxOutboxState old = item->state;

  g_return_val_if_fail (wax_store_in_transaction (store), FALSE);

  if (!wax_outbox_state_next (old, event, &item->state))
    {
      g_set_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE,
                   "This cannot be done with message %" G_GINT64_FORMAT " now: %s", item->id,
                   wax_outbox_state_sentence (old));
      return FALSE;
    }
  item->updated = wax_clock_now ();
  statement = wax_store_prepare (
      store,
      "UPDATE outbox SET state = ?, blob_id = ?, draft_id = ?, attempts = ?, updated = ?, next_attempt = ?,"
      " final_octet = ?, worker = ?, detail = ?, hint = ?, exit_code = ?, result = ? WHERE id = ? AND state "
      "= ?",
      error);
  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, wax_outbox_state_to_string (item->state));
  bind_id (statement, 2, item->blob_id);
  bind_id (statement, 3, item->draft_id);
  wax_statement_bind_int (statement, 4, item->attempts);
  wax_statement_bind_int (statement, 5, item->updated);
  wax_statement_bind_int (statement, 6, item->next_attempt);
  wax_statement_bind_int (statement, 7, item->final_octet);
  wax_statement_bind_text (statement, 8, item->worker);
  wax_statement_bind_text (statement, 9, item->detail);
  wax_statement_bind_text (statement, 10, item->hint);
  wax_statement_bind_int (statement, 11, item->exit_code);
  wax_statement_bind_text (statement, 12, result);
  wax_statement_bind_int (statement, 13, item->id);
  wax_statement_bind_text (statement, 14, wax_outbox_state_to_string (old));

  return wax_statement_run (statement, error);
}

gboolean
wax_outbox_row_store_options (WaxStore *store, WaxOutboxItem *item, GError **error)
{
  g_autofree char *options = wax_envelope_options_to_text (&item->options);
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (store, "UPDATE outbox SET options = ? WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, options);
  wax_statement_bind_int (statement, 2, item->id);

  return wax_statement_run (statement, error);
}

/* `timing_ms` stands beside `connection` in what `send --json` prints, and inside
 * it in a report. */
static WaxConnectionReport *
report_of (JsonObject *result)
{
  JsonObject *connection = wax_json_get_object (result, "connection");
  JsonObject *timing = wax_json_get_object (result, "timing_ms");
  g_autoptr (JsonObject) whole = NULL;
  g_autoptr (GList) members = NULL;

  if (connection == NULL)
    return NULL;
  whole = json_object_new ();
  members = json_object_get_members (connection);
  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (whole, l->data, json_object_dup_member (connection, l->data));
  if (timing != NULL)
    json_object_set_object_member (whole, "timing_ms", json_object_ref (timing));

  return wax_connection_report_from_json (whole);
}

static JsonArray *
parse_attachments (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_dup_array (node) : json_array_new ();
}

/* (transfer full) %NULL with @error where its options are not understood. */
static WaxOutboxItem *
item_of_row (WaxStatement *row, GError **error)
{
  g_autoptr (WaxOutboxItem) item = g_object_new (WAX_TYPE_OUTBOX_ITEM, NULL);

  item->id = wax_statement_int (row, 0);
  /* A state of a newer version would have come with a newer schema. */
  item->state = WAX_OUTBOX_BLOCKED;
  wax_outbox_state_from_string (wax_statement_text (row, 1), &item->state);
  item->account_id = g_strdup (wax_statement_text (row, 2));
  item->sender = g_strdup (wax_statement_text (row, 3));
  item->recipients = g_strsplit (wax_statement_text (row, 4), "\n", -1);
  item->subject = g_strdup (wax_statement_text (row, 5));
  item->message_id = g_strdup (wax_statement_text (row, 6));
  item->size = wax_statement_int (row, 7);
  item->sha256 = g_strdup (wax_statement_text (row, 8));
  item->attachments = parse_attachments (wax_statement_text (row, 9));
  item->needs_8bit = wax_statement_int (row, 10) != 0;
  item->needs_utf8 = wax_statement_int (row, 11) != 0;
  item->blob_id = wax_statement_int (row, 12);
  item->draft_id = wax_statement_int (row, 13);
  item->attempts = (int) wax_statement_int (row, 14);
  item->created = wax_statement_int (row, 15);
  item->updated = wax_statement_int (row, 16);
  item->next_attempt = wax_statement_int (row, 17);
  item->final_octet = wax_statement_int (row, 18) != 0;
  item->worker = g_strdup (wax_statement_text (row, 19));
  item->detail = g_strdup (wax_statement_text (row, 20));
  item->hint = g_strdup (wax_statement_text (row, 21));
  item->exit_code = (int) wax_statement_int (row, 22);
  if (!wax_statement_is_null (row, 23))
    {
      g_autoptr (JsonNode) node = wax_json_parse_object (wax_statement_text (row, 23), -1, JSON_LIMIT, NULL);

      if (node != NULL)
        {
          item->result = json_node_dup_object (node);
          item->report = report_of (item->result);
        }
    }
  item->needs_binary = wax_statement_int (row, 25) != 0;
  if (!wax_envelope_options_from_text (&item->options, wax_statement_text (row, 24), error))
    return NULL;

  return g_steal_pointer (&item);
}

static GPtrArray *
collect (WaxStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean row = FALSE;

  for (;;)
    {
      WaxOutboxItem *item;

      if (!wax_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      item = item_of_row (statement, error);
      if (item == NULL)
        return NULL;
      g_ptr_array_add (list, item);
    }
}

WaxOutboxItem *
wax_outbox_row_load (WaxStore *store, gint64 id, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, COLUMNS "WHERE id = ?", error);
  gboolean row = FALSE;

  if (statement == NULL)
    return NULL;
  wax_statement_bind_int (statement, 1, id);
  if (!wax_statement_step (statement, &row, error))
    return NULL;
  if (!row)
    {
      g_set_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_NOT_FOUND,
                   "There is no message %" G_GINT64_FORMAT " in the outbox", id);
      return NULL;
    }

  return item_of_row (statement, error);
}

GPtrArray *
wax_outbox_row_list (WaxStore *store, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, COLUMNS "ORDER BY id DESC", error);

  return statement != NULL ? collect (statement, error) : NULL;
}

GPtrArray *
wax_outbox_row_list_sending (WaxStore *store, GError **error)
{
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (store, COLUMNS "WHERE state = 'sending' ORDER BY id", error);

  return statement != NULL ? collect (statement, error) : NULL;
}

gboolean
wax_outbox_row_find_due (WaxStore *store, gint64 wanted, gint64 now, gint64 *id, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store,
                                                          "SELECT id FROM outbox WHERE " WAITING
                                                          " AND " DUE_AT " <= ?1 AND (?2 = 0 OR id = ?2)"
                                                          " ORDER BY next_attempt, id LIMIT 1",
                                                          error);
  gboolean row = FALSE;

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, now);
  wax_statement_bind_int (statement, 2, wanted);
  if (!wax_statement_step (statement, &row, error))
    return FALSE;

  *id = row ? wax_statement_int (statement, 0) : 0;
  return TRUE;
}

gboolean
wax_outbox_row_next_due (WaxStore *store, gint64 now, gint64 *when, GError **error)
{
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (store, "SELECT min (" DUE_AT ") FROM outbox WHERE " WAITING, error);
  gboolean row = FALSE;

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, now);
  if (!wax_statement_step (statement, &row, error))
    return FALSE;

  *when = row && !wax_statement_is_null (statement, 0) ? wax_statement_int (statement, 0) : -1;
  return TRUE;
}

gboolean
wax_outbox_row_mark_final (WaxStore *store, gint64 id, const char *worker, GError **error)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (
      store, "UPDATE outbox SET final_octet = 1 WHERE id = ? AND state = 'sending' AND worker = ?", error);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, id);
  wax_statement_bind_text (statement, 2, worker);
  if (!wax_statement_run (statement, error))
    return FALSE;
  if (wax_store_changes (store) != 1)
    {
      g_set_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE,
                   "Message %" G_GINT64_FORMAT " is no longer this worker's to send", id);
      return FALSE;
    }

  return TRUE;
}
