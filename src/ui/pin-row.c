/* SPDX-License-Identifier: GPL-3.0-or-later */

/* pin-row: one pinned key of an account. */

#include "pin-row.h"

#include <glib/gi18n.h>

#include "fingerprint.h"

struct _WaxPinRow
{
  AdwActionRow parent_instance;

  char *hex;
  gboolean backup;
};

static guint removed_signal;

G_DEFINE_FINAL_TYPE (WaxPinRow, wax_pin_row, ADW_TYPE_ACTION_ROW)

static void
copy_cb (WaxPinRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->hex);
}

static void
remove_cb (WaxPinRow *self)
{
  g_signal_emit (self, removed_signal, 0);
}

static void
wax_pin_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_PIN_ROW);
  G_OBJECT_CLASS (wax_pin_row_parent_class)->dispose (object);
}

static void
wax_pin_row_finalize (GObject *object)
{
  g_free (WAX_PIN_ROW (object)->hex);
  G_OBJECT_CLASS (wax_pin_row_parent_class)->finalize (object);
}

static void
wax_pin_row_class_init (WaxPinRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_pin_row_dispose;
  object_class->finalize = wax_pin_row_finalize;
  removed_signal = g_signal_new ("removed", WAX_TYPE_PIN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/pin-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
wax_pin_row_init (WaxPinRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wax_pin_row_new (const char *hex, gboolean backup)
{
  WaxPinRow *self;
  g_autofree char *words = NULL;

  g_return_val_if_fail (hex != NULL, NULL);

  self = g_object_new (WAX_TYPE_PIN_ROW, NULL);
  self->hex = g_strdup (hex);
  self->backup = backup;
  words = wax_fingerprint_words (hex);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), words);
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self),
      /* Translators: a key that the server is to have now, or one that it may change to */
      backup ? _ ("Backup, kept in reserve") : _ ("The server's key"));
  return GTK_WIDGET (self);
}

const char *
wax_pin_row_get_hex (WaxPinRow *self)
{
  g_return_val_if_fail (WAX_IS_PIN_ROW (self), NULL);

  return self->hex;
}

gboolean
wax_pin_row_is_backup (WaxPinRow *self)
{
  g_return_val_if_fail (WAX_IS_PIN_ROW (self), FALSE);

  return self->backup;
}
