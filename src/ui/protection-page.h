/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"
#include "secret.h"

G_BEGIN_DECLS

/**
 * WaxProtectionPage:
 *
 * What an account demands of its connection beyond server and sign-in. Signal
 * `changed`.
 */
#define WAX_TYPE_PROTECTION_PAGE (wax_protection_page_get_type ())
G_DECLARE_FINAL_TYPE (WaxProtectionPage, wax_protection_page, WAX, PROTECTION_PAGE, AdwNavigationPage)

void        wax_protection_page_fill         (WaxProtectionPage *self,
                                              WaxAccount        *account);
/** Puts what the page says into @account. */
void        wax_protection_page_apply        (WaxProtectionPage *self,
                                              WaxAccount        *account);
/** Offers to pin @hex (nullable), the key that a test has shown. */
void        wax_protection_page_offer_pin    (WaxProtectionPage *self,
                                              const char        *hex);
/** (transfer full) (nullable) The client certificate's password, if one was typed. */
WaxSecret  *wax_protection_page_dup_password (WaxProtectionPage *self);
/** (transfer full) (nullable) The proxy's password, if one was typed. */
WaxSecret  *wax_protection_page_dup_proxy_password (WaxProtectionPage *self);
void        wax_protection_page_forget       (WaxProtectionPage *self);
/** (nullable) What is typed and cannot be used; for the user. */
const char *wax_protection_page_get_problem  (WaxProtectionPage *self);
/** (transfer full) One line of what the page says: `TLS 1.2 or later, one key pinned`. */
char       *wax_protection_page_summary      (WaxProtectionPage *self);

G_END_DECLS
