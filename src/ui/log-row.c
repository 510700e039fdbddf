/* SPDX-License-Identifier: GPL-3.0-or-later */

/* log-row: what a list shows of one entry of the log. */

#include "log-row.h"

#include "words.h"

struct _WaxLogRow
{
  GObject parent_instance;

  WaxActivityEntry *entry;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_TIME,
  PROP_KIND,
  PROP_ICON_NAME,
  PROP_CLASSES,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxLogRow, wax_log_row, G_TYPE_OBJECT)

static void
get_classes (WaxLogRow *self, GValue *value)
{
  const char *classes[] = { "dim-label", NULL };

  if (self->entry != NULL)
    classes[0] = wax_words_entry_class (self->entry);
  g_value_set_boxed (value, classes);
}

static void
wax_log_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxLogRow *self = WAX_LOG_ROW (object);
  WaxActivityEntry *entry = self->entry;

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, entry != NULL ? wax_activity_entry_get_title (entry) : "");
      break;
    case PROP_TIME:
      g_value_take_string (value, entry != NULL ? wax_words_time (wax_activity_entry_get_time (entry))
                                                : g_strdup (""));
      break;
    case PROP_KIND:
      g_value_set_string (
          value, entry != NULL ? wax_words_event_class (wax_activity_entry_get_class_uid (entry)) : "");
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, entry != NULL ? wax_words_entry_icon (entry) : "content-loading-symbolic");
      break;
    case PROP_CLASSES:
      get_classes (self, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_log_row_finalize (GObject *object)
{
  g_clear_object (&WAX_LOG_ROW (object)->entry);
  G_OBJECT_CLASS (wax_log_row_parent_class)->finalize (object);
}

static void
wax_log_row_class_init (WaxLogRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wax_log_row_get_property;
  object_class->finalize = wax_log_row_finalize;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_TIME] = g_param_spec_string ("time", NULL, NULL, NULL, flags);
  props[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, flags);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_CLASSES] = g_param_spec_boxed ("classes", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wax_log_row_init (WaxLogRow *self)
{
}

WaxLogRow *
wax_log_row_new (WaxActivityEntry *entry)
{
  WaxLogRow *self = g_object_new (WAX_TYPE_LOG_ROW, NULL);

  if (entry != NULL)
    self->entry = g_object_ref (entry);
  return self;
}

void
wax_log_row_set_entry (WaxLogRow *self, WaxActivityEntry *entry)
{
  guint i;

  g_return_if_fail (WAX_IS_LOG_ROW (self));

  if (!g_set_object (&self->entry, entry))
    return;
  for (i = PROP_0 + 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

WaxActivityEntry *
wax_log_row_get_entry (WaxLogRow *self)
{
  g_return_val_if_fail (WAX_IS_LOG_ROW (self), NULL);

  return self->entry;
}
