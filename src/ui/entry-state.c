/* SPDX-License-Identifier: GPL-3.0-or-later */

/* entry-state: the outbox state that a recorded submission reached. It stands in
 * the entry's JSON, under `unmapped`. */

#include "entry-state.h"

#include <json-glib/json-glib.h>

gboolean
wax_entry_get_state (WaxActivityEntry *entry, WaxOutboxState *state)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;
  JsonNode *unmapped;
  const char *text;

  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (entry), FALSE);

  if (wax_activity_entry_get_class_uid (entry) != WAX_CLASS_EMAIL_ACTIVITY)
    return FALSE;
  root = json_from_string (wax_activity_entry_get_json (entry), NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  object = json_node_get_object (root);
  unmapped = json_object_get_member (object, "unmapped");
  if (unmapped == NULL || !JSON_NODE_HOLDS_OBJECT (unmapped))
    return FALSE;
  text = json_object_get_string_member_with_default (json_node_get_object (unmapped), "state", NULL);
  return text != NULL && wax_outbox_state_from_string (text, state);
}
