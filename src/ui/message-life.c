/* SPDX-License-Identifier: GPL-3.0-or-later */

/* message-life: a timeline from the log, the connection it went over, and the
 * entry as it was recorded. */

#include "message-life.h"

#include <glib/gi18n.h>

#include <json-glib/json-glib.h>

#include "outbox-actions.h"
#include "timeline-row.h"
#include "words.h"

#define MOST_EVENTS 200

struct _WaxMessageLife
{
  AdwBin parent_instance;

  WaxProfile *profile;
  WaxActivityEntry *entry;
  GCancellable *cancellable;

  GtkLabel *title;
  GtkLabel *message_id;
  GtkListBox *timeline;
  GtkWidget *inspect_button;
  AdwExpanderRow *recorded_row;
  GtkLabel *recorded;
};

static guint close_signal;

G_DEFINE_FINAL_TYPE (WaxMessageLife, wax_message_life, ADW_TYPE_BIN)

static void
add_entry (WaxMessageLife *self, WaxActivityEntry *entry)
{
  gtk_list_box_append (self->timeline, wax_timeline_row_new (entry));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxMessageLife) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = wax_engine_list_log_finish (WAX_ENGINE (source), result, &error);
  guint i;

  /* Another entry was chosen meanwhile, or the pane has gone. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable
      || g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_list_box_remove_all (self->timeline);
  if (entries == NULL)
    {
      add_entry (self, self->entry);
      return;
    }
  for (i = entries->len; i > 0; i--)
    add_entry (self, entries->pdata[i - 1]);
}

/* The stored octets, indented for reading. */
static char *
pretty (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  return node != NULL ? json_to_string (node, TRUE) : g_strdup (json);
}

static void
show_entry (WaxMessageLife *self)
{
  WaxEngine *engine = wax_profile_get_engine (self->profile);
  const char *message_id = wax_activity_entry_get_message_id (self->entry);
  g_autoptr (WaxOutboxItem) item = wax_profile_find_message (self->profile, message_id);
  g_autofree char *recorded = pretty (wax_activity_entry_get_json (self->entry)), *number = NULL;
  const char *subject = item != NULL ? wax_outbox_item_get_subject (item) : NULL;

  if (subject == NULL || *subject == '\0')
    subject = wax_words_event_class (wax_activity_entry_get_class_uid (self->entry));
  gtk_label_set_label (self->title, subject);
  gtk_label_set_label (self->message_id, message_id != NULL ? message_id : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message_id), message_id != NULL);
  gtk_widget_set_visible (self->inspect_button, item != NULL && wax_outbox_can (item, "inspect"));
  /* Translators: an entry of the record and its number */
  number = g_strdup_printf (_ ("Entry %" G_GINT64_FORMAT), wax_activity_entry_get_seq (self->entry));
  adw_expander_row_set_subtitle (self->recorded_row, number);
  gtk_label_set_label (self->recorded, recorded);

  gtk_list_box_remove_all (self->timeline);
  if (message_id != NULL && engine != NULL)
    wax_engine_list_log_async (engine, NULL, message_id, 0, MOST_EVENTS, self->cancellable, listed_cb,
                               g_object_ref (self));
  else
    add_entry (self, self->entry);
}

static void
inspect_cb (WaxMessageLife *self)
{
  g_autoptr (WaxOutboxItem)
      item = self->entry != NULL
                 ? wax_profile_find_message (self->profile, wax_activity_entry_get_message_id (self->entry))
                 : NULL;

  if (item != NULL)
    wax_outbox_do_inspect (GTK_WIDGET (self), item);
}

static void
close_cb (WaxMessageLife *self)
{
  g_signal_emit (self, close_signal, 0);
}

static void
wax_message_life_dispose (GObject *object)
{
  WaxMessageLife *self = WAX_MESSAGE_LIFE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_MESSAGE_LIFE);
  g_clear_object (&self->profile);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (wax_message_life_parent_class)->dispose (object);
}

static void
wax_message_life_finalize (GObject *object)
{
  g_clear_object (&WAX_MESSAGE_LIFE (object)->cancellable);
  G_OBJECT_CLASS (wax_message_life_parent_class)->finalize (object);
}

static void
wax_message_life_class_init (WaxMessageLifeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_message_life_dispose;
  G_OBJECT_CLASS (klass)->finalize = wax_message_life_finalize;
  close_signal = g_signal_new ("close-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/message-life.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxMessageLife, title);
  gtk_widget_class_bind_template_child (widget_class, WaxMessageLife, message_id);
  gtk_widget_class_bind_template_child (widget_class, WaxMessageLife, timeline);
  gtk_widget_class_bind_template_child (widget_class, WaxMessageLife, inspect_button);
  gtk_widget_class_bind_template_child (widget_class, WaxMessageLife, recorded_row);
  gtk_widget_class_bind_template_child (widget_class, WaxMessageLife, recorded);
  gtk_widget_class_bind_template_callback (widget_class, inspect_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
wax_message_life_init (WaxMessageLife *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_message_life_show (WaxMessageLife *self, WaxProfile *profile, WaxActivityEntry *entry)
{
  g_return_if_fail (WAX_IS_MESSAGE_LIFE (self));

  g_set_object (&self->profile, profile);
  if (!g_set_object (&self->entry, entry))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (entry != NULL)
    show_entry (self);
}
