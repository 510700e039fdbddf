/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "server-url.h"
#include "tls-policy.h"

G_BEGIN_DECLS

/**
 * WaxAccount:
 *
 * One submission account: who sends, through which server, and what is demanded
 * of the connection. Its password is in the vault under its id. Bindable
 * properties (all read-write but `id`): `id`, `label`, `name`, `address`,
 * `host`, `port` (uint), `mode` (int, #WaxTlsMode), `user`, `mechanism`,
 * `ca-pem`, `minimum-tls`, `pins` (strv), and of later settings `backup-pins` (strv),
 * `pins-renew` (int64), `revocation` (#WaxDemand as text), `dane` (the same), `client-cert`,
 * `client-key`, `exceptions` (JSON text), `srv` (boolean), `fallbacks` (strv), `proxy`,
 * `strongest-mechanism`, `extensions` (strv). Empty strings read as %NULL.
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
/** (nullable) The same, of keys kept in reserve. */
const char * const *wax_account_get_backup_pins (WaxAccount *self);
/** When the pins are to be renewed: seconds since the Unix epoch; 0 for never. */
gint64              wax_account_get_pins_renew  (WaxAccount *self);
WaxDemand           wax_account_get_revocation  (WaxAccount *self);
WaxDemand           wax_account_get_dane        (WaxAccount *self);
/** (nullable) The client certificate: a PEM or PKCS #12 file, or a `pkcs11:` URI. Its
 * password is in the vault under the account's id. */
const char         *wax_account_get_client_cert (WaxAccount *self);
/** (nullable) Its key, where that is elsewhere. */
const char         *wax_account_get_client_key  (WaxAccount *self);
/** (transfer full) (element-type WaxTlsException): also those that have ended. */
GPtrArray          *wax_account_dup_exceptions  (WaxAccount *self);
void                wax_account_set_exceptions  (WaxAccount *self,
                                                 GPtrArray  *exceptions);
/** Whether `host` is a domain whose SRV records (RFC 6186) name the servers; the
 * certificate must be for the domain. */
gboolean            wax_account_get_srv         (WaxAccount *self);
/** (nullable) Further servers, as URLs without a user, tried in their order where the
 * first cannot be reached. Each must have a certificate for its own name. */
const char * const *wax_account_get_fallbacks   (WaxAccount *self);
/** (nullable) `none`, `socks5://[user@]host:port` or `http://[user@]host:port`; %NULL: what the system says. */
const char         *wax_account_get_proxy       (WaxAccount *self);
/** (nullable) The strongest mechanism by which this account has signed in: a server that
 * offers only weaker ones is refused. Cleared by the user alone. */
const char         *wax_account_get_strongest_mechanism (WaxAccount *self);
/** (nullable) What the server offered in EHLO when it was last reached: only a guess at
 * what it offers now. */
const char * const *wax_account_get_extensions  (WaxAccount *self);
/** (transfer full) The settings that have no column of their own, for the store. */
JsonNode           *wax_account_settings_to_json   (WaxAccount *self);
/** Takes what is there of a right type. */
void                wax_account_settings_from_json (WaxAccount *self,
                                                    JsonObject *settings);
void                wax_account_set_server      (WaxAccount         *self,
                                                 const WaxServerUrl *url);
/** Spells host and pins as they are compared (A-labels, bare lower-case hex);
 * what is malformed stays for wax_account_validate(). Done before each use. */
void                wax_account_normalize       (WaxAccount *self);
/** Whether every field is usable: the message of the error names the first that is not. */
gboolean            wax_account_validate        (WaxAccount  *self,
                                                 GError     **error);

G_END_DECLS
