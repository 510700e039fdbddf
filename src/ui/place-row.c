/* SPDX-License-Identifier: GPL-3.0-or-later */

/* place-row: icon, name and badge of one place in the sidebar. */

#include "place-row.h"

#include <glib/gi18n.h>

struct _WaxPlaceRow
{
  GtkListBoxRow parent_instance;

  char *place;
  char *icon_name;
  char *title;
  guint count;
  gboolean attention;

  GtkWidget *badge;
};

enum
{
  PROP_0,
  PROP_PLACE,
  PROP_ICON_NAME,
  PROP_TITLE,
  PROP_COUNT,
  PROP_ATTENTION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxPlaceRow, wax_place_row, GTK_TYPE_LIST_BOX_ROW)

static char *
count_text (WaxPlaceRow *self, guint count)
{
  return g_strdup_printf ("%u", count);
}

/* The badge is read out with the name of the place. */
static void
describe (WaxPlaceRow *self)
{
  g_autofree char *label = NULL;

  if (self->title == NULL)
    return;
  if (self->count > 0)
    /* Translators: the name of a place such as Outbox, and how many things are there */
    label = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u item", "%s, %u items", self->count),
                             self->title, self->count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label != NULL ? label : self->title, -1);
}

static void
wax_place_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxPlaceRow *self = WAX_PLACE_ROW (object);

  switch (id)
    {
    case PROP_PLACE:
      g_value_set_string (value, self->place);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_ATTENTION:
      g_value_set_boolean (value, self->attention);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_place_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxPlaceRow *self = WAX_PLACE_ROW (object);

  switch (id)
    {
    case PROP_PLACE:
      g_set_str (&self->place, g_value_get_string (value));
      break;
    case PROP_ICON_NAME:
      g_set_str (&self->icon_name, g_value_get_string (value));
      break;
    case PROP_TITLE:
      g_set_str (&self->title, g_value_get_string (value));
      describe (self);
      break;
    case PROP_COUNT:
      self->count = g_value_get_uint (value);
      describe (self);
      break;
    case PROP_ATTENTION:
      self->attention = g_value_get_boolean (value);
      if (self->attention)
        gtk_widget_add_css_class (self->badge, "attention");
      else
        gtk_widget_remove_css_class (self->badge, "attention");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_place_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_PLACE_ROW);
  G_OBJECT_CLASS (wax_place_row_parent_class)->dispose (object);
}

static void
wax_place_row_finalize (GObject *object)
{
  WaxPlaceRow *self = WAX_PLACE_ROW (object);

  g_free (self->place);
  g_free (self->icon_name);
  g_free (self->title);
  G_OBJECT_CLASS (wax_place_row_parent_class)->finalize (object);
}

static void
wax_place_row_class_init (WaxPlaceRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wax_place_row_get_property;
  object_class->set_property = wax_place_row_set_property;
  object_class->dispose = wax_place_row_dispose;
  object_class->finalize = wax_place_row_finalize;

  props[PROP_PLACE] = g_param_spec_string ("place", NULL, NULL, NULL, flags);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_ATTENTION] = g_param_spec_boolean ("attention", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/place-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxPlaceRow, badge);
  gtk_widget_class_bind_template_callback (widget_class, count_text);
}

static void
wax_place_row_init (WaxPlaceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

const char *
wax_place_row_get_place (WaxPlaceRow *self)
{
  g_return_val_if_fail (WAX_IS_PLACE_ROW (self), NULL);

  return self->place;
}

const char *
wax_place_row_get_title (WaxPlaceRow *self)
{
  g_return_val_if_fail (WAX_IS_PLACE_ROW (self), NULL);

  return self->title;
}
