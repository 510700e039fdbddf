/* SPDX-License-Identifier: GPL-3.0-or-later */

/* pins-group: the pinned keys of an account. A key is taken as soon as it is
 * applied, and only if it is one. */

#include "pins-group.h"

#include <string.h>

#include <glib/gi18n.h>

#include "fingerprint.h"
#include "pin-row.h"

struct _WaxPinsGroup
{
  AdwPreferencesGroup parent_instance;

  GPtrArray *rows; /* (element-type WaxPinRow), in their order */
  char *offered;
  gboolean filling;

  GtkWidget *seen_row;
  GtkWidget *add_row;
  GtkWidget *backup_row;
  GtkWidget *renew_row;
  GtkCalendar *calendar;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxPinsGroup, wax_pins_group, ADW_TYPE_PREFERENCES_GROUP)

static void
emit_changed (WaxPinsGroup *self)
{
  if (!self->filling)
    g_signal_emit (self, changed_signal, 0);
}

/* ---- the rows ---- */

static gboolean
has_pin (WaxPinsGroup *self, const char *hex)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_ascii_strcasecmp (wax_pin_row_get_hex (self->rows->pdata[i]), hex) == 0)
      return TRUE;

  return FALSE;
}

static void
show_offer (WaxPinsGroup *self)
{
  gtk_widget_set_visible (self->seen_row, self->offered != NULL && !has_pin (self, self->offered));
}

static void
removed_cb (WaxPinsGroup *self, GtkWidget *row)
{
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_remove (self->rows, row);
  show_offer (self);
  emit_changed (self);
}

/* The rows that add stay below those that are there. */
static void
keep_entries_last (WaxPinsGroup *self)
{
  GtkWidget *entries[] = { self->seen_row, self->add_row, self->backup_row, self->renew_row };

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_object_ref (entries[i]);
      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), entries[i]);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), entries[i]);
      g_object_unref (entries[i]);
    }
}

static void
add_pin (WaxPinsGroup *self, const char *hex, gboolean backup)
{
  GtkWidget *row;

  if (has_pin (self, hex))
    return;
  row = wax_pin_row_new (hex, backup);
  g_signal_connect_object (row, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
  show_offer (self);
}

static void
remove_all (WaxPinsGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
add_all (WaxPinsGroup *self, const char *const *pins, gboolean backup)
{
  for (; pins != NULL && *pins != NULL; pins++)
    add_pin (self, *pins, backup);
}

/* ---- what is typed ---- */

static void
take_typed (WaxPinsGroup *self, GtkWidget *row, gboolean backup)
{
  g_autofree char *hex = wax_fingerprint_read (gtk_editable_get_text (GTK_EDITABLE (row)));

  if (hex == NULL)
    {
      gtk_widget_add_css_class (row, "error");
      gtk_widget_error_bell (row);
    }
  else
    {
      gtk_widget_remove_css_class (row, "error");
      add_pin (self, hex, backup);
      keep_entries_last (self);
      gtk_editable_set_text (GTK_EDITABLE (row), "");
    }
  emit_changed (self);
}

static void
add_cb (WaxPinsGroup *self)
{
  take_typed (self, self->add_row, FALSE);
}

static void
add_backup_cb (WaxPinsGroup *self)
{
  take_typed (self, self->backup_row, TRUE);
}

static void
pin_seen_cb (WaxPinsGroup *self)
{
  if (self->offered == NULL)
    return;
  add_pin (self, self->offered, FALSE);
  keep_entries_last (self);
  emit_changed (self);
}

/* ---- the day ---- */

/* 0 for none, -1 for what is not a day. */
static gint64
chosen_day (WaxPinsGroup *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->renew_row))));
  g_autofree char *stamp = NULL;
  g_autoptr (GDateTime) day = NULL;

  if (*text == '\0')
    return 0;
  stamp = g_strconcat (text, "T00:00:00Z", NULL);
  day = strlen (text) == strlen ("YYYY-MM-DD") ? g_date_time_new_from_iso8601 (stamp, NULL) : NULL;

  return day != NULL ? g_date_time_to_unix (day) : -1;
}

static void
renew_changed_cb (WaxPinsGroup *self)
{
  if (chosen_day (self) < 0)
    gtk_widget_add_css_class (self->renew_row, "error");
  else
    gtk_widget_remove_css_class (self->renew_row, "error");
  emit_changed (self);
}

static void
day_chosen_cb (WaxPinsGroup *self)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autofree char *text = g_date_time_format (day, "%Y-%m-%d");

  gtk_editable_set_text (GTK_EDITABLE (self->renew_row), text);
}

/* ---- the object ---- */

static void
wax_pins_group_dispose (GObject *object)
{
  WaxPinsGroup *self = WAX_PINS_GROUP (object);

  self->filling = TRUE;
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_PINS_GROUP);
  G_OBJECT_CLASS (wax_pins_group_parent_class)->dispose (object);
}

static void
wax_pins_group_finalize (GObject *object)
{
  WaxPinsGroup *self = WAX_PINS_GROUP (object);

  g_ptr_array_unref (self->rows);
  g_free (self->offered);
  G_OBJECT_CLASS (wax_pins_group_parent_class)->finalize (object);
}

static void
wax_pins_group_class_init (WaxPinsGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wax_pins_group_dispose;
  object_class->finalize = wax_pins_group_finalize;
  changed_signal = g_signal_new ("changed", WAX_TYPE_PINS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/pins-group.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxPinsGroup, seen_row);
  gtk_widget_class_bind_template_child (widget_class, WaxPinsGroup, add_row);
  gtk_widget_class_bind_template_child (widget_class, WaxPinsGroup, backup_row);
  gtk_widget_class_bind_template_child (widget_class, WaxPinsGroup, renew_row);
  gtk_widget_class_bind_template_child (widget_class, WaxPinsGroup, calendar);
  gtk_widget_class_bind_template_callback (widget_class, pin_seen_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_backup_cb);
  gtk_widget_class_bind_template_callback (widget_class, renew_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, day_chosen_cb);
}

static void
wax_pins_group_init (WaxPinsGroup *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_pins_group_fill (WaxPinsGroup *self, WaxAccount *account)
{
  gint64 renew = wax_account_get_pins_renew (account);
  g_autoptr (GDateTime) day = renew > 0 ? g_date_time_new_from_unix_utc (renew) : NULL;
  g_autofree char *text = day != NULL ? g_date_time_format (day, "%Y-%m-%d") : g_strdup ("");

  g_return_if_fail (WAX_IS_PINS_GROUP (self));

  self->filling = TRUE;
  remove_all (self);
  add_all (self, wax_account_get_pins (account), FALSE);
  add_all (self, wax_account_get_backup_pins (account), TRUE);
  keep_entries_last (self);
  gtk_editable_set_text (GTK_EDITABLE (self->renew_row), text);
  self->filling = FALSE;
}

void
wax_pins_group_apply (WaxPinsGroup *self, WaxAccount *account)
{
  g_autoptr (GStrvBuilder) pins = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) backups = g_strv_builder_new ();
  g_auto (GStrv) pin_list = NULL;
  g_auto (GStrv) backup_list = NULL;

  g_return_if_fail (WAX_IS_PINS_GROUP (self));

  for (guint i = 0; i < self->rows->len; i++)
    g_strv_builder_add (wax_pin_row_is_backup (self->rows->pdata[i]) ? backups : pins,
                        wax_pin_row_get_hex (self->rows->pdata[i]));
  pin_list = g_strv_builder_end (pins);
  backup_list = g_strv_builder_end (backups);
  g_object_set (account, "pins", pin_list, "backup-pins", backup_list, "pins-renew",
                MAX (chosen_day (self), 0), NULL);
}

void
wax_pins_group_offer (WaxPinsGroup *self, const char *hex)
{
  g_return_if_fail (WAX_IS_PINS_GROUP (self));

  g_set_str (&self->offered, hex);
  show_offer (self);
}

const char *
wax_pins_group_get_problem (WaxPinsGroup *self)
{
  GtkWidget *rows[] = { self->add_row, self->backup_row };

  g_return_val_if_fail (WAX_IS_PINS_GROUP (self), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (*gtk_editable_get_text (GTK_EDITABLE (rows[i])) != '\0')
      return gtk_widget_has_css_class (rows[i], "error")
                 ? _ ("A pinned key is the SHA-256 of a public key, 64 hexadecimal digits.")
                 : _ ("A pinned key was typed and not added yet: press the tick beside it, or clear it.");
  if (chosen_day (self) < 0)
    return _ ("The day to renew the pinned keys by is not a date in the form 2027-01-31.");

  return NULL;
}
