/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gmime/gmime.h>

#include "mime-writer.h"

G_BEGIN_DECLS

/* What the writers of this room share, and the cleanups that GMime does not declare. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeFilter, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InternetAddress, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeFormatOptions, g_mime_format_options_free)

/** Once a process, before GMime is used; from any thread. */
void               wax_gmime_init          (void);
WaxMessageInfo    *wax_message_info_new    (void);
WaxAttachmentInfo *wax_attachment_info_new (const char        *name,
                                            const char        *content_type,
                                            gint64             size);
void               wax_attachment_info_free (WaxAttachmentInfo *self);
gboolean           wax_message_id_is_valid (const char        *id);

G_END_DECLS
