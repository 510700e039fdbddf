/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A server's words, as a result keeps them. */

#include "transport.h"

JsonNode *
wax_reply_text_to_json (const WaxReplyText *self)
{
  g_autoptr (JsonObject) object = NULL;
  JsonNode *node;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->code == 0)
    return json_node_init_null (json_node_alloc ());

  object = json_object_new ();
  json_object_set_int_member (object, "code", self->code);
  json_object_set_string_member (object, "enhanced", self->enhanced);
  json_object_set_string_member (object, "text", self->text != NULL ? self->text : "");

  node = json_node_alloc ();
  json_node_init_object (node, object);

  return node;
}

void
wax_reply_text_clear (WaxReplyText *self)
{
  g_return_if_fail (self != NULL);

  self->code = 0;
  g_clear_pointer (&self->enhanced, g_free);
  g_clear_pointer (&self->text, g_free);
}
