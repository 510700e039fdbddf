/* SPDX-License-Identifier: GPL-3.0-or-later */

/* check-row: one check of a connection. */

#include "check-row.h"

#include <glib/gi18n.h>

#include "fact-pair.h"
#include "words.h"

struct _WaxCheckRow
{
  AdwPreferencesRow parent_instance;

  GtkImage *icon;
  GtkLabel *name_label;
  GtkLabel *result_label;
  GtkLabel *detail_label;
  GtkWidget *notes_box;
  GtkLabel *notes_label;
  WaxFactPair *pair;
};

G_DEFINE_FINAL_TYPE (WaxCheckRow, wax_check_row, ADW_TYPE_PREFERENCES_ROW)

static void
wax_check_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_CHECK_ROW);
  G_OBJECT_CLASS (wax_check_row_parent_class)->dispose (object);
}

static void
wax_check_row_class_init (WaxCheckRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_check_row_dispose;

  g_type_ensure (WAX_TYPE_FACT_PAIR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/check-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, result_label);
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, notes_box);
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, notes_label);
  gtk_widget_class_bind_template_child (widget_class, WaxCheckRow, pair);
}

static void
wax_check_row_init (WaxCheckRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* A pass that is one only by an exception, or not for long, is not shown as one. */
static void
show_notes (WaxCheckRow *self, const WaxCheck *check)
{
  g_autofree char *exception = check->exception != NULL
                                   /* Translators: %s is what an exception of the account allows */
                                   ? g_strdup_printf (_ ("Only by an exception: %s"), check->exception)
                                   : NULL;
  const char *lines[] = { exception, check->warning, NULL };
  g_autofree char *text = exception != NULL || check->warning == NULL ? g_strjoinv ("\n", (char **) lines)
                                                                      : g_strdup (check->warning);

  gtk_widget_set_visible (self->notes_box, *text != '\0');
  gtk_label_set_text (self->notes_label, text);
}

static const char *
style_of (const WaxCheck *check)
{
  return check->exception != NULL || check->warning != NULL ? "warning"
                                                            : wax_words_check_class (check->result);
}

static const char *
icon_of (const WaxCheck *check)
{
  return check->result == WAX_CHECK_PASS && (check->exception != NULL || check->warning != NULL)
             ? "dialog-warning-symbolic"
             : wax_words_check_icon (check->result);
}

static const char *
result_words (const WaxCheck *check)
{
  return check->result == WAX_CHECK_PASS && check->exception != NULL
             /* Translators: the result of a check that passed only by an exception of the account */
             ? C_ ("check", "Excepted")
             : wax_words_check_result (check->result);
}

GtkWidget *
wax_check_row_new (const WaxCheck *check)
{
  WaxCheckRow *self;
  const char *style;
  g_autofree char *words = NULL;

  g_return_val_if_fail (check != NULL, NULL);

  self = g_object_new (WAX_TYPE_CHECK_ROW, "title", wax_words_check (check->name), NULL);
  style = style_of (check);
  gtk_image_set_from_icon_name (self->icon, icon_of (check));
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  gtk_label_set_text (self->name_label, wax_words_check (check->name));
  gtk_label_set_text (self->result_label, result_words (check));
  gtk_widget_add_css_class (GTK_WIDGET (self->result_label), style);
  gtk_label_set_text (self->detail_label, check->detail != NULL ? check->detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->detail_label), check->detail != NULL);
  if (check->result == WAX_CHECK_SKIPPED)
    gtk_widget_add_css_class (GTK_WIDGET (self->detail_label), "dim-label");
  show_notes (self, check);
  wax_fact_pair_set_check (self->pair, check);
  /* Translators: the name of a check and its result, as a screen reader says them */
  words = g_strdup_printf (C_ ("check", "%s: %s"), wax_words_check (check->name), result_words (check));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  check->detail != NULL ? check->detail : "", -1);
  return GTK_WIDGET (self);
}
