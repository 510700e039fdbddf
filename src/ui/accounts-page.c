/* SPDX-License-Identifier: GPL-3.0-or-later */

/* accounts-page: the list of accounts. */

#include "accounts-page.h"

#include <glib/gi18n.h>

#include "account-dialog.h"
#include "account-row.h"
#include "notices.h"

struct _WaxAccountsPage
{
  WaxPlacePage parent_instance;

  GtkStack *stack;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (WaxAccountsPage, wax_accounts_page, WAX_TYPE_PLACE_PAGE)

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return wax_account_row_new (item);
}

static void
row_activated_cb (WaxAccountsPage *self, GtkListBoxRow *row)
{
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));

  adw_dialog_present (
      ADW_DIALOG (wax_account_dialog_new (profile, wax_account_row_get_account (WAX_ACCOUNT_ROW (row)))),
      GTK_WIDGET (self));
}

static void
items_changed_cb (WaxAccountsPage *self)
{
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (wax_profile_get_accounts (profile))) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "empty");
}

/* ---- removing ---- */

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxAccountsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wax_engine_remove_account_finish (WAX_ENGINE (source), result, &error))
    wax_place_page_say (WAX_PLACE_PAGE (self), error->message);
}

static void
response_cb (WaxAccountsPage *self, const char *response, AdwAlertDialog *dialog)
{
  WaxEngine *engine = wax_place_page_get_engine (WAX_PLACE_PAGE (self));

  if (engine != NULL && g_str_equal (response, "remove"))
    wax_engine_remove_account_async (engine, g_object_get_data (G_OBJECT (dialog), "account"), NULL,
                                     removed_cb, g_object_ref (self));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxAccountsPage *self = WAX_ACCOUNTS_PAGE (widget);
  WaxProfile *profile = wax_place_page_get_profile (WAX_PLACE_PAGE (self));
  const char *id = g_variant_get_string (parameter, NULL);
  g_autoptr (WaxAccount) account = wax_profile_find_account (profile, id);
  AdwAlertDialog *dialog;

  if (account == NULL)
    return;
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Remove This Account?"), NULL));
  adw_alert_dialog_format_body (
      dialog,
      /* Translators: a mail address */
      _ ("%s and its password are removed from this computer. What was sent stays in the "
         "record."),
      wax_account_get_address (account));
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "account", g_strdup (id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), widget);
}

static void
wax_accounts_page_constructed (GObject *object)
{
  WaxAccountsPage *self = WAX_ACCOUNTS_PAGE (object);
  GListModel *accounts = G_LIST_MODEL (
      wax_profile_get_accounts (wax_place_page_get_profile (WAX_PLACE_PAGE (self))));

  G_OBJECT_CLASS (wax_accounts_page_parent_class)->constructed (object);
  gtk_list_box_bind_model (self->list, accounts, create_row, NULL, NULL);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self);
}

static void
wax_accounts_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_ACCOUNTS_PAGE);
  G_OBJECT_CLASS (wax_accounts_page_parent_class)->dispose (object);
}

static void
wax_accounts_page_class_init (WaxAccountsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = wax_accounts_page_constructed;
  object_class->dispose = wax_accounts_page_dispose;

  g_type_ensure (WAX_TYPE_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/accounts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxAccountsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WaxAccountsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_install_action (widget_class, "account.remove", "s", remove_action);
}

static void
wax_accounts_page_init (WaxAccountsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
