/* SPDX-License-Identifier: GPL-3.0-or-later */

/* timing-bar: where the time of a connection went. */

#include "timing-bar.h"

#include <glib/gi18n.h>

#include "stack-bar.h"

struct _WaxTimingBar
{
  AdwPreferencesRow parent_instance;

  GtkLabel *total_label;
  WaxStackBar *bar;
  AdwWrapBox *legend;
};

G_DEFINE_FINAL_TYPE (WaxTimingBar, wax_timing_bar, ADW_TYPE_PREFERENCES_ROW)

/* A dot in the part's colour, its name and its time: colour is never all that
 * tells the parts apart. */
static GtkWidget *
legend_item (const char *name, const char *time, const GdkRGBA *color)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *dot = gtk_label_new ("●"), *label, *value;
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_foreground_new ((guint16) (color->red * 65535),
                                                                 (guint16) (color->green * 65535),
                                                                 (guint16) (color->blue * 65535)));
  gtk_label_set_attributes (GTK_LABEL (dot), attributes);
  pango_attr_list_unref (attributes);
  gtk_accessible_update_state (GTK_ACCESSIBLE (dot), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);

  label = gtk_label_new (name);
  value = gtk_label_new (time);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (value, "caption");
  gtk_widget_add_css_class (value, "dim-label");
  gtk_widget_add_css_class (value, "numeric");
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), value);
  return box;
}

static void
wax_timing_bar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_TIMING_BAR);
  G_OBJECT_CLASS (wax_timing_bar_parent_class)->dispose (object);
}

static void
wax_timing_bar_class_init (WaxTimingBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_timing_bar_dispose;

  g_type_ensure (WAX_TYPE_STACK_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/timing-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxTimingBar, total_label);
  gtk_widget_class_bind_template_child (widget_class, WaxTimingBar, bar);
  gtk_widget_class_bind_template_child (widget_class, WaxTimingBar, legend);
}

static void
wax_timing_bar_init (WaxTimingBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

gboolean
wax_timing_bar_set_report (WaxTimingBar *self, WaxConnectionReport *report)
{
  const struct
  {
    const char *name;
    gint64 ms;
  } parts[] = {
    /* Translators: a step of a connection: reaching the server */
    { C_ ("step", "Connecting"), report->connect_ms },
    /* Translators: a step of a connection: making it safe */
    { C_ ("step", "TLS"), report->tls_ms },
    /* Translators: a step of a connection */
    { C_ ("step", "Sign-in"), report->auth_ms },
    /* Translators: a step of a connection: telling the server who sends to whom */
    { C_ ("step", "Addresses"), report->envelope_ms },
    /* Translators: a step of a connection: the message itself */
    { C_ ("step", "Message"), report->body_ms },
  };
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *in_all = NULL;
  GtkWidget *child;
  gint64 sum = 0;

  g_return_val_if_fail (WAX_IS_TIMING_BAR (self), FALSE);

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->legend))) != NULL)
    adw_wrap_box_remove (self->legend, child);
  wax_stack_bar_clear (self->bar);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *time = NULL;
      const GdkRGBA *color;

      if (parts[i].ms < 0)
        continue;
      sum += parts[i].ms;
      /* Translators: a time in milliseconds */
      time = g_strdup_printf (_ ("%d ms"), (int) parts[i].ms);
      color = wax_stack_bar_add (self->bar, (double) MAX (parts[i].ms, 1));
      adw_wrap_box_append (self->legend, legend_item (parts[i].name, time, color));
      g_string_append_printf (words, "%s%s %s", words->len > 0 ? ", " : "", parts[i].name, time);
    }
  /* Translators: how long a connection took in all, in milliseconds */
  in_all = g_strdup_printf (_ ("%d ms in all"), (int) (report->total_ms >= 0 ? report->total_ms : sum));
  gtk_label_set_text (self->total_label, in_all);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, in_all, -1);
  return words->len > 0;
}
