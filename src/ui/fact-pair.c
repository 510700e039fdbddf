/* SPDX-License-Identifier: GPL-3.0-or-later */

/* fact-pair: expected and found. */

#include "fact-pair.h"

struct _WaxFactPair
{
  AdwBin parent_instance;

  GtkLabel *expected_label;
  GtkLabel *found_label;
};

G_DEFINE_FINAL_TYPE (WaxFactPair, wax_fact_pair, ADW_TYPE_BIN)

static void
wax_fact_pair_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_FACT_PAIR);
  G_OBJECT_CLASS (wax_fact_pair_parent_class)->dispose (object);
}

static void
wax_fact_pair_class_init (WaxFactPairClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_fact_pair_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/fact-pair.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxFactPair, expected_label);
  gtk_widget_class_bind_template_child (widget_class, WaxFactPair, found_label);
}

static void
wax_fact_pair_init (WaxFactPair *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_fact_pair_set_check (WaxFactPair *self, const WaxCheck *check)
{
  gboolean both = check != NULL && check->expected != NULL && check->found != NULL;

  g_return_if_fail (WAX_IS_FACT_PAIR (self));

  gtk_label_set_text (self->expected_label, both ? check->expected : "");
  gtk_label_set_text (self->found_label, both ? check->found : "");
  gtk_widget_set_visible (GTK_WIDGET (self), both);
}
