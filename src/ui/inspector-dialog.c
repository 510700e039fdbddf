/* SPDX-License-Identifier: GPL-3.0-or-later */

/* inspector-dialog: the pages on one connection. Its action `inspector.toast`
 * serves the widgets inside. */

#include "inspector-dialog.h"

#include "inspector-certificate-page.h"
#include "inspector-connection-page.h"
#include "inspector-sign-in-page.h"
#include "inspector-transcript-page.h"

struct _WaxInspectorDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay *toast_overlay;
  WaxInspectorConnectionPage *connection_page;
  WaxInspectorCertificatePage *certificate_page;
  WaxInspectorSignInPage *sign_in_page;
  WaxInspectorTranscriptPage *transcript_page;
};

G_DEFINE_FINAL_TYPE (WaxInspectorDialog, wax_inspector_dialog, ADW_TYPE_DIALOG)

static void
toast_cb (GtkWidget *widget, const char *action, GVariant *words)
{
  AdwToast *toast = adw_toast_new (g_variant_get_string (words, NULL));

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (WAX_INSPECTOR_DIALOG (widget)->toast_overlay, toast);
}

static void
wax_inspector_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_INSPECTOR_DIALOG);
  G_OBJECT_CLASS (wax_inspector_dialog_parent_class)->dispose (object);
}

static void
wax_inspector_dialog_class_init (WaxInspectorDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_inspector_dialog_dispose;

  g_type_ensure (WAX_TYPE_INSPECTOR_CERTIFICATE_PAGE);
  g_type_ensure (WAX_TYPE_INSPECTOR_CONNECTION_PAGE);
  g_type_ensure (WAX_TYPE_INSPECTOR_SIGN_IN_PAGE);
  g_type_ensure (WAX_TYPE_INSPECTOR_TRANSCRIPT_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/inspector-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorDialog, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorDialog, connection_page);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorDialog, certificate_page);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorDialog, sign_in_page);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorDialog, transcript_page);
  gtk_widget_class_install_action (widget_class, "inspector.toast", "s", toast_cb);
}

static void
wax_inspector_dialog_init (WaxInspectorDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
wax_inspector_dialog_new (WaxConnectionReport *report, const GError *error, const char *hint)
{
  WaxInspectorDialog *self;

  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (report), NULL);

  self = g_object_new (WAX_TYPE_INSPECTOR_DIALOG, NULL);
  wax_inspector_connection_page_set_report (self->connection_page, report, error, hint);
  wax_inspector_certificate_page_set_report (self->certificate_page, report);
  wax_inspector_sign_in_page_set_report (self->sign_in_page, report);
  wax_inspector_transcript_page_set_report (self->transcript_page, report);
  return ADW_DIALOG (self);
}

void
wax_inspector_dialog_set_account (WaxInspectorDialog *self, WaxEngine *engine, WaxAccount *account)
{
  g_return_if_fail (WAX_IS_INSPECTOR_DIALOG (self));

  if (engine == NULL || account == NULL)
    return;
  wax_inspector_certificate_page_set_account (self->certificate_page, engine, account);
  wax_inspector_sign_in_page_set_account (self->sign_in_page, account);
}
