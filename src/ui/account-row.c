/* SPDX-License-Identifier: GPL-3.0-or-later */

/* account-row: who sends, through which server. */

#include "account-row.h"

#include <glib/gi18n.h>

#include "words.h"

struct _WaxAccountRow
{
  AdwActionRow parent_instance;

  WaxAccount *account;

  GtkWidget *remove_button;
};

G_DEFINE_FINAL_TYPE (WaxAccountRow, wax_account_row, ADW_TYPE_ACTION_ROW)

static void
wax_account_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_ACCOUNT_ROW);
  g_clear_object (&WAX_ACCOUNT_ROW (object)->account);
  G_OBJECT_CLASS (wax_account_row_parent_class)->dispose (object);
}

static void
wax_account_row_class_init (WaxAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_account_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxAccountRow, remove_button);
}

static void
wax_account_row_init (WaxAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wax_account_row_new (WaxAccount *account)
{
  WaxAccountRow *self = g_object_new (WAX_TYPE_ACCOUNT_ROW, NULL);
  g_autofree char *who = wax_words_account (account), *server = wax_words_server (account), *label = NULL;

  self->account = g_object_ref (account);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), who);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), server);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->remove_button), "s", wax_account_get_id (account));
  /* Translators: what screen readers call the remove button of an account: its address */
  label = g_strdup_printf (_ ("Remove account %s"), wax_account_get_address (account));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return GTK_WIDGET (self);
}

WaxAccount *
wax_account_row_get_account (WaxAccountRow *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT_ROW (self), NULL);

  return self->account;
}
