/* SPDX-License-Identifier: GPL-3.0-or-later */

/* attachment-chip: name, kind and size of one attachment. */

#include "attachment-chip.h"

#include <glib/gi18n.h>

struct _WaxAttachmentChip
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *size;
  GtkWidget *remove_button;
};

G_DEFINE_FINAL_TYPE (WaxAttachmentChip, wax_attachment_chip, ADW_TYPE_BIN)

static void
wax_attachment_chip_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_ATTACHMENT_CHIP);
  G_OBJECT_CLASS (wax_attachment_chip_parent_class)->dispose (object);
}

static void
wax_attachment_chip_class_init (WaxAttachmentChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_attachment_chip_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/attachment-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, WaxAttachmentChip, icon);
  gtk_widget_class_bind_template_child (widget_class, WaxAttachmentChip, name);
  gtk_widget_class_bind_template_child (widget_class, WaxAttachmentChip, size);
  gtk_widget_class_bind_template_child (widget_class, WaxAttachmentChip, remove_button);
}

static void
wax_attachment_chip_init (WaxAttachmentChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wax_attachment_chip_new (WaxAttachment *attachment)
{
  WaxAttachmentChip *self = g_object_new (WAX_TYPE_ATTACHMENT_CHIP, NULL);
  g_autofree char *type = g_content_type_from_mime_type (wax_attachment_get_content_type (attachment));
  g_autoptr (GIcon) icon = type != NULL ? g_content_type_get_symbolic_icon (type) : NULL;
  g_autofree char *size = NULL, *label = NULL;
  gint64 octets = wax_attachment_get_size (attachment);

  if (octets >= 0)
    size = g_format_size ((guint64) octets);
  else
    /* Translators: said of an attachment whose file is no longer there */
    size = g_strdup (_ ("missing"));
  if (icon != NULL)
    gtk_image_set_from_gicon (self->icon, icon);
  gtk_label_set_label (self->name, wax_attachment_get_name (attachment));
  gtk_label_set_label (self->size, size);
  if (octets < 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->size), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), wax_attachment_get_path (attachment));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->remove_button), "s",
                                    wax_attachment_get_path (attachment));
  /* Translators: what screen readers call the button that removes an attachment: a file name */
  label = g_strdup_printf (_ ("Remove attachment %s"), wax_attachment_get_name (attachment));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return GTK_WIDGET (self);
}
