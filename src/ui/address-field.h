/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WaxAddressField:
 *
 * One line of addresses with its name before it; says under it what is wrong,
 * a moment after typing stopped or when the focus leaves. Properties: `title`
 * (with a mnemonic), `text`.
 */
#define WAX_TYPE_ADDRESS_FIELD (wax_address_field_get_type ())
G_DECLARE_FINAL_TYPE (WaxAddressField, wax_address_field, WAX, ADDRESS_FIELD, GtkWidget)

const char *wax_address_field_get_text (WaxAddressField *self);
void        wax_address_field_set_text (WaxAddressField *self,
                                        const char      *text);
/** Whether it is empty or a list of addresses; shows what is wrong if not. */
gboolean    wax_address_field_check    (WaxAddressField *self);

G_END_DECLS
