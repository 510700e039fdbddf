/* SPDX-License-Identifier: GPL-3.0-or-later */

/* exceptions-group: the exceptions of an account. */

#include "exceptions-group.h"

#include "clock.h"
#include "exception-row.h"

struct _WaxExceptionsGroup
{
  AdwPreferencesGroup parent_instance;

  GPtrArray *rows; /* (element-type WaxExceptionRow) */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxExceptionsGroup, wax_exceptions_group, ADW_TYPE_PREFERENCES_GROUP)

static void
removed_cb (WaxExceptionsGroup *self, GtkWidget *row)
{
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_remove (self->rows, row);
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
  g_signal_emit (self, changed_signal, 0);
}

static void
wax_exceptions_group_dispose (GObject *object)
{
  g_ptr_array_set_size (WAX_EXCEPTIONS_GROUP (object)->rows, 0);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_EXCEPTIONS_GROUP);
  G_OBJECT_CLASS (wax_exceptions_group_parent_class)->dispose (object);
}

static void
wax_exceptions_group_finalize (GObject *object)
{
  g_ptr_array_unref (WAX_EXCEPTIONS_GROUP (object)->rows);
  G_OBJECT_CLASS (wax_exceptions_group_parent_class)->finalize (object);
}

static void
wax_exceptions_group_class_init (WaxExceptionsGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wax_exceptions_group_dispose;
  object_class->finalize = wax_exceptions_group_finalize;
  changed_signal = g_signal_new ("changed", WAX_TYPE_EXCEPTIONS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/waxseal/Waxseal/exceptions-group.ui");
}

static void
wax_exceptions_group_init (WaxExceptionsGroup *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_exceptions_group_fill (WaxExceptionsGroup *self, WaxAccount *account)
{
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;

  g_return_if_fail (WAX_IS_EXCEPTIONS_GROUP (self));

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < exceptions->len; i++)
    {
      GtkWidget *row = wax_exception_row_new (exceptions->pdata[i], now);

      g_signal_connect_object (row, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

void
wax_exceptions_group_apply (WaxExceptionsGroup *self, WaxAccount *account)
{
  g_autoptr (GPtrArray) exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);

  g_return_if_fail (WAX_IS_EXCEPTIONS_GROUP (self));

  for (guint i = 0; i < self->rows->len; i++)
    g_ptr_array_add (exceptions, wax_tls_exception_copy (wax_exception_row_get (self->rows->pdata[i])));
  wax_account_set_exceptions (account, exceptions);
}
