/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "cli-protection.h"
#include "cli-verb.h"
#include "secret.h"

G_BEGIN_DECLS

/** The options that say how a server is reached and what is demanded of it. */
typedef struct {
  char    *mechanism;
  char    *password_file;
  char    *token_file;
  char    *ca;
  char   **pins;
  char   **fallbacks;
  char    *proxy;
  char    *proxy_password_file;
  char    *minimum_tls;
  WaxProtectionOptions protection;
  gboolean plaintext;
} WaxServerOptions;

void        wax_server_options_clear   (WaxServerOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxServerOptions, wax_server_options_clear)

/** The entries for GOption, of an array of its own. */
#define WAX_SERVER_ENTRIES(self)                                                                  \
  { "auth", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->mechanism,                       \
    N_ ("The only sign-in mechanism to use, such as SCRAM-SHA-256-PLUS"), N_ ("MECH") },          \
  { "password-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->password_file,        \
    N_ ("A file whose first line is the password"), N_ ("FILE") },                                \
  { "ca", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->ca,                              \
    N_ ("Certificate authorities (PEM) to trust in place of the system's"), N_ ("FILE") },        \
  { "pin", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->pins,                       \
    N_ ("Accept only this public key of the server; may be repeated"), N_ ("sha256:HEX") },       \
  { "fallback", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->fallbacks,             \
    N_ ("A further server, for when the one before cannot be reached; may be repeated"),          \
    N_ ("URL") },                                                                                 \
  { "proxy", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->proxy,                          \
    N_ ("socks5://[user@]host:port, http://[user@]host:port, none, or system (the default)"),     \
    N_ ("PROXY") },                                                                               \
  { "proxy-password-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME,                          \
    &(self)->proxy_password_file, N_ ("A file whose first line is the proxy user's password"),    \
    N_ ("FILE") },                                                                                \
  { "minimum-tls", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->minimum_tls,              \
    N_ ("TLS1.2 (the default) or TLS1.3"), N_ ("VERSION") },                                      \
  WAX_PROTECTION_ENTRIES (&(self)->protection),                                                   \
  { "allow-plaintext-to-loopback", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &(self)->plaintext,  \
    N_ ("Without TLS, to an address of this machine only"), NULL }

/** Only for what uses it at once: a token ends within the hour. */
#define WAX_SERVER_TOKEN_ENTRY(self)                                                              \
  { "token-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->token_file,              \
    N_ ("A file whose first line is an OAuth 2 access token"), N_ ("FILE") }

/** The first of the options that was given, for messages; or %NULL. */
const char *wax_server_options_first   (const WaxServerOptions *self);
/**
 * Puts the URL (nullable: the server stays) and the options that were given into
 * @account, whose address must be set (or, with @address_optional, need not). `none` in
 * place of a pin, a further server or an authority takes what is there away.
 * Errors: #WaxServerUrlError, #WaxAccountError, #GIOErrorEnum for the files
 */
gboolean    wax_server_options_apply   (const WaxServerOptions *self,
                                        const char             *url,
                                        gboolean                address_optional,
                                        WaxAccount             *account,
                                        GCancellable           *cancellable,
                                        GError                **error);
/**
 * The password from its file, or asked for on the terminal where there is one;
 * *@password is %NULL without a user, and where there is a token, or --auth names a
 * mechanism without a password.
 */
gboolean    wax_server_options_password (const WaxServerOptions *self,
                                         WaxAccount             *account,
                                         GCancellable           *cancellable,
                                         WaxSecret             **password,
                                         GError                **error);

/** The password for the proxy from its file; *@password is %NULL without one. */
gboolean    wax_server_options_proxy_password (const WaxServerOptions *self,
                                               GCancellable           *cancellable,
                                               WaxSecret             **password,
                                               GError                **error);
/** The token from its file; *@token is %NULL without one. */
gboolean    wax_server_options_token    (const WaxServerOptions *self,
                                         GCancellable           *cancellable,
                                         WaxSecret             **token,
                                         GError                **error);

/** The first line of a file. @what is for messages: “The password”. */
WaxSecret  *wax_cli_read_secret         (const char             *path,
                                         const char             *what,
                                         GCancellable           *cancellable,
                                         GError                **error);
/** (transfer full) A whole file of at most @limit octets, with a NUL behind;
 * `-` is standard input. @what is for messages: “The text”. */
char       *wax_cli_read_file           (const char             *path,
                                         const char             *what,
                                         gsize                   limit,
                                         gsize                  *length,
                                         GCancellable           *cancellable,
                                         GError                **error);
/** (transfer full) Opens @path for reading; `-` is standard input. */
GInputStream *wax_cli_open_input        (const char             *path,
                                         const char             *what,
                                         GCancellable           *cancellable,
                                         GError                **error);

G_END_DECLS
