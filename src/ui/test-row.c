/* SPDX-License-Identifier: GPL-3.0-or-later */

/* test-row: how the test of an account went. */

#include "test-row.h"

#include <glib/gi18n.h>

#include "words.h"

struct _WaxTestRow
{
  AdwPreferencesRow parent_instance;

  GtkStack *stack;
  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *text_label;
  GtkWidget *details_button;
};

static guint details_signal;

G_DEFINE_FINAL_TYPE (WaxTestRow, wax_test_row, ADW_TYPE_PREFERENCES_ROW)

static void
details_clicked_cb (WaxTestRow *self)
{
  g_signal_emit (self, details_signal, 0);
}

static void
show (WaxTestRow *self, const char *title, const char *text)
{
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->text_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->text_label), text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
show_icon (WaxTestRow *self, const char *name, const char *style)
{
  const char *styles[] = { style, NULL };

  gtk_image_set_from_icon_name (self->icon, name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), styles);
  gtk_stack_set_visible_child_name (self->stack, "icon");
}

static void
wax_test_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_TEST_ROW);
  G_OBJECT_CLASS (wax_test_row_parent_class)->dispose (object);
}

static void
wax_test_row_class_init (WaxTestRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_test_row_dispose;
  details_signal = g_signal_new ("details", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/test-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxTestRow, stack);
  gtk_widget_class_bind_template_child (widget_class, WaxTestRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxTestRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, WaxTestRow, text_label);
  gtk_widget_class_bind_template_child (widget_class, WaxTestRow, details_button);
  gtk_widget_class_bind_template_callback (widget_class, details_clicked_cb);
}

static void
wax_test_row_init (WaxTestRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_test_row_clear (WaxTestRow *self)
{
  g_return_if_fail (WAX_IS_TEST_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
wax_test_row_begin (WaxTestRow *self, const char *host)
{
  g_autofree char *words = NULL;

  g_return_if_fail (WAX_IS_TEST_ROW (self));

  /* Translators: %s is the name of a server */
  words = g_strdup_printf (_ ("Connecting to %s…"), host);
  gtk_stack_set_visible_child_name (self->stack, "busy");
  gtk_widget_set_visible (self->details_button, FALSE);
  show (self, words, NULL);
}

void
wax_test_row_set_result (WaxTestRow *self, const WaxSendResult *result)
{
  g_return_if_fail (WAX_IS_TEST_ROW (self));

  gtk_widget_set_visible (self->details_button, TRUE);
  if (result->error != NULL)
    {
      show_icon (self, "wax-shield-refused-symbolic", "error");
      show (self, result->error->message, result->hint);
    }
  else
    {
      gboolean weaker;
      g_autofree char *notes = wax_words_report_notes (result->report, &weaker);
      g_autofree char *route = wax_words_route (result->report);
      g_autofree char *summary = notes != NULL ? g_strconcat (route, "\n", notes, NULL) : g_strdup (route);
      gboolean verified = result->report->verified && notes == NULL;

      show_icon (self, verified ? "wax-shield-verified-symbolic" : "wax-shield-symbolic",
                 verified ? "success" : "warning");
      show (self,
            result->report->auth_mechanism != NULL
                ? _ ("The server was reached and accepted the sign-in")
                : _ ("The server was reached; no sign-in was tried, because there is no password"),
            summary);
    }
}
