/* SPDX-License-Identifier: GPL-3.0-or-later */

/* inspector-certificate-page: the chain from the authority down to the server,
 * and everything about the certificate that is chosen in it. */

#include "inspector-certificate-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "fact-row.h"
#include "fingerprint.h"
#include "pin-dialog.h"
#include "validity-bar.h"
#include "words.h"

#define INDENT 22

struct _WaxInspectorCertificatePage
{
  AdwBin parent_instance;

  WaxConnectionReport *report;
  guint chosen; /* index into the chain */

  GtkStack *stack;
  GtkListBox *chain_list;
  WaxFactRow *subject_row;
  WaxFactRow *names_row;
  WaxFactRow *issuer_row;
  WaxFactRow *usage_row;
  WaxValidityBar *validity_bar;
  WaxFactRow *sha256_row;
  WaxFactRow *spki_row;
  WaxFactRow *key_row;
  WaxFactRow *signature_row;
  WaxFactRow *serial_row;
  WaxFactRow *revocation_row;
  WaxFactRow *staple_row;
  GtkWidget *pin_row;

  WaxEngine *engine;   /* (nullable) */
  WaxAccount *account; /* (nullable) whose key can be pinned */
};

G_DEFINE_FINAL_TYPE (WaxInspectorCertificatePage, wax_inspector_certificate_page, ADW_TYPE_BIN)

static WaxCertificateDetails *
chain_get (WaxInspectorCertificatePage *self, guint index)
{
  return g_ptr_array_index (self->report->chain, index);
}

static const char *
title_of (const WaxCertificateDetails *certificate)
{
  return certificate->common_name != NULL ? certificate->common_name : certificate->subject;
}

static const char *
role_of (const WaxCertificateDetails *certificate, guint index)
{
  if (index == 0)
    return _ ("The server's own certificate");
  if (g_strcmp0 (certificate->subject, certificate->issuer) == 0)
    /* Translators: a certificate authority at the root of the chain of trust */
    return _ ("Authority, signed by itself");
  /* Translators: a certificate authority between the root and the server */
  return _ ("Authority in between");
}

/* ---- the chain ---- */

static GtkWidget *
chain_row_new (const WaxCertificateDetails *certificate, guint index, guint depth)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (index == 0 ? "network-server-symbolic"
                                                             : "application-certificate-symbolic");

  g_object_set (row, "use-markup", FALSE, "title", title_of (certificate), "subtitle",
                role_of (certificate, index), NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  if (depth > 0)
    {
      GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

      gtk_widget_set_margin_start (arrow, (int) MIN (depth - 1, 4) * INDENT);
      gtk_widget_add_css_class (arrow, "dim-label");
      gtk_accessible_update_state (GTK_ACCESSIBLE (arrow), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), arrow);
    }
  else
    {
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
    }
  g_object_set_data (G_OBJECT (row), "index", GUINT_TO_POINTER (index));
  return row;
}

static void
fill_chain (WaxInspectorCertificatePage *self)
{
  guint length = self->report->chain->len;
  GtkWidget *row = NULL;

  for (guint depth = 0; depth < length; depth++)
    {
      guint index = length - 1 - depth;

      row = chain_row_new (chain_get (self, index), index, depth);
      gtk_list_box_append (self->chain_list, row);
    }
  gtk_list_box_select_row (self->chain_list, GTK_LIST_BOX_ROW (row));
}

/* ---- the chosen one ---- */

static void
show_hex (WaxFactRow *row, const char *hex)
{
  g_autofree char *words = wax_fingerprint_words (hex);

  wax_fact_row_set_value (row, words);
  wax_fact_row_set_copy_text (row, hex);
}

static char *
join_lines (char **words)
{
  return words != NULL && words[0] != NULL ? g_strjoinv ("\n", words) : NULL;
}

static const char *
key_note (const char *key)
{
  if (key == NULL)
    return NULL;
  if (g_str_has_prefix (key, "RSA"))
    return _ ("RSA; the number is the length of the key in bits");
  if (g_str_has_prefix (key, "EC"))
    return _ ("An elliptic-curve key: short and strong");
  return NULL;
}

static char *
usage_words (const WaxCertificateDetails *certificate)
{
  if (certificate->usages != NULL && certificate->usages[0] != NULL)
    return g_strjoinv (", ", certificate->usages);
  if (certificate->is_ca)
    return g_strdup (_ ("signing other certificates"));
  return NULL;
}

/* Only the server's own key is pinned, and only once. */
static void
show_pin (WaxInspectorCertificatePage *self)
{
  const WaxCertificateDetails *leaf = self->report->chain->len > 0 ? chain_get (self, 0) : NULL;
  const char *const *pins = self->account != NULL ? wax_account_get_pins (self->account) : NULL;
  gboolean possible = self->account != NULL && leaf != NULL && leaf->spki_sha256 != NULL
                      && self->report->verified
                      && (pins == NULL || !g_strv_contains (pins, leaf->spki_sha256));

  gtk_widget_set_visible (self->pin_row, possible && self->chosen == 0);
}

static const WaxCheck *
find_check (WaxInspectorCertificatePage *self, const char *name)
{
  for (guint i = 0; i < self->report->checks->len; i++)
    {
      const WaxCheck *check = self->report->checks->pdata[i];

      if (g_strcmp0 (check->name, name) == 0)
        return check;
    }

  return NULL;
}

/* Of the chain as a whole, so it stands with the server's own certificate. */
static void
show_revocation (WaxInspectorCertificatePage *self)
{
  const WaxCheck *check = find_check (self, "revocation");

  wax_fact_row_set_value (self->revocation_row,
                          check != NULL && self->chosen == 0 ? wax_words_check_result (check->result) : NULL);
  wax_fact_row_set_note (self->revocation_row, check != NULL ? check->detail : NULL);
}

static void
show_chosen (WaxInspectorCertificatePage *self)
{
  const WaxCertificateDetails *certificate = chain_get (self, self->chosen);
  g_autofree char *names = join_lines (certificate->names);
  g_autofree char *usages = usage_words (certificate);

  wax_fact_row_set_value (self->subject_row, certificate->subject);
  wax_fact_row_set_value (self->names_row, names);
  wax_fact_row_set_value (self->issuer_row, certificate->issuer);
  wax_fact_row_set_note (self->issuer_row, g_strcmp0 (certificate->subject, certificate->issuer) == 0
                                               ? _ ("Itself: it vouches for nobody unless you trust it")
                                               : NULL);
  wax_fact_row_set_value (self->usage_row, usages);
  wax_validity_bar_set_period (self->validity_bar, certificate->not_before, certificate->not_after);
  show_hex (self->sha256_row, certificate->sha256);
  show_hex (self->spki_row, certificate->spki_sha256);
  wax_fact_row_set_value (self->key_row, certificate->key);
  wax_fact_row_set_note (self->key_row, key_note (certificate->key));
  wax_fact_row_set_value (self->signature_row, certificate->signature);
  show_hex (self->serial_row, certificate->serial);
  wax_fact_row_set_value (self->staple_row, self->chosen != 0          ? NULL
                                            : certificate->must_staple ? _ ("Required with every connection")
                                                                       : _ ("Not required"));
  show_revocation (self);
  show_pin (self);
  /* Translators: must-staple is a term of RFC 7633 and is not translated */
  wax_fact_row_set_note (self->staple_row,
                         _ ("“must-staple”: whether the server has to show a fresh statement of its "
                            "authority that the certificate still stands"));
}

static void
row_selected_cb (WaxInspectorCertificatePage *self, GtkListBoxRow *row)
{
  if (row == NULL)
    return;
  self->chosen = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "index"));
  show_chosen (self);
}

/* ---- saving ---- */

static void
toast (WaxInspectorCertificatePage *self, const char *words)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "inspector.toast", "s", words);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxInspectorCertificatePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_autofree char *name = g_file_get_basename (G_FILE (source));
      g_autofree char *shown = g_filename_display_name (name);

      /* Translators: %s is the name of a file */
      words = g_strdup_printf (_ ("Saved as “%s”"), shown);
    }
  else
    {
      /* Translators: %s is the reason */
      words = g_strdup_printf (_ ("The certificate could not be saved: %s"), error->message);
    }
  toast (self, words);
}

static void
file_chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxInspectorCertificatePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autoptr (GBytes) pem = NULL;
  const char *text;

  if (file == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
          && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
        toast (self, error->message);
      return;
    }
  text = chain_get (self, self->chosen)->pem;
  pem = g_bytes_new (text, strlen (text));
  g_file_replace_contents_bytes_async (file, pem, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                       saved_cb, g_object_ref (self));
}

static void
save_cb (WaxInspectorCertificatePage *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = g_strdup_printf ("%s.pem", title_of (chain_get (self, self->chosen)));

  /* What the server calls itself must not become a path. */
  g_strdelimit (name, "/\\:*?\"<>|", '_');
  gtk_file_dialog_set_title (dialog, _ ("Save Certificate"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_WINDOW)),
                        NULL, file_chosen_cb, g_object_ref (self));
}

/* ---- pinning ---- */

static void
pinned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxInspectorCertificatePage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wax_engine_save_account_finish (WAX_ENGINE (source), result, &error))
    {
      toast (self, error->message);
      return;
    }
  toast (self, _ ("The key is pinned for this account"));
  gtk_widget_set_visible (self->pin_row, FALSE);
}

static void
pin_chosen_cb (WaxInspectorCertificatePage *self, WaxAccount *account)
{
  if (self->engine == NULL)
    return;
  g_set_object (&self->account, account);
  wax_engine_save_account_async (self->engine, account, NULL, NULL, pinned_cb, g_object_ref (self));
}

static void
pin_cb (WaxInspectorCertificatePage *self)
{
  AdwDialog *dialog = wax_pin_dialog_new (self->account, chain_get (self, 0));

  g_signal_connect_object (dialog, "pinned", G_CALLBACK (pin_chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* ---- the object ---- */

static void
wax_inspector_certificate_page_dispose (GObject *object)
{
  /* First: disposing of the template would unparent it behind AdwBin's back. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_INSPECTOR_CERTIFICATE_PAGE);
  G_OBJECT_CLASS (wax_inspector_certificate_page_parent_class)->dispose (object);
}

static void
wax_inspector_certificate_page_finalize (GObject *object)
{
  WaxInspectorCertificatePage *self = WAX_INSPECTOR_CERTIFICATE_PAGE (object);

  g_clear_object (&self->report);
  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (wax_inspector_certificate_page_parent_class)->finalize (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxInspectorCertificatePage, child)

static void
wax_inspector_certificate_page_class_init (WaxInspectorCertificatePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_inspector_certificate_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = wax_inspector_certificate_page_finalize;

  g_type_ensure (WAX_TYPE_FACT_ROW);
  g_type_ensure (WAX_TYPE_VALIDITY_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/inspector-certificate-page.ui");
  BIND (stack);
  BIND (chain_list);
  BIND (subject_row);
  BIND (names_row);
  BIND (issuer_row);
  BIND (usage_row);
  BIND (validity_bar);
  BIND (sha256_row);
  BIND (spki_row);
  BIND (key_row);
  BIND (signature_row);
  BIND (serial_row);
  BIND (revocation_row);
  BIND (staple_row);
  BIND (pin_row);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, pin_cb);
}

static void
wax_inspector_certificate_page_init (WaxInspectorCertificatePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_inspector_certificate_page_set_report (WaxInspectorCertificatePage *self, WaxConnectionReport *report)
{
  g_return_if_fail (WAX_IS_INSPECTOR_CERTIFICATE_PAGE (self));
  g_return_if_fail (WAX_IS_CONNECTION_REPORT (report));

  g_set_object (&self->report, report);
  if (report->chain->len == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, "chain");
  fill_chain (self);
}

void
wax_inspector_certificate_page_set_account (WaxInspectorCertificatePage *self,
                                            WaxEngine *engine,
                                            WaxAccount *account)
{
  g_return_if_fail (WAX_IS_INSPECTOR_CERTIFICATE_PAGE (self) && self->report != NULL);

  g_set_object (&self->engine, engine);
  g_set_object (&self->account, account);
  show_pin (self);
}
