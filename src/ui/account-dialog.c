/* SPDX-License-Identifier: GPL-3.0-or-later */

/* account-dialog: the form of an account. What stands in it is collected into a
 * fresh WaxAccount each time it is needed: to check it as it is typed, to test
 * it, to save it. A failed test offers only changes of the settings; there is no
 * way to connect in spite of it. */

#include "account-dialog.h"

#include <string.h>

#include <glib/gi18n.h>

#include "inspector-dialog.h"
#include "password-row.h"
#include "protection-page.h"
#include "remedy-group.h"
#include "test-row.h"

#define PORT_IMPLICIT 465
#define PORT_STARTTLS 587

struct _WaxAccountDialog
{
  AdwDialog parent_instance;

  WaxProfile *profile;
  WaxAccount *account;            /* what the form began with: holds what has no field here */
  gboolean filling;               /* the form is changed by us, not by the user */
  gboolean port_chosen;           /* the port is the user's: it follows the mode no more */
  gboolean checked;               /* saving was tried: every mistake is shown */
  GCancellable *cancellable;      /* of the dialog */
  GCancellable *test_cancellable; /* (nullable) of the test under way */
  WaxSendResult *result;          /* (nullable) of the last test */

  GtkWidget *save_button;
  GtkWidget *save_spinner;
  GtkWidget *page;
  GtkWidget *name_row;
  GtkWidget *address_row;
  GtkWidget *host_row;
  GtkStringList *modes;
  AdwComboRow *mode_row;
  AdwSpinRow *port_row;
  AdwPreferencesGroup *sign_in_group;
  GtkWidget *user_row;
  WaxPasswordRow *password_row;
  AdwNavigationView *view;
  AdwActionRow *protection_row;
  WaxProtectionPage *protection_page;
  GtkWidget *test_row;
  WaxTestRow *result_row;
  WaxRemedyGroup *remedies;
  GtkRevealer *message_revealer;
  GtkLabel *message_label;
};

G_DEFINE_FINAL_TYPE (WaxAccountDialog, wax_account_dialog, ADW_TYPE_DIALOG)

/* ---- from the form to an account ---- */

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static char *
stripped (GtkWidget *row)
{
  return g_strstrip (g_strdup (text_of (row)));
}

static guint
default_port (WaxTlsMode mode)
{
  return mode == WAX_TLS_MODE_STARTTLS ? PORT_STARTTLS : PORT_IMPLICIT;
}

static WaxTlsMode
chosen_mode (WaxAccountDialog *self)
{
  return (WaxTlsMode) MIN (adw_combo_row_get_selected (self->mode_row), WAX_TLS_MODE_PLAINTEXT_LOOPBACK);
}

/* A password without a user name is for the mail address, as nearly everywhere. */
static char *
chosen_user (WaxAccountDialog *self)
{
  g_autofree char *user = stripped (self->user_row);

  if (*user != '\0')
    return g_steal_pointer (&user);
  return !wax_password_row_is_empty (self->password_row) ? stripped (self->address_row) : NULL;
}

static WaxAccount *
collect (WaxAccountDialog *self)
{
  WaxAccount *account = wax_account_copy (self->account);
  g_autofree char *name = stripped (self->name_row);
  g_autofree char *address = stripped (self->address_row);
  g_autofree char *host = stripped (self->host_row);
  g_autofree char *user = chosen_user (self);

  g_object_set (account, "name", name, "address", address, "host", host, "port",
                (guint) adw_spin_row_get_value (self->port_row), "mode", (int) chosen_mode (self), "user",
                user, NULL);
  wax_protection_page_apply (self->protection_page, account);
  return account;
}

static void
forget_password (WaxAccountDialog *self)
{
  if (self->password_row != NULL)
    wax_password_row_clear (self->password_row);
  if (self->protection_page != NULL)
    wax_protection_page_forget (self->protection_page);
}

/* ---- what is wrong with it ---- */

static void
show_message (WaxAccountDialog *self, const char *message)
{
  if (message != NULL)
    gtk_label_set_text (self->message_label, message);
  gtk_revealer_set_reveal_child (self->message_revealer, message != NULL);
}

/* The rows that wax_account_validate() can speak of, by the word that its
 * messages begin with. (nullable) */
static GtkWidget *
row_of_message (WaxAccountDialog *self, const char *message)
{
  const struct
  {
    const char *field;
    GtkWidget *row;
  } rows[] = {
    { "Name:", self->name_row },      { "Address:", self->address_row },
    { "Server:", self->host_row },    { "Port:", GTK_WIDGET (self->port_row) },
    { "User name:", self->user_row },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_has_prefix (message, rows[i].field))
      return rows[i].row;
  /* All the others stand on the page of the protection. */
  return GTK_WIDGET (self->protection_row);
}

static gboolean
row_was_left (GtkWidget *row)
{
  return row == NULL || g_object_get_data (G_OBJECT (row), "left") != NULL;
}

static void
mark_wrong (WaxAccountDialog *self, GtkWidget *wrong)
{
  GtkWidget *rows[] = { self->name_row, self->address_row,
                        self->host_row, GTK_WIDGET (self->port_row),
                        self->user_row, GTK_WIDGET (self->protection_row) };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i] == wrong)
        gtk_widget_add_css_class (rows[i], "error");
      else
        gtk_widget_remove_css_class (rows[i], "error");
      gtk_accessible_update_state (
          GTK_ACCESSIBLE (rows[i]), GTK_ACCESSIBLE_STATE_INVALID,
          rows[i] == wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
    }
}

static gboolean
validate (WaxAccountDialog *self, GError **error)
{
  g_autoptr (WaxAccount) account = collect (self);
  const char *problem = wax_protection_page_get_problem (self->protection_page);

  if (!wax_account_validate (account, error))
    return FALSE;
  if (problem != NULL)
    g_set_error_literal (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID, problem);
  return problem == NULL;
}

/* A field is not called wrong before it was left once. */
static gboolean
check (WaxAccountDialog *self)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *row;

  if (validate (self, &error))
    {
      mark_wrong (self, NULL);
      show_message (self, NULL);
      return TRUE;
    }
  row = row_of_message (self, error->message);
  if (self->checked || row_was_left (row))
    {
      mark_wrong (self, row);
      show_message (self, error->message);
    }
  else
    {
      mark_wrong (self, NULL);
      show_message (self, NULL);
    }
  return FALSE;
}

/* Before the form is used: shows the first mistake and goes to it. */
static gboolean
check_all (WaxAccountDialog *self)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *row;

  self->checked = TRUE;
  adw_spin_row_update (self->port_row);
  if (check (self))
    return TRUE;
  validate (self, &error);
  row = error != NULL ? row_of_message (self, error->message) : NULL;
  if (row != NULL)
    gtk_widget_grab_focus (row);
  return FALSE;
}

/* ---- the fields ---- */

/* The guess stands in the name of the field, never in the field. */
static void
guess_host (WaxAccountDialog *self)
{
  g_autofree char *address = stripped (self->address_row);
  const char *at = strrchr (address, '@');
  g_autofree char *title = NULL;

  if (*text_of (self->host_row) == '\0' && at != NULL && strchr (at, '.') != NULL)
    /* Translators: the name of a field; %s is the part of a mail address after the “@” */
    title = g_strdup_printf (_ ("Server name, perhaps smtp.%s"), at + 1);
  g_object_set (self->host_row, "use-markup", FALSE, "title", title != NULL ? title : _ ("Server name"),
                NULL);
}

static void
update_user_title (WaxAccountDialog *self)
{
  g_object_set (self->user_row, "title",
                *text_of (self->user_row) == '\0' ? _ ("User name, if it is not the mail address")
                                                  : _ ("User name"),
                NULL);
}

/* What a test found is true of the values that it was made with. */
static void
forget_test (WaxAccountDialog *self)
{
  if (self->test_cancellable != NULL)
    g_cancellable_cancel (self->test_cancellable);
  g_clear_object (&self->test_cancellable);
  g_clear_pointer (&self->result, wax_send_result_free);
  wax_test_row_clear (self->result_row);
  wax_remedy_group_show (self->remedies, NULL, NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->test_row), _ ("_Test These Settings"));
}

static void
show_protection (WaxAccountDialog *self)
{
  g_autofree char *summary = wax_protection_page_summary (self->protection_page);

  adw_action_row_set_subtitle (self->protection_row, summary);
}

static void
protection_cb (WaxAccountDialog *self)
{
  adw_navigation_view_push (self->view, ADW_NAVIGATION_PAGE (self->protection_page));
}

static void
field_changed_cb (WaxAccountDialog *self)
{
  if (self->filling)
    return;
  show_protection (self);
  guess_host (self);
  update_user_title (self);
  forget_test (self);
  check (self);
}

static void
set_port (WaxAccountDialog *self, guint port)
{
  self->filling = TRUE;
  adw_spin_row_set_value (self->port_row, port);
  self->filling = FALSE;
}

static void
mode_changed_cb (WaxAccountDialog *self)
{
  if (self->filling)
    return;
  if (!self->port_chosen)
    set_port (self, default_port (chosen_mode (self)));
  field_changed_cb (self);
}

static void
port_changed_cb (WaxAccountDialog *self)
{
  if (self->filling)
    return;
  self->port_chosen = TRUE;
  field_changed_cb (self);
}

static void
left_cb (WaxAccountDialog *self, GtkEventController *controller)
{
  GtkWidget *row = gtk_event_controller_get_widget (controller);

  /* One that was passed over empty will be filled yet. */
  if (GTK_IS_EDITABLE (row) && *text_of (row) == '\0')
    return;
  g_object_set_data (G_OBJECT (row), "left", GINT_TO_POINTER (TRUE));
  check (self);
}

static void
watch_row (WaxAccountDialog *self, GtkWidget *row)
{
  GtkEventController *controller = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (controller, "leave", G_CALLBACK (left_cb), self);
  gtk_widget_add_controller (row, controller);
}

/* ---- the test ---- */

/* The result stands at the end of the form. Its place is known only once it was
 * laid out, which is after the first frame. */
static gboolean
scroll_to_result_cb (GtkWidget *row, GdkFrameClock *clock, gpointer user_data)
{
  guint *frames = user_data;
  GtkWidget *viewport = gtk_widget_get_ancestor (row, GTK_TYPE_VIEWPORT);
  GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

  if ((*frames)++ < 2)
    return G_SOURCE_CONTINUE;
  if (viewport != NULL && group != NULL)
    gtk_viewport_scroll_to (GTK_VIEWPORT (viewport), group, NULL);
  return G_SOURCE_REMOVE;
}

static void
scroll_to_result (WaxAccountDialog *self)
{
  gtk_widget_add_tick_callback (GTK_WIDGET (self->result_row), scroll_to_result_cb, g_new0 (guint, 1),
                                g_free);
}

static void
show_choices (WaxAccountDialog *self, WaxAccount *account)
{
  g_autoptr (JsonNode) error = wax_send_result_error_to_json (self->result);
  WaxFailure failure = {
    .code = JSON_NODE_HOLDS_OBJECT (error)
                ? json_object_get_string_member (json_node_get_object (error), "code")
                : NULL,
    .report = self->result->report,
    .account = account,
    .reply_code = self->result->reply.code,
  };

  wax_remedy_group_show (self->remedies, &failure, NULL);
}

/* The key of the server that was reached, whatever became of the test: it is pinned
 * only by the user. */
static void
offer_pin (WaxAccountDialog *self)
{
  GPtrArray *chain = self->result->report->chain;
  const WaxCertificateDetails *leaf = chain->len > 0 ? g_ptr_array_index (chain, 0) : NULL;

  wax_protection_page_offer_pin (self->protection_page, leaf != NULL ? leaf->spki_sha256 : NULL);
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxAccountDialog) self = user_data;
  g_autoptr (WaxSendResult) outcome = wax_engine_probe_finish (WAX_ENGINE (source), result, NULL);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  g_autoptr (WaxAccount) account = NULL;

  if (cancellable != self->test_cancellable || g_cancellable_is_cancelled (cancellable))
    return;
  forget_test (self);
  self->result = g_steal_pointer (&outcome);
  offer_pin (self);
  wax_test_row_set_result (self->result_row, self->result);
  account = collect (self);
  show_choices (self, account);
  scroll_to_result (self);
}

static void
begin_test (WaxAccountDialog *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);
  g_autoptr (WaxAccount) account = NULL;
  g_autoptr (WaxSecret) password = NULL;

  if (!check_all (self) || engine == NULL)
    return;
  forget_test (self);
  account = collect (self);
  password = wax_password_row_dup_secret (self->password_row);
  self->test_cancellable = g_cancellable_new ();
  wax_test_row_begin (self->result_row, wax_account_get_host (account));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->test_row), _ ("S_top the Test"));
  scroll_to_result (self);
  wax_engine_probe_async (engine, account, password, self->test_cancellable, tested_cb, g_object_ref (self));
}

static void
test_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WaxAccountDialog *self = WAX_ACCOUNT_DIALOG (widget);

  if (self->test_cancellable != NULL)
    forget_test (self);
  else
    begin_test (self);
}

static void
details_cb (WaxAccountDialog *self)
{
  if (self->result != NULL)
    adw_dialog_present (
        wax_inspector_dialog_new (self->result->report, self->result->error, self->result->hint),
        GTK_WIDGET (self));
}

/* ---- saving ---- */

static void
set_saving (WaxAccountDialog *self, gboolean saving)
{
  gtk_widget_set_sensitive (self->page, !saving);
  gtk_widget_set_visible (self->save_spinner, saving);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.save", !saving);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.cancel", !saving);
  adw_dialog_set_can_close (ADW_DIALOG (self), !saving);
}

static void
end_saving (WaxAccountDialog *self, gboolean saved, const GError *error)
{
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  set_saving (self, FALSE);
  if (saved)
    adw_dialog_force_close (ADW_DIALOG (self));
  else
    show_message (self, error->message);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  end_saving (self, wax_engine_save_account_finish (WAX_ENGINE (source), result, &error), error);
}

static void
save (WaxAccountDialog *self, WaxEngine *engine)
{
  g_autoptr (WaxAccount) account = collect (self);
  g_autoptr (WaxSecret) password = wax_password_row_dup_secret (self->password_row);

  wax_account_normalize (account);
  wax_engine_save_account_async (engine, account, password, self->cancellable, saved_cb, g_object_ref (self));
}

static void
secrets_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wax_engine_set_connection_secrets_finish (WAX_ENGINE (source), result, &error))
    save (self, WAX_ENGINE (source));
  else
    end_saving (self, FALSE, error);
}

/* What opens the client certificate, and the proxy's password, go first, as the account's own password does:
 * an account without it would be blocked at its first message. */
static void
begin_saving (WaxAccountDialog *self, WaxEngine *engine)
{
  g_autoptr (WaxSecret) password = wax_protection_page_dup_password (self->protection_page);
  g_autoptr (WaxSecret) proxy = wax_protection_page_dup_proxy_password (self->protection_page);
  g_autoptr (WaxAccount) account = NULL;

  set_saving (self, TRUE);
  if (password == NULL && proxy == NULL)
    {
      save (self, engine);
      return;
    }
  account = collect (self);
  wax_account_normalize (account);
  wax_engine_set_connection_secrets_async (engine, account, password, proxy, self->cancellable,
                                           secrets_saved_cb, g_object_ref (self));
}

static void
save_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WaxAccountDialog *self = WAX_ACCOUNT_DIALOG (widget);
  WaxEngine *engine = wax_profile_get_engine (self->profile);

  if (!check_all (self))
    return;
  if (engine == NULL)
    {
      show_message (self, _ ("The profile is not open."));
      return;
    }
  forget_test (self);
  show_message (self, NULL);
  begin_saving (self, engine);
}

static void
cancel_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  adw_dialog_close (ADW_DIALOG (widget));
}

static void
closed_cb (WaxAccountDialog *self)
{
  forget_test (self);
  forget_password (self);
}

/* ---- the object ---- */

static void
focus_first_cb (gpointer user_data)
{
  g_autoptr (WaxAccountDialog) self = user_data;

  if (self->name_row != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (self->name_row);
}

/* Shown from below, where it is narrow, a dialog begins with its first button. */
static void
wax_account_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wax_account_dialog_parent_class)->map (widget);
  g_idle_add_once (focus_first_cb, g_object_ref (widget));
}

static void
fill (WaxAccountDialog *self)
{
  WaxAccount *account = self->account;
  const struct
  {
    GtkWidget *row;
    const char *text;
  } texts[] = {
    { self->name_row, wax_account_get_name (account) },
    { self->address_row, wax_account_get_address (account) },
    { self->host_row, wax_account_get_host (account) },
    { self->user_row, wax_account_get_user (account) },
  };

  self->filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    gtk_editable_set_text (GTK_EDITABLE (texts[i].row), texts[i].text != NULL ? texts[i].text : "");
  if (wax_account_get_mode (account) == WAX_TLS_MODE_PLAINTEXT_LOOPBACK
      && g_list_model_get_n_items (G_LIST_MODEL (self->modes)) == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    gtk_string_list_append (self->modes, _ ("Without TLS, to this computer only"));
  adw_combo_row_set_selected (self->mode_row, wax_account_get_mode (account));
  adw_spin_row_set_value (self->port_row, wax_account_get_port (account));
  self->port_chosen = wax_account_get_port (account) != default_port (wax_account_get_mode (account));
  wax_protection_page_fill (self->protection_page, account);
  self->filling = FALSE;
  guess_host (self);
  update_user_title (self);
  show_protection (self);
}

/* A choice after a failed test: into the form, and tested at once; saving is left to the user. */
static void
account_changed_cb (WaxAccountDialog *self, WaxAccount *account)
{
  g_set_object (&self->account, account);
  fill (self);
  begin_test (self);
}

static void
wax_account_dialog_dispose (GObject *object)
{
  WaxAccountDialog *self = WAX_ACCOUNT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  if (self->test_cancellable != NULL)
    g_cancellable_cancel (self->test_cancellable);
  self->filling = TRUE;
  forget_password (self);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_ACCOUNT_DIALOG);
  G_OBJECT_CLASS (wax_account_dialog_parent_class)->dispose (object);
}

static void
wax_account_dialog_finalize (GObject *object)
{
  WaxAccountDialog *self = WAX_ACCOUNT_DIALOG (object);

  g_clear_object (&self->profile);
  g_clear_object (&self->account);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->test_cancellable);
  g_clear_pointer (&self->result, wax_send_result_free);
  G_OBJECT_CLASS (wax_account_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxAccountDialog, child)
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/account-dialog.ui");
  BIND (save_button);
  BIND (save_spinner);
  BIND (page);
  BIND (name_row);
  BIND (address_row);
  BIND (host_row);
  BIND (modes);
  BIND (mode_row);
  BIND (port_row);
  BIND (sign_in_group);
  BIND (user_row);
  BIND (password_row);
  BIND (view);
  BIND (protection_row);
  BIND (protection_page);
  BIND (test_row);
  BIND (result_row);
  BIND (remedies);
  BIND (message_revealer);
  BIND (message_label);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, mode_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, port_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);
  gtk_widget_class_bind_template_callback (widget_class, protection_cb);
  gtk_widget_class_bind_template_callback (widget_class, account_changed_cb);
}

static void
wax_account_dialog_class_init (WaxAccountDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_account_dialog_dispose;
  object_class->finalize = wax_account_dialog_finalize;
  widget_class->map = wax_account_dialog_map;

  g_type_ensure (WAX_TYPE_PASSWORD_ROW);
  g_type_ensure (WAX_TYPE_PROTECTION_PAGE);
  g_type_ensure (WAX_TYPE_REMEDY_GROUP);
  g_type_ensure (WAX_TYPE_TEST_ROW);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "account.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "account.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "account.test", NULL, test_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "account.save", NULL);
}

static void
wax_account_dialog_init (WaxAccountDialog *self)
{
  self->filling = TRUE;
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  watch_row (self, self->name_row);
  watch_row (self, self->address_row);
  watch_row (self, self->host_row);
  watch_row (self, GTK_WIDGET (self->port_row));
  watch_row (self, self->user_row);
  g_signal_connect (self, "closed", G_CALLBACK (closed_cb), NULL);
  self->filling = FALSE;
}

AdwDialog *
wax_account_dialog_new (WaxProfile *profile, WaxAccount *account)
{
  WaxAccountDialog *self;

  g_return_val_if_fail (WAX_IS_PROFILE (profile), NULL);
  g_return_val_if_fail (account == NULL || WAX_IS_ACCOUNT (account), NULL);

  self = g_object_new (WAX_TYPE_ACCOUNT_DIALOG, NULL);
  self->profile = g_object_ref (profile);
  self->account = account != NULL ? wax_account_copy (account) : wax_account_new ();
  if (account != NULL)
    {
      adw_dialog_set_title (ADW_DIALOG (self), _ ("Edit Account"));
      adw_preferences_group_set_description (self->sign_in_group,
                                             _ ("An empty password leaves the one in the keyring as it is."));
    }
  else
    {
      adw_preferences_group_set_description (self->sign_in_group, _ ("The password is kept in the keyring."));
    }
  fill (self);
  return ADW_DIALOG (self);
}
