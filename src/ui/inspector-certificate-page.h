/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connection-report.h"
#include "engine.h"

G_BEGIN_DECLS

/** The inspector's page on the certificates that the server showed. Activates the
 * action `inspector.toast`. */
#define WAX_TYPE_INSPECTOR_CERTIFICATE_PAGE (wax_inspector_certificate_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxInspectorCertificatePage, wax_inspector_certificate_page, WAX, INSPECTOR_CERTIFICATE_PAGE, AdwBin)

/** To be called once. */
void  wax_inspector_certificate_page_set_report (WaxInspectorCertificatePage *self,
                                                 WaxConnectionReport         *report);
/** After the report: offers to pin the server's key for @account. */
void wax_inspector_certificate_page_set_account (WaxInspectorCertificatePage *self,
                                                 WaxEngine                   *engine,
                                                 WaxAccount                  *account);

G_END_DECLS
