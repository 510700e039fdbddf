/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "cli-verb.h"
#include "secret.h"

G_BEGIN_DECLS

/** The options that say what else is demanded of a connection, what is shown to the
 * server, and what is allowed for a time. */
typedef struct {
  char  **backup_pins;
  char   *pins_renew;
  char   *revocation;
  char   *dane;
  char   *client_cert;
  char   *client_key;
  char   *client_pkcs11;
  char   *client_password_file;
  char  **exceptions;
} WaxProtectionOptions;

void        wax_protection_options_clear (WaxProtectionOptions *self);

/** The entries for GOption; part of WAX_SERVER_ENTRIES(). */
#define WAX_PROTECTION_ENTRIES(self)                                                              \
  { "backup-pin", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->backup_pins,         \
    N_ ("A key kept in reserve for the pinned one; may be repeated"), N_ ("sha256:HEX") },        \
  { "pins-renew", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->pins_renew,                \
    N_ ("When the pins are to be renewed: 30 days before, warnings begin"), N_ ("DATE") },        \
  { "revocation", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->revocation,                \
    N_ ("Whether the authorities are asked: off, soft (the default), or hard"), N_ ("DEMAND") },  \
  { "dane", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->dane,                            \
    N_ ("The server's TLSA records: off, soft (what they prove must fit; the default), or hard"), \
    N_ ("DEMAND") },                                                                              \
  { "client-cert", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->client_cert,            \
    N_ ("The client certificate, PEM or PKCS #12"), N_ ("FILE") },                                \
  { "client-key", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->client_key,              \
    N_ ("Its key, where that is in a file of its own"), N_ ("FILE") },                            \
  { "client-pkcs11", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->client_pkcs11,          \
    N_ ("The client certificate on a token, without its PIN"), N_ ("URI") },                      \
  { "client-password-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME,                         \
    &(self)->client_password_file,                                                                \
    N_ ("A file whose first line is the password of the key, or the PIN"), N_ ("FILE") },         \
  { "exception", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->exceptions,           \
    N_ ("What is allowed until a day: untrusted=KEY@DATE, cipher=SUITE@DATE or version@DATE"),    \
    N_ ("WHAT@DATE") }

/** The first of the options that was given, for messages; or %NULL. */
const char *wax_protection_options_first (const WaxProtectionOptions *self);
/** Puts what was given into @account; `none` takes away. Errors: %G_OPTION_ERROR_BAD_VALUE. */
gboolean    wax_protection_options_apply (const WaxProtectionOptions *self,
                                          WaxAccount                 *account,
                                          GError                    **error);
/** The password of the client certificate of @account from its file; *@password is %NULL
 * without one. Errors: also %G_OPTION_ERROR_FAILED where the account has no certificate. */
gboolean    wax_protection_options_password (const WaxProtectionOptions *self,
                                             WaxAccount                 *account,
                                             GCancellable               *cancellable,
                                             WaxSecret                 **password,
                                             GError                    **error);
/** The client certificate of @account, which has none in a profile; *@certificate is
 * %NULL without one. Its password is asked for where there is a terminal. */
gboolean    wax_protection_options_identity (const WaxProtectionOptions *self,
                                             WaxAccount                 *account,
                                             GCancellable               *cancellable,
                                             GTlsCertificate           **certificate,
                                             GError                    **error);

/** Seconds since the Unix epoch of the beginning (UTC) of the day `2027-01-01`.
 * @option: for the message */
gboolean    wax_cli_parse_day   (const char   *option,
                                 const char   *text,
                                 gint64       *seconds,
                                 GError      **error);
/** Whether @list, as an option gave it, is the word `none` and nothing else. */
gboolean    wax_cli_is_none     (char        **list);
/** One more exception for @account, or another end for one of the same kind and value. */
void        wax_cli_add_exception (WaxAccount      *account,
                                   WaxTlsException *exception);

G_END_DECLS
