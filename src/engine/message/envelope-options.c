/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is asked of the server for one message: its ranges, and its form in the
 * store and for scripts. */

#include "envelope-options.h"

#include <string.h>

#include "json-canon.h"

#define JSON_LIMIT (64 * 1024)

G_DEFINE_QUARK (wax_envelope_options_error, wax_envelope_options_error)

void
wax_envelope_options_clear (WaxEnvelopeOptions *self)
{
  g_free (self->envid);
  *self = (WaxEnvelopeOptions) { 0 };
}

void
wax_envelope_options_copy (WaxEnvelopeOptions *self, const WaxEnvelopeOptions *from)
{
  char *envid = g_strdup (from->envid);

  g_free (self->envid);
  *self = *from;
  self->envid = envid;
}

gboolean
wax_envelope_options_is_empty (const WaxEnvelopeOptions *self)
{
  return self->notify == WAX_DSN_UNSAID && self->dsn_return == WAX_DSN_RETURN_UNSAID && self->envid == NULL
         && !self->require_tls && self->hold_until == 0 && self->deliver_by_s == 0 && !self->has_priority
         && !self->send_to_rest;
}

/* ---- ranges ---- */

char *
wax_xtext_encode (const char *text)
{
  GString *encoded = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text > ' ' && *text <= '~' && *text != '+' && *text != '=')
      g_string_append_c (encoded, *text);
    else
      g_string_append_printf (encoded, "+%02X", (guint) (guchar) *text);

  return g_string_free (encoded, FALSE);
}

static gboolean
envid_is_usable (const char *envid)
{
  g_autofree char *encoded = wax_xtext_encode (envid);

  for (const char *p = envid; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      return FALSE;

  return *envid != '\0' && strlen (encoded) <= WAX_ENVID_LIMIT;
}

static gboolean
bad_value (GError **error, const char *what)
{
  g_set_error_literal (error, WAX_ENVELOPE_OPTIONS_ERROR, WAX_ENVELOPE_OPTIONS_ERROR_VALUE, what);
  return FALSE;
}

gboolean
wax_envelope_options_check (const WaxEnvelopeOptions *self, GError **error)
{
  if ((self->notify & WAX_DSN_NEVER) != 0 && self->notify != WAX_DSN_NEVER)
    return bad_value (error, "A notification that is never wanted cannot be wanted on success, failure or "
                             "delay (RFC 3461 section 4.1)");
  if (self->envid != NULL && !envid_is_usable (self->envid))
    return bad_value (error, "The envelope's identifier must have 1 to 100 characters of printable ASCII "
                             "(RFC 3461 section 4.4)");
  if (self->hold_until < 0)
    return bad_value (error, "The time until which the server is to hold the message is before 1970");
  if (self->deliver_by_s < 0 || self->deliver_by_s > WAX_DELIVER_BY_GREATEST)
    return bad_value (error, "The time for delivery must be 1 to 999999999 seconds (RFC 2852 section 4)");
  if (self->has_priority && (self->priority < WAX_PRIORITY_LEAST || self->priority > WAX_PRIORITY_GREATEST))
    return bad_value (error, "The priority must be -9 to 9 (RFC 6710 section 3)");

  return TRUE;
}

void
wax_envelope_options_default_envid (WaxEnvelopeOptions *self, const char *message_id)
{
  gsize length = strlen (message_id);
  g_autofree char *bare = NULL;

  if (self->envid != NULL || self->notify == WAX_DSN_UNSAID || self->notify == WAX_DSN_NEVER)
    return;
  if (length < 3 || message_id[0] != '<' || message_id[length - 1] != '>')
    return;
  bare = g_strndup (message_id + 1, length - 2);
  if (envid_is_usable (bare))
    self->envid = g_steal_pointer (&bare);
}

/* ---- JSON ---- */

static const struct
{
  WaxDsnNotify flag;
  const char *name;
} notify_names[] = {
  { WAX_DSN_NEVER, "never" },
  { WAX_DSN_SUCCESS, "success" },
  { WAX_DSN_FAILURE, "failure" },
  { WAX_DSN_DELAY, "delay" },
};

JsonNode *
wax_envelope_options_to_json (const WaxEnvelopeOptions *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  if (self->notify != WAX_DSN_UNSAID)
    {
      JsonArray *names = json_array_new ();

      for (gsize i = 0; i < G_N_ELEMENTS (notify_names); i++)
        if ((self->notify & notify_names[i].flag) != 0)
          json_array_add_string_element (names, notify_names[i].name);
      json_object_set_array_member (object, "notify", names);
    }
  if (self->dsn_return != WAX_DSN_RETURN_UNSAID)
    json_object_set_string_member (object, "return",
                                   self->dsn_return == WAX_DSN_RETURN_FULL ? "full" : "headers");
  if (self->envid != NULL)
    json_object_set_string_member (object, "envid", self->envid);
  if (self->require_tls)
    json_object_set_boolean_member (object, "require_tls", TRUE);
  if (self->hold_until != 0)
    json_object_set_int_member (object, "hold_until", self->hold_until);
  if (self->deliver_by_s != 0)
    {
      JsonObject *by = json_object_new ();

      json_object_set_int_member (by, "seconds", self->deliver_by_s);
      json_object_set_string_member (by, "mode", self->deliver_by_return ? "return" : "notify");
      json_object_set_object_member (object, "deliver_by", by);
    }
  if (self->has_priority)
    json_object_set_int_member (object, "priority", self->priority);
  if (self->send_to_rest)
    json_object_set_boolean_member (object, "send_to_rest", TRUE);

  json_node_take_object (node, object);
  return node;
}

static gboolean
read_notify (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  JsonArray *names = wax_json_get_array (object, member);

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    {
      JsonNode *node = json_array_get_element (names, i);
      gboolean known = FALSE;

      for (gsize k = 0; k < G_N_ELEMENTS (notify_names); k++)
        if (JSON_NODE_HOLDS_VALUE (node)
            && g_strcmp0 (json_node_get_string (node), notify_names[k].name) == 0)
          {
            self->notify |= notify_names[k].flag;
            known = TRUE;
          }
      if (!known)
        return FALSE;
    }

  return self->notify != WAX_DSN_UNSAID;
}

static gboolean
read_return (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  const char *value = wax_json_get_string (object, member, "");

  if (strcmp (value, "full") == 0)
    self->dsn_return = WAX_DSN_RETURN_FULL;
  else if (strcmp (value, "headers") == 0)
    self->dsn_return = WAX_DSN_RETURN_HEADERS;

  return self->dsn_return != WAX_DSN_RETURN_UNSAID;
}

static gboolean
read_envid (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  self->envid = g_strdup (wax_json_get_string (object, member, NULL));

  return self->envid != NULL;
}

static gboolean
read_require_tls (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  self->require_tls = wax_json_get_bool (object, member, FALSE);

  return self->require_tls;
}

static gboolean
read_hold (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  self->hold_until = wax_json_get_int (object, member, 0);

  return self->hold_until > 0;
}

static gboolean
read_deliver_by (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  JsonObject *by = wax_json_get_object (object, member);
  gint64 seconds = wax_json_get_int (by, "seconds", 0);
  const char *mode = wax_json_get_string (by, "mode", "");

  if (seconds < 1 || seconds > WAX_DELIVER_BY_GREATEST)
    return FALSE;
  self->deliver_by_s = (int) seconds;
  self->deliver_by_return = strcmp (mode, "return") == 0;

  return self->deliver_by_return || strcmp (mode, "notify") == 0;
}

static gboolean
read_priority (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  gint64 priority = wax_json_get_int (object, member, G_MAXINT64);

  if (priority < WAX_PRIORITY_LEAST || priority > WAX_PRIORITY_GREATEST)
    return FALSE;
  self->has_priority = TRUE;
  self->priority = (int) priority;

  return TRUE;
}

static gboolean
read_send_to_rest (WaxEnvelopeOptions *self, JsonObject *object, const char *member)
{
  self->send_to_rest = wax_json_get_bool (object, member, FALSE);

  return self->send_to_rest;
}

static const struct
{
  const char *name;
  gboolean (*read) (WaxEnvelopeOptions *self, JsonObject *object, const char *member);
} members[] = {
  { "notify", read_notify },     { "return", read_return },
  { "envid", read_envid },       { "require_tls", read_require_tls },
  { "hold_until", read_hold },   { "deliver_by", read_deliver_by },
  { "priority", read_priority }, { "send_to_rest", read_send_to_rest },
};

static gboolean
read_member (WaxEnvelopeOptions *self, JsonObject *object, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (strcmp (members[i].name, name) == 0)
      return members[i].read (self, object, name);

  return FALSE;
}

gboolean
wax_envelope_options_from_json (WaxEnvelopeOptions *self, JsonObject *object, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (object);
  g_auto (WaxEnvelopeOptions) read = { 0 };

  wax_envelope_options_clear (self);
  for (GList *l = names; l != NULL; l = l->next)
    if (!read_member (&read, object, l->data))
      {
        g_set_error (error, WAX_ENVELOPE_OPTIONS_ERROR, WAX_ENVELOPE_OPTIONS_ERROR_JSON,
                     "What the message asks of the server (“%s”) is not understood by this version",
                     (const char *) l->data);
        return FALSE;
      }
  if (!wax_envelope_options_check (&read, error))
    return FALSE;

  wax_envelope_options_copy (self, &read);
  return TRUE;
}

char *
wax_envelope_options_to_text (const WaxEnvelopeOptions *self)
{
  g_autoptr (JsonNode) node = NULL;

  if (wax_envelope_options_is_empty (self))
    return NULL;
  node = wax_envelope_options_to_json (self);

  return json_to_string (node, FALSE);
}

gboolean
wax_envelope_options_from_text (WaxEnvelopeOptions *self, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = NULL;

  wax_envelope_options_clear (self);
  if (text == NULL)
    return TRUE;
  node = wax_json_parse_object (text, -1, JSON_LIMIT, error);

  return node != NULL && wax_envelope_options_from_json (self, json_node_get_object (node), error);
}
