/* SPDX-License-Identifier: GPL-3.0-or-later */

/* identity-group: the client certificate of an account. */

#include "identity-group.h"

#include <glib/gi18n.h>

#include "password-row.h"

struct _WaxIdentityGroup
{
  AdwPreferencesGroup parent_instance;

  gboolean filling;

  GtkWidget *cert_row;
  GtkWidget *key_row;
  WaxPasswordRow *password_row;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxIdentityGroup, wax_identity_group, ADW_TYPE_PREFERENCES_GROUP)

static void
changed_cb (WaxIdentityGroup *self)
{
  if (!self->filling)
    g_signal_emit (self, changed_signal, 0);
}

/* ---- choosing ---- */

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) row = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row), path);
}

static void
choose (GtkWidget *row, const char *title)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (row);

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_open (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, chosen_cb,
                        g_object_ref (row));
}

static void
choose_cert_cb (WaxIdentityGroup *self)
{
  choose (self->cert_row, _ ("Client Certificate"));
}

static void
choose_key_cb (WaxIdentityGroup *self)
{
  choose (self->key_row, _ ("Private Key"));
}

/* ---- the object ---- */

static void
wax_identity_group_dispose (GObject *object)
{
  WaxIdentityGroup *self = WAX_IDENTITY_GROUP (object);

  self->filling = TRUE;
  wax_identity_group_forget (self);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_IDENTITY_GROUP);
  G_OBJECT_CLASS (wax_identity_group_parent_class)->dispose (object);
}

static void
wax_identity_group_class_init (WaxIdentityGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_identity_group_dispose;
  changed_signal = g_signal_new ("changed", WAX_TYPE_IDENTITY_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  g_type_ensure (WAX_TYPE_PASSWORD_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/identity-group.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxIdentityGroup, cert_row);
  gtk_widget_class_bind_template_child (widget_class, WaxIdentityGroup, key_row);
  gtk_widget_class_bind_template_child (widget_class, WaxIdentityGroup, password_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cert_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_key_cb);
}

static void
wax_identity_group_init (WaxIdentityGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_text (GtkWidget *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

static char *
stripped (GtkWidget *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

void
wax_identity_group_fill (WaxIdentityGroup *self, WaxAccount *account)
{
  g_return_if_fail (WAX_IS_IDENTITY_GROUP (self));

  self->filling = TRUE;
  set_text (self->cert_row, wax_account_get_client_cert (account));
  set_text (self->key_row, wax_account_get_client_key (account));
  self->filling = FALSE;
}

void
wax_identity_group_apply (WaxIdentityGroup *self, WaxAccount *account)
{
  g_autofree char *cert = NULL;
  g_autofree char *key = NULL;

  g_return_if_fail (WAX_IS_IDENTITY_GROUP (self));

  cert = stripped (self->cert_row);
  key = stripped (self->key_row);
  g_object_set (account, "client-cert", cert, "client-key", key, NULL);
}

WaxSecret *
wax_identity_group_dup_password (WaxIdentityGroup *self)
{
  g_return_val_if_fail (WAX_IS_IDENTITY_GROUP (self), NULL);

  return wax_password_row_dup_secret (self->password_row);
}

void
wax_identity_group_forget (WaxIdentityGroup *self)
{
  if (self->password_row != NULL)
    wax_password_row_clear (self->password_row);
}
