/* SPDX-License-Identifier: GPL-3.0-or-later */

/* validity-bar: a certificate's period of validity, drawn. */

#include "validity-bar.h"

#include <glib/gi18n.h>

#include "span-bar.h"
#include "words.h"

#define DAY  (24 * 60 * 60)
#define SOON (14 * DAY)

struct _WaxValidityBar
{
  AdwPreferencesRow parent_instance;

  GtkLabel *sentence_label;
  WaxSpanBar *bar;
  GtkLabel *from_label;
  GtkLabel *until_label;
};

G_DEFINE_FINAL_TYPE (WaxValidityBar, wax_validity_bar, ADW_TYPE_PREFERENCES_ROW)

static char *
period_words (gint64 not_before, gint64 not_after, gint64 now)
{
  gint64 days;

  if (now < not_before)
    {
      days = (not_before - now + DAY - 1) / DAY;
      return g_strdup_printf (ngettext ("Not valid yet: from %d day from now on",
                                        "Not valid yet: from %d days from now on", (gulong) days),
                              (int) days);
    }
  if (now > not_after)
    {
      days = (now - not_after) / DAY;
      if (days == 0)
        return g_strdup (_ ("Expired today"));
      return g_strdup_printf (ngettext ("Expired %d day ago", "Expired %d days ago", (gulong) days),
                              (int) days);
    }
  days = (not_after - now) / DAY;
  if (days == 0)
    return g_strdup (_ ("Valid, but expires within a day"));
  return g_strdup_printf (ngettext ("Valid for another %d day", "Valid for another %d days", (gulong) days),
                          (int) days);
}

static void
wax_validity_bar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_VALIDITY_BAR);
  G_OBJECT_CLASS (wax_validity_bar_parent_class)->dispose (object);
}

static void
wax_validity_bar_class_init (WaxValidityBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_validity_bar_dispose;

  g_type_ensure (WAX_TYPE_SPAN_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/validity-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxValidityBar, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, WaxValidityBar, bar);
  gtk_widget_class_bind_template_child (widget_class, WaxValidityBar, from_label);
  gtk_widget_class_bind_template_child (widget_class, WaxValidityBar, until_label);
}

static void
wax_validity_bar_init (WaxValidityBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_validity_bar_set_period (WaxValidityBar *self, gint64 not_before, gint64 not_after)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *sentence = period_words (not_before, not_after, now);
  g_autofree char *from = wax_words_date (not_before);
  g_autofree char *until = wax_words_date (not_after);
  const char *style[] = { "success", NULL };

  g_return_if_fail (WAX_IS_VALIDITY_BAR (self));

  if (now < not_before || now > not_after)
    style[0] = "error";
  else if (not_after - now < SOON && not_after - not_before > 2 * SOON)
    style[0] = "warning";
  gtk_label_set_text (self->sentence_label, sentence);
  gtk_label_set_text (self->from_label, from);
  gtk_label_set_text (self->until_label, until);
  wax_span_bar_set_span (self->bar, not_before, not_after, now);
  gtk_widget_set_css_classes (GTK_WIDGET (self->bar), style);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}
