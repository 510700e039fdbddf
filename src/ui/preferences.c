/* SPDX-License-Identifier: GPL-3.0-or-later */

/* preferences: how long sending can be undone, and light or dark. */

#include "preferences.h"

struct _WaxPreferences
{
  AdwPreferencesDialog parent_instance;

  AdwSpinRow *undo_row;
  AdwComboRow *scheme_row;
};

G_DEFINE_FINAL_TYPE (WaxPreferences, wax_preferences, ADW_TYPE_PREFERENCES_DIALOG)

/* The rows of the list are in the order of the schema's enumeration. */
static const char *const schemes[] = { "system", "light", "dark" };

static gboolean
scheme_to_row (GValue *value, GVariant *variant, gpointer user_data)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
row_to_scheme (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint row = g_value_get_uint (value);

  return g_variant_new_string (schemes[row < G_N_ELEMENTS (schemes) ? row : 0]);
}

static void
wax_preferences_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_PREFERENCES);
  G_OBJECT_CLASS (wax_preferences_parent_class)->dispose (object);
}

static void
wax_preferences_class_init (WaxPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxPreferences, undo_row);
  gtk_widget_class_bind_template_child (widget_class, WaxPreferences, scheme_row);
}

static void
wax_preferences_init (WaxPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WaxPreferences *
wax_preferences_new (WaxApplication *application)
{
  WaxPreferences *self = g_object_new (WAX_TYPE_PREFERENCES, NULL);
  GSettings *settings = wax_application_get_settings (application);

  g_settings_bind (settings, "undo-send-seconds", self->undo_row, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, "color-scheme", self->scheme_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, scheme_to_row, row_to_scheme, NULL, NULL);
  return self;
}
