/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Canonical JSON (RFC 8785) for what is hashed, and careful readers for JSON
 * that came from elsewhere. Integers only: a double has many spellings and no
 * event of ours needs one. */

#include "json-canon.h"

#include <string.h>

#define MAX_DEPTH        64
#define MAX_SAFE_INTEGER G_GINT64_CONSTANT (9007199254740991)

G_DEFINE_QUARK (wax_json_error, wax_json_error)

/* RFC 8785 section 3.2.3: by UTF-16 code units, which differs from UTF-8 order
 * only between the surrogates' planes and U+E000 to U+FFFF. */
static int
compare_members (gconstpointer a, gconstpointer b)
{
  const char *p = *(const char *const *) a;
  const char *q = *(const char *const *) b;

  while (*p != '\0' && *q != '\0')
    {
      gunichar x = g_utf8_get_char (p);
      gunichar y = g_utf8_get_char (q);

      if (x != y)
        {
          gunichar first_x = x > 0xffff ? 0xd800 + ((x - 0x10000) >> 10) : x;
          gunichar first_y = y > 0xffff ? 0xd800 + ((y - 0x10000) >> 10) : y;

          if (first_x != first_y)
            return first_x < first_y ? -1 : 1;
          return x < y ? -1 : 1;
        }
      p = g_utf8_next_char (p);
      q = g_utf8_next_char (q);
    }

  return (*p != '\0') - (*q != '\0');
}

/* RFC 8785 section 3.2.2.2. */
static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      switch (c)
        {
        case '"':
          g_string_append (out, "\\\"");
          break;
        case '\\':
          g_string_append (out, "\\\\");
          break;
        case '\b':
          g_string_append (out, "\\b");
          break;
        case '\t':
          g_string_append (out, "\\t");
          break;
        case '\n':
          g_string_append (out, "\\n");
          break;
        case '\f':
          g_string_append (out, "\\f");
          break;
        case '\r':
          g_string_append (out, "\\r");
          break;
        default:
          if (c < 0x20)
            g_string_append_printf (out, "\\u%04x", c);
          else
            g_string_append_c (out, (char) c);
        }
    }
  g_string_append_c (out, '"');
}

static gboolean append_node (GString *out, JsonNode *node, GError **error);

static gboolean
append_object (GString *out, JsonObject *object, GError **error)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL))
    g_ptr_array_add (members, (gpointer) name);
  g_ptr_array_sort (members, compare_members);

  g_string_append_c (out, '{');
  for (guint i = 0; i < members->len; i++)
    {
      name = g_ptr_array_index (members, i);
      if (i > 0)
        g_string_append_c (out, ',');
      append_string (out, name);
      g_string_append_c (out, ':');
      if (!append_node (out, json_object_get_member (object, name), error))
        return FALSE;
    }
  g_string_append_c (out, '}');

  return TRUE;
}

static gboolean
append_array (GString *out, JsonArray *array, GError **error)
{
  guint length = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < length; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (!append_node (out, json_array_get_element (array, i), error))
        return FALSE;
    }
  g_string_append_c (out, ']');

  return TRUE;
}

static gboolean
append_value (GString *out, JsonNode *node, GError **error)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    append_string (out, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_INT64)
    {
      gint64 value = json_node_get_int (node);

      if (value > MAX_SAFE_INTEGER || value < -MAX_SAFE_INTEGER)
        {
          g_set_error (error, WAX_JSON_ERROR, WAX_JSON_ERROR_RANGE,
                       "The integer %" G_GINT64_FORMAT " is outside what JSON can hold exactly", value);
          return FALSE;
        }
      g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
    }
  else
    {
      g_set_error_literal (error, WAX_JSON_ERROR, WAX_JSON_ERROR_FLOAT,
                           "A floating-point number has no canonical form here");
      return FALSE;
    }

  return TRUE;
}

static gboolean
append_node (GString *out, JsonNode *node, GError **error)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return append_object (out, json_node_get_object (node), error);
    case JSON_NODE_ARRAY:
      return append_array (out, json_node_get_array (node), error);
    case JSON_NODE_VALUE:
      return append_value (out, node, error);
    case JSON_NODE_NULL:
    default:
      g_string_append (out, "null");
      return TRUE;
    }
}

char *
wax_json_canonicalize (JsonNode *node, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!append_node (out, node, error))
    return NULL;

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* The parser recurses, so the depth is looked at before it runs. */
static gboolean
depth_is_bounded (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if ((c == '{' || c == '[') && ++depth > MAX_DEPTH)
        return FALSE;
      else if (c == '}' || c == ']')
        depth--;
    }

  return TRUE;
}

JsonNode *
wax_json_parse_object (const char *text, gssize length, gsize limit, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) inner = NULL;
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  JsonNode *root;

  if (size > limit || !g_utf8_validate_len (text, size, NULL) || !depth_is_bounded (text, size))
    {
      g_set_error (error, WAX_JSON_ERROR, WAX_JSON_ERROR_PARSE,
                   "Not accepted as JSON: over %" G_GSIZE_FORMAT " octets, deeper than %d, or not UTF-8",
                   limit, MAX_DEPTH);
      return NULL;
    }
  json_parser_set_strict (parser, TRUE);
  if (!json_parser_load_from_data (parser, text, (gssize) size, &inner))
    {
      g_set_error (error, WAX_JSON_ERROR, WAX_JSON_ERROR_PARSE, "Not JSON: %s", inner->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WAX_JSON_ERROR, WAX_JSON_ERROR_PARSE, "Not a JSON object");
      return NULL;
    }

  return json_node_ref (root);
}

char *
wax_json_to_text (JsonNode *node)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_indent (generator, 2);
  json_generator_set_root (generator, node);

  return json_generator_to_data (generator, NULL);
}

/* The member, if it is a value that GValue can give as @type. */
static JsonNode *
member_of_type (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node
                                                                                                 : NULL;
}

const char *
wax_json_get_string (JsonObject *object, const char *member, const char *fallback)
{
  JsonNode *node = member_of_type (object, member, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : fallback;
}

gint64
wax_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = member_of_type (object, member, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : fallback;
}

gboolean
wax_json_get_bool (JsonObject *object, const char *member, gboolean fallback)
{
  JsonNode *node = member_of_type (object, member, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

JsonObject *
wax_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
wax_json_get_array (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
