/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Entries as lists show them, and the search. What the user types is data: each
 * word goes into the query as a quoted string, so that nothing in it is syntax. */

#include "activity-private.h"

#include <string.h>

#define MAX_WORDS 32

struct _WaxActivityEntry
{
  GObject parent_instance;

  gint64 seq;
  gint64 time;
  int class_uid;
  int status;
  char *title;
  char *account_id;
  char *message_id;
  char *json;
};

typedef enum
{
  PROP_SEQ = 1,
  PROP_TIME,
  PROP_CLASS_UID,
  PROP_STATUS,
  PROP_TITLE,
  PROP_ACCOUNT_ID,
  PROP_MESSAGE_ID,
  PROP_JSON,
} EntryProperty;

static GParamSpec *properties[PROP_JSON + 1];

G_DEFINE_FINAL_TYPE (WaxActivityEntry, wax_activity_entry, G_TYPE_OBJECT)

static void
wax_activity_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxActivityEntry *self = WAX_ACTIVITY_ENTRY (object);

  switch ((EntryProperty) id)
    {
    case PROP_SEQ:
      g_value_set_int64 (value, self->seq);
      break;
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_CLASS_UID:
      g_value_set_int (value, self->class_uid);
      break;
    case PROP_STATUS:
      g_value_set_int (value, self->status);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_ACCOUNT_ID:
      g_value_set_string (value, self->account_id);
      break;
    case PROP_MESSAGE_ID:
      g_value_set_string (value, self->message_id);
      break;
    case PROP_JSON:
      g_value_set_string (value, self->json);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_activity_entry_finalize (GObject *object)
{
  WaxActivityEntry *self = WAX_ACTIVITY_ENTRY (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->account_id, g_free);
  g_clear_pointer (&self->message_id, g_free);
  g_clear_pointer (&self->json, g_free);

  G_OBJECT_CLASS (wax_activity_entry_parent_class)->finalize (object);
}

static void
wax_activity_entry_class_init (WaxActivityEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wax_activity_entry_get_property;
  object_class->finalize = wax_activity_entry_finalize;

  properties[PROP_SEQ] = g_param_spec_int64 ("seq", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_CLASS_UID] = g_param_spec_int ("class-uid", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_STATUS] = g_param_spec_int ("status", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ACCOUNT_ID] = g_param_spec_string ("account-id", NULL, NULL, NULL, flags);
  properties[PROP_MESSAGE_ID] = g_param_spec_string ("message-id", NULL, NULL, NULL, flags);
  properties[PROP_JSON] = g_param_spec_string ("json", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
wax_activity_entry_init (WaxActivityEntry *self)
{
}

gint64
wax_activity_entry_get_seq (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), -1);

  return self->seq;
}

gint64
wax_activity_entry_get_time (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), 0);

  return self->time;
}

int
wax_activity_entry_get_class_uid (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), 0);

  return self->class_uid;
}

WaxEventStatus
wax_activity_entry_get_status (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), WAX_EVENT_UNKNOWN);

  return (WaxEventStatus) self->status;
}

const char *
wax_activity_entry_get_title (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), NULL);

  return self->title;
}

const char *
wax_activity_entry_get_account_id (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), NULL);

  return self->account_id;
}

const char *
wax_activity_entry_get_message_id (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), NULL);

  return self->message_id;
}

const char *
wax_activity_entry_get_json (WaxActivityEntry *self)
{
  g_return_val_if_fail (WAX_IS_ACTIVITY_ENTRY (self), NULL);

  return self->json;
}

/* ---- searching ----------------------------------------------------------- */

static gboolean
has_token (const char *word)
{
  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)))
      return TRUE;

  return FALSE;
}

/* An FTS5 query in which each word of @search must occur, as a prefix;
 * %NULL if nothing in it could. */
static char *
search_query (const char *search)
{
  g_autofree char *valid = g_utf8_make_valid (search, -1);
  g_auto (GStrv) words = g_strsplit_set (valid, " \t\r\n", -1);
  g_autoptr (GString) query = g_string_new (NULL);
  int count = 0;

  for (gsize i = 0; words[i] != NULL && count < MAX_WORDS; i++)
    {
      g_auto (GStrv) pieces = NULL;
      g_autofree char *doubled = NULL;

      if (!has_token (words[i]))
        continue;
      pieces = g_strsplit (words[i], "\"", -1);
      doubled = g_strjoinv ("\"\"", pieces);
      g_string_append_printf (query, "%s\"%s\"*", count > 0 ? " AND " : "", doubled);
      count++;
    }

  return count > 0 ? g_string_free (g_steal_pointer (&query), FALSE) : NULL;
}

static WaxActivityEntry *
read_entry (WaxStatement *select)
{
  WaxActivityEntry *entry = g_object_new (WAX_TYPE_ACTIVITY_ENTRY, NULL);
  const char *octets;
  gsize length;

  entry->seq = wax_statement_int (select, 0);
  entry->time = wax_statement_int (select, 1);
  entry->class_uid = (int) wax_statement_int (select, 2);
  entry->status = (int) wax_statement_int (select, 3);
  entry->title = g_strdup (wax_statement_text (select, 4));
  entry->account_id = g_strdup (wax_statement_text (select, 5));
  entry->message_id = g_strdup (wax_statement_text (select, 6));
  octets = wax_statement_blob (select, 7, &length);
  entry->json = octets != NULL ? g_strndup (octets, length) : NULL;

  return entry;
}

GPtrArray *
wax_activity_log_list (WaxActivityLog *self,
                       const char *search,
                       const char *message_id,
                       gint64 offset,
                       gint64 limit,
                       GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GString) sql = NULL;
  g_autofree char *query = NULL;
  g_autoptr (WaxStatement) select = NULL;
  gboolean row;
  int next = 1;

  g_return_val_if_fail (WAX_IS_ACTIVITY_LOG (self), NULL);

  if (search != NULL && strspn (search, " \t\r\n") < strlen (search))
    {
      query = search_query (search);
      if (query == NULL)
        return g_steal_pointer (&entries);
    }
  sql = g_string_new (
      "SELECT a.seq, a.time, a.class_uid, a.status, a.title, a.account_id, a.message_id, a.octets ");
  if (query != NULL)
    g_string_append (sql, "FROM activity_words AS w JOIN activity AS a ON a.seq = w.rowid "
                          "WHERE activity_words MATCH ? ");
  else
    g_string_append (sql, "FROM activity AS a WHERE TRUE ");
  if (message_id != NULL)
    g_string_append (sql, "AND a.message_id = ? ");
  g_string_append (sql, query != NULL ? "ORDER BY w.rowid DESC " : "ORDER BY a.seq DESC ");
  g_string_append (sql, "LIMIT ? OFFSET ?");

  select = wax_store_prepare (self->store, sql->str, error);
  if (select == NULL)
    return NULL;
  if (query != NULL)
    wax_statement_bind_text (select, next++, query);
  if (message_id != NULL)
    wax_statement_bind_text (select, next++, message_id);
  wax_statement_bind_int (select, next++, limit);
  wax_statement_bind_int (select, next, offset);
  for (;;)
    {
      if (!wax_statement_step (select, &row, error))
        return NULL;
      if (!row)
        break;
      g_ptr_array_add (entries, read_entry (select));
    }

  return g_steal_pointer (&entries);
}
