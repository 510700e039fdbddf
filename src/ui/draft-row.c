/* SPDX-License-Identifier: GPL-3.0-or-later */

/* draft-row: subject, recipients, first line and time of a draft. */

#include "draft-row.h"

#include <glib/gi18n.h>

#include "words.h"

struct _WaxDraftRow
{
  AdwBin parent_instance;

  WaxDraft *draft;

  GtkLabel *subject;
  GtkLabel *recipients;
  GtkLabel *body;
  GtkLabel *time;
  GtkWidget *attachment_icon;
  GtkWidget *delete_button;
};

enum
{
  PROP_0,
  PROP_DRAFT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxDraftRow, wax_draft_row, ADW_TYPE_BIN)

/* The first line that says something. */
static char *
first_line (const char *body)
{
  g_auto (GStrv) lines = g_strsplit (body, "\n", 8);
  guint i;

  for (i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      return g_utf8_substring (lines[i], 0, MIN (200, g_utf8_strlen (lines[i], -1)));
  return g_strdup ("");
}

static void
show_draft (WaxDraftRow *self)
{
  const char *subject = wax_draft_get_subject (self->draft), *to = wax_draft_get_to (self->draft);
  g_autofree char *body = first_line (wax_draft_get_body (self->draft));
  g_autofree char *time = wax_words_time (wax_draft_get_changed (self->draft)), *label = NULL;

  gtk_label_set_label (self->subject, *subject != '\0' ? subject : _ ("No subject"));
  gtk_label_set_label (self->recipients, *to != '\0' ? to : _ ("No recipient yet"));
  gtk_label_set_label (self->body, body);
  gtk_widget_set_visible (GTK_WIDGET (self->body), *body != '\0');
  gtk_label_set_label (self->time, time);
  gtk_widget_set_visible (self->attachment_icon,
                          g_list_model_get_n_items (G_LIST_MODEL (wax_draft_get_attachments (self->draft)))
                              > 0);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->delete_button), "x",
                                    wax_draft_get_id (self->draft));
  /* Translators: what screen readers call the delete button of a draft: its subject */
  label = g_strdup_printf (_ ("Delete draft %s"), gtk_label_get_label (self->subject));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->delete_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
wax_draft_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_DRAFT:
      g_value_set_object (value, WAX_DRAFT_ROW (object)->draft);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_draft_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxDraftRow *self = WAX_DRAFT_ROW (object);

  switch (id)
    {
    case PROP_DRAFT:
      if (g_set_object (&self->draft, g_value_get_object (value)) && self->draft != NULL)
        show_draft (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_draft_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_DRAFT_ROW);
  g_clear_object (&WAX_DRAFT_ROW (object)->draft);
  G_OBJECT_CLASS (wax_draft_row_parent_class)->dispose (object);
}

static void
wax_draft_row_class_init (WaxDraftRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = wax_draft_row_get_property;
  object_class->set_property = wax_draft_row_set_property;
  object_class->dispose = wax_draft_row_dispose;

  props[PROP_DRAFT] = g_param_spec_object ("draft", NULL, NULL, WAX_TYPE_DRAFT,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/draft-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxDraftRow, subject);
  gtk_widget_class_bind_template_child (widget_class, WaxDraftRow, recipients);
  gtk_widget_class_bind_template_child (widget_class, WaxDraftRow, body);
  gtk_widget_class_bind_template_child (widget_class, WaxDraftRow, time);
  gtk_widget_class_bind_template_child (widget_class, WaxDraftRow, attachment_icon);
  gtk_widget_class_bind_template_child (widget_class, WaxDraftRow, delete_button);
}

static void
wax_draft_row_init (WaxDraftRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
