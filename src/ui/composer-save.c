/* SPDX-License-Identifier: GPL-3.0-or-later */

/* composer-save: the draft is saved a moment after a change, and for good when
 * the window closes. A window whose draft cannot be saved does not close. */

#include "composer-private.h"

#include <glib/gi18n.h>

#define PAUSE_S 2

static void save (WaxComposer *self);

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved = wax_engine_save_draft_finish (WAX_ENGINE (source), result, &error);

  self->saving = FALSE;
  if (self->draft == NULL || self->submitting)
    return;
  if (!saved)
    {
      self->changed = TRUE;
      self->closing = FALSE;
      adw_window_title_set_subtitle (self->saved, "");
      wax_composer_complain (self, error->message);
      return;
    }
  if (self->closing && self->changed)
    save (self);
  else if (self->closing)
    gtk_window_destroy (GTK_WINDOW (self));
  else
    /* Translators: the draft is stored, encrypted */
    adw_window_title_set_subtitle (self->saved, _ ("Draft saved"));
}

static void
save (WaxComposer *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);

  g_clear_handle_id (&self->save_timer, g_source_remove);
  if (engine == NULL || self->saving)
    return;
  wax_composer_collect (self);
  self->changed = FALSE;
  /* Nothing is kept of a message that says nothing yet. */
  if (wax_draft_is_empty (self->draft) && wax_draft_get_id (self->draft) == 0)
    return;
  self->saving = TRUE;
  wax_engine_save_draft_async (engine, self->draft, NULL, saved_cb, g_object_ref (self));
}

static void
pause_cb (gpointer user_data)
{
  WaxComposer *self = user_data;

  self->save_timer = 0;
  if (self->saving)
    wax_composer_touch (self);
  else if (!self->submitting)
    save (self);
}

void
wax_composer_touch (WaxComposer *self)
{
  self->changed = TRUE;
  adw_window_title_set_subtitle (self->saved, "");
  if (self->save_timer == 0)
    self->save_timer = g_timeout_add_seconds_once (PAUSE_S, pause_cb, self);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!wax_engine_remove_draft_finish (WAX_ENGINE (source), result, &error))
    g_warning ("The draft could not be removed: %s", error->message);
}

void
wax_composer_discard (WaxComposer *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);
  gint64 id = wax_draft_get_id (self->draft);

  if (engine != NULL && id > 0)
    wax_engine_remove_draft_async (engine, id, NULL, removed_cb, NULL);
  gtk_window_destroy (GTK_WINDOW (self));
}

void
wax_composer_finish (WaxComposer *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);

  if (self->submitting)
    return;
  if (self->saving)
    {
      self->closing = TRUE;
      return;
    }
  wax_composer_collect (self);
  if (engine == NULL || (!self->changed && !wax_draft_is_empty (self->draft)))
    gtk_window_destroy (GTK_WINDOW (self));
  else if (wax_draft_is_empty (self->draft))
    wax_composer_discard (self);
  else
    {
      self->closing = TRUE;
      save (self);
    }
}
