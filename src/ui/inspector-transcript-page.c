/* SPDX-License-Identifier: GPL-3.0-or-later */

/* inspector-transcript-page: what this computer and the server said. The lines of
 * this computer are bold. */

#include "inspector-transcript-page.h"

#include <glib/gi18n.h>

struct _WaxInspectorTranscriptPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkTextView *text_view;
};

G_DEFINE_FINAL_TYPE (WaxInspectorTranscriptPage, wax_inspector_transcript_page, ADW_TYPE_BIN)

static void
copy_cb (WaxInspectorTranscriptPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "inspector.toast", "s", _ ("Transcript copied"));
}

static void
wax_inspector_transcript_page_dispose (GObject *object)
{
  /* First: disposing of the template would unparent it behind AdwBin's back. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_INSPECTOR_TRANSCRIPT_PAGE);
  G_OBJECT_CLASS (wax_inspector_transcript_page_parent_class)->dispose (object);
}

static void
wax_inspector_transcript_page_class_init (WaxInspectorTranscriptPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_inspector_transcript_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/inspector-transcript-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorTranscriptPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorTranscriptPage, text_view);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
wax_inspector_transcript_page_init (WaxInspectorTranscriptPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_inspector_transcript_page_set_report (WaxInspectorTranscriptPage *self, WaxConnectionReport *report)
{
  GtkTextBuffer *buffer;
  GtkTextTag *client;
  GtkTextIter end;

  g_return_if_fail (WAX_IS_INSPECTOR_TRANSCRIPT_PAGE (self));
  g_return_if_fail (WAX_IS_CONNECTION_REPORT (report));

  buffer = gtk_text_view_get_buffer (self->text_view);
  gtk_text_buffer_set_text (buffer, "", -1);
  client = gtk_text_buffer_create_tag (buffer, NULL, "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_get_end_iter (buffer, &end);
  for (guint i = 0; i < report->transcript->len; i++)
    {
      const char *line = g_ptr_array_index (report->transcript, i);

      if (i > 0)
        gtk_text_buffer_insert (buffer, &end, "\n", 1);
      if (line[0] == 'C')
        gtk_text_buffer_insert_with_tags (buffer, &end, line, -1, client, NULL);
      else
        gtk_text_buffer_insert (buffer, &end, line, -1);
    }
  gtk_stack_set_visible_child_name (self->stack, report->transcript->len > 0 ? "lines" : "none");
}
