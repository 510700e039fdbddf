/* SPDX-License-Identifier: GPL-3.0-or-later */

/* address-field: To, Cc and Bcc of the composer. */

#include "address-field.h"

#include "address.h"

/* Nobody has finished an address while still typing it. */
#define PAUSE_MS 700

struct _WaxAddressField
{
  GtkWidget parent_instance;

  char *title;
  guint timer;

  GtkWidget *box;
  GtkLabel *name;
  GtkEditable *entry;
  GtkWidget *error;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_TEXT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxAddressField, wax_address_field, GTK_TYPE_WIDGET)

static void
show_error (WaxAddressField *self, const char *message)
{
  gtk_label_set_label (GTK_LABEL (self->error), message != NULL ? message : "");
  gtk_widget_set_visible (self->error, message != NULL);
  if (message != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
    }
}

gboolean
wax_address_field_check (WaxAddressField *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (WAX_IS_ADDRESS_FIELD (self), FALSE);

  g_clear_handle_id (&self->timer, g_source_remove);
  text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  if (*text != '\0')
    addresses = wax_address_list_parse (text, &error);
  show_error (self, error != NULL ? error->message : NULL);
  return error == NULL;
}

static void
pause_cb (gpointer user_data)
{
  WaxAddressField *self = user_data;

  self->timer = 0;
  wax_address_field_check (self);
}

static void
changed_cb (WaxAddressField *self)
{
  show_error (self, NULL);
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_once (PAUSE_MS, pause_cb, self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXT]);
}

static void
focus_left_cb (WaxAddressField *self)
{
  wax_address_field_check (self);
}

static gboolean
wax_address_field_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WAX_ADDRESS_FIELD (widget)->entry));
}

static void
wax_address_field_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxAddressField *self = WAX_ADDRESS_FIELD (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_TEXT:
      g_value_set_string (value, wax_address_field_get_text (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_address_field_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxAddressField *self = WAX_ADDRESS_FIELD (object);

  switch (id)
    {
    case PROP_TITLE:
      g_set_str (&self->title, g_value_get_string (value));
      break;
    case PROP_TEXT:
      wax_address_field_set_text (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_address_field_dispose (GObject *object)
{
  WaxAddressField *self = WAX_ADDRESS_FIELD (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_ADDRESS_FIELD);
  G_OBJECT_CLASS (wax_address_field_parent_class)->dispose (object);
}

static void
wax_address_field_finalize (GObject *object)
{
  g_free (WAX_ADDRESS_FIELD (object)->title);
  G_OBJECT_CLASS (wax_address_field_parent_class)->finalize (object);
}

static void
wax_address_field_class_init (WaxAddressFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wax_address_field_get_property;
  object_class->set_property = wax_address_field_set_property;
  object_class->dispose = wax_address_field_dispose;
  object_class->finalize = wax_address_field_finalize;
  widget_class->grab_focus = wax_address_field_grab_focus;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/address-field.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxAddressField, box);
  gtk_widget_class_bind_template_child (widget_class, WaxAddressField, name);
  gtk_widget_class_bind_template_child (widget_class, WaxAddressField, entry);
  gtk_widget_class_bind_template_child (widget_class, WaxAddressField, error);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, focus_left_cb);
}

static void
wax_address_field_init (WaxAddressField *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

const char *
wax_address_field_get_text (WaxAddressField *self)
{
  g_return_val_if_fail (WAX_IS_ADDRESS_FIELD (self), NULL);

  return gtk_editable_get_text (self->entry);
}

void
wax_address_field_set_text (WaxAddressField *self, const char *text)
{
  g_return_if_fail (WAX_IS_ADDRESS_FIELD (self));

  if (g_strcmp0 (text, wax_address_field_get_text (self)) != 0)
    gtk_editable_set_text (self->entry, text != NULL ? text : "");
}
