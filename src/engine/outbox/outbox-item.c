/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message in the outbox as it stood when it was read. */

#include "outbox-item-private.h"

typedef enum
{
  PROP_ID = 1,
  PROP_STATE,
  PROP_ACCOUNT_ID,
  PROP_SENDER,
  PROP_RECIPIENTS,
  PROP_SUBJECT,
  PROP_MESSAGE_ID,
  PROP_SIZE,
  PROP_ATTEMPTS,
  PROP_CREATED,
  PROP_UPDATED,
  PROP_NEXT_ATTEMPT,
  PROP_DETAIL,
  PROP_HINT,
  N_PROPS,
} Property;

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxOutboxItem, wax_outbox_item, G_TYPE_OBJECT)

static void
wax_outbox_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxOutboxItem *self = WAX_OUTBOX_ITEM (object);

  switch ((Property) id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ACCOUNT_ID:
      g_value_set_string (value, self->account_id);
      break;
    case PROP_SENDER:
      g_value_set_string (value, self->sender);
      break;
    case PROP_RECIPIENTS:
      g_value_take_string (value, g_strjoinv (", ", self->recipients));
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, self->subject);
      break;
    case PROP_MESSAGE_ID:
      g_value_set_string (value, self->message_id);
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    case PROP_ATTEMPTS:
      g_value_set_int (value, self->attempts);
      break;
    case PROP_CREATED:
      g_value_set_int64 (value, self->created);
      break;
    case PROP_UPDATED:
      g_value_set_int64 (value, self->updated);
      break;
    case PROP_NEXT_ATTEMPT:
      g_value_set_int64 (value, self->next_attempt);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_HINT:
      g_value_set_string (value, self->hint);
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_outbox_item_finalize (GObject *object)
{
  WaxOutboxItem *self = WAX_OUTBOX_ITEM (object);

  g_free (self->account_id);
  g_free (self->sender);
  g_strfreev (self->recipients);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->detail);
  g_free (self->hint);
  g_free (self->sha256);
  g_free (self->worker);
  g_clear_pointer (&self->attachments, json_array_unref);
  g_clear_pointer (&self->result, json_object_unref);
  g_clear_object (&self->report);
  wax_envelope_options_clear (&self->options);

  G_OBJECT_CLASS (wax_outbox_item_parent_class)->finalize (object);
}

static void
wax_outbox_item_class_init (WaxOutboxItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  static const struct
  {
    Property id;
    const char *name;
  } texts[] = {
    { PROP_ACCOUNT_ID, "account-id" },
    { PROP_SENDER, "sender" },
    { PROP_RECIPIENTS, "recipients" },
    { PROP_SUBJECT, "subject" },
    { PROP_MESSAGE_ID, "message-id" },
    { PROP_DETAIL, "detail" },
    { PROP_HINT, "hint" },
  };
  static const struct
  {
    Property id;
    const char *name;
  } numbers[] = {
    { PROP_ID, "id" },
    { PROP_SIZE, "size" },
    { PROP_CREATED, "created" },
    { PROP_UPDATED, "updated" },
    { PROP_NEXT_ATTEMPT, "next-attempt" },
  };

  object_class->get_property = wax_outbox_item_get_property;
  object_class->finalize = wax_outbox_item_finalize;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    properties[texts[i].id] = g_param_spec_string (texts[i].name, NULL, NULL, NULL, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    properties[numbers[i].id] = g_param_spec_int64 (numbers[i].name, NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, WAX_OUTBOX_CANCELLED, 0, flags);
  properties[PROP_ATTEMPTS] = g_param_spec_int ("attempts", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wax_outbox_item_init (WaxOutboxItem *self)
{
}

#define GETTER(type, name, none)                            \
  type wax_outbox_item_get_##name (WaxOutboxItem *self)     \
  {                                                         \
    g_return_val_if_fail (WAX_IS_OUTBOX_ITEM (self), none); \
                                                            \
    return self->name;                                      \
  }

GETTER (gint64, id, 0)
GETTER (WaxOutboxState, state, WAX_OUTBOX_FAILED)
GETTER (const char *, account_id, NULL)
GETTER (const char *, sender, NULL)
GETTER (const char *, subject, NULL)
GETTER (const char *, message_id, NULL)
GETTER (gint64, size, 0)
GETTER (int, attempts, 0)
GETTER (gint64, created, 0)
GETTER (gint64, updated, 0)
GETTER (gint64, next_attempt, 0)
GETTER (gint64, draft_id, 0)
GETTER (const char *, detail, NULL)
GETTER (const char *, hint, NULL)
GETTER (WaxConnectionReport *, report, NULL)
GETTER (JsonObject *, result, NULL)

const WaxEnvelopeOptions *
wax_outbox_item_get_options (WaxOutboxItem *self)
{
  g_return_val_if_fail (WAX_IS_OUTBOX_ITEM (self), NULL);

  return &self->options;
}

const char *const *
wax_outbox_item_get_recipients (WaxOutboxItem *self)
{
  g_return_val_if_fail (WAX_IS_OUTBOX_ITEM (self), NULL);

  return (const char *const *) self->recipients;
}

int
wax_outbox_item_exit_code (WaxOutboxItem *self)
{
  g_return_val_if_fail (WAX_IS_OUTBOX_ITEM (self), 75);

  return self->exit_code;
}
