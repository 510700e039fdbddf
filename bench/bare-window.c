/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bare-window ROWS: the least that a libadwaita program with this shape is: a
 * split view, a sidebar of six rows, and a list view of ROWS rows. What
 * Waxseal's own window is measured against. */

#include <adwaita.h>
#include <stdlib.h>

static int rows;

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkWidget *
make_page (GtkWidget *content)
{
  GtkWidget *view = adw_toolbar_view_new ();

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), content);

  return view;
}

static GtkWidget *
make_sidebar (void)
{
  GtkWidget *list = gtk_list_box_new ();

  for (int i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("Place %d", i);

      gtk_list_box_append (GTK_LIST_BOX (list), gtk_label_new (name));
    }

  return list;
}

static GtkWidget *
make_list (void)
{
  GtkStringList *names = gtk_string_list_new (NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  for (int i = 0; i < rows; i++)
    gtk_string_list_take (names, g_strdup_printf ("Row %d", i));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_scrolled_window_set_child (
      GTK_SCROLLED_WINDOW (scroller),
      gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (names))), factory));

  return scroller;
}

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  AdwNavigationSplitView *split = ADW_NAVIGATION_SPLIT_VIEW (adw_navigation_split_view_new ());

  adw_navigation_split_view_set_sidebar (split,
                                         adw_navigation_page_new (make_page (make_sidebar ()), "Places"));
  adw_navigation_split_view_set_content (split, adw_navigation_page_new (make_page (make_list ()), "Rows"));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), GTK_WIDGET (split));
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication)
      application = adw_application_new ("io.github.waxseal.Bare", G_APPLICATION_NON_UNIQUE);

  rows = argc > 1 ? atoi (argv[1]) : 50;
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);

  return g_application_run (G_APPLICATION (application), 1, argv);
}
