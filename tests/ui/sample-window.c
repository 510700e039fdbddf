/* SPDX-License-Identifier: GPL-3.0-or-later */

/* sample-window: a small libadwaita window with one of each widget that the
 * driver handles. The driver is tested on it, so that a failure in a test of
 * the real window is the window's. */

#include <adwaita.h>

static void
say (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
}

static void
clicked_cb (GtkLabel *label)
{
  say (label, "clicked");
}

static void
applied_cb (GtkLabel *label, AdwEntryRow *row)
{
  say (label, gtk_editable_get_text (GTK_EDITABLE (row)));
}

static void
switched_cb (GtkLabel *label, GParamSpec *pspec, AdwSwitchRow *row)
{
  say (label, adw_switch_row_get_active (row) ? "switched on" : "switched off");
}

static void
activated_cb (GtkLabel *label)
{
  say (label, "row activated");
}

static gboolean
key_cb (GtkWidget *widget, GVariant *arguments, gpointer label)
{
  say (label, "key pressed");
  return TRUE;
}

static GtkWidget *
make_rows (GtkLabel *label)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *entry = adw_entry_row_new ();
  GtkWidget *toggle = adw_switch_row_new ();
  GtkWidget *action = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), "Address");
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (entry), TRUE);
  g_signal_connect_swapped (entry, "apply", G_CALLBACK (applied_cb), label);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (toggle), "Require TLS");
  g_signal_connect_swapped (toggle, "notify::active", G_CALLBACK (switched_cb), label);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (action), "Details");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (action), TRUE);
  g_signal_connect_swapped (action, "activated", G_CALLBACK (activated_cb), label);

  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  gtk_list_box_append (GTK_LIST_BOX (list), toggle);
  gtk_list_box_append (GTK_LIST_BOX (list), action);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);

  return list;
}

static GtkWidget *
make_content (GtkLabel *label)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *button = gtk_button_new_with_label ("Press");
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *hidden = gtk_label_new ("not to be seen");

  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, "Body", -1);
  gtk_widget_set_vexpand (view, TRUE);
  gtk_widget_set_visible (hidden, FALSE);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked_cb), label);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), make_rows (label));
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), hidden);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (label));

  return box;
}

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *label = gtk_label_new ("nothing yet");
  /* Apart: the row of the entry applies itself when the window gets the keyboard. */
  GtkWidget *pressed = gtk_label_new ("no key yet");
  GtkWidget *content = make_content (GTK_LABEL (label));
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control>k"),
                                                          gtk_callback_action_new (key_cb, pressed, NULL)));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (window, keys);
  gtk_box_append (GTK_BOX (content), pressed);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), content);
  gtk_window_set_title (GTK_WINDOW (window), "Sample");
  gtk_window_set_default_size (GTK_WINDOW (window), 500, 480);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication)
      application = adw_application_new ("io.github.waxseal.Sample", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
