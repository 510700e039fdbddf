/* SPDX-License-Identifier: GPL-3.0-or-later */

/* refusal-dialog: a message that waits for the user, and what can be done. */

#include "refusal-dialog.h"

#include <glib/gi18n.h>

#include "account-dialog.h"
#include "main-window.h"
#include "outbox-actions.h"
#include "remedy-group.h"
#include "tls-policy.h"
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
  WaxRemedyGroup *remedies;
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

/* (nullable) A member of the result of the last attempt that is an object. */
static JsonObject *
result_object (WaxOutboxItem *item, const char *member)
{
  JsonObject *result = wax_outbox_item_get_result (item);
  JsonNode *node = result != NULL ? json_object_get_member (result, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static int
reply_code_of (JsonObject *reply)
{
  return reply != NULL ? (int) json_object_get_int_member_with_default (reply, "code", 0) : 0;
}

/* Counts the recipients of the last attempt; (transfer full) those that are refused, in words. */
static char *
count_recipients (WaxOutboxItem *item, WaxFailure *failure)
{
  JsonObject *result = wax_outbox_item_get_result (item);
  JsonNode *node = result != NULL ? json_object_get_member (result, "recipients") : NULL;
  JsonArray *recipients = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; recipients != NULL && i < json_array_get_length (recipients); i++)
    {
      JsonObject *recipient = json_array_get_object_element (recipients, i);

      if (reply_code_of (recipient) / 100 == 2)
        {
          failure->accepted++;
          continue;
        }
      failure->refused++;
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "",
                              json_object_get_string_member_with_default (recipient, "address", ""));
    }

  return g_string_free_and_steal (g_steal_pointer (&words));
}

/* Only what waits for the user, or was refused for good, can be put right. */
static void
show_remedies (WaxRefusalDialog *self, WaxAccount *account)
{
  JsonObject *error = result_object (self->item, "error");
  WaxFailure failure = {
    .code = error != NULL && wax_outbox_can (self->item, "retry")
                ? json_object_get_string_member_with_default (error, "code", NULL)
                : NULL,
    .report = wax_outbox_item_get_report (self->item),
    .account = account,
    .reply_code = reply_code_of (result_object (self->item, "reply")),
  };
  g_autofree char *left_out = count_recipients (self->item, &failure);

  wax_remedy_group_show (self->remedies, &failure, left_out);
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
  JsonObject *reply = result_object (item, "reply");
  int code = reply_code_of (reply);
  GString *text;
  const char *enhanced;

  if (code <= 0)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%d", code);
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
  show_remedies (self, account);
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

/* Closed meanwhile: what was chosen is kept, and trying again is left to the user. */
static void
go_on (WaxRefusalDialog *self, gboolean chosen, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!WAX_IS_MAIN_WINDOW (root))
    return;
  if (chosen)
    retry_cb (self);
  else
    wax_main_window_say (WAX_MAIN_WINDOW (root), error->message);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxRefusalDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  go_on (self, wax_engine_save_account_finish (WAX_ENGINE (source), result, &error), error);
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxRefusalDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  go_on (self, wax_engine_accept_weaker_sign_in_finish (WAX_ENGINE (source), result, &error), error);
}

static void
sign_in_accepted_cb (WaxRefusalDialog *self, WaxAccount *account)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);

  if (engine != NULL)
    wax_engine_accept_weaker_sign_in_async (engine, wax_account_get_id (account), NULL, accepted_cb,
                                            g_object_ref (self));
}

static void
account_changed_cb (WaxRefusalDialog *self, WaxAccount *account)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);

  if (engine != NULL)
    wax_engine_save_account_async (engine, account, NULL, NULL, saved_cb, g_object_ref (self));
}

static void
send_to_rest_cb (WaxRefusalDialog *self)
{
  wax_outbox_do_send_to_rest (leave (self), self->item);
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
  g_type_ensure (WAX_TYPE_REMEDY_GROUP);
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
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, remedies);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, settings_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, edit_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, inspect_row);
  gtk_widget_class_bind_template_child (widget_class, WaxRefusalDialog, retry_row);
  gtk_widget_class_bind_template_callback (widget_class, account_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_accepted_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_to_rest_cb);
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
