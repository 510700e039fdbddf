/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "certificate-details.h"

G_BEGIN_DECLS

/**
 * WaxTrustDialog:
 *
 * Asks whether a certificate authority is to be trusted. The response is `trust`
 * or `cancel`; `trust` can be chosen only after the person said that the
 * fingerprint was compared.
 */
#define WAX_TYPE_TRUST_DIALOG (wax_trust_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WaxTrustDialog, wax_trust_dialog, WAX, TRUST_DIALOG, AdwAlertDialog)

AdwDialog *wax_trust_dialog_new (const WaxCertificateDetails *authority);

G_END_DECLS
