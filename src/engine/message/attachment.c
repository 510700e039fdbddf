/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A file that goes with a draft: its path and what was seen of it when it was
 * attached. The octets are read when the message is written. */

#include "draft.h"

struct _WaxAttachment
{
  GObject parent_instance;

  char *path;
  char *name;
  char *content_type;
  gint64 size;
};

enum
{
  PROP_PATH = 1,
  PROP_NAME,
  PROP_CONTENT_TYPE,
  PROP_SIZE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxAttachment, wax_attachment, G_TYPE_OBJECT)

/* What others will see as the file's name: never a folder, never a control
 * character, always UTF-8. */
static char *
name_of (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = g_filename_display_name (base);
  GString *name = g_string_new (NULL);

  for (const char *p = shown; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (name, g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 ? '_' : c);
    }

  return g_string_free (name, FALSE);
}

/* By the name alone: the content is not looked into. Types whose parts may not
 * be base64 (RFC 2046 sections 5.1 and 5.2) would have to be rewritten, so such
 * a file goes as plain octets and arrives as it is. */
static char *
content_type_of (const char *name)
{
  g_autofree char *guess = g_content_type_guess (name, NULL, 0, NULL);
  g_autofree char *type = g_content_type_get_mime_type (guess);

  if (type == NULL || g_str_has_prefix (type, "message/") || g_str_has_prefix (type, "multipart/")
      || g_str_has_prefix (type, "inode/") || strchr (type, '/') == NULL)
    return g_strdup ("application/octet-stream");

  return g_steal_pointer (&type);
}

static void
wax_attachment_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxAttachment *self = WAX_ATTACHMENT (object);

  switch (id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_CONTENT_TYPE:
      g_value_set_string (value, self->content_type);
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_attachment_finalize (GObject *object)
{
  WaxAttachment *self = WAX_ATTACHMENT (object);

  g_free (self->path);
  g_free (self->name);
  g_free (self->content_type);

  G_OBJECT_CLASS (wax_attachment_parent_class)->finalize (object);
}

static void
wax_attachment_class_init (WaxAttachmentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wax_attachment_get_property;
  object_class->finalize = wax_attachment_finalize;

  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_CONTENT_TYPE] = g_param_spec_string ("content-type", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_int64 ("size", NULL, NULL, -1, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wax_attachment_init (WaxAttachment *self)
{
  self->size = -1;
}

WaxAttachment *
wax_attachment_new (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree char *shown = NULL;
  WaxAttachment *self;

  g_return_val_if_fail (path != NULL, NULL);

  file = g_file_new_for_path (path);
  shown = g_filename_display_name (path);
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                            G_FILE_QUERY_INFO_NONE, cancellable, &reason);
  if (info == NULL)
    {
      g_set_error (error, reason->domain, reason->code, "“%s” cannot be attached: %s", shown,
                   reason->message);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      gboolean folder = g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;

      g_set_error (error, G_IO_ERROR, folder ? G_IO_ERROR_IS_DIRECTORY : G_IO_ERROR_NOT_REGULAR_FILE,
                   "“%s” cannot be attached: it is %s", shown, folder ? "a folder" : "not a regular file");
      return NULL;
    }

  self = wax_attachment_new_stored (path);
  self->size = g_file_info_get_size (info);
  return self;
}

WaxAttachment *
wax_attachment_new_stored (const char *path)
{
  WaxAttachment *self = g_object_new (WAX_TYPE_ATTACHMENT, NULL);

  self->path = g_canonicalize_filename (path, NULL);
  self->name = name_of (self->path);
  self->content_type = content_type_of (self->name);
  return self;
}

const char *
wax_attachment_get_path (WaxAttachment *self)
{
  g_return_val_if_fail (WAX_IS_ATTACHMENT (self), NULL);

  return self->path;
}

const char *
wax_attachment_get_name (WaxAttachment *self)
{
  g_return_val_if_fail (WAX_IS_ATTACHMENT (self), NULL);

  return self->name;
}

const char *
wax_attachment_get_content_type (WaxAttachment *self)
{
  g_return_val_if_fail (WAX_IS_ATTACHMENT (self), NULL);

  return self->content_type;
}

gint64
wax_attachment_get_size (WaxAttachment *self)
{
  g_return_val_if_fail (WAX_IS_ATTACHMENT (self), -1);

  return self->size;
}
