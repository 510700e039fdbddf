/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message as it is written: plain text fields that a face binds to, and the
 * one check that says whether it could be sent. */

#include "draft.h"

#include "address.h"

#include <string.h>

typedef enum
{
  PROP_ID = 1,
  PROP_ACCOUNT_ID,
  PROP_TO,
  PROP_CC,
  PROP_BCC,
  PROP_SUBJECT,
  PROP_BODY,
  PROP_MARKDOWN,
  PROP_MESSAGE_ID,
  PROP_CHANGED,
  N_PROPS,
} Property;

struct _WaxDraft
{
  GObject parent_instance;

  gint64 id;
  char *account_id;
  char *to;
  char *cc;
  char *bcc;
  char *subject;
  char *body;
  gboolean markdown;
  char *message_id;
  gint64 changed;
  GListStore *attachments;
  WaxEnvelopeOptions options;
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_QUARK (wax_draft_error, wax_draft_error)
G_DEFINE_FINAL_TYPE (WaxDraft, wax_draft, G_TYPE_OBJECT)

/* The member behind a text property. */
static char **
text_of (WaxDraft *self, guint id)
{
  switch ((Property) id)
    {
    case PROP_ACCOUNT_ID:
      return &self->account_id;
    case PROP_TO:
      return &self->to;
    case PROP_CC:
      return &self->cc;
    case PROP_BCC:
      return &self->bcc;
    case PROP_SUBJECT:
      return &self->subject;
    case PROP_BODY:
      return &self->body;
    case PROP_MESSAGE_ID:
      return &self->message_id;
    case PROP_ID:
    case PROP_MARKDOWN:
    case PROP_CHANGED:
    case N_PROPS:
      break;
    }

  return NULL;
}

static void
set_text (WaxDraft *self, Property id, const char *value)
{
  if (g_set_str (text_of (self, id), value != NULL ? value : ""))
    g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_number (WaxDraft *self, Property id, gint64 *member, gint64 value)
{
  if (*member == value)
    return;
  *member = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
wax_draft_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxDraft *self = WAX_DRAFT (object);

  if (id == PROP_ID)
    g_value_set_int64 (value, self->id);
  else if (id == PROP_MARKDOWN)
    g_value_set_boolean (value, self->markdown);
  else if (id == PROP_CHANGED)
    g_value_set_int64 (value, self->changed);
  else if (text_of (self, id) != NULL)
    g_value_set_string (value, *text_of (self, id));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wax_draft_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxDraft *self = WAX_DRAFT (object);

  if (id == PROP_ID)
    wax_draft_set_id (self, g_value_get_int64 (value));
  else if (id == PROP_MARKDOWN)
    wax_draft_set_markdown (self, g_value_get_boolean (value));
  else if (id == PROP_CHANGED)
    wax_draft_set_changed (self, g_value_get_int64 (value));
  else if (text_of (self, id) != NULL)
    set_text (self, (Property) id, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wax_draft_finalize (GObject *object)
{
  WaxDraft *self = WAX_DRAFT (object);

  for (guint id = 1; id < N_PROPS; id++)
    if (text_of (self, id) != NULL)
      g_free (*text_of (self, id));
  g_clear_object (&self->attachments);
  wax_envelope_options_clear (&self->options);

  G_OBJECT_CLASS (wax_draft_parent_class)->finalize (object);
}

static void
wax_draft_class_init (WaxDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  static const struct
  {
    Property id;
    const char *name;
  } texts[] = {
    { PROP_ACCOUNT_ID, "account-id" },
    { PROP_TO, "to" },
    { PROP_CC, "cc" },
    { PROP_BCC, "bcc" },
    { PROP_SUBJECT, "subject" },
    { PROP_BODY, "body" },
    { PROP_MESSAGE_ID, "message-id" },
  };

  object_class->get_property = wax_draft_get_property;
  object_class->set_property = wax_draft_set_property;
  object_class->finalize = wax_draft_finalize;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    properties[texts[i].id] = g_param_spec_string (texts[i].name, NULL, NULL, "", flags);
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_MARKDOWN] = g_param_spec_boolean ("markdown", NULL, NULL, FALSE, flags);
  properties[PROP_CHANGED] = g_param_spec_int64 ("changed", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wax_draft_init (WaxDraft *self)
{
  for (guint id = 1; id < N_PROPS; id++)
    if (text_of (self, id) != NULL)
      *text_of (self, id) = g_strdup ("");
  self->attachments = g_list_store_new (WAX_TYPE_ATTACHMENT);
}

WaxDraft *
wax_draft_new (void)
{
  return g_object_new (WAX_TYPE_DRAFT, NULL);
}

gint64
wax_draft_get_id (WaxDraft *self)
{
  g_return_val_if_fail (WAX_IS_DRAFT (self), 0);

  return self->id;
}

void
wax_draft_set_id (WaxDraft *self, gint64 id)
{
  g_return_if_fail (WAX_IS_DRAFT (self) && id >= 0);

  set_number (self, PROP_ID, &self->id, id);
}

#define TEXT_ACCESSORS(name, PROP)                              \
  const char *wax_draft_get_##name (WaxDraft *self)             \
  {                                                             \
    g_return_val_if_fail (WAX_IS_DRAFT (self), "");             \
                                                                \
    return self->name;                                          \
  }                                                             \
                                                                \
  void wax_draft_set_##name (WaxDraft *self, const char *value) \
  {                                                             \
    g_return_if_fail (WAX_IS_DRAFT (self));                     \
                                                                \
    set_text (self, PROP, value);                               \
  }

TEXT_ACCESSORS (account_id, PROP_ACCOUNT_ID)
TEXT_ACCESSORS (to, PROP_TO)
TEXT_ACCESSORS (cc, PROP_CC)
TEXT_ACCESSORS (bcc, PROP_BCC)
TEXT_ACCESSORS (subject, PROP_SUBJECT)
TEXT_ACCESSORS (body, PROP_BODY)
TEXT_ACCESSORS (message_id, PROP_MESSAGE_ID)

gboolean
wax_draft_get_markdown (WaxDraft *self)
{
  g_return_val_if_fail (WAX_IS_DRAFT (self), FALSE);

  return self->markdown;
}

void
wax_draft_set_markdown (WaxDraft *self, gboolean value)
{
  g_return_if_fail (WAX_IS_DRAFT (self));

  if (self->markdown == !!value)
    return;
  self->markdown = !!value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MARKDOWN]);
}

gint64
wax_draft_get_changed (WaxDraft *self)
{
  g_return_val_if_fail (WAX_IS_DRAFT (self), 0);

  return self->changed;
}

void
wax_draft_set_changed (WaxDraft *self, gint64 value)
{
  g_return_if_fail (WAX_IS_DRAFT (self));

  set_number (self, PROP_CHANGED, &self->changed, value);
}

GListStore *
wax_draft_get_attachments (WaxDraft *self)
{
  g_return_val_if_fail (WAX_IS_DRAFT (self), NULL);

  return self->attachments;
}

WaxEnvelopeOptions *
wax_draft_get_options (WaxDraft *self)
{
  g_return_val_if_fail (WAX_IS_DRAFT (self), NULL);

  return &self->options;
}

WaxDraft *
wax_draft_copy (WaxDraft *self)
{
  WaxDraft *copy;

  g_return_val_if_fail (WAX_IS_DRAFT (self), NULL);

  copy = wax_draft_new ();
  copy->id = self->id;
  copy->markdown = self->markdown;
  copy->changed = self->changed;
  wax_envelope_options_copy (&copy->options, &self->options);
  for (guint id = 1; id < N_PROPS; id++)
    if (text_of (self, id) != NULL)
      g_set_str (text_of (copy, id), *text_of (self, id));
  /* Attachments never change once made, so they may be shared by threads. */
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    {
      g_autoptr (GObject) attachment = g_list_model_get_object (G_LIST_MODEL (self->attachments), i);

      g_list_store_append (copy->attachments, attachment);
    }

  return copy;
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t\r\n")] == '\0';
}

gboolean
wax_draft_is_empty (WaxDraft *self)
{
  g_return_val_if_fail (WAX_IS_DRAFT (self), TRUE);

  return is_blank (self->to) && is_blank (self->cc) && is_blank (self->bcc) && is_blank (self->subject)
         && is_blank (self->body) && g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 0;
}

static gboolean
check_header (const char *name, const char *value, GError **error)
{
  gboolean bad = !g_utf8_validate (value, -1, NULL);

  for (const char *p = value; !bad && *p != '\0'; p = g_utf8_next_char (p))
    bad = g_unichar_iscntrl (g_utf8_get_char (p)) && *p != '\t';
  if (bad)
    g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_HEADER,
                 "The %s has a line break or another control character in it", name);

  return !bad;
}

static gboolean
check_attachments (WaxDraft *self, GError **error)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    {
      g_autoptr (WaxAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);
      const char *path = wax_attachment_get_path (attachment);
      g_autofree char *shown = g_filename_display_name (path);

      if (wax_attachment_get_size (attachment) >= 0 && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                   "The attachment “%s” is no longer there: attach it again or remove it", shown);
      return FALSE;
    }

  return TRUE;
}

gboolean
wax_draft_check (WaxDraft *self, GError **error)
{
  g_autoptr (GPtrArray) recipients = NULL;

  g_return_val_if_fail (WAX_IS_DRAFT (self), FALSE);

  recipients = wax_draft_dup_recipients (self, error);
  if (recipients == NULL)
    return FALSE;
  if (recipients->len == 0)
    {
      g_set_error_literal (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_NO_RECIPIENT,
                           "The message has no recipient: fill in To, Cc or Bcc");
      return FALSE;
    }
  if (!check_header ("subject", self->subject, error)
      || !check_header ("Message-ID", self->message_id, error))
    return FALSE;
  if (!g_utf8_validate (self->body, -1, NULL))
    {
      g_set_error_literal (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_HEADER, "The text is not valid UTF-8");
      return FALSE;
    }

  return wax_envelope_options_check (&self->options, error) && check_attachments (self, error);
}

GPtrArray *
wax_draft_dup_recipients (WaxDraft *self, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_address_free);
  const struct
  {
    const char *name;
    const char *value;
  } fields[] = { { "To", self->to }, { "Cc", self->cc }, { "Bcc", self->bcc } };

  g_return_val_if_fail (WAX_IS_DRAFT (self), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GError) reason = NULL;
      g_autoptr (GPtrArray) list = wax_address_list_parse (fields[i].value, &reason);

      if (list == NULL)
        {
          g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ADDRESS, "%s: %s", fields[i].name,
                       reason->message);
          return NULL;
        }
      g_ptr_array_extend_and_steal (all, g_steal_pointer (&list));
    }

  return g_steal_pointer (&all);
}
