/* SPDX-License-Identifier: GPL-3.0-or-later */

/* fact-row: one fact of a connection or a certificate. */

#include "fact-row.h"

#include <glib/gi18n.h>

struct _WaxFactRow
{
  AdwPreferencesRow parent_instance;

  char *value;
  char *note;
  char *copy_text; /* (nullable) */
  gboolean monospace;
  gboolean copyable;

  GtkLabel *value_label;
  GtkLabel *note_label;
  GtkWidget *copy_button;
};

typedef enum
{
  PROP_VALUE = 1,
  PROP_NOTE,
  PROP_MONOSPACE,
  PROP_COPYABLE,
  N_PROPS
} Property;

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxFactRow, wax_fact_row, ADW_TYPE_PREFERENCES_ROW)

static void
copy_clicked_cb (WaxFactRow *self)
{
  /* Translators: said when something was copied; %s is what, such as “Serial number” */
  g_autofree char *words = g_strdup_printf (_ ("Copied: %s"),
                                            adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          self->copy_text != NULL ? self->copy_text : self->value);
  gtk_widget_activate_action (GTK_WIDGET (self), "inspector.toast", "s", words);
}

/* The row is read out as a whole; its labels can be read one by one. */
static void
describe (WaxFactRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  /* Translators: the name of a fact and the fact, as a screen reader says them */
  g_autofree char *words = g_strdup_printf (C_ ("fact", "%s: %s"), title,
                                            self->value != NULL ? self->value : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->note != NULL ? self->note : "",
                                  -1);
}

static void
title_changed_cb (WaxFactRow *self)
{
  /* Translators: the name of a button; %s is what it copies */
  g_autofree char *words = g_strdup_printf (_ ("Copy %s"),
                                            adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  describe (self);
}

static void
set_monospace (WaxFactRow *self, gboolean monospace)
{
  self->monospace = monospace;
  if (monospace)
    gtk_widget_add_css_class (GTK_WIDGET (self->value_label), "monospace");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->value_label), "monospace");
}

static void
wax_fact_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxFactRow *self = WAX_FACT_ROW (object);

  switch ((Property) id)
    {
    case PROP_VALUE:
      g_value_set_string (value, self->value);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_MONOSPACE:
      g_value_set_boolean (value, self->monospace);
      break;
    case PROP_COPYABLE:
      g_value_set_boolean (value, self->copyable);
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_fact_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxFactRow *self = WAX_FACT_ROW (object);

  switch ((Property) id)
    {
    case PROP_VALUE:
      wax_fact_row_set_value (self, g_value_get_string (value));
      break;
    case PROP_NOTE:
      wax_fact_row_set_note (self, g_value_get_string (value));
      break;
    case PROP_MONOSPACE:
      set_monospace (self, g_value_get_boolean (value));
      break;
    case PROP_COPYABLE:
      self->copyable = g_value_get_boolean (value);
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_fact_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_FACT_ROW);
  G_OBJECT_CLASS (wax_fact_row_parent_class)->dispose (object);
}

static void
wax_fact_row_finalize (GObject *object)
{
  WaxFactRow *self = WAX_FACT_ROW (object);

  g_free (self->value);
  g_free (self->note);
  g_free (self->copy_text);
  G_OBJECT_CLASS (wax_fact_row_parent_class)->finalize (object);
}

static void
wax_fact_row_class_init (WaxFactRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wax_fact_row_get_property;
  object_class->set_property = wax_fact_row_set_property;
  object_class->dispose = wax_fact_row_dispose;
  object_class->finalize = wax_fact_row_finalize;

  props[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, flags);
  props[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  props[PROP_MONOSPACE] = g_param_spec_boolean ("monospace", NULL, NULL, FALSE, flags);
  props[PROP_COPYABLE] = g_param_spec_boolean ("copyable", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/fact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxFactRow, value_label);
  gtk_widget_class_bind_template_child (widget_class, WaxFactRow, note_label);
  gtk_widget_class_bind_template_child (widget_class, WaxFactRow, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
wax_fact_row_init (WaxFactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect (self, "notify::title", G_CALLBACK (title_changed_cb), NULL);
}

void
wax_fact_row_set_value (WaxFactRow *self, const char *value)
{
  g_return_if_fail (WAX_IS_FACT_ROW (self));

  g_set_str (&self->value, value);
  gtk_label_set_text (self->value_label, value != NULL ? value : "");
  gtk_widget_set_visible (GTK_WIDGET (self), value != NULL && *value != '\0');
  describe (self);
}

void
wax_fact_row_set_note (WaxFactRow *self, const char *note)
{
  g_return_if_fail (WAX_IS_FACT_ROW (self));

  g_set_str (&self->note, note);
  gtk_label_set_text (self->note_label, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), note != NULL && *note != '\0');
  describe (self);
}

void
wax_fact_row_set_copy_text (WaxFactRow *self, const char *text)
{
  g_return_if_fail (WAX_IS_FACT_ROW (self));

  g_set_str (&self->copy_text, text);
}
