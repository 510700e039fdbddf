/* SPDX-License-Identifier: GPL-3.0-or-later */

/* exception-dialog: the explicit choice of a weaker setting, or of a new key. */

#include "exception-dialog.h"

#include <glib/gi18n.h>

#include "clock.h"
#include "fact-row.h"
#include "fingerprint.h"
#include "tls-exception.h"
#include "tls-suites.h"
#include "words.h"

#define DAYS_DEFAULT 90
#define DAYS_LONGEST 365

struct _WaxExceptionDialog
{
  AdwDialog parent_instance;

  WaxRemedy remedy;
  char *key;      /* (nullable) hexadecimal: what the server shows */
  GDateTime *day; /* the last one of the exception */

  GtkLabel *heading;
  GtkLabel *body;
  WaxFactRow *subject_row;
  WaxFactRow *pinned_row;
  WaxFactRow *shown_row;
  WaxFactRow *suite_row;
  AdwComboRow *suites_row;
  GtkStringList *suites;
  GtkWidget *terms_group;
  AdwActionRow *until_row;
  GtkCalendar *calendar;
  GtkWidget *reason_row;
  GtkCheckButton *compared_button;
  GtkLabel *compared_label;
  GtkButton *confirm_button;
};

static guint confirmed_signal;

G_DEFINE_FINAL_TYPE (WaxExceptionDialog, wax_exception_dialog, ADW_TYPE_DIALOG)

/* ---- what each kind says ---- */

typedef struct
{
  const char *heading, *body, *compared, *button;
} Words;

static const Words *
words_of (WaxRemedy remedy)
{
  static const Words untrusted = {
    N_ ("Pin This Key for a While?"),
    N_ ("No authority vouches for this server. Its key alone is taken, for this account and until the day "
        "below. "
        "Do this only if the fingerprint is the one that the server's administrator gave you by telephone or "
        "on "
        "paper."),
    N_ ("I have compared the fingerprint with what the administrator told me"),
    N_ ("_Pin Key"),
  };
  static const Words new_key = {
    N_ ("Pin the New Key?"),
    N_ ("The server shows another key than the one that is pinned. That is so after its key was changed, and "
        "also "
        "when somebody else answers in its place. Ask the server's administrator which it is."),
    N_ ("I have compared the new fingerprint with what the administrator told me"),
    N_ ("_Pin New Key"),
  };
  static const Words version = {
    N_ ("Allow TLS 1.2 for a While?"),
    N_ ("This account demands TLS 1.3, which the server does not offer. TLS 1.2 is older, and safe with the "
        "ciphers "
        "that are accepted."),
    N_ ("I want this weaker version for this account"),
    N_ ("_Allow"),
  };
  static const Words cipher = {
    N_ ("Allow a Weaker Cipher Suite for a While?"),
    N_ ("The cipher suite is an old one, with which changes on the way are found less surely. Allow it only "
        "if the "
        "server's administrator says that the server has no better one yet."),
    N_ ("I want this weaker cipher suite for this account"),
    N_ ("_Allow"),
  };

  switch (remedy)
    {
    case WAX_REMEDY_PIN_UNTRUSTED:
      return &untrusted;
    case WAX_REMEDY_PIN_NEW_KEY:
      return &new_key;
    case WAX_REMEDY_ALLOW_VERSION:
      return &version;
    case WAX_REMEDY_ALLOW_CIPHER:
    case WAX_REMEDY_OTHER_MODE:
    case WAX_REMEDY_TRUST_AUTHORITY:
    case WAX_REMEDY_EASE_REVOCATION:
    case WAX_REMEDY_EASE_DANE:
    case WAX_REMEDY_WEAKER_SIGN_IN:
    case WAX_REMEDY_SEND_TO_REST:
    case WAX_N_REMEDIES:
    default:
      return &cipher;
    }
}

/* ---- the day ---- */

static GDateTime *
today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (wax_clock_now () / G_USEC_PER_SEC);

  return g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                g_date_time_get_day_of_month (now), 0, 0, 0);
}

/* The end of the day: until then, and no longer. */
static gint64
end_of_day (GDateTime *day)
{
  g_autoptr (GDateTime) next = g_date_time_add_days (day, 1);

  return g_date_time_to_unix (next) - 1;
}

static void
take_day (WaxExceptionDialog *self, GDateTime *wanted)
{
  g_autoptr (GDateTime) first = today ();
  g_autoptr (GDateTime) last = g_date_time_add_days (first, DAYS_LONGEST);
  GDateTime *day = g_date_time_compare (wanted, first) < 0  ? first
                   : g_date_time_compare (wanted, last) > 0 ? last
                                                            : wanted;
  g_autofree char *words = NULL;

  g_clear_pointer (&self->day, g_date_time_unref);
  self->day = g_date_time_ref (day);
  words = wax_words_date (end_of_day (day));
  adw_action_row_set_subtitle (self->until_row, words);
}

static void
day_chosen_cb (WaxExceptionDialog *self)
{
  g_autoptr (GDateTime) chosen = gtk_calendar_get_date (self->calendar);
  g_autoptr (GDateTime)
      wanted = g_date_time_new_local (g_date_time_get_year (chosen), g_date_time_get_month (chosen),
                                      g_date_time_get_day_of_month (chosen), 0, 0, 0);

  take_day (self, wanted);
  /* What is too early or too late is shown as the nearest that can be had. */
  if (!g_date_time_equal (self->day, wanted))
    gtk_calendar_select_day (self->calendar, self->day);
}

static void
begin_days (WaxExceptionDialog *self)
{
  g_autoptr (GDateTime) first = today ();
  g_autoptr (GDateTime) day = g_date_time_add_days (first, DAYS_DEFAULT);

  take_day (self, day);
  gtk_calendar_select_day (self->calendar, day);
}

/* ---- the rest ---- */

static void
compared_cb (WaxExceptionDialog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->confirm_button),
                            gtk_check_button_get_active (self->compared_button));
}

static void
cancel_cb (WaxExceptionDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
confirm_cb (WaxExceptionDialog *self)
{
  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  g_signal_emit (self, confirmed_signal, 0);
  g_object_unref (self);
}

static void
wax_exception_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_EXCEPTION_DIALOG);
  G_OBJECT_CLASS (wax_exception_dialog_parent_class)->dispose (object);
}

static void
wax_exception_dialog_finalize (GObject *object)
{
  WaxExceptionDialog *self = WAX_EXCEPTION_DIALOG (object);

  g_free (self->key);
  g_clear_pointer (&self->day, g_date_time_unref);
  G_OBJECT_CLASS (wax_exception_dialog_parent_class)->finalize (object);
}

static void
wax_exception_dialog_class_init (WaxExceptionDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_exception_dialog_dispose;
  object_class->finalize = wax_exception_dialog_finalize;
  confirmed_signal = g_signal_new ("confirmed", WAX_TYPE_EXCEPTION_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  g_type_ensure (WAX_TYPE_FACT_ROW);
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxExceptionDialog, child)
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/exception-dialog.ui");
  BIND (heading);
  BIND (body);
  BIND (subject_row);
  BIND (pinned_row);
  BIND (shown_row);
  BIND (suite_row);
  BIND (suites_row);
  BIND (suites);
  BIND (terms_group);
  BIND (until_row);
  BIND (calendar);
  BIND (reason_row);
  BIND (compared_button);
  BIND (compared_label);
  BIND (confirm_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, day_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, compared_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirm_cb);
}

static void
wax_exception_dialog_init (WaxExceptionDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  begin_days (self);
}

static void
show_key (WaxFactRow *row, const char *hex)
{
  g_autofree char *words = hex != NULL ? wax_fingerprint_words (hex) : NULL;

  wax_fact_row_set_value (row, words);
}

/* The pinned keys, one a line. */
static void
show_pins (WaxFactRow *row, WaxAccount *account)
{
  const char *const *pins = wax_account_get_pins (account);
  g_autoptr (GString) text = g_string_new (NULL);

  for (; pins != NULL && *pins != NULL; pins++)
    {
      g_autofree char *words = wax_fingerprint_words (*pins);

      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", words);
    }
  wax_fact_row_set_value (row, text->len > 0 ? text->str : NULL);
}

static void
show_facts (WaxExceptionDialog *self, const WaxFailure *failure)
{
  const WaxCertificateDetails *leaf = wax_remedy_leaf (failure->report);
  gboolean of_key = self->remedy == WAX_REMEDY_PIN_UNTRUSTED || self->remedy == WAX_REMEDY_PIN_NEW_KEY;
  const char *suite = failure->report != NULL ? failure->report->cipher : NULL;

  if (of_key && leaf != NULL)
    {
      self->key = g_strdup (leaf->spki_sha256);
      wax_fact_row_set_value (self->subject_row, leaf->subject);
      show_key (self->shown_row, self->key);
    }
  if (self->remedy == WAX_REMEDY_PIN_NEW_KEY)
    show_pins (self->pinned_row, failure->account);
  if (self->remedy != WAX_REMEDY_ALLOW_CIPHER)
    return;
  for (guint i = 0; wax_tls_suite_allowable (i) != NULL; i++)
    gtk_string_list_append (self->suites, wax_tls_suite_allowable (i));
  if (suite != NULL && wax_tls_suite_may_be_allowed (suite))
    {
      wax_fact_row_set_value (self->suite_row, suite);
      adw_combo_row_set_selected (self->suites_row, gtk_string_list_find (self->suites, suite));
    }
  else
    gtk_widget_set_visible (GTK_WIDGET (self->suites_row), TRUE);
}

AdwDialog *
wax_exception_dialog_new (WaxRemedy remedy, const WaxFailure *failure)
{
  WaxExceptionDialog *self;
  const Words *words = words_of (remedy);

  g_return_val_if_fail (failure != NULL && failure->account != NULL, NULL);

  self = g_object_new (WAX_TYPE_EXCEPTION_DIALOG, NULL);
  self->remedy = remedy;
  gtk_label_set_label (self->heading, _ (words->heading));
  gtk_label_set_label (self->body, _ (words->body));
  gtk_label_set_label (self->compared_label, _ (words->compared));
  gtk_button_set_label (self->confirm_button, _ (words->button));
  adw_dialog_set_title (ADW_DIALOG (self), _ (words->heading));
  gtk_widget_set_visible (self->terms_group, remedy != WAX_REMEDY_PIN_NEW_KEY);
  show_facts (self, failure);
  return ADW_DIALOG (self);
}

/* ---- into the account ---- */

static void
add_exception (WaxExceptionDialog *self, WaxAccount *account, WaxTlsAllow allow, const char *value)
{
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason_row))));

  /* One for the same thing is replaced: its end is the one that was confirmed last. */
  for (guint i = exceptions->len; i > 0; i--)
    {
      const WaxTlsException *other = exceptions->pdata[i - 1];

      if (other->allow == allow && g_strcmp0 (other->value, value) == 0)
        g_ptr_array_remove_index (exceptions, i - 1);
    }
  g_ptr_array_add (exceptions,
                   wax_tls_exception_new (allow, value, wax_clock_now () / G_USEC_PER_SEC,
                                          end_of_day (self->day), *reason != '\0' ? reason : NULL));
  wax_account_set_exceptions (account, exceptions);
}

void
wax_exception_dialog_apply (WaxExceptionDialog *self, WaxAccount *account)
{
  const char *pins[] = { self->key, NULL };
  guint suite;

  g_return_if_fail (WAX_IS_EXCEPTION_DIALOG (self));

  switch (self->remedy)
    {
    case WAX_REMEDY_PIN_UNTRUSTED:
      add_exception (self, account, WAX_TLS_ALLOW_UNTRUSTED, self->key);
      break;
    case WAX_REMEDY_PIN_NEW_KEY:
      g_object_set (account, "pins", pins, NULL);
      break;
    case WAX_REMEDY_ALLOW_VERSION:
      add_exception (self, account, WAX_TLS_ALLOW_VERSION, NULL);
      break;
    case WAX_REMEDY_ALLOW_CIPHER:
      suite = adw_combo_row_get_selected (self->suites_row);
      if (suite != GTK_INVALID_LIST_POSITION)
        add_exception (self, account, WAX_TLS_ALLOW_CIPHER, gtk_string_list_get_string (self->suites, suite));
      break;
    case WAX_REMEDY_OTHER_MODE:
    case WAX_REMEDY_TRUST_AUTHORITY:
    case WAX_REMEDY_EASE_REVOCATION:
    case WAX_REMEDY_EASE_DANE:
    case WAX_REMEDY_WEAKER_SIGN_IN:
    case WAX_REMEDY_SEND_TO_REST:
    case WAX_N_REMEDIES:
    default:
      break;
    }
}
