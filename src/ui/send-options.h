/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "account.h"
#include "envelope-options.h"

G_BEGIN_DECLS

/**
 * WaxSendOptions:
 *
 * What is asked of the server for one message: the popover beside “Send”. Signal `changed`.
 */
#define WAX_TYPE_SEND_OPTIONS (wax_send_options_get_type ())
G_DECLARE_FINAL_TYPE (WaxSendOptions, wax_send_options, WAX, SEND_OPTIONS, GtkPopover)

void  wax_send_options_fill        (WaxSendOptions           *self,
                                    const WaxEnvelopeOptions *options);
/** Puts what it says into @options, and leaves what it does not know there. */
void  wax_send_options_apply       (WaxSendOptions           *self,
                                    WaxEnvelopeOptions       *options);
/** @account: (nullable): whose server, as it was last seen, tells what is offered */
void  wax_send_options_set_account (WaxSendOptions           *self,
                                    WaxAccount               *account);
/** (transfer full) (nullable) One line of what is asked for; %NULL for nothing.
 * @refused: whether the server is known not to offer some of it */
char *wax_send_options_summary     (WaxSendOptions           *self,
                                    gboolean                 *refused);

G_END_DECLS
