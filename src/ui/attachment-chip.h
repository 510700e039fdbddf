/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "draft.h"

G_BEGIN_DECLS

/** An attachment of the composer, removed by its action `composer.detach` (string: the path). */
#define WAX_TYPE_ATTACHMENT_CHIP (wax_attachment_chip_get_type ())
G_DECLARE_FINAL_TYPE (WaxAttachmentChip, wax_attachment_chip, WAX, ATTACHMENT_CHIP, AdwBin)

GtkWidget *wax_attachment_chip_new (WaxAttachment *attachment);

G_END_DECLS
