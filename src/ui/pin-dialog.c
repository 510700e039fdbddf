/* SPDX-License-Identifier: GPL-3.0-or-later */

/* pin-dialog: a key is pinned, with a backup beside it or without one. */

#include "pin-dialog.h"

#include "fact-row.h"
#include "fingerprint.h"

struct _WaxPinDialog
{
  AdwAlertDialog parent_instance;

  WaxAccount *account;
  char *key;

  WaxFactRow *key_row;
  GtkWidget *backup_row;
};

static guint pinned_signal;

G_DEFINE_FINAL_TYPE (WaxPinDialog, wax_pin_dialog, ADW_TYPE_ALERT_DIALOG)

/* (transfer full) (nullable) What was typed as backup. */
static char *
backup_of (WaxPinDialog *self)
{
  return wax_fingerprint_read (gtk_editable_get_text (GTK_EDITABLE (self->backup_row)));
}

/* A backup may be left out; one that cannot be a key may not stand there. */
static void
backup_changed_cb (WaxPinDialog *self)
{
  g_autofree char *backup = backup_of (self);
  gboolean wrong = backup == NULL && *gtk_editable_get_text (GTK_EDITABLE (self->backup_row)) != '\0';

  if (wrong)
    gtk_widget_add_css_class (self->backup_row, "error");
  else
    gtk_widget_remove_css_class (self->backup_row, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->backup_row), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "pin", !wrong);
}

static void
wax_pin_dialog_response (AdwAlertDialog *dialog, const char *response)
{
  WaxPinDialog *self = WAX_PIN_DIALOG (dialog);
  g_autofree char *backup = backup_of (self);
  const char *pins[] = { self->key, NULL };
  const char *backups[] = { backup, NULL };

  if (g_strcmp0 (response, "pin") != 0)
    return;
  g_object_set (self->account, "pins", pins, NULL);
  if (backup != NULL)
    g_object_set (self->account, "backup-pins", backups, NULL);
  g_signal_emit (self, pinned_signal, 0, self->account);
}

static void
wax_pin_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_PIN_DIALOG);
  G_OBJECT_CLASS (wax_pin_dialog_parent_class)->dispose (object);
}

static void
wax_pin_dialog_finalize (GObject *object)
{
  WaxPinDialog *self = WAX_PIN_DIALOG (object);

  g_clear_object (&self->account);
  g_free (self->key);
  G_OBJECT_CLASS (wax_pin_dialog_parent_class)->finalize (object);
}

static void
wax_pin_dialog_class_init (WaxPinDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_pin_dialog_dispose;
  object_class->finalize = wax_pin_dialog_finalize;
  ADW_ALERT_DIALOG_CLASS (klass)->response = wax_pin_dialog_response;
  pinned_signal = g_signal_new ("pinned", WAX_TYPE_PIN_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, WAX_TYPE_ACCOUNT);
  g_type_ensure (WAX_TYPE_FACT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/pin-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxPinDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, WaxPinDialog, backup_row);
  gtk_widget_class_bind_template_callback (widget_class, backup_changed_cb);
}

static void
wax_pin_dialog_init (WaxPinDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
wax_pin_dialog_new (WaxAccount *account, const WaxCertificateDetails *leaf)
{
  WaxPinDialog *self;
  g_autofree char *words = NULL;

  g_return_val_if_fail (WAX_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (leaf != NULL && leaf->spki_sha256 != NULL, NULL);

  self = g_object_new (WAX_TYPE_PIN_DIALOG, NULL);
  self->account = wax_account_copy (account);
  self->key = g_strdup (leaf->spki_sha256);
  words = wax_fingerprint_words (self->key);
  wax_fact_row_set_value (self->key_row, words);
  return ADW_DIALOG (self);
}
