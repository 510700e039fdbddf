/* SPDX-License-Identifier: GPL-3.0-or-later */

/* send-options: what is asked of the server for one message. What it is known not to
 * offer is said at once, and not only when the message is blocked by it. */

#include "send-options.h"

#include <string.h>

#include <glib/gi18n.h>

#define RECEIPTS (WAX_DSN_SUCCESS | WAX_DSN_FAILURE | WAX_DSN_DELAY)
/* RFC 6710 appendix A: what “non-urgent” and “urgent” come to. */
#define NOT_URGENT (-4)
#define URGENT     4

enum
{
  PRIORITY_NORMAL,
  PRIORITY_NOT_URGENT,
  PRIORITY_URGENT,
};

struct _WaxSendOptions
{
  GtkPopover parent_instance;

  gboolean filling;
  char **extensions; /* (nullable) */

  AdwSwitchRow *tls_row;
  AdwSwitchRow *receipt_row;
  AdwComboRow *priority_row;
  GtkLabel *note;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxSendOptions, wax_send_options, GTK_TYPE_POPOVER)

/* ---- what the server offers ---- */

static gboolean
offers (WaxSendOptions *self, const char *keyword)
{
  gsize length = strlen (keyword);

  for (guint i = 0; self->extensions != NULL && self->extensions[i] != NULL; i++)
    if (strcspn (self->extensions[i], " =") == length
        && g_ascii_strncasecmp (self->extensions[i], keyword, length) == 0)
      return TRUE;

  return FALSE;
}

/* (transfer full) (nullable) The keywords that are asked for and not offered. */
static char *
not_offered (WaxSendOptions *self)
{
  const struct
  {
    gboolean wanted;
    const char *keyword;
  } table[] = {
    { adw_switch_row_get_active (self->tls_row), "REQUIRETLS" },
    { adw_switch_row_get_active (self->receipt_row), "DSN" },
    { adw_combo_row_get_selected (self->priority_row) != PRIORITY_NORMAL, "MT-PRIORITY" },
  };
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].wanted && !offers (self, table[i].keyword))
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", table[i].keyword);

  return words->len > 0 ? g_string_free_and_steal (g_steal_pointer (&words)) : NULL;
}

/* An account that was never connected tells nothing of its server. */
static char *
note_text (WaxSendOptions *self)
{
  g_autofree char *missing = not_offered (self);

  if (missing == NULL)
    return g_strdup ("");
  if (self->extensions == NULL)
    /* Translators: %s is one keyword of the protocol, such as REQUIRETLS, or several */
    return g_strdup_printf (
        _ ("Whether your server offers %s is not known yet. If it does not, the message is not "
           "sent."),
        missing);
  /* Translators: %s is one keyword of the protocol, such as REQUIRETLS, or several */
  return g_strdup_printf (_ ("Your server does not offer %s: such a message would not be sent."), missing);
}

static void
show_note (WaxSendOptions *self)
{
  g_autofree char *text = note_text (self);

  gtk_label_set_label (self->note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *text != '\0');
}

static void
changed_cb (WaxSendOptions *self)
{
  if (self->filling)
    return;
  show_note (self);
  g_signal_emit (self, changed_signal, 0);
}

/* ---- the object ---- */

static void
wax_send_options_dispose (GObject *object)
{
  WAX_SEND_OPTIONS (object)->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_SEND_OPTIONS);
  G_OBJECT_CLASS (wax_send_options_parent_class)->dispose (object);
}

static void
wax_send_options_finalize (GObject *object)
{
  g_strfreev (WAX_SEND_OPTIONS (object)->extensions);
  G_OBJECT_CLASS (wax_send_options_parent_class)->finalize (object);
}

static void
wax_send_options_class_init (WaxSendOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_send_options_dispose;
  object_class->finalize = wax_send_options_finalize;
  changed_signal = g_signal_new ("changed", WAX_TYPE_SEND_OPTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/send-options.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxSendOptions, tls_row);
  gtk_widget_class_bind_template_child (widget_class, WaxSendOptions, receipt_row);
  gtk_widget_class_bind_template_child (widget_class, WaxSendOptions, priority_row);
  gtk_widget_class_bind_template_child (widget_class, WaxSendOptions, note);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
wax_send_options_init (WaxSendOptions *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
}

void
wax_send_options_fill (WaxSendOptions *self, const WaxEnvelopeOptions *options)
{
  g_return_if_fail (WAX_IS_SEND_OPTIONS (self));

  self->filling = TRUE;
  adw_switch_row_set_active (self->tls_row, options->require_tls);
  adw_switch_row_set_active (self->receipt_row, (options->notify & WAX_DSN_SUCCESS) != 0);
  adw_combo_row_set_selected (self->priority_row, !options->has_priority || options->priority == 0
                                                      ? PRIORITY_NORMAL
                                                  : options->priority > 0 ? PRIORITY_URGENT
                                                                          : PRIORITY_NOT_URGENT);
  self->filling = FALSE;
  show_note (self);
}

void
wax_send_options_apply (WaxSendOptions *self, WaxEnvelopeOptions *options)
{
  guint priority;
  gboolean receipt;

  g_return_if_fail (WAX_IS_SEND_OPTIONS (self));

  options->require_tls = adw_switch_row_get_active (self->tls_row);
  receipt = adw_switch_row_get_active (self->receipt_row);
  if (receipt != ((options->notify & WAX_DSN_SUCCESS) != 0))
    options->notify = receipt ? RECEIPTS : WAX_DSN_UNSAID;
  priority = adw_combo_row_get_selected (self->priority_row);
  options->has_priority = priority != PRIORITY_NORMAL;
  options->priority = priority == PRIORITY_URGENT ? URGENT : priority == PRIORITY_NOT_URGENT ? NOT_URGENT : 0;
}

void
wax_send_options_set_account (WaxSendOptions *self, WaxAccount *account)
{
  const char *const *extensions = account != NULL ? wax_account_get_extensions (account) : NULL;

  g_return_if_fail (WAX_IS_SEND_OPTIONS (self));

  g_strfreev (self->extensions);
  self->extensions = g_strdupv ((char **) extensions);
  show_note (self);
}

char *
wax_send_options_summary (WaxSendOptions *self, gboolean *refused)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *missing = NULL;
  g_autofree char *joined = NULL;

  g_return_val_if_fail (WAX_IS_SEND_OPTIONS (self), NULL);

  missing = not_offered (self);
  *refused = missing != NULL && self->extensions != NULL;
  if (adw_switch_row_get_active (self->tls_row))
    /* Translators: a part of a line that says what is asked of the server */
    g_ptr_array_add (words, _ ("TLS all the way"));
  if (adw_switch_row_get_active (self->receipt_row))
    g_ptr_array_add (words, _ ("a delivery receipt"));
  if (adw_combo_row_get_selected (self->priority_row) == PRIORITY_URGENT)
    g_ptr_array_add (words, _ ("urgent delivery"));
  if (adw_combo_row_get_selected (self->priority_row) == PRIORITY_NOT_URGENT)
    g_ptr_array_add (words, _ ("delivery without haste"));
  if (words->len == 0)
    return NULL;
  g_ptr_array_add (words, NULL);
  /* Translators: what stands between the parts of a line */
  joined = g_strjoinv (_ (", "), (char **) words->pdata);
  if (*refused)
    return note_text (self);
  /* Translators: %s is a list, such as “TLS all the way, a delivery receipt” */
  return g_strdup_printf (_ ("Asks for: %s"), joined);
}
