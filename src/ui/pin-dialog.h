/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"
#include "certificate-details.h"

G_BEGIN_DECLS

/**
 * WaxPinDialog:
 *
 * Asks whether a server's key is to be pinned for an account, and for a backup key.
 * Signal `pinned` (#WaxAccount): the account with both.
 */
#define WAX_TYPE_PIN_DIALOG (wax_pin_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WaxPinDialog, wax_pin_dialog, WAX, PIN_DIALOG, AdwAlertDialog)

AdwDialog *wax_pin_dialog_new (WaxAccount                  *account,
                               const WaxCertificateDetails *leaf);

G_END_DECLS
