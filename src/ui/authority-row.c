/* SPDX-License-Identifier: GPL-3.0-or-later */

/* authority-row: whom an account trusts in place of the system's authorities. */

#include "authority-row.h"

#include <string.h>

#include <glib/gi18n.h>

#include "authority-file.h"
#include "fingerprint.h"

struct _WaxAuthorityRow
{
  AdwPreferencesRow parent_instance;

  char *pem; /* (nullable) */
  GCancellable *cancellable;

  GtkLabel *text_label;
  GtkLabel *fingerprint_label;
  GtkLabel *problem_label;
  GtkWidget *choose_button;
  GtkWidget *remove_button;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxAuthorityRow, wax_authority_row, ADW_TYPE_PREFERENCES_ROW)

static void
show_problem (WaxAuthorityRow *self, const char *problem)
{
  gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
}

/* %NULL without certificates: then the system's authorities are in force. */
static void
show (WaxAuthorityRow *self, GPtrArray *certificates)
{
  g_autofree char *text = NULL, *fingerprint = NULL;

  if (certificates != NULL)
    {
      const WaxCertificateDetails *first = g_ptr_array_index (certificates, 0);

      fingerprint = wax_fingerprint_words (first->sha256);
      if (certificates->len == 1)
        /* Translators: %s is the name of a certificate authority */
        text = g_strdup_printf (_ ("Only this one is trusted for this account: %s"), first->subject);
      else
        /* Translators: %s is the name of the first certificate authority, %d how many more there are */
        text = g_strdup_printf (
            g_dngettext (GETTEXT_PACKAGE, "Only these are trusted for this account: %s and %d more",
                         "Only these are trusted for this account: %s and %d more", certificates->len - 1),
            first->subject, (int) certificates->len - 1);
    }
  gtk_label_set_text (self->text_label,
                      text != NULL ? text : _ ("None: the authorities that this computer trusts are used"));
  gtk_label_set_text (self->fingerprint_label, fingerprint != NULL ? fingerprint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->fingerprint_label), certificates != NULL);
  gtk_widget_set_visible (self->remove_button, self->pem != NULL);
}

static void
take (WaxAuthorityRow *self, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) certificates = wax_authority_parse (bytes, &error);

  if (certificates == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  show_problem (self, NULL);
  g_free (self->pem);
  self->pem = wax_authority_to_pem (certificates);
  show (self, certificates);
  g_signal_emit (self, changed_signal, 0);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxAuthorityRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);

  if (bytes != NULL)
    take (self, bytes);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxAuthorityRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);

  if (file != NULL)
    g_file_load_bytes_async (file, self->cancellable, loaded_cb, g_object_ref (self));
  else if (error->domain != GTK_DIALOG_ERROR)
    show_problem (self, error->message);
}

static void
choose_cb (WaxAuthorityRow *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr (GtkFileFilter) certificates = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
  static const char *const suffixes[] = { "pem", "crt", "cer", "der" };

  gtk_file_filter_set_name (certificates, _ ("Certificates"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (certificates, suffixes[i]);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  g_list_store_append (filters, certificates);
  g_list_store_append (filters, all);
  gtk_file_dialog_set_title (dialog, _ ("Choose a Certificate Authority"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_WINDOW)),
                        self->cancellable, chosen_cb, g_object_ref (self));
}

static void
remove_cb (WaxAuthorityRow *self)
{
  wax_authority_row_set_pem (self, NULL);
  gtk_widget_grab_focus (self->choose_button);
}

static void
wax_authority_row_dispose (GObject *object)
{
  g_cancellable_cancel (WAX_AUTHORITY_ROW (object)->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_AUTHORITY_ROW);
  G_OBJECT_CLASS (wax_authority_row_parent_class)->dispose (object);
}

static void
wax_authority_row_finalize (GObject *object)
{
  WaxAuthorityRow *self = WAX_AUTHORITY_ROW (object);

  g_free (self->pem);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (wax_authority_row_parent_class)->finalize (object);
}

static void
wax_authority_row_class_init (WaxAuthorityRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_authority_row_dispose;
  object_class->finalize = wax_authority_row_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/authority-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxAuthorityRow, text_label);
  gtk_widget_class_bind_template_child (widget_class, WaxAuthorityRow, fingerprint_label);
  gtk_widget_class_bind_template_child (widget_class, WaxAuthorityRow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, WaxAuthorityRow, choose_button);
  gtk_widget_class_bind_template_child (widget_class, WaxAuthorityRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
wax_authority_row_init (WaxAuthorityRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  show (self, NULL);
}

void
wax_authority_row_set_pem (WaxAuthorityRow *self, const char *pem)
{
  g_return_if_fail (WAX_IS_AUTHORITY_ROW (self));

  if (pem != NULL && *pem != '\0')
    {
      g_autoptr (GBytes) bytes = g_bytes_new (pem, strlen (pem));

      /* What cannot be shown is kept all the same: the account's own check says
       * what is wrong with it. */
      g_set_str (&self->pem, pem);
      take (self, bytes);
      gtk_widget_set_visible (self->remove_button, TRUE);
      return;
    }
  g_clear_pointer (&self->pem, g_free);
  show_problem (self, NULL);
  show (self, NULL);
  g_signal_emit (self, changed_signal, 0);
}

const char *
wax_authority_row_get_pem (WaxAuthorityRow *self)
{
  g_return_val_if_fail (WAX_IS_AUTHORITY_ROW (self), NULL);

  return self->pem;
}
