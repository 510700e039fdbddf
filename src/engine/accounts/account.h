/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "server-url.h"

G_BEGIN_DECLS

/**
 * WaxAccount:
 *
 * One submission account: who sends, through which server, and what is demanded
 * of the connection. Its password is in the vault under its id. Bindable
 * properties (all read-write but `id`): `id`, `label`, `name`, `address`,
 * `host`, `port` (uint), `mode` (int, #WaxTlsMode), `user`, `mechanism`,
 * `ca-pem`, `minimum-tls`, `pins` (strv). Empty strings read as %NULL.
 */
#define WAX_TYPE_ACCOUNT (wax_account_get_type ())
G_DECLARE_FINAL_TYPE (WaxAccount, wax_account, WAX, ACCOUNT, GObject)

#define WAX_ACCOUNT_ERROR (wax_account_error_quark ())
GQuark wax_account_error_quark (void);

typedef enum {
  WAX_ACCOUNT_ERROR_INVALID,  /* a field is missing or malformed; the message names it */
  WAX_ACCOUNT_ERROR_EXISTS,   /* another account has this label */
  WAX_ACCOUNT_ERROR_AMBIGUOUS, /* several accounts have the address that was asked for */
} WaxAccountError;

/** A new account with a fresh UUID as id. */
WaxAccount         *wax_account_new             (void);
/** One that was stored, by its id. */
WaxAccount         *wax_account_new_stored      (const char *id);
WaxAccount         *wax_account_copy            (WaxAccount *self);
const char         *wax_account_get_id          (WaxAccount *self);
/** What people call it, unique, as `--account NAME` takes; the address by default. */
const char         *wax_account_get_label       (WaxAccount *self);
/** The display name in From. */
const char         *wax_account_get_name        (WaxAccount *self);
const char         *wax_account_get_address     (WaxAccount *self);
const char         *wax_account_get_host        (WaxAccount *self);
guint               wax_account_get_port        (WaxAccount *self);
WaxTlsMode          wax_account_get_mode        (WaxAccount *self);
const char         *wax_account_get_user        (WaxAccount *self);
/** (nullable) The one mechanism allowed, or %NULL for the best. */
const char         *wax_account_get_mechanism   (WaxAccount *self);
/** (nullable) Private CAs trusted for this account, PEM. */
const char         *wax_account_get_ca_pem      (WaxAccount *self);
/** `TLS1.2` or `TLS1.3`. */
const char         *wax_account_get_minimum_tls (WaxAccount *self);
/** (nullable) hex SHA-256 of SPKIs. */
const char * const *wax_account_get_pins        (WaxAccount *self);
void                wax_account_set_server      (WaxAccount         *self,
                                                 const WaxServerUrl *url);
/** Spells host and pins as they are compared (A-labels, bare lower-case hex);
 * what is malformed stays for wax_account_validate(). Done before each use. */
void                wax_account_normalize       (WaxAccount *self);
/** Whether every field is usable: the message of the error names the first that is not. */
gboolean            wax_account_validate        (WaxAccount  *self,
                                                 GError     **error);

G_END_DECLS
