/* SPDX-License-Identifier: GPL-3.0-or-later */

/* composer-send: hands the draft to the outbox. What cannot be sent as it is
 * says so in the window and stays. */

#include "composer-private.h"

#include <glib/gi18n.h>

#include "main-window.h"

static void
set_submitting (WaxComposer *self, gboolean submitting)
{
  self->submitting = submitting;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", !submitting);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.discard", !submitting);
  gtk_widget_set_sensitive (GTK_WIDGET (self->view), !submitting);
}

static guint
hold_seconds (WaxComposer *self)
{
  WaxApplication *application = WAX_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));

  return g_settings_get_uint (wax_application_get_settings (application), "undo-send-seconds");
}

static void
submitted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 id = wax_engine_submit_finish (WAX_ENGINE (source), result, &error);
  WaxApplication *application;
  GtkWindow *window;

  if (self->draft == NULL)
    return;
  set_submitting (self, FALSE);
  if (id < 0)
    {
      wax_composer_complain (self, error->message);
      return;
    }
  application = WAX_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  window = wax_application_show_profile (application, self->profile);
  wax_main_window_offer_undo (WAX_MAIN_WINDOW (window), id, hold_seconds (self));
  gtk_window_destroy (GTK_WINDOW (self));
}

/* Only so that the draft's row exists: submitting follows in the same queue. */
static void
saved_first_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  WaxEngine *engine = WAX_ENGINE (source);

  if (self->draft == NULL)
    return;
  if (!wax_engine_save_draft_finish (engine, result, &error))
    {
      set_submitting (self, FALSE);
      wax_composer_complain (self, error->message);
      return;
    }
  wax_engine_submit_async (engine, self->draft, (gint64) hold_seconds (self) * G_USEC_PER_SEC, NULL,
                           submitted_cb, g_object_ref (self));
}

/* The first field that is not right gets the focus and says why. */
static gboolean
check_fields (WaxComposer *self)
{
  WaxAddressField *const fields[] = { self->to, self->cc, self->bcc };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!wax_address_field_check (fields[i]))
      {
        gtk_widget_grab_focus (GTK_WIDGET (fields[i]));
        return FALSE;
      }
  return TRUE;
}

void
wax_composer_send (WaxComposer *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);
  g_autoptr (GError) error = NULL;

  if (engine == NULL || self->submitting || !check_fields (self))
    return;
  wax_composer_collect (self);
  if (gtk_drop_down_get_selected_item (self->from) == NULL)
    {
      wax_composer_complain (self, _ ("Add an account first: it says who sends, and through which server."));
      return;
    }
  if (!wax_draft_check (self->draft, &error))
    {
      wax_composer_complain (self, error->message);
      if (g_error_matches (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_NO_RECIPIENT))
        gtk_widget_grab_focus (GTK_WIDGET (self->to));
      return;
    }
  wax_composer_complain (self, NULL);
  g_clear_handle_id (&self->save_timer, g_source_remove);
  set_submitting (self, TRUE);
  wax_engine_save_draft_async (engine, self->draft, NULL, saved_first_cb, g_object_ref (self));
}
