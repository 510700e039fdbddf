/* SPDX-License-Identifier: GPL-3.0-or-later */

/* remedy-group: the honest choices, the same wherever something was refused. */

#include "remedy-group.h"

#include <glib/gi18n.h>

#include "exception-dialog.h"
#include "trust-dialog.h"

struct _WaxRemedyGroup
{
  AdwPreferencesGroup parent_instance;

  WaxFailure failure; /* owns what it points at */

  GtkWidget *mode_row;
  GtkWidget *trust_row;
  GtkWidget *pin_row;
  GtkWidget *new_pin_row;
  GtkWidget *version_row;
  GtkWidget *cipher_row;
  GtkWidget *revocation_row;
  GtkWidget *dane_row;
  GtkWidget *sign_in_row;
  GtkWidget *rest_row;
};

static guint account_changed_signal;
static guint sign_in_accepted_signal;
static guint send_to_rest_signal;

G_DEFINE_FINAL_TYPE (WaxRemedyGroup, wax_remedy_group, ADW_TYPE_PREFERENCES_GROUP)

static void
clear_failure (WaxRemedyGroup *self)
{
  g_free ((char *) self->failure.code);
  g_clear_object (&self->failure.report);
  g_clear_object (&self->failure.account);
  self->failure = (WaxFailure) { 0 };
}

static void
emit_changed (WaxRemedyGroup *self, WaxAccount *account)
{
  g_signal_emit (self, account_changed_signal, 0, account);
}

/* ---- choices with a dialog of their own ---- */

static void
confirmed_cb (WaxRemedyGroup *self, WaxExceptionDialog *dialog)
{
  g_autoptr (WaxAccount) account = NULL;

  if (self->failure.account == NULL)
    return;
  account = wax_account_copy (self->failure.account);
  wax_exception_dialog_apply (dialog, account);
  emit_changed (self, account);
}

static void
ask_for_exception (WaxRemedyGroup *self, WaxRemedy remedy)
{
  AdwDialog *dialog = wax_exception_dialog_new (remedy, &self->failure);

  g_signal_connect_object (dialog, "confirmed", G_CALLBACK (confirmed_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
pin_cb (WaxRemedyGroup *self)
{
  ask_for_exception (self, WAX_REMEDY_PIN_UNTRUSTED);
}

static void
new_pin_cb (WaxRemedyGroup *self)
{
  ask_for_exception (self, WAX_REMEDY_PIN_NEW_KEY);
}

static void
version_cb (WaxRemedyGroup *self)
{
  ask_for_exception (self, WAX_REMEDY_ALLOW_VERSION);
}

static void
cipher_cb (WaxRemedyGroup *self)
{
  ask_for_exception (self, WAX_REMEDY_ALLOW_CIPHER);
}

static void
trust_answered_cb (WaxRemedyGroup *self, const char *response)
{
  const WaxCertificateDetails *authority = wax_remedy_authority (self->failure.report);
  g_autoptr (WaxAccount) account = NULL;
  g_autofree char *pem = NULL;
  const char *before;

  if (g_strcmp0 (response, "trust") != 0 || authority == NULL)
    return;
  account = wax_account_copy (self->failure.account);
  before = wax_account_get_ca_pem (account);
  pem = g_strconcat (before != NULL ? before : "", authority->pem, NULL);
  g_object_set (account, "ca-pem", pem, NULL);
  emit_changed (self, account);
}

static void
trust_cb (WaxRemedyGroup *self)
{
  AdwDialog *dialog = wax_trust_dialog_new (wax_remedy_authority (self->failure.report));

  g_signal_connect_object (dialog, "response", G_CALLBACK (trust_answered_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* ---- choices that are asked about once more ---- */

static void
change (WaxRemedyGroup *self, const char *property, const char *text)
{
  g_autoptr (WaxAccount) account = NULL;

  if (self->failure.account == NULL)
    return;
  account = wax_account_copy (self->failure.account);
  g_object_set (account, property, text, NULL);
  if (g_str_equal (property, "strongest-mechanism"))
    g_signal_emit (self, sign_in_accepted_signal, 0, account);
  else
    emit_changed (self, account);
}

static void
answered_cb (AdwAlertDialog *dialog, const char *response, WaxRemedyGroup *self)
{
  if (g_str_equal (response, "change"))
    change (self, g_object_get_data (G_OBJECT (dialog), "property"),
            g_object_get_data (G_OBJECT (dialog), "text"));
}

/* @property and @text are literals. */
static void
ask (WaxRemedyGroup *self,
     const char *heading,
     const char *body,
     const char *button,
     const char *property,
     const char *text)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));

  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "change", button, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "change", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_object_set_data (G_OBJECT (dialog), "property", (gpointer) property);
  g_object_set_data (G_OBJECT (dialog), "text", (gpointer) text);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, 0);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

static void
revocation_cb (WaxRemedyGroup *self)
{
  ask (self, _ ("Send Without an Answer About Revocation?"),
       _ ("It is asked with every connection as before, and a certificate that was taken back is refused as "
          "before. Where nobody answers, this account sends all the same."),
       _ ("_Do Not Demand"), "revocation", "soft");
}

static void
dane_cb (WaxRemedyGroup *self)
{
  ask (self, _ ("Send Without DANE Records?"),
       _ ("They are asked for with every connection as before, and a certificate that they contradict is "
          "refused as "
          "before. Where there are none, the authorities alone decide."),
       _ ("_Do Not Demand"), "dane", "soft");
}

static void
sign_in_cb (WaxRemedyGroup *self)
{
  ask (self, _ ("Accept the Weaker Sign-in?"),
       _ ("The server offered a stronger way before. That is so after it was set up anew, and also when "
          "somebody in between takes the stronger one away to get at the password. Ask the server's "
          "administrator "
          "if you are not sure."),
       _ ("_Accept"), "strongest-mechanism", NULL);
}

/* ---- choices that say all in their row ---- */

static void
mode_cb (WaxRemedyGroup *self)
{
  g_autoptr (WaxAccount) account = wax_account_copy (self->failure.account);
  WaxTlsMode mode;
  guint port;

  wax_remedy_other_mode (&self->failure, &mode, &port);
  g_object_set (account, "mode", (int) mode, "port", port, NULL);
  emit_changed (self, account);
}

static void
rest_cb (WaxRemedyGroup *self)
{
  g_signal_emit (self, send_to_rest_signal, 0);
}

/* ---- the object ---- */

static void
wax_remedy_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_REMEDY_GROUP);
  G_OBJECT_CLASS (wax_remedy_group_parent_class)->dispose (object);
}

static void
wax_remedy_group_finalize (GObject *object)
{
  clear_failure (WAX_REMEDY_GROUP (object));
  G_OBJECT_CLASS (wax_remedy_group_parent_class)->finalize (object);
}

static void
wax_remedy_group_class_init (WaxRemedyGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_remedy_group_dispose;
  object_class->finalize = wax_remedy_group_finalize;
  account_changed_signal = g_signal_new ("account-changed", WAX_TYPE_REMEDY_GROUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, WAX_TYPE_ACCOUNT);
  sign_in_accepted_signal = g_signal_new ("sign-in-accepted", WAX_TYPE_REMEDY_GROUP, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, WAX_TYPE_ACCOUNT);
  send_to_rest_signal = g_signal_new ("send-to-rest", WAX_TYPE_REMEDY_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 0);
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxRemedyGroup, child)
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/remedy-group.ui");
  BIND (mode_row);
  BIND (trust_row);
  BIND (pin_row);
  BIND (new_pin_row);
  BIND (version_row);
  BIND (cipher_row);
  BIND (revocation_row);
  BIND (dane_row);
  BIND (sign_in_row);
  BIND (rest_row);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, trust_cb);
  gtk_widget_class_bind_template_callback (widget_class, pin_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_pin_cb);
  gtk_widget_class_bind_template_callback (widget_class, version_cb);
  gtk_widget_class_bind_template_callback (widget_class, cipher_cb);
  gtk_widget_class_bind_template_callback (widget_class, revocation_cb);
  gtk_widget_class_bind_template_callback (widget_class, dane_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, rest_cb);
}

static void
wax_remedy_group_init (WaxRemedyGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_mode (WaxRemedyGroup *self)
{
  g_autofree char *title = NULL;
  WaxTlsMode mode;
  guint port;

  wax_remedy_other_mode (&self->failure, &mode, &port);
  title = mode == WAX_TLS_MODE_STARTTLS
              /* Translators: a choice; %u is a port. STARTTLS is not translated */
              ? g_strdup_printf (_ ("_Use STARTTLS on Port %u"), port)
              /* Translators: a choice; %u is a port */
              : g_strdup_printf (_ ("_Use Implicit TLS on Port %u"), port);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->mode_row), title);
}

static void
show_left_out (WaxRemedyGroup *self, const char *left_out)
{
  /* Translators: %s is one mail address, or several */
  g_autofree char *words = g_strdup_printf (_ ("Without %s, which the server refuses"), left_out);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rest_row), words);
}

void
wax_remedy_group_show (WaxRemedyGroup *self, const WaxFailure *failure, const char *left_out)
{
  GtkWidget *rows[WAX_N_REMEDIES] = {
    [WAX_REMEDY_OTHER_MODE] = self->mode_row,
    [WAX_REMEDY_TRUST_AUTHORITY] = self->trust_row,
    [WAX_REMEDY_PIN_UNTRUSTED] = self->pin_row,
    [WAX_REMEDY_PIN_NEW_KEY] = self->new_pin_row,
    [WAX_REMEDY_ALLOW_VERSION] = self->version_row,
    [WAX_REMEDY_ALLOW_CIPHER] = self->cipher_row,
    [WAX_REMEDY_EASE_REVOCATION] = self->revocation_row,
    [WAX_REMEDY_EASE_DANE] = self->dane_row,
    [WAX_REMEDY_WEAKER_SIGN_IN] = self->sign_in_row,
    [WAX_REMEDY_SEND_TO_REST] = self->rest_row,
  };
  gboolean any = FALSE;

  g_return_if_fail (WAX_IS_REMEDY_GROUP (self));

  clear_failure (self);
  if (failure != NULL)
    {
      self->failure = *failure;
      self->failure.code = g_strdup (failure->code);
      self->failure.report = failure->report != NULL ? g_object_ref (failure->report) : NULL;
      self->failure.account = failure->account != NULL ? wax_account_copy (failure->account) : NULL;
    }
  for (WaxRemedy remedy = 0; remedy < WAX_N_REMEDIES; remedy++)
    {
      gboolean helps = wax_remedy_helps (remedy, &self->failure);

      gtk_widget_set_visible (rows[remedy], helps);
      any |= helps;
    }
  if (gtk_widget_get_visible (self->mode_row))
    show_mode (self);
  if (left_out != NULL)
    show_left_out (self, left_out);
  gtk_widget_set_visible (GTK_WIDGET (self), any);
}
