/* SPDX-License-Identifier: GPL-3.0-or-later */

/* route-bar: the state of the route under the composer's header. */

#include "route-bar.h"

#include <glib/gi18n.h>

#include "inspector-dialog.h"
#include "window-profile.h"
#include "words.h"

/* Seconds between two looks at the connection; a look at an open one asks nobody. */
#define WATCH_S 30

struct _WaxRouteBar
{
  AdwBin parent_instance;

  WaxEngine *engine;
  WaxAccount *account;
  GCancellable *cancellable; /* of the connecting under way */
  WaxSendResult *result;     /* of the last one */
  guint watch;               /* looks whether the connection is still open */

  GtkWidget *button;
  GtkStack *sign;
  GtkWidget *shield;
  GtkLabel *title;
  GtkLabel *route;
  GtkWidget *again;
};

G_DEFINE_FINAL_TYPE (WaxRouteBar, wax_route_bar, ADW_TYPE_BIN)

typedef enum
{
  ROUTE_NONE,
  ROUTE_CHECKING,
  ROUTE_VERIFIED,
  ROUTE_ATTENTION,
  ROUTE_EXCEPTION,
  ROUTE_UNPROTECTED,
  ROUTE_REFUSED,
  ROUTE_UNREACHABLE,
  ROUTE_PORTAL,
} Route;

static void
show (WaxRouteBar *self, Route state, const char *route)
{
  static const struct
  {
    const char *title, *icon, *style;
  } looks[] = {
    [ROUTE_NONE] = { N_ ("No account"), "wax-shield-symbolic", "dim-label" },
    [ROUTE_CHECKING] = { N_ ("Checking the route…"), "wax-shield-symbolic", "dim-label" },
    /* Translators: the connection to the user's mail server is encrypted and checked; nothing is said of the
       way after it */
    [ROUTE_VERIFIED] = { N_ ("Protected to your server"), "wax-shield-verified-symbolic", "success" },
    /* Translators: all is well with the connection, and something about it wants to be seen to soon */
    [ROUTE_ATTENTION] = { N_ ("Protected to your server, with a warning"), "wax-shield-symbolic", "warning" },
    /* Translators: the connection is only as good as a weaker setting that the user has allowed */
    [ROUTE_EXCEPTION] = { N_ ("Protected by an exception only"), "wax-shield-symbolic", "warning" },
    /* Translators: there is no TLS; allowed only for a server on this computer */
    [ROUTE_UNPROTECTED] = { N_ ("Not protected: this computer only"), "wax-shield-symbolic", "warning" },
    /* Translators: a check of the connection failed, so nothing is sent this way */
    [ROUTE_REFUSED] = { N_ ("Refused: nothing is sent this way"), "wax-shield-refused-symbolic", "error" },
    [ROUTE_UNREACHABLE] = { N_ ("Your server cannot be reached"), "wax-shield-symbolic", "warning" },
    /* Translators: a network that wants a sign-in on a web page before anything else works */
    [ROUTE_PORTAL] = { N_ ("This network wants a sign-in first"), "wax-shield-symbolic", "warning" },
  };
  g_autofree char *label = NULL;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (self->shield, looks[i].style);
  gtk_widget_add_css_class (self->shield, looks[state].style);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->shield), looks[state].icon);
  gtk_stack_set_visible_child_name (self->sign, state == ROUTE_CHECKING ? "spinner" : "shield");
  gtk_label_set_label (self->title, _ (looks[state].title));
  gtk_label_set_label (self->route, route != NULL ? route : "");
  gtk_widget_set_visible (GTK_WIDGET (self->route), route != NULL);
  gtk_widget_set_sensitive (self->button, state != ROUTE_NONE && state != ROUTE_CHECKING);
  gtk_widget_set_visible (self->again, state != ROUTE_NONE && state != ROUTE_CHECKING);
  /* Translators: what screen readers say of the line about the route: a heading and what is known */
  label = g_strdup_printf (_ ("Route: %s. %s"), _ (looks[state].title), route != NULL ? route : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
is_unreachable (const GError *error)
{
  return g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_LOST)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE)
         || g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY);
}

static void
show_error (WaxRouteBar *self, const GError *error)
{
  if (g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PORTAL))
    show (self, ROUTE_PORTAL, error->message);
  else
    show (self, is_unreachable (error) ? ROUTE_UNREACHABLE : ROUTE_REFUSED, error->message);
}

/* The filled shield stands for a connection of which there is nothing more to say. */
static void
show_report (WaxRouteBar *self, WaxConnectionReport *report)
{
  gboolean weaker;
  g_autofree char *summary = wax_words_route (report);
  g_autofree char *notes = wax_words_report_notes (report, &weaker);
  g_autofree char *both = notes != NULL ? g_strconcat (summary, "\n", notes, NULL) : g_strdup (summary);

  if (!report->verified)
    show (self, ROUTE_UNPROTECTED, both);
  else if (notes != NULL)
    show (self, weaker ? ROUTE_EXCEPTION : ROUTE_ATTENTION, both);
  else
    show (self, ROUTE_VERIFIED, summary);
}

static void
show_result (WaxRouteBar *self)
{
  if (self->result->error != NULL)
    show_error (self, self->result->error);
  else
    show_report (self, self->result->report);
}

static void
warmed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxRouteBar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSendResult) outcome = wax_engine_warm_finish (WAX_ENGINE (source), result, &error);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));

  /* Of one that was overtaken, or whose bar has gone, nothing is shown. */
  if (cancellable != self->cancellable || g_cancellable_is_cancelled (cancellable))
    return;
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->result, wax_send_result_free);
  if (outcome != NULL)
    {
      self->result = g_steal_pointer (&outcome);
      show_result (self);
    }
  else
    {
      show (self, ROUTE_UNREACHABLE, error->message);
      gtk_widget_set_sensitive (self->button, FALSE);
    }
}

static void
connect_route (WaxRouteBar *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->result, wax_send_result_free);
  if (self->account == NULL || self->engine == NULL)
    {
      show (self, ROUTE_NONE, NULL);
      return;
    }
  show (self, ROUTE_CHECKING, wax_account_get_host (self->account));
  self->cancellable = g_cancellable_new ();
  wax_engine_warm_async (self->engine, self->account, self->cancellable, warmed_cb, g_object_ref (self));
}

/* The line must be true now: a connection that has gone is made again, while somebody
 * looks at it. */
static gboolean
watch_cb (gpointer user_data)
{
  WaxRouteBar *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->cancellable == NULL && self->result != NULL && GTK_IS_WINDOW (root)
      && gtk_window_is_active (GTK_WINDOW (root)))
    {
      self->cancellable = g_cancellable_new ();
      wax_engine_warm_async (self->engine, self->account, self->cancellable, warmed_cb, g_object_ref (self));
    }

  return G_SOURCE_CONTINUE;
}

static void
again_cb (WaxRouteBar *self)
{
  connect_route (self);
}

static void
wax_route_bar_dispose (GObject *object)
{
  WaxRouteBar *self = WAX_ROUTE_BAR (object);

  g_clear_handle_id (&self->watch, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_ROUTE_BAR);
  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_clear_pointer (&self->result, wax_send_result_free);
  G_OBJECT_CLASS (wax_route_bar_parent_class)->dispose (object);
}

static void
wax_route_bar_class_init (WaxRouteBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_route_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/route-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxRouteBar, button);
  gtk_widget_class_bind_template_child (widget_class, WaxRouteBar, sign);
  gtk_widget_class_bind_template_child (widget_class, WaxRouteBar, shield);
  gtk_widget_class_bind_template_child (widget_class, WaxRouteBar, title);
  gtk_widget_class_bind_template_child (widget_class, WaxRouteBar, route);
  gtk_widget_class_bind_template_child (widget_class, WaxRouteBar, again);
  gtk_widget_class_bind_template_callback (widget_class, wax_route_bar_inspect);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
}

static void
wax_route_bar_init (WaxRouteBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->watch = g_timeout_add_seconds (WATCH_S, watch_cb, self);
  show (self, ROUTE_NONE, NULL);
}

/* What an account learns of its server, it learns of this very connection. */
static gboolean
is_same_route (WaxAccount *a, WaxAccount *b)
{
  g_autoptr (WaxAccount) one = NULL;
  g_autoptr (WaxAccount) other = NULL;

  if (a == NULL || b == NULL)
    return a == b;
  one = wax_account_copy (a);
  other = wax_account_copy (b);
  g_object_set (one, "extensions", NULL, "strongest-mechanism", NULL, NULL);
  g_object_set (other, "extensions", NULL, "strongest-mechanism", NULL, NULL);

  return wax_profile_same_account (one, other);
}

void
wax_route_bar_set_account (WaxRouteBar *self, WaxEngine *engine, WaxAccount *account)
{
  gboolean same;

  g_return_if_fail (WAX_IS_ROUTE_BAR (self));

  g_set_object (&self->engine, engine);
  same = is_same_route (self->account, account);
  g_set_object (&self->account, account);
  if (!same)
    connect_route (self);
}

void
wax_route_bar_inspect (WaxRouteBar *self)
{
  AdwDialog *dialog;

  g_return_if_fail (WAX_IS_ROUTE_BAR (self));

  if (self->result == NULL)
    return;
  dialog = wax_inspector_dialog_new (self->result->report, self->result->error, self->result->hint);
  wax_inspector_dialog_set_account (WAX_INSPECTOR_DIALOG (dialog), self->engine, self->account);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}
