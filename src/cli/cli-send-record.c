/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message straight to a server, in the sealed record of a profile that was named
 * for it. Nothing is queued: there is no account to try again with. */

#include "cli-send-record.h"

#include "connection-events.h"
#include "json-canon.h"

static JsonArray *
attachments_of (const WaxMessageInfo *info)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < info->attachments->len; i++)
    {
      const WaxAttachmentInfo *one = g_ptr_array_index (info->attachments, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", one->name);
      json_object_set_string_member (object, "content_type", one->content_type);
      json_object_set_int_member (object, "size", one->size);
      json_array_add_object_element (array, object);
    }

  return array;
}

/* (transfer full) */
static WaxActivityEvent *
event (const WaxSpooledMessage *message, const char *state, WaxEventStatus status, JsonArray *replies)
{
  g_autoptr (JsonArray) attachments = attachments_of (message->info);
  const WaxSubmissionFacts facts = {
    .message_id = message->info->message_id,
    .sender = message->envelope->sender,
    .recipients = (const char *const *) message->envelope->recipients,
    .size = message->info->size,
    .sha256 = message->info->sha256,
    .attachments = attachments,
    .attempt = 1,
    .state = state,
    .replies = replies,
  };

  return wax_activity_event_submission (&facts, status);
}

gboolean
wax_send_record_intent (WaxEngine *engine, const WaxSpooledMessage *message, GError **error)
{
  return wax_activity_log_record (wax_engine_get_log (engine),
                                  event (message, "intent", WAX_EVENT_UNKNOWN, NULL), error);
}

static WaxEventStatus
status_of (WaxSendState state)
{
  if (state == WAX_SEND_SENT)
    return WAX_EVENT_SUCCESS;

  return state == WAX_SEND_UNKNOWN ? WAX_EVENT_UNKNOWN : WAX_EVENT_FAILURE;
}

gboolean
wax_send_record_outcome (WaxEngine *engine,
                         const WaxSpooledMessage *message,
                         const WaxSendResult *result,
                         GError **error)
{
  WaxActivityLog *log = wax_engine_get_log (engine);
  g_autoptr (JsonNode) node = wax_send_result_to_json (result, message->info->message_id);
  JsonArray *replies = wax_json_get_array (json_node_get_object (node), "recipients");

  if (!wax_activity_log_begin (log, error))
    return FALSE;
  if (!wax_connection_events_append (log, NULL, message->info->message_id, result, error)
      || !wax_activity_log_append (
          log, event (message, wax_send_state_to_string (result->state), status_of (result->state), replies),
          error))
    {
      wax_activity_log_rollback (log);
      return FALSE;
    }

  return wax_activity_log_commit (log, error);
}
