/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "remedy.h"

G_BEGIN_DECLS

/**
 * WaxExceptionDialog:
 *
 * Asks for one weaker setting of one account: what is allowed, until when, and why;
 * or for a new pinned key in place of another. It can be confirmed only after the
 * person said that what is shown was compared, or understood. Signal `confirmed`.
 */
#define WAX_TYPE_EXCEPTION_DIALOG (wax_exception_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WaxExceptionDialog, wax_exception_dialog, WAX, EXCEPTION_DIALOG, AdwDialog)

/** @remedy: one of PIN_UNTRUSTED, PIN_NEW_KEY, ALLOW_VERSION and ALLOW_CIPHER */
AdwDialog *wax_exception_dialog_new   (WaxRemedy           remedy,
                                       const WaxFailure   *failure);
/** Puts what was confirmed into @account. */
void       wax_exception_dialog_apply (WaxExceptionDialog *self,
                                       WaxAccount         *account);

G_END_DECLS
