/* SPDX-License-Identifier: GPL-3.0-or-later */

/* notices: what must be seen on every page. */

#include "notices.h"

struct _WaxNotices
{
  AdwBin parent_instance;

  WaxProfile *profile;
  AdwBanner *alarm;
  AdwBanner *practice;
};

enum
{
  PROP_0,
  PROP_PROFILE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WaxNotices, wax_notices, ADW_TYPE_BIN)

static void
update (WaxNotices *self)
{
  WaxEngine *engine = self->profile != NULL ? wax_profile_get_engine (self->profile) : NULL;
  g_autoptr (GError) alarm = engine != NULL ? wax_engine_dup_alarm (engine) : NULL;

  if (alarm != NULL)
    adw_banner_set_title (self->alarm, alarm->message);
  adw_banner_set_revealed (self->alarm, alarm != NULL);
  adw_banner_set_revealed (self->practice, self->profile != NULL && wax_profile_is_practice (self->profile));
}

static void
wax_notices_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_PROFILE:
      g_value_set_object (value, WAX_NOTICES (object)->profile);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_notices_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxNotices *self = WAX_NOTICES (object);

  switch (id)
    {
    case PROP_PROFILE:
      g_set_object (&self->profile, g_value_get_object (value));
      update (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_notices_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_NOTICES);
  g_clear_object (&WAX_NOTICES (object)->profile);
  G_OBJECT_CLASS (wax_notices_parent_class)->dispose (object);
}

static void
wax_notices_class_init (WaxNoticesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = wax_notices_get_property;
  object_class->set_property = wax_notices_set_property;
  object_class->dispose = wax_notices_dispose;

  props[PROP_PROFILE] = g_param_spec_object ("profile", NULL, NULL, WAX_TYPE_PROFILE,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/notices.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxNotices, alarm);
  gtk_widget_class_bind_template_child (widget_class, WaxNotices, practice);
}

static void
wax_notices_init (WaxNotices *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
