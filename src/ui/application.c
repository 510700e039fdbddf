/* SPDX-License-Identifier: GPL-3.0-or-later */

/* application: profiles and their windows. A profile is opened as soon as its
 * window is shown and closed with the last window and the last message that is
 * on its way. */

#include "application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "composer.h"
#include "mailto.h"
#include "main-window.h"

struct _WaxApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  char *folder;
  gboolean demo;
  GPtrArray *profiles; /* (element-type WaxProfile) the first is the one that was asked for */
  gboolean holding;    /* kept alive because messages are on their way */
};

G_DEFINE_FINAL_TYPE (WaxApplication, wax_application, ADW_TYPE_APPLICATION)

static void
color_scheme_changed_cb (WaxApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  int choice = g_settings_get_enum (self->settings, "color-scheme");

  adw_style_manager_set_color_scheme (adw_application_get_style_manager (ADW_APPLICATION (self)),
                                      schemes[CLAMP (choice, 0, 2)]);
}

/* With the windows gone, what is on its way still goes. */
static void
outbox_changed_cb (WaxApplication *self)
{
  gboolean moving = FALSE;
  guint i;

  for (i = 0; i < self->profiles->len; i++)
    moving = moving || wax_profile_count_moving (self->profiles->pdata[i]) > 0;
  if (moving && !self->holding)
    g_application_hold (G_APPLICATION (self));
  else if (!moving && self->holding)
    g_application_release (G_APPLICATION (self));
  self->holding = moving;
}

static WaxProfile *
add_profile (WaxApplication *self, WaxProfile *profile)
{
  g_ptr_array_add (self->profiles, profile);
  g_signal_connect_object (wax_profile_get_outbox (profile), "items-changed", G_CALLBACK (outbox_changed_cb),
                           self, G_CONNECT_SWAPPED);
  return profile;
}

static WaxProfile *
main_profile (WaxApplication *self)
{
  if (self->profiles->len == 0)
    add_profile (self, self->demo ? wax_profile_new_practice () : wax_profile_new (self->folder));
  return self->profiles->pdata[0];
}

GtkWindow *
wax_application_show_profile (WaxApplication *self, WaxProfile *profile)
{
  GList *windows;
  GtkWindow *window = NULL;

  g_return_val_if_fail (WAX_IS_APPLICATION (self), NULL);

  for (windows = gtk_application_get_windows (GTK_APPLICATION (self)); windows != NULL && window == NULL;
       windows = windows->next)
    if (WAX_IS_MAIN_WINDOW (windows->data) && wax_main_window_get_profile (windows->data) == profile)
      window = windows->data;
  if (window == NULL)
    window = GTK_WINDOW (wax_main_window_new (self, profile));
  gtk_window_present (window);
  return window;
}

WaxProfile *
wax_application_get_profile (WaxApplication *self)
{
  GtkWindow *window;

  g_return_val_if_fail (WAX_IS_APPLICATION (self), NULL);

  window = gtk_application_get_active_window (GTK_APPLICATION (self));
  if (WAX_IS_MAIN_WINDOW (window))
    return wax_main_window_get_profile (WAX_MAIN_WINDOW (window));
  if (WAX_IS_COMPOSER (window))
    return wax_composer_get_profile (WAX_COMPOSER (window));
  return self->profiles->len > 0 ? self->profiles->pdata[0] : NULL;
}

void
wax_application_try_practice (WaxApplication *self)
{
  WaxProfile *profile;

  g_return_if_fail (WAX_IS_APPLICATION (self));

  profile = add_profile (self, wax_profile_new_practice ());
  wax_application_show_profile (self, profile);
  wax_profile_open (profile);
}

GSettings *
wax_application_get_settings (WaxApplication *self)
{
  g_return_val_if_fail (WAX_IS_APPLICATION (self), NULL);

  return self->settings;
}

static void
wax_application_activate (GApplication *application)
{
  WaxApplication *self = WAX_APPLICATION (application);
  gboolean first = self->profiles->len == 0;
  WaxProfile *profile = main_profile (self);

  wax_application_show_profile (self, profile);
  if (first)
    wax_profile_open (profile);
}

/* A message that was asked for, until the profile is open. */
typedef struct
{
  WaxApplication *application;
  WaxDraft *draft;
} PendingMessage;

static void
pending_message_free (gpointer data, GClosure *closure)
{
  PendingMessage *pending = data;

  g_clear_object (&pending->draft);
  g_free (pending);
}

static void
compose_when_open_cb (WaxProfile *profile, GParamSpec *pspec, gpointer user_data)
{
  PendingMessage *pending = user_data;

  if (wax_profile_get_state (profile) != WAX_PROFILE_OPEN)
    return;
  wax_composer_open (pending->application, profile, pending->draft);
  g_signal_handlers_disconnect_by_func (profile, compose_when_open_cb, user_data);
}

void
wax_application_compose (WaxApplication *self, WaxProfile *profile, WaxDraft *draft)
{
  PendingMessage *pending;

  g_return_if_fail (WAX_IS_APPLICATION (self) && WAX_IS_PROFILE (profile));

  if (wax_profile_get_state (profile) == WAX_PROFILE_OPEN)
    {
      wax_composer_open (self, profile, draft);
      return;
    }
  pending = g_new0 (PendingMessage, 1);
  pending->application = self;
  pending->draft = draft != NULL ? g_object_ref (draft) : NULL;
  g_signal_connect_data (profile, "notify::state", G_CALLBACK (compose_when_open_cb), pending,
                         pending_message_free, 0);
}

static void
wax_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  WaxApplication *self = WAX_APPLICATION (application);
  WaxProfile *profile;
  int i;

  g_application_activate (application);
  profile = main_profile (self);
  for (i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);
      g_autoptr (WaxDraft) draft = wax_mailto_parse (uri);

      if (draft == NULL)
        g_warning ("%s is not a mailto: address", uri);
      else
        wax_application_compose (self, profile, draft);
    }
}

/* The session ends, or somebody stops the program: drafts are saved, and the
 * record says that it was closed. Composers may take a moment, hence not at once. */
static gboolean
signalled_cb (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (user_data), "quit", NULL);

  return G_SOURCE_CONTINUE;
}

static void
wax_application_startup (GApplication *application)
{
  static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

  WaxApplication *self = WAX_APPLICATION (application);

  G_APPLICATION_CLASS (wax_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (WAX_APP_ID);
  /* A text that gets the focus only because it can be copied is not yet selected. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  self->settings = g_settings_new (WAX_APP_ID);
  g_signal_connect_object (self->settings, "changed::color-scheme", G_CALLBACK (color_scheme_changed_cb),
                           self, G_CONNECT_SWAPPED);
  color_scheme_changed_cb (self);
  wax_application_add_actions (self);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_unix_signal_add (signals[i], signalled_cb, self);
}

static void
wax_application_shutdown (GApplication *application)
{
  WaxApplication *self = WAX_APPLICATION (application);
  guint i;

  for (i = 0; i < self->profiles->len; i++)
    wax_profile_close (self->profiles->pdata[i]);
  G_APPLICATION_CLASS (wax_application_parent_class)->shutdown (application);
}

static void
wax_application_finalize (GObject *object)
{
  WaxApplication *self = WAX_APPLICATION (object);

  g_clear_object (&self->settings);
  g_ptr_array_unref (self->profiles);
  g_free (self->folder);
  G_OBJECT_CLASS (wax_application_parent_class)->finalize (object);
}

static void
wax_application_class_init (WaxApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wax_application_finalize;
  application_class->activate = wax_application_activate;
  application_class->open = wax_application_open;
  application_class->startup = wax_application_startup;
  application_class->shutdown = wax_application_shutdown;
}

static void
wax_application_init (WaxApplication *self)
{
  /* Read in main(), before the application has an id; named here for --help. */
  static const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Use the profile in this folder"), N_ ("DIR") },
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Use a throwaway profile with a practice server"), NULL },
    { NULL },
  };

  self->profiles = g_ptr_array_new_with_free_func (g_object_unref);
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[mailto:ADDRESS]"));
}

/* A profile other than the default one has an id of its own, so that its one
 * process is found again and is not taken for another profile's. */
static char *
id_for_profile (const char *folder)
{
  g_autofree char *path = g_canonicalize_filename (folder, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

  digest[12] = '\0';
  return g_strdup_printf ("%s.Profile%s", WAX_APP_ID, digest);
}

WaxApplication *
wax_application_new (const char *folder, gboolean demo)
{
  const char *chosen = folder != NULL ? folder : g_getenv ("WAXSEAL_PROFILE");
  g_autofree char *id = chosen != NULL && *chosen != '\0' ? id_for_profile (chosen) : g_strdup (WAX_APP_ID);
  WaxApplication *self = g_object_new (
      WAX_TYPE_APPLICATION, "application-id", id, "resource-base-path", "/io/github/waxseal/Waxseal", "flags",
      G_APPLICATION_HANDLES_OPEN | (demo ? G_APPLICATION_NON_UNIQUE : 0), NULL);

  self->folder = g_strdup (folder);
  self->demo = demo;
  return self;
}
