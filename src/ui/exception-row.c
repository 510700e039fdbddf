/* SPDX-License-Identifier: GPL-3.0-or-later */

/* exception-row: one exception of an account. */

#include "exception-row.h"

#include <glib/gi18n.h>

#include "fingerprint.h"
#include "words.h"

struct _WaxExceptionRow
{
  AdwActionRow parent_instance;

  WaxTlsException *exception;
};

static guint removed_signal;

G_DEFINE_FINAL_TYPE (WaxExceptionRow, wax_exception_row, ADW_TYPE_ACTION_ROW)

/* (transfer full) */
static char *
title_of (const WaxTlsException *exception)
{
  switch (exception->allow)
    {
    case WAX_TLS_ALLOW_CIPHER:
      /* Translators: %s is the name of a cipher suite */
      return g_strdup_printf (_ ("The cipher suite %s is allowed"), exception->value);
    case WAX_TLS_ALLOW_VERSION:
      return g_strdup (_ ("TLS 1.2 is allowed"));
    case WAX_TLS_ALLOW_UNTRUSTED:
    default:
      return g_strdup (_ ("One key is taken that no authority vouches for"));
    }
}

/* (transfer full) */
static char *
subtitle_of (const WaxTlsException *exception, gint64 now)
{
  g_autofree char *since = wax_words_date (exception->since);
  g_autofree char *until = wax_words_date (exception->until);
  g_autofree char *key = exception->allow == WAX_TLS_ALLOW_UNTRUSTED
                             ? wax_fingerprint_words (exception->value)
                             : NULL;
  g_autofree char *time = now < exception->until
                              /* Translators: the first and the last day of an exception */
                              ? g_strdup_printf (_ ("From %s until %s"), since, until)
                              /* Translators: %s is a day that has passed */
                              : g_strdup_printf (_ ("Ended on %s: it allows nothing any more"), until);
  GString *text = g_string_new (time);

  if (exception->reason != NULL)
    g_string_append_printf (text, "\n%s", exception->reason);
  if (key != NULL)
    g_string_append_printf (text, "\n%s", key);

  return g_string_free (text, FALSE);
}

static void
remove_cb (WaxExceptionRow *self)
{
  g_signal_emit (self, removed_signal, 0);
}

static void
wax_exception_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_EXCEPTION_ROW);
  G_OBJECT_CLASS (wax_exception_row_parent_class)->dispose (object);
}

static void
wax_exception_row_finalize (GObject *object)
{
  g_clear_pointer (&WAX_EXCEPTION_ROW (object)->exception, wax_tls_exception_free);
  G_OBJECT_CLASS (wax_exception_row_parent_class)->finalize (object);
}

static void
wax_exception_row_class_init (WaxExceptionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_exception_row_dispose;
  object_class->finalize = wax_exception_row_finalize;
  removed_signal = g_signal_new ("removed", WAX_TYPE_EXCEPTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/exception-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
wax_exception_row_init (WaxExceptionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wax_exception_row_new (const WaxTlsException *exception, gint64 now)
{
  WaxExceptionRow *self;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;

  g_return_val_if_fail (exception != NULL, NULL);

  self = g_object_new (WAX_TYPE_EXCEPTION_ROW, NULL);
  self->exception = wax_tls_exception_copy (exception);
  title = title_of (exception);
  subtitle = subtitle_of (exception, now);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  return GTK_WIDGET (self);
}

const WaxTlsException *
wax_exception_row_get (WaxExceptionRow *self)
{
  g_return_val_if_fail (WAX_IS_EXCEPTION_ROW (self), NULL);

  return self->exception;
}
