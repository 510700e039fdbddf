/* SPDX-License-Identifier: GPL-3.0-or-later */

/* inspector-verdict: the verdict on a connection. Its shield is filled only when
 * every check passed, and its words never promise more than the way to the
 * server. */

#include "inspector-verdict.h"

#include <glib/gi18n.h>

#include "fact-pair.h"
#include "tls-policy.h"
#include "words.h"

struct _WaxInspectorVerdict
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *text_label;
  WaxFactPair *pair;
};

G_DEFINE_FINAL_TYPE (WaxInspectorVerdict, wax_inspector_verdict, ADW_TYPE_BIN)

static void
show (WaxInspectorVerdict *self, const char *icon, const char *style, const char *title, const char *text)
{
  const char *styles[] = { style, NULL };

  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), styles);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->text_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->text_label), text != NULL);
}

static void
wax_inspector_verdict_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_INSPECTOR_VERDICT);
  G_OBJECT_CLASS (wax_inspector_verdict_parent_class)->dispose (object);
}

static void
wax_inspector_verdict_class_init (WaxInspectorVerdictClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_inspector_verdict_dispose;

  g_type_ensure (WAX_TYPE_FACT_PAIR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/inspector-verdict.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorVerdict, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorVerdict, title_label);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorVerdict, text_label);
  gtk_widget_class_bind_template_child (widget_class, WaxInspectorVerdict, pair);
}

static void
wax_inspector_verdict_init (WaxInspectorVerdict *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_inspector_verdict_set_report (WaxInspectorVerdict *self,
                                  WaxConnectionReport *report,
                                  const GError *error,
                                  const char *hint)
{
  const WaxCheck *failed = wax_tls_policy_first_failure (report->checks);
  gboolean weaker;
  g_autofree char *notes = wax_words_report_notes (report, &weaker);
  g_autofree char *summary = wax_words_route (report);
  g_autofree char *both = notes != NULL ? g_strconcat (summary, "\n", notes, NULL) : NULL;

  g_return_if_fail (WAX_IS_INSPECTOR_VERDICT (self));

  wax_fact_pair_set_check (self->pair, failed);
  if (error != NULL)
    show (self, "wax-shield-refused-symbolic", "error", error->message, hint);
  else if (failed != NULL)
    show (self, "wax-shield-refused-symbolic", "error",
          failed->detail != NULL ? failed->detail : _ ("A check failed"), hint);
  else if (report->verified && notes != NULL)
    show (self, "wax-shield-symbolic", "warning",
          weaker ? _ ("Protected by an exception only") : _ ("Protected to your server, with a warning"),
          both);
  else if (report->verified)
    /* Translators: the way to the mail server is protected; nothing is said of the way beyond it */
    show (self, "wax-shield-verified-symbolic", "success", _ ("Protected to your server"), summary);
  else if (g_strcmp0 (report->mode, "plaintext") == 0)
    show (self, "wax-shield-symbolic", "warning", _ ("Not encrypted; nothing leaves this computer"), summary);
  else
    show (self, "wax-shield-symbolic", "dim-label", _ ("Not verified yet"), summary);
}
