/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAX_ADDRESS_ERROR (wax_address_error_quark ())
GQuark wax_address_error_quark (void);

typedef enum {
  WAX_ADDRESS_ERROR_SYNTAX,  /* the message quotes what is wrong */
  WAX_ADDRESS_ERROR_CONTROL, /* CR, LF, NUL or another control character */
} WaxAddressError;

/**
 * WaxAddress:
 * @name: (nullable): display name, UTF-8
 * @mailbox: the addr-spec (RFC 5321 Mailbox) with the domain in A-labels where
 * the local part is ASCII; as typed in @display
 * @needs_utf8: the local part is not ASCII (RFC 6531: SMTPUTF8)
 */
typedef struct {
  char     *name;
  char     *mailbox;
  char     *display;
  gboolean  needs_utf8;
} WaxAddress;

/** `Name <a@b>`, `"Name" <a@b>` or `a@b`. */
WaxAddress *wax_address_parse      (const char        *text,
                                    GError           **error);
/** A comma- or semicolon- or line-separated list, RFC 5322 groups flattened.
 * Returns: (transfer full) (element-type WaxAddress) */
GPtrArray  *wax_address_list_parse (const char        *text,
                                    GError           **error);
/** (transfer full) `Name <a@b>` for people. */
char       *wax_address_to_string  (const WaxAddress  *self);
WaxAddress *wax_address_copy       (const WaxAddress  *self);
void        wax_address_free       (WaxAddress        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxAddress, wax_address_free)

G_END_DECLS
