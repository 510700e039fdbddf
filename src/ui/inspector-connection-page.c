/* SPDX-License-Identifier: GPL-3.0-or-later */

/* inspector-connection-page: server, protection, checks, time, and what
 * the server says of itself, each in plain words with the term beside it. */

#include "inspector-connection-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "capability-words.h"
#include "check-row.h"
#include "fact-row.h"
#include "inspector-verdict.h"
#include "timing-bar.h"

struct _WaxInspectorConnectionPage
{
  AdwBin parent_instance;

  WaxInspectorVerdict *verdict;
  WaxFactRow *host_row;
  WaxFactRow *address_row;
  WaxFactRow *port_row;
  WaxFactRow *server_row;
  WaxFactRow *tried_row;
  WaxFactRow *via_row;
  WaxFactRow *reused_row;
  WaxFactRow *trips_row;
  GtkWidget *protection_group;
  WaxFactRow *version_row;
  WaxFactRow *cipher_row;
  AdwPreferencesGroup *checks_group;
  GtkWidget *timing_group;
  WaxTimingBar *timing_bar;
  GtkWidget *words_group;
  WaxFactRow *greeting_row;
  GtkWidget *extensions_row;
  AdwWrapBox *extensions_box;
  GtkWidget *before_row;
  AdwWrapBox *before_box;
};

G_DEFINE_FINAL_TYPE (WaxInspectorConnectionPage, wax_inspector_connection_page, ADW_TYPE_BIN)

static const char *
mode_words (const char *mode)
{
  if (g_strcmp0 (mode, "implicit") == 0)
    return _ ("TLS from the first octet: nothing is ever said in the clear");
  if (g_strcmp0 (mode, "starttls") == 0)
    /* Translators: STARTTLS is a command and is not translated */
    return _ (
        "STARTTLS, required: begins in the clear and changes over to TLS before anything private is said");
  if (g_strcmp0 (mode, "plaintext") == 0)
    return _ ("Without TLS, which is allowed only within this computer");
  return NULL;
}

static const char *
version_note (const char *version)
{
  if (g_strcmp0 (version, "TLS1.3") == 0)
    return _ ("The newest version of the encryption between this computer and the server");
  if (g_strcmp0 (version, "TLS1.2") == 0)
    return _ ("An older version, still safe with the cipher below");
  return _ ("Too old to be used");
}

static char *
cipher_note (const char *cipher)
{
  if (strstr (cipher, "CHACHA20") != NULL)
    /* Translators: %s is the official name of a cipher */
    return g_strdup_printf (_ ("Encrypts with a 256-bit key and detects every change. Official name: %s"),
                            cipher);
  if (strstr (cipher, "AES_256_GCM") != NULL)
    return g_strdup_printf (_ ("Encrypts with a 256-bit key and detects every change. Official name: %s"),
                            cipher);
  if (strstr (cipher, "AES_128_GCM") != NULL)
    /* Translators: %s is the official name of a cipher */
    return g_strdup_printf (_ ("Encrypts with a 128-bit key and detects every change. Official name: %s"),
                            cipher);
  /* Translators: %s is the official name of a cipher */
  return g_strdup_printf (_ ("Official name: %s"), cipher);
}

/* (transfer full) (nullable) */
static char *
join_lines (GPtrArray *lines)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (const char *) lines->pdata[i]);

  return text->len > 0 ? g_string_free_and_steal (g_steal_pointer (&text)) : NULL;
}

static void
show_way (WaxInspectorConnectionPage *self, WaxConnectionReport *report)
{
  g_autofree char *tried = join_lines (report->tried);

  wax_fact_row_set_value (self->server_row, report->server);
  wax_fact_row_set_value (self->tried_row, tried);
  wax_fact_row_set_value (self->via_row, report->via);
  wax_fact_row_set_value (self->reused_row,
                          report->reused ? _ ("It was open already, and was used again") : NULL);
}

static void
show_trips (WaxInspectorConnectionPage *self, WaxConnectionReport *report)
{
  g_autofree char *trips = report->round_trips > 0 ? g_strdup_printf ("%u", report->round_trips) : NULL;

  wax_fact_row_set_value (self->trips_row, trips);
}

static void
show_server (WaxInspectorConnectionPage *self, WaxConnectionReport *report)
{
  g_autofree char *port = report->port != 0 ? g_strdup_printf ("%u", report->port) : NULL;

  wax_fact_row_set_value (self->host_row, report->host);
  wax_fact_row_set_value (self->address_row, report->address);
  wax_fact_row_set_value (self->port_row, port);
  wax_fact_row_set_note (self->port_row, mode_words (report->mode));
  show_way (self, report);
}

static void
show_protection (WaxInspectorConnectionPage *self, WaxConnectionReport *report)
{
  g_autofree char *version = wax_connection_report_version_words (report);
  g_autofree char *cipher = wax_connection_report_cipher_words (report);
  g_autofree char *note = report->cipher != NULL ? cipher_note (report->cipher) : NULL;

  gtk_widget_set_visible (self->protection_group, version != NULL || cipher != NULL);
  wax_fact_row_set_value (self->version_row, version);
  wax_fact_row_set_note (self->version_row, version_note (report->tls_version));
  wax_fact_row_set_value (self->cipher_row, cipher);
  wax_fact_row_set_note (self->cipher_row, note);
}

static void
show_checks (WaxInspectorConnectionPage *self, WaxConnectionReport *report)
{
  gtk_widget_set_visible (GTK_WIDGET (self->checks_group), report->checks->len > 0);
  for (guint i = 0; i < report->checks->len; i++)
    adw_preferences_group_add (self->checks_group, wax_check_row_new (g_ptr_array_index (report->checks, i)));
}

/* A keyword of the server; what it means is in its tooltip and is read out. */
static GtkWidget *
chip_new (const char *line)
{
  g_autofree char *words = wax_capability_words (line);
  GtkWidget *chip = g_object_new (GTK_TYPE_LABEL, "label", line, "wrap", TRUE, "wrap-mode",
                                  PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, "tooltip-text", words, NULL);

  gtk_widget_add_css_class (chip, "chip");
  if (words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  return chip;
}

static void
show_chips (GtkWidget *row, AdwWrapBox *box, GPtrArray *lines)
{
  gtk_widget_set_visible (row, lines->len > 0);
  for (guint i = 0; i < lines->len; i++)
    adw_wrap_box_append (box, chip_new (g_ptr_array_index (lines, i)));
}

static void
show_words (WaxInspectorConnectionPage *self, WaxConnectionReport *report)
{
  gtk_widget_set_visible (self->words_group, report->greeting != NULL || report->extensions->len > 0
                                                 || report->extensions_before_tls->len > 0);
  wax_fact_row_set_value (self->greeting_row, report->greeting);
  show_chips (self->extensions_row, self->extensions_box, report->extensions);
  show_chips (self->before_row, self->before_box, report->extensions_before_tls);
}

static void
wax_inspector_connection_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_INSPECTOR_CONNECTION_PAGE);
  G_OBJECT_CLASS (wax_inspector_connection_page_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxInspectorConnectionPage, child)

static void
wax_inspector_connection_page_class_init (WaxInspectorConnectionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_inspector_connection_page_dispose;

  g_type_ensure (WAX_TYPE_FACT_ROW);
  g_type_ensure (WAX_TYPE_INSPECTOR_VERDICT);
  g_type_ensure (WAX_TYPE_TIMING_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/inspector-connection-page.ui");
  BIND (verdict);
  BIND (host_row);
  BIND (address_row);
  BIND (port_row);
  BIND (server_row);
  BIND (tried_row);
  BIND (via_row);
  BIND (reused_row);
  BIND (trips_row);
  BIND (protection_group);
  BIND (version_row);
  BIND (cipher_row);
  BIND (checks_group);
  BIND (timing_group);
  BIND (timing_bar);
  BIND (words_group);
  BIND (greeting_row);
  BIND (extensions_row);
  BIND (extensions_box);
  BIND (before_row);
  BIND (before_box);
}

static void
wax_inspector_connection_page_init (WaxInspectorConnectionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_inspector_connection_page_set_report (WaxInspectorConnectionPage *self,
                                          WaxConnectionReport *report,
                                          const GError *error,
                                          const char *hint)
{
  g_return_if_fail (WAX_IS_INSPECTOR_CONNECTION_PAGE (self));
  g_return_if_fail (WAX_IS_CONNECTION_REPORT (report));

  wax_inspector_verdict_set_report (self->verdict, report, error, hint);
  show_server (self, report);
  show_protection (self, report);
  show_checks (self, report);
  gtk_widget_set_visible (self->timing_group, wax_timing_bar_set_report (self->timing_bar, report));
  show_trips (self, report);
  show_words (self, report);
}
