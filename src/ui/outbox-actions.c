/* SPDX-License-Identifier: GPL-3.0-or-later */

/* outbox-actions: retry, cancel, edit, inspect and explain, for the outbox, the
 * overview and the dialogs alike. */

#include "outbox-actions.h"

#include <glib/gi18n.h>

#include "composer.h"
#include "inspector-dialog.h"
#include "main-window.h"
#include "refusal-dialog.h"
#include "words.h"

static WaxMainWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return WAX_IS_MAIN_WINDOW (root) ? WAX_MAIN_WINDOW (root) : NULL;
}

static gboolean
waits (WaxOutboxState state)
{
  return state == WAX_OUTBOX_HELD || state == WAX_OUTBOX_SCHEDULED || state == WAX_OUTBOX_QUEUED
         || state == WAX_OUTBOX_DEFERRED || state == WAX_OUTBOX_BLOCKED || state == WAX_OUTBOX_FAILED;
}

gboolean
wax_outbox_can (WaxOutboxItem *item, const char *action)
{
  WaxOutboxState state = wax_outbox_item_get_state (item);

  if (g_str_equal (action, "retry"))
    return state == WAX_OUTBOX_DEFERRED || state == WAX_OUTBOX_BLOCKED || state == WAX_OUTBOX_FAILED
           || state == WAX_OUTBOX_UNKNOWN;
  if (g_str_equal (action, "cancel"))
    return waits (state);
  if (g_str_equal (action, "edit"))
    return waits (state) && wax_outbox_item_get_draft_id (item) > 0;
  if (g_str_equal (action, "inspect"))
    return wax_outbox_item_get_report (item) != NULL;
  return state == WAX_OUTBOX_DEFERRED || state == WAX_OUTBOX_BLOCKED || state == WAX_OUTBOX_FAILED
         || state == WAX_OUTBOX_UNKNOWN || state == WAX_OUTBOX_PARTIAL;
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxMainWindow) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!wax_engine_outbox_action_finish (WAX_ENGINE (source), result, &error))
    wax_main_window_say (window, error->message);
}

static void
act (WaxMainWindow *window, gint64 id, const char *action)
{
  WaxEngine *engine = wax_profile_get_engine (wax_main_window_get_profile (window));

  if (engine != NULL)
    wax_engine_outbox_action_async (engine, id, action, NULL, done_cb, g_object_ref (window));
}

static void
retry_anyway_cb (AdwAlertDialog *dialog, const char *response, WaxMainWindow *window)
{
  gint64 *id = g_object_get_data (G_OBJECT (dialog), "item");

  if (g_str_equal (response, "retry"))
    act (window, *id, "retry");
}

/* Nobody but a person sends a message again whose outcome is unknown. */
static void
ask_before_retry (WaxMainWindow *window, WaxOutboxItem *item)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Send It Again?"),
                                            _ ("The connection was lost at the very end, before the server "
                                               "confirmed. The message may have been sent. If "
                                               "it is sent again, the recipients may get it twice."));
  gint64 id = wax_outbox_item_get_id (item);

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "retry",
                                  _ ("_Send Again"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "retry", ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "item", g_memdup2 (&id, sizeof id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (retry_anyway_cb), window, 0);
  adw_dialog_present (dialog, GTK_WIDGET (window));
}

void
wax_outbox_do_retry (GtkWidget *widget, WaxOutboxItem *item)
{
  WaxMainWindow *window = window_of (widget);

  if (window == NULL)
    return;
  if (wax_outbox_item_get_state (item) == WAX_OUTBOX_UNKNOWN)
    ask_before_retry (window, item);
  else
    act (window, wax_outbox_item_get_id (item), "retry");
}

void
wax_outbox_do_send_to_rest (GtkWidget *widget, WaxOutboxItem *item)
{
  WaxMainWindow *window = window_of (widget);

  if (window != NULL)
    act (window, wax_outbox_item_get_id (item), "send-to-rest");
}

void
wax_outbox_do_cancel (GtkWidget *widget, WaxOutboxItem *item)
{
  WaxMainWindow *window = window_of (widget);

  if (window == NULL)
    return;
  act (window, wax_outbox_item_get_id (item), "cancel");
  if (wax_outbox_item_get_draft_id (item) > 0)
    wax_main_window_say (window, _ ("Cancelled. The message is in Drafts."));
}

static void
draft_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxMainWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxDraft) draft = wax_engine_reopen_draft_finish (WAX_ENGINE (source), result, &error);

  if (draft != NULL)
    wax_composer_open (WAX_APPLICATION (gtk_window_get_application (GTK_WINDOW (window))),
                       wax_main_window_get_profile (window), draft);
  else
    wax_main_window_say (window, error->message);
}

void
wax_outbox_do_edit (GtkWidget *widget, WaxOutboxItem *item)
{
  WaxMainWindow *window = window_of (widget);
  WaxEngine *engine = window != NULL ? wax_profile_get_engine (wax_main_window_get_profile (window)) : NULL;

  if (engine != NULL)
    wax_engine_reopen_draft_async (engine, wax_outbox_item_get_id (item), NULL, draft_loaded_cb,
                                   g_object_ref (window));
}

void
wax_outbox_do_inspect (GtkWidget *widget, WaxOutboxItem *item)
{
  WaxConnectionReport *report = wax_outbox_item_get_report (item);
  WaxOutboxState state = wax_outbox_item_get_state (item);
  const char *detail = wax_outbox_item_get_detail (item);
  WaxMainWindow *window = window_of (widget);
  WaxProfile *profile = window != NULL ? wax_main_window_get_profile (window) : NULL;
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;

  if (report == NULL)
    return;
  if (detail != NULL && (wax_words_state_needs_user (state) || state == WAX_OUTBOX_DEFERRED))
    error = g_error_new_literal (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_REFUSED, detail);
  dialog = wax_inspector_dialog_new (report, error, wax_outbox_item_get_hint (item));
  if (profile != NULL)
    {
      g_autoptr (WaxAccount)
          account = wax_profile_find_account (profile, wax_outbox_item_get_account_id (item));

      wax_inspector_dialog_set_account (WAX_INSPECTOR_DIALOG (dialog), wax_profile_get_engine (profile),
                                        account);
    }
  adw_dialog_present (dialog, widget);
}

void
wax_outbox_do_explain (GtkWidget *widget, WaxOutboxItem *item)
{
  WaxMainWindow *window = window_of (widget);

  if (window != NULL)
    adw_dialog_present (ADW_DIALOG (wax_refusal_dialog_new (wax_main_window_get_profile (window), item)),
                        widget);
}
