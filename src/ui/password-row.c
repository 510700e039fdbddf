/* SPDX-License-Identifier: GPL-3.0-or-later */

/* password-row: a password, of which only dots leave this row. */

#include "password-row.h"

struct _WaxPasswordRow
{
  AdwPreferencesRow parent_instance;

  GtkWidget *title_label;
  GtkText *text;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxPasswordRow, wax_password_row, ADW_TYPE_PREFERENCES_ROW)

static void
text_changed_cb (WaxPasswordRow *self)
{
  gtk_widget_set_visible (self->title_label, !wax_password_row_is_empty (self));
  g_signal_emit (self, changed_signal, 0);
}

/* The title stands where the text will be, until there is some. */
static void
title_changed_cb (WaxPasswordRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));

  gtk_text_set_placeholder_text (self->text, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static void
pressed_cb (WaxPasswordRow *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static gboolean
wax_password_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WAX_PASSWORD_ROW (widget)->text));
}

static void
wax_password_row_dispose (GObject *object)
{
  WaxPasswordRow *self = WAX_PASSWORD_ROW (object);

  if (self->text != NULL)
    wax_password_row_clear (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_PASSWORD_ROW);
  G_OBJECT_CLASS (wax_password_row_parent_class)->dispose (object);
}

static void
wax_password_row_class_init (WaxPasswordRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_password_row_dispose;
  widget_class->grab_focus = wax_password_row_grab_focus;
  changed_signal = g_signal_new ("changed", WAX_TYPE_PASSWORD_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/password-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxPasswordRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, WaxPasswordRow, text);
  gtk_widget_class_bind_template_callback (widget_class, text_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
}

static void
wax_password_row_init (WaxPasswordRow *self)
{
  g_autoptr (GtkEntryBuffer) locked = gtk_password_entry_buffer_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_text_set_buffer (self->text, locked);
  g_signal_connect (self, "notify::title", G_CALLBACK (title_changed_cb), NULL);
}

gboolean
wax_password_row_is_empty (WaxPasswordRow *self)
{
  g_return_val_if_fail (WAX_IS_PASSWORD_ROW (self), TRUE);

  return gtk_entry_buffer_get_length (gtk_text_get_buffer (self->text)) == 0;
}

WaxSecret *
wax_password_row_dup_secret (WaxPasswordRow *self)
{
  g_return_val_if_fail (WAX_IS_PASSWORD_ROW (self), NULL);

  if (wax_password_row_is_empty (self))
    return NULL;
  return wax_secret_new_string (gtk_entry_buffer_get_text (gtk_text_get_buffer (self->text)));
}

void
wax_password_row_clear (WaxPasswordRow *self)
{
  g_return_if_fail (WAX_IS_PASSWORD_ROW (self));

  gtk_entry_buffer_set_text (gtk_text_get_buffer (self->text), "", 0);
}
