/* SPDX-License-Identifier: GPL-3.0-or-later */

/* composer-attachments: files that go with the message: chosen, dropped, taken
 * out again. A file is looked at in a job, since it may be on a slow disk. */

#include "composer-private.h"

#include <glib/gi18n.h>

#include "attachment-chip.h"
#include "job.h"

static void
look_at_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  WaxAttachment *attachment = wax_attachment_new (data, cancellable, &error);

  if (attachment != NULL)
    g_task_return_pointer (task, attachment, g_object_unref);
  else
    g_task_return_error (task, error);
}

static gboolean
find_attachment (WaxComposer *self, const char *path, guint *position)
{
  GListModel *list = G_LIST_MODEL (wax_draft_get_attachments (self->draft));
  guint i;

  for (i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (WaxAttachment) attachment = g_list_model_get_item (list, i);

      if (g_strcmp0 (wax_attachment_get_path (attachment), path) == 0)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WaxComposer *self = WAX_COMPOSER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxAttachment) attachment = g_task_propagate_pointer (G_TASK (result), &error);
  guint position;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->draft == NULL)
    return;
  if (attachment == NULL)
    {
      wax_composer_complain (self, error->message);
      return;
    }
  if (find_attachment (self, wax_attachment_get_path (attachment), &position))
    return;
  g_list_store_append (wax_draft_get_attachments (self->draft), attachment);
  wax_composer_show_attachments (self);
  wax_composer_touch (self);
}

static void
add_file (WaxComposer *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  GTask *task;

  if (path == NULL)
    {
      wax_composer_complain (self, _ ("Only files that are on this computer can be attached."));
      return;
    }
  task = g_task_new (self, self->cancellable, looked_cb, NULL);
  g_task_set_source_tag (task, add_file);
  g_task_set_task_data (task, g_steal_pointer (&path), g_free);
  wax_job_run (task, look_at_file);
}

static void
files_chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel)
      files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);
  guint i;

  if (self->draft == NULL)
    return;
  if (files == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
        wax_composer_complain (self, error->message);
      return;
    }
  for (i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      add_file (self, file);
    }
}

void
wax_composer_attach (WaxComposer *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  /* Translators: the title of the window that files are chosen in */
  gtk_file_dialog_set_title (dialog, _ ("Attach Files"));
  gtk_file_dialog_set_accept_label (dialog, _ ("_Attach"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (self), self->cancellable, files_chosen_cb,
                                 g_object_ref (self));
}

void
wax_composer_detach (WaxComposer *self, const char *path)
{
  guint position;

  if (!find_attachment (self, path, &position))
    return;
  g_list_store_remove (wax_draft_get_attachments (self->draft), position);
  wax_composer_show_attachments (self);
  wax_composer_complain (self, NULL);
  wax_composer_touch (self);
}

void
wax_composer_show_attachments (WaxComposer *self)
{
  GListModel *list = G_LIST_MODEL (wax_draft_get_attachments (self->draft));
  GtkWidget *chip;
  guint i, n = g_list_model_get_n_items (list);

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->attachments))) != NULL)
    adw_wrap_box_remove (self->attachments, chip);
  for (i = 0; i < n; i++)
    {
      g_autoptr (WaxAttachment) attachment = g_list_model_get_item (list, i);

      adw_wrap_box_append (self->attachments, wax_attachment_chip_new (attachment));
    }
  gtk_widget_set_visible (self->attachments_row, n > 0);
}

static gboolean
dropped_cb (WaxComposer *self, const GValue *value)
{
  GSList *files = g_value_get_boxed (value), *link;

  for (link = files; link != NULL; link = link->next)
    add_file (self, link->data);
  return files != NULL;
}

void
wax_composer_init_attachments (WaxComposer *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  /* Before the text view takes a file for its name. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (dropped_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
