/* SPDX-License-Identifier: GPL-3.0-or-later */

/* outbox-item-row: a message of the outbox in a list. While its message is being
 * sent, or while a time in its words runs, it looks again twice a second. */

#include "outbox-item-row.h"

#include <glib/gi18n.h>

#include "main-window.h"
#include "outbox-actions.h"
#include "words.h"

struct _WaxOutboxItemRow
{
  AdwBin parent_instance;

  WaxOutboxItem *item;
  guint timer;

  GtkWidget *icon;
  GtkLabel *subject;
  GtkLabel *recipients;
  GtkLabel *state;
  GtkLabel *time;
  GtkWidget *detail;
  GtkProgressBar *progress;
  GtkWidget *menu_button;
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const char *const style_classes[] = { "success", "warning", "error", "accent", "dim-label" };
static const char *const actions[] = { "explain", "retry", "edit", "inspect", "cancel" };

G_DEFINE_FINAL_TYPE (WaxOutboxItemRow, wax_outbox_item_row, ADW_TYPE_BIN)

static void
set_style (GtkWidget *widget, const char *style)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (style_classes); i++)
    if (g_str_equal (style_classes[i], style))
      gtk_widget_add_css_class (widget, style);
    else
      gtk_widget_remove_css_class (widget, style_classes[i]);
}

/* `Waiting to try again in 5 minutes`: the state, and when it changes by itself. */
static void
show_state (WaxOutboxItemRow *self)
{
  WaxOutboxState state = wax_outbox_item_get_state (self->item);
  gint64 next = wax_outbox_item_get_next_attempt (self->item);
  g_autofree char *until = NULL, *text = NULL;

  if (next > 0 && (state == WAX_OUTBOX_DEFERRED || state == WAX_OUTBOX_HELD || state == WAX_OUTBOX_SCHEDULED))
    {
      until = wax_words_until (next);
      /* Translators: when a message that can still be taken back is sent: "Goes out in 5 seconds" */
      text = state == WAX_OUTBOX_HELD ? g_strdup_printf (_ ("Goes out %s"), until)
                                      /* Translators: where a message stands, and when it will be tried:
                                         "Waiting to try again, in 5 minutes" */
                                      : g_strdup_printf (_ ("%s, %s"), wax_words_state (state), until);
    }
  gtk_label_set_label (self->state, text != NULL ? text : wax_words_state (state));
}

static void
show_progress (WaxOutboxItemRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  WaxEngine *engine = WAX_IS_MAIN_WINDOW (root)
                          ? wax_profile_get_engine (wax_main_window_get_profile (WAX_MAIN_WINDOW (root)))
                          : NULL;
  gint64 done = 0, total = 0;

  if (engine != NULL && wax_engine_get_progress (engine, wax_outbox_item_get_id (self->item), &done, &total)
      && total > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP ((double) done / (double) total, 0.0, 1.0));
}

static gboolean
timer_cb (gpointer user_data)
{
  WaxOutboxItemRow *self = user_data;

  show_state (self);
  if (wax_outbox_item_get_state (self->item) == WAX_OUTBOX_SENDING)
    show_progress (self);
  return G_SOURCE_CONTINUE;
}

/* Runs only where something moves and somebody can see it. */
static void
update_timer (WaxOutboxItemRow *self)
{
  WaxOutboxState state = self->item != NULL ? wax_outbox_item_get_state (self->item) : WAX_OUTBOX_SENT;
  gboolean moving = gtk_widget_get_mapped (GTK_WIDGET (self))
                    && (state == WAX_OUTBOX_SENDING || state == WAX_OUTBOX_DEFERRED
                        || state == WAX_OUTBOX_HELD || state == WAX_OUTBOX_SCHEDULED);

  if (moving && self->timer == 0)
    self->timer = g_timeout_add (500, timer_cb, self);
  else if (!moving)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
show_item (WaxOutboxItemRow *self)
{
  WaxOutboxState state = wax_outbox_item_get_state (self->item);
  const char *subject = wax_outbox_item_get_subject (self->item);
  const char *detail = wax_outbox_item_get_detail (self->item);
  g_autofree char *recipients = g_strjoinv (", ", (GStrv) wax_outbox_item_get_recipients (self->item));
  g_autofree char *time = wax_words_time (wax_outbox_item_get_updated (self->item)), *label = NULL;
  GtkPopover *popover;
  guint i;

  if (subject == NULL || *subject == '\0')
    /* Translators: stands for the subject of a message that has none */
    subject = _ ("No subject");
  gtk_label_set_label (self->subject, subject);
  gtk_label_set_label (self->recipients, recipients);
  gtk_label_set_label (self->time, time);
  gtk_label_set_label (GTK_LABEL (self->detail), detail != NULL ? detail : "");
  gtk_widget_set_visible (self->detail, detail != NULL && *detail != '\0');
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), wax_words_state_icon (state));
  set_style (self->icon, wax_words_state_class (state));
  set_style (GTK_WIDGET (self->state), wax_words_state_class (state));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), state == WAX_OUTBOX_SENDING);
  gtk_progress_bar_set_fraction (self->progress, 0.0);
  show_state (self);
  for (i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autofree char *name = g_strconcat ("row.", actions[i], NULL);

      gtk_widget_action_set_enabled (GTK_WIDGET (self), name, wax_outbox_can (self->item, actions[i]));
    }
  /* Translators: what screen readers say of the menu of a message: its subject */
  label = g_strdup_printf (_ ("Actions for %s"), subject);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (self->menu_button));
  if (popover != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (popover), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
row_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WaxOutboxItemRow *self = WAX_OUTBOX_ITEM_ROW (widget);
  static const struct
  {
    const char *name;
    void (*func) (GtkWidget *widget, WaxOutboxItem *item);
  } table[] = {
    { "row.retry", wax_outbox_do_retry },     { "row.cancel", wax_outbox_do_cancel },
    { "row.edit", wax_outbox_do_edit },       { "row.inspect", wax_outbox_do_inspect },
    { "row.explain", wax_outbox_do_explain },
  };
  guint i;

  for (i = 0; self->item != NULL && i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (name, table[i].name))
      table[i].func (widget, self->item);
}

static void
wax_outbox_item_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wax_outbox_item_row_parent_class)->map (widget);
  update_timer (WAX_OUTBOX_ITEM_ROW (widget));
}

static void
wax_outbox_item_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wax_outbox_item_row_parent_class)->unmap (widget);
  update_timer (WAX_OUTBOX_ITEM_ROW (widget));
}

static void
wax_outbox_item_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_ITEM:
      g_value_set_object (value, WAX_OUTBOX_ITEM_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_outbox_item_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxOutboxItemRow *self = WAX_OUTBOX_ITEM_ROW (object);

  switch (id)
    {
    case PROP_ITEM:
      if (g_set_object (&self->item, g_value_get_object (value)) && self->item != NULL)
        show_item (self);
      update_timer (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_outbox_item_row_dispose (GObject *object)
{
  WaxOutboxItemRow *self = WAX_OUTBOX_ITEM_ROW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), WAX_TYPE_OUTBOX_ITEM_ROW);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (wax_outbox_item_row_parent_class)->dispose (object);
}

static void
wax_outbox_item_row_class_init (WaxOutboxItemRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  guint i;

  object_class->get_property = wax_outbox_item_row_get_property;
  object_class->set_property = wax_outbox_item_row_set_property;
  object_class->dispose = wax_outbox_item_row_dispose;
  widget_class->map = wax_outbox_item_row_map;
  widget_class->unmap = wax_outbox_item_row_unmap;

  props[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, WAX_TYPE_OUTBOX_ITEM,
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/outbox-item-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, subject);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, recipients);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, state);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, time);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, detail);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, progress);
  gtk_widget_class_bind_template_child (widget_class, WaxOutboxItemRow, menu_button);
  for (i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autofree char *name = g_strconcat ("row.", actions[i], NULL);

      gtk_widget_class_install_action (widget_class, name, NULL, row_action);
    }
}

static void
wax_outbox_item_row_init (WaxOutboxItemRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
