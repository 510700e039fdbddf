/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What OCSF 1.8.0 demands of the classes that are recorded, and what the search
 * index takes from an event. The tables are from the schema's own repository
 * (github.com/ocsf/ocsf-schema, commit 3dcb905d2652, whose version.json says
 * 1.8.0): events/…, objects/…, with what they inherit. `allowed` names only the
 * attributes that Waxseal writes. */

#include "event-schema.h"
#include "activity-log.h"
#include "json-canon.h"

#include <string.h>

typedef struct
{
  int class_uid;
  int category_uid;
  const char *required;
  const char *one_of; /* (nullable): at least one of these */
  const char *allowed;
} ClassRule;

#define BASE_REQUIRED "activity_id category_uid class_uid metadata severity_id time type_uid"
#define BASE_ALLOWED  "activity_name message status_code status_detail status_id unmapped"

static const ClassRule class_rules[] = {
  { WAX_CLASS_EVENT_LOG_ACTIVITY, 1, "", "log_file log_name log_provider log_type log_type_id",
    "actor log_name log_type_id" },
  { WAX_CLASS_DETECTION_FINDING, 2, "finding_info", NULL, "is_alert" },
  { WAX_CLASS_AUTHENTICATION, 3, "user", "service dst_endpoint",
    "auth_protocol auth_protocol_id dst_endpoint is_cleartext is_remote logon_type_id" },
  { WAX_CLASS_NETWORK_ACTIVITY, 4, "", "dst_endpoint src_endpoint",
    "app_protocol_name connection_info dst_endpoint src_endpoint tls" },
  { WAX_CLASS_EMAIL_ACTIVITY, 4, "direction_id email", NULL, "attempt from protocol_name to" },
  { WAX_CLASS_APPLICATION_LIFECYCLE, 6, "app", NULL, "" },
  { WAX_CLASS_DATASTORE_ACTIVITY, 6, "actor src_endpoint", "database databucket table", "database" },
};

typedef struct
{
  const char *attribute; /* wherever it stands */
  const char *required;
  const char *one_of;
} ObjectRule;

#define ENDPOINT_ONE_OF "ip uid name hostname svc_name instance_uid interface_uid interface_name domain"

static const ObjectRule object_rules[] = {
  { "actor", "", "process user invoked_by session app_name app_uid" },
  { "app", "", "name uid" },
  { "certificate", "issuer serial_number", NULL },
  { "connection_info", "direction_id", NULL },
  { "database", "type_id", "name uid" },
  { "dst_endpoint", "", ENDPOINT_ONE_OF },
  { "email", "", "from to" },
  { "files", "name type_id", NULL },
  { "finding_info", "uid", NULL },
  { "fingerprints", "algorithm_id value", NULL },
  { "metadata", "product version", NULL },
  { "product", "", "name uid" },
  { "src_endpoint", "", ENDPOINT_ONE_OF },
  { "tls", "version", NULL },
  { "user", "", "account name uid" },
};

static const ClassRule *
find_class (int class_uid)
{
  for (gsize i = 0; i < G_N_ELEMENTS (class_rules); i++)
    if (class_rules[i].class_uid == class_uid)
      return &class_rules[i];

  return NULL;
}

static const ObjectRule *
find_object (const char *attribute)
{
  for (gsize i = 0; i < G_N_ELEMENTS (object_rules); i++)
    if (g_str_equal (object_rules[i].attribute, attribute))
      return &object_rules[i];

  return NULL;
}

static gboolean
lists (const char *names, const char *name)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  return g_strv_contains ((const char *const *) list, name);
}

static gboolean
fail (GError **error, const char *where, const char *what, const char *names)
{
  g_set_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_EVENT, "An event breaks its schema: %s %s %s",
               where, what, names);

  return FALSE;
}

static gboolean
has_all (JsonObject *object, const char *where, const char *names, GError **error)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  for (gsize i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0' && !json_object_has_member (object, list[i]))
      return fail (error, where, "lacks", list[i]);

  return TRUE;
}

static gboolean
has_one (JsonObject *object, const char *where, const char *names, GError **error)
{
  g_auto (GStrv) list = NULL;

  if (names == NULL)
    return TRUE;
  list = g_strsplit (names, " ", -1);
  for (gsize i = 0; list[i] != NULL; i++)
    if (json_object_has_member (object, list[i]))
      return TRUE;

  return fail (error, where, "lacks any of", names);
}

static gboolean check_members (JsonObject *object, GError **error);

static gboolean
check_node (const char *attribute, JsonNode *node, GError **error)
{
  const ObjectRule *rule = find_object (attribute);

  if (JSON_NODE_HOLDS_NULL (node))
    return fail (error, attribute, "is", "null");
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        if (!check_node (attribute, json_array_get_element (array, i), error))
          return FALSE;
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return rule == NULL || fail (error, attribute, "is not", "an object");
  if (rule != NULL
      && (!has_all (json_node_get_object (node), attribute, rule->required, error)
          || !has_one (json_node_get_object (node), attribute, rule->one_of, error)))
    return FALSE;

  return check_members (json_node_get_object (node), error);
}

static gboolean
check_members (JsonObject *object, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    if (!g_str_equal (name, "unmapped") && !check_node (name, node, error)) /* that one is ours */
      return FALSE;

  return TRUE;
}

static gboolean
knows_members (JsonObject *event, const ClassRule *rule, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, event);
  while (json_object_iter_next (&iter, &name, NULL))
    if (!lists (BASE_REQUIRED, name) && !lists (BASE_ALLOWED, name) && !lists (rule->required, name)
        && !lists (rule->allowed, name))
      return fail (error, "the class", "does not know", name);

  return TRUE;
}

int
wax_event_schema_category (int class_uid)
{
  const ClassRule *rule = find_class (class_uid);

  return rule != NULL ? rule->category_uid : 0;
}

gboolean
wax_event_schema_check (JsonObject *event, GError **error)
{
  gint64 class_uid = wax_json_get_int (event, "class_uid", 0);
  gint64 activity_id = wax_json_get_int (event, "activity_id", -1);
  gint64 severity_id = wax_json_get_int (event, "severity_id", -1);
  const ClassRule *rule = find_class ((int) class_uid);

  if (rule == NULL)
    return fail (error, "the class", "is", "unknown");
  if (!has_all (event, "the event", BASE_REQUIRED, error)
      || !has_all (event, "the event", rule->required, error)
      || !has_one (event, "the event", rule->one_of, error) || !knows_members (event, rule, error)
      || !check_members (event, error))
    return FALSE;
  if (wax_json_get_int (event, "category_uid", 0) != rule->category_uid)
    return fail (error, "category_uid", "is not that of", "the class");
  if (activity_id < 0 || wax_json_get_int (event, "type_uid", -1) != class_uid * 100 + activity_id)
    return fail (error, "type_uid", "is not", "class_uid * 100 + activity_id");
  if (activity_id == 99 && !json_object_has_member (event, "activity_name"))
    return fail (error, "activity 99", "lacks", "activity_name");
  if (severity_id < 0 || (severity_id > 6 && severity_id != 99))
    return fail (error, "severity_id", "is out of", "its range");
  if (wax_json_get_int (event, "time", -1) < 0)
    return fail (error, "time", "is not", "milliseconds since 1970");

  return TRUE;
}

/* ---- the index ----------------------------------------------------------- */

static void
add_word (GString *words, const char *word)
{
  if (word == NULL || *word == '\0')
    return;
  if (words->len > 0)
    g_string_append_c (words, '\n');
  g_string_append (words, word);
}

static void
add_array (GString *words, JsonArray *array)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        add_word (words, json_node_get_string (node));
    }
}

void
wax_event_index_derive (JsonObject *event, WaxEventIndex *index)
{
  JsonObject *unmapped = wax_json_get_object (event, "unmapped");
  JsonObject *email = wax_json_get_object (event, "email");
  JsonObject *endpoint = wax_json_get_object (event, "dst_endpoint");
  JsonObject *user = wax_json_get_object (event, "user");
  g_autoptr (GString) words = g_string_new (NULL);

  index->time = wax_json_get_int (event, "time", 0) * 1000;
  index->class_uid = (int) wax_json_get_int (event, "class_uid", 0);
  /* A finding's status_id is about its handling ("new"): what was found is a failure. */
  index->status = index->class_uid == WAX_CLASS_DETECTION_FINDING
                      ? WAX_EVENT_FAILURE
                      : (int) wax_json_get_int (event, "status_id", WAX_EVENT_UNKNOWN);
  index->account_id = g_strdup (wax_json_get_string (unmapped, "account_id", NULL));
  index->message_id = g_strdup (
      wax_json_get_string (email, "message_uid", wax_json_get_string (unmapped, "message_id", NULL)));
  index->title = g_strdup (wax_json_get_string (event, "message", NULL));

  add_word (words, index->title);
  add_word (words, index->message_id);
  add_word (words, wax_json_get_string (event, "from", NULL));
  add_array (words, wax_json_get_array (event, "to"));
  add_word (words, wax_json_get_string (endpoint, "hostname", NULL));
  add_word (words, wax_json_get_string (endpoint, "ip", NULL));
  add_word (words, wax_json_get_string (user, "name", NULL));
  index->words = g_string_free (g_steal_pointer (&words), FALSE);
}

void
wax_event_index_clear (WaxEventIndex *index)
{
  g_clear_pointer (&index->account_id, g_free);
  g_clear_pointer (&index->message_id, g_free);
  g_clear_pointer (&index->title, g_free);
  g_clear_pointer (&index->words, g_free);
}
