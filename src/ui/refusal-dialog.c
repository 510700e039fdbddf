/* SPDX-License-Identifier: GPL-3.0-or-later */

/* refusal-dialog: a message that waits for the user, and what can be done. */

#include "refusal-dialog.h"

#include <glib/gi18n.h>

#include "account-dialog.h"
#include "main-window.h"
#include "outbox-actions.h"
#include "tls-policy.h"
#include "trust-dialog.h"
#include "words.h"

struct _WaxRefusalDialog
{
  AdwDialog parent_instance;

  WaxProfile *profile;
  WaxOutboxItem *item;

  GtkWidget *icon;
  GtkLabel *heading;
  GtkLabel *sentence;
  GtkLabel *hint;
  GtkWidget *facts_group;
  GtkWidget *check_row;
  GtkWidget *expected_row;
  GtkWidget *found_row;
  GtkWidget *reply_row;
  GtkWidget *trust_row;
  GtkWidget *settings_row;
  GtkWidget *edit_row;
  GtkWidget *inspect_row;
  GtkWidget *retry_row;
};

G_DEFINE_FINAL_TYPE (WaxRefusalDialog, wax_refusal_dialog, ADW_TYPE_DIALOG)

/* ---- what is shown ---- */

static const char *
heading_for (WaxOutboxState state)
{
  switch (state)
    {
    case WAX_OUTBOX_BLOCKED:
      return _ ("The Message Waits for You");
    case WAX_OUTBOX_UNKNOWN:
      return _ ("Nobody Knows Whether It Was Sent");
    case WAX_OUTBOX_DEFERRED:
      return _ ("It Will Be Tried Again");
    case WAX_OUTBOX_PARTIAL:
      return _ ("Sent to Some of the Recipients");
    case WAX_OUTBOX_HELD:
    case WAX_OUTBOX_SCHEDULED:
    case WAX_OUTBOX_QUEUED:
    case WAX_OUTBOX_SENDING:
    case WAX_OUTBOX_SENT:
    case WAX_OUTBOX_FAILED:
    case WAX_OUTBOX_CANCELLED:
    default:
      return _ ("The Message Was Not Sent");
    }
}

static const WaxCheck *
failed_check (WaxOutboxItem *item)
{
  WaxConnectionReport *report = wax_outbox_item_get_report (item);

  return report != NULL ? wax_tls_policy_first_failure (report->checks) : NULL;
}

/* The last certificate of the chain, if it is an authority that signed itself:
 * only such a one can be what the user's own network is built on. */
static const WaxCertificateDetails *
private_authority (WaxOutboxItem *item)
{
  WaxConnectionReport *report = wax_outbox_item_get_report (item);
  const WaxCheck *check = failed_check (item);
  const WaxCertificateDetails *last;

  if (check == NULL || g_strcmp0 (check->name, "chain") != 0 || report->chain->len < 2)
    return NULL;
  last = report->chain->pdata[report->chain->len - 1];
  return last->is_ca && last->pem != NULL && g_strcmp0 (last->subject, last->issuer) == 0 ? last : NULL;
}

static void
set_fact (GtkWidget *row, const char *fact)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), fact != NULL ? fact : "");
  gtk_widget_set_visible (row, fact != NULL && *fact != '\0');
}

/* `550 5.1.1 No such user`, word for word. */
static char *
reply_text (WaxOutboxItem *item)
{
  JsonObject *result = wax_outbox_item_get_result (item), *reply;
  JsonNode *node = result != NULL ? json_object_get_member (result, "reply") : NULL;
  GString *text;
  const char *enhanced;
  gint64 code;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  reply = json_node_get_object (node);
  code = json_object_get_int_member_with_default (reply, "code", 0);
  if (code <= 0)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%" G_GINT64_FORMAT, code);
  enhanced = json_object_get_string_member_with_default (reply, "enhanced", NULL);
  if (enhanced != NULL)
    g_string_append_printf (text, " %s", enhanced);
  g_string_append_printf (text, " %s", json_object_get_string_member_with_default (reply, "text", ""));
  return g_string_free (text, FALSE);
}

static void
show_facts (WaxRefusalDialog *self)
{
  const WaxCheck *check = failed_check (self->item);
  g_autofree char *reply = reply_text (self->item);

  set_fact (self->check_row, check != NULL ? wax_words_check (check->name) : NULL);
  set_fact (self->expected_row, check != NULL ? check->expected : NULL);
  set_fact (self->found_row, check != NULL ? check->found : NULL);
  set_fact (self->reply_row, reply);
  gtk_widget_set_visible (self->facts_group, check != NULL || reply != NULL);
}

static void
show_item (WaxRefusalDialog *self)
{
  WaxOutboxState state = wax_outbox_item_get_state (self->item);
  const char *detail = wax_outbox_item_get_detail (self->item), *hint = wax_outbox_item_get_hint (self->item);
  g_autoptr (WaxAccount)
      account = wax_profile_find_account (self->profile, wax_outbox_item_get_account_id (self->item));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), wax_words_state_icon (state));
  gtk_widget_add_css_class (self->icon, wax_words_state_class (state));
  gtk_label_set_label (self->heading, heading_for (state));
  gtk_label_set_label (self->sentence, detail != NULL ? detail : wax_words_state (state));
  gtk_label_set_label (self->hint, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint), hint != NULL && *hint != '\0');
  show_facts (self);
  gtk_widget_set_visible (self->trust_row, account != NULL && private_authority (self->item) != NULL);
  gtk_widget_set_visible (self->settings_row, account != NULL);
  gtk_widget_set_visible (self->edit_row, wax_outbox_can (self->item, "edit"));
  gtk_widget_set_visible (self->inspect_row, wax_outbox_can (self->item, "inspect"));
  gtk_widget_set_visible (self->retry_row, wax_outbox_can (self->item, "retry"));
}

/* ---- the choices: each closes this dialog and goes on in the window ---- */

static GtkWidget *
leave (WaxRefusalDialog *self)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  adw_dialog_close (ADW_DIALOG (self));
  return window;
}

static void
retry_cb (WaxRefusalDialog *self)
{
  wax_outbox_do_retry (leave (self), self->item);
}

static void
edit_cb (WaxRefusalDialog *self)
{
  wax_outbox_do_edit (leave (self), self->item);
}

static void
inspect_cb (WaxRefusalDialog *self)
{
  wax_outbox_do_inspect (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), self->item);
}

static void
settings_cb (WaxRefusalDialog *self)
{
  g_autoptr (WaxAccount)
      account = wax_profile_find_account (self->profile, wax_outbox_item_get_account_id (self->item));

  if (account != NULL)
    adw_dialog_present (wax_account_dialog_new (self->profile, account), leave (self));
}

static void
trusted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxRefusalDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved = wax_engine_save_account_finish (WAX_ENGINE (source), result, &error);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  /* Closed meanwhile: the account is changed, and trying again is left to the user. */
  if (!WAX_IS_MAIN_WINDOW (root))
    return;
  if (saved)
    retry_cb (self);
  else
    wax_main_window_say (WAX_MAIN_WINDOW (root), error->message);
}

static void
trust (WaxRefusalDialog *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);
  g_autoptr (WaxAccount)
      account = wax_profile_find_account (self->profile, wax_outbox_item_get_account_id (self->item));
  const WaxCertificateDetails *authority = private_authority (self->item);
  g_autoptr (WaxAccount) changed = NULL;
  g_autofree char *pem = NULL;

  if (engine == NULL || account == NULL || authority == NULL)
    return;
  changed = wax_account_copy (account);
  pem = g_strconcat (wax_account_get_ca_pem (account) != NULL ? wax_account_get_ca_pem (account) : "",
                     authority->pem, NULL);
  g_object_set (changed, "ca-pem", pem, NULL);
  wax_engine_save_account_async (engine, changed, NULL, NULL, trusted_cb, g_object_ref (self));
}

static void
trust_response_cb (WaxRefusalDialog *self, const char *response)
{
  if (g_str_equal (response, "trust"))
    trust (self);
}

static void
trust_cb (WaxRefusalDialog *self)
{
  const WaxCertificateDetails *authority = private_authority (self->item);
  AdwDialog *dialog;

  if (authority == NULL)
    return;
  dialog = wax_trust_dialog_new (authority);
  g_signal_connect_object (dialog, "response", G_CALLBACK (trust_response_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* ---- the object ---- */

static void
wax_refusal_dialog_dispose (GObject *object)
{
  WaxRefusalDialog *self = WAX_REFUSAL_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_REFUSAL_DIALOG);
  g_clear_object (&self->profile);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (wax_refusal_dialog_parent_class)->dispose (object);
}

static void
wax_refusal_dialog_class_init (WaxRefusalDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_refusal_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/refusal-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, hint);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, facts_group);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, check_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, expected_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, found_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, reply_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, trust_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, settings_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, edit_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, inspect_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, retry_row);
  gtk_widget_class_bind_template_callback (widget_class, trust_cb);
  gtk_widget_class_bind_template_callback (widget_class, settings_cb);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, inspect_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
}

static void
wax_refusal_dialog_init (WaxRefusalDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
wax_refusal_dialog_new (WaxProfile *profile, WaxOutboxItem *item)
{
  WaxRefusalDialog *self = g_object_new (WAX_TYPE_REFUSAL_DIALOG, NULL);

  self->profile = g_object_ref (profile);
  self->item = g_object_ref (item);
  show_item (self);
  return ADW_DIALOG (self);
}
