/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connection-report.h"

G_BEGIN_DECLS

/** The inspector's page with what was said, redacted. Activates the action
 * `inspector.toast`. */
#define WAX_TYPE_INSPECTOR_TRANSCRIPT_PAGE (wax_inspector_transcript_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxInspectorTranscriptPage, wax_inspector_transcript_page, WAX, INSPECTOR_TRANSCRIPT_PAGE, AdwBin)

void wax_inspector_transcript_page_set_report (WaxInspectorTranscriptPage *self,
                                               WaxConnectionReport        *report);

G_END_DECLS
