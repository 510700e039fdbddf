/* SPDX-License-Identifier: GPL-3.0-or-later */

/* trust-dialog: the explicit choice to trust a private authority. */

#include "trust-dialog.h"

#include "fact-row.h"
#include "fingerprint.h"

struct _WaxTrustDialog
{
  AdwAlertDialog parent_instance;

  WaxFactRow *subject_row;
  WaxFactRow *sha256_row;
  GtkCheckButton *compared_button;
};

G_DEFINE_FINAL_TYPE (WaxTrustDialog, wax_trust_dialog, ADW_TYPE_ALERT_DIALOG)

static void
compared_cb (WaxTrustDialog *self)
{
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "trust",
                                         gtk_check_button_get_active (self->compared_button));
}

static void
wax_trust_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_TRUST_DIALOG);
  G_OBJECT_CLASS (wax_trust_dialog_parent_class)->dispose (object);
}

static void
wax_trust_dialog_class_init (WaxTrustDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_trust_dialog_dispose;

  g_type_ensure (WAX_TYPE_FACT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/trust-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxTrustDialog, subject_row);
  gtk_widget_class_bind_template_child (widget_class, WaxTrustDialog, sha256_row);
  gtk_widget_class_bind_template_child (widget_class, WaxTrustDialog, compared_button);
  gtk_widget_class_bind_template_callback (widget_class, compared_cb);
}

static void
wax_trust_dialog_init (WaxTrustDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
wax_trust_dialog_new (const WaxCertificateDetails *authority)
{
  WaxTrustDialog *self;
  g_autofree char *fingerprint = NULL;

  g_return_val_if_fail (authority != NULL, NULL);

  self = g_object_new (WAX_TYPE_TRUST_DIALOG, NULL);
  fingerprint = wax_fingerprint_words (authority->sha256);
  wax_fact_row_set_value (self->subject_row, authority->subject);
  wax_fact_row_set_value (self->sha256_row, fingerprint);
  return ADW_DIALOG (self);
}
