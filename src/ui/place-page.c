/* SPDX-License-Identifier: GPL-3.0-or-later */

/* place-page: what the pages of the main window have in common: the profile, a
 * cancellable that ends with them, and a way to say something. */

#include "place-page.h"

#include "main-window.h"

typedef struct
{
  WaxProfile *profile;
  GCancellable *cancellable;
} WaxPlacePagePrivate;

enum
{
  PROP_0,
  PROP_PROFILE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WaxPlacePage, wax_place_page, ADW_TYPE_BIN)

static WaxPlacePagePrivate *
private_of (WaxPlacePage *self)
{
  return wax_place_page_get_instance_private (self);
}

static void
wax_place_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_PROFILE:
      g_value_set_object (value, private_of (WAX_PLACE_PAGE (object))->profile);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_place_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_PROFILE:
      private_of (WAX_PLACE_PAGE (object))->profile = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_place_page_dispose (GObject *object)
{
  WaxPlacePagePrivate *priv = private_of (WAX_PLACE_PAGE (object));

  g_cancellable_cancel (priv->cancellable);
  G_OBJECT_CLASS (wax_place_page_parent_class)->dispose (object);
}

static void
wax_place_page_finalize (GObject *object)
{
  WaxPlacePagePrivate *priv = private_of (WAX_PLACE_PAGE (object));

  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->profile);
  G_OBJECT_CLASS (wax_place_page_parent_class)->finalize (object);
}

static void
wax_place_page_class_init (WaxPlacePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wax_place_page_get_property;
  object_class->set_property = wax_place_page_set_property;
  object_class->dispose = wax_place_page_dispose;
  object_class->finalize = wax_place_page_finalize;

  props[PROP_PROFILE] = g_param_spec_object ("profile", NULL, NULL, WAX_TYPE_PROFILE,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                 | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wax_place_page_init (WaxPlacePage *self)
{
  private_of (self)->cancellable = g_cancellable_new ();
}

WaxProfile *
wax_place_page_get_profile (WaxPlacePage *self)
{
  g_return_val_if_fail (WAX_IS_PLACE_PAGE (self), NULL);

  return private_of (self)->profile;
}

WaxEngine *
wax_place_page_get_engine (WaxPlacePage *self)
{
  g_return_val_if_fail (WAX_IS_PLACE_PAGE (self), NULL);

  return wax_profile_get_engine (private_of (self)->profile);
}

GCancellable *
wax_place_page_get_cancellable (WaxPlacePage *self)
{
  g_return_val_if_fail (WAX_IS_PLACE_PAGE (self), NULL);

  return private_of (self)->cancellable;
}

void
wax_place_page_shown (WaxPlacePage *self)
{
  g_return_if_fail (WAX_IS_PLACE_PAGE (self));

  if (WAX_PLACE_PAGE_GET_CLASS (self)->shown != NULL)
    WAX_PLACE_PAGE_GET_CLASS (self)->shown (self);
}

gboolean
wax_place_page_find (WaxPlacePage *self)
{
  g_return_val_if_fail (WAX_IS_PLACE_PAGE (self), FALSE);

  if (WAX_PLACE_PAGE_GET_CLASS (self)->find == NULL)
    return FALSE;
  WAX_PLACE_PAGE_GET_CLASS (self)->find (self);
  return TRUE;
}

void
wax_place_page_say (WaxPlacePage *self, const char *sentence)
{
  GtkRoot *root;

  g_return_if_fail (WAX_IS_PLACE_PAGE (self));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  if (WAX_IS_MAIN_WINDOW (root))
    wax_main_window_say (WAX_MAIN_WINDOW (root), sentence);
}
