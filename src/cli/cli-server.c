/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The options that say how a server is reached, shared by send, probe and
 * account add; and reading the files that options name. */

#include "cli-server.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-system.h"
#include "sasl-client.h"

#define PASSWORD_LIMIT 4096
#define TOKEN_LIMIT    8192
#define CA_LIMIT       (4 * 1024 * 1024)

void
wax_server_options_clear (WaxServerOptions *self)
{
  g_clear_pointer (&self->mechanism, g_free);
  g_clear_pointer (&self->password_file, g_free);
  g_clear_pointer (&self->token_file, g_free);
  g_clear_pointer (&self->ca, g_free);
  g_clear_pointer (&self->pins, g_strfreev);
  g_clear_pointer (&self->fallbacks, g_strfreev);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->proxy_password_file, g_free);
  g_clear_pointer (&self->minimum_tls, g_free);
  wax_protection_options_clear (&self->protection);
}

const char *
wax_server_options_first (const WaxServerOptions *self)
{
  if (self->mechanism != NULL)
    return "--auth";
  if (self->password_file != NULL)
    return "--password-file";
  if (self->token_file != NULL)
    return "--token-file";
  if (self->ca != NULL)
    return "--ca";
  if (self->pins != NULL)
    return "--pin";
  if (self->fallbacks != NULL)
    return "--fallback";
  if (self->proxy != NULL)
    return "--proxy";
  if (self->proxy_password_file != NULL)
    return "--proxy-password-file";
  if (self->minimum_tls != NULL)
    return "--minimum-tls";
  if (self->plaintext)
    return "--allow-plaintext-to-loopback";

  return wax_protection_options_first (&self->protection);
}

/* ---- files ---- */

GInputStream *
wax_cli_open_input (const char *path, const char *what, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GInputStream *stream;

  if (strcmp (path, "-") == 0)
    return wax_system_stdin ();

  stream = wax_system_open (path, &reason);
  if (stream == NULL)
    g_set_error (error, reason->domain, reason->code, _ ("%s cannot be read from “%s”: %s"), what, path,
                 reason->message);

  return stream;
}

/* Fills @buffer; what is over @limit is an error. */
static gboolean
read_limited (GInputStream *stream,
              char *buffer,
              gsize limit,
              gsize *length,
              GCancellable *cancellable,
              GError **error)
{
  if (!g_input_stream_read_all (stream, buffer, limit + 1, length, cancellable, error))
    return FALSE;
  if (*length > limit)
    {
      g_autofree char *size = g_format_size (limit);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _ ("it is larger than %s"), size);
      return FALSE;
    }
  buffer[*length] = '\0';

  return TRUE;
}

char *
wax_cli_read_file (const char *path,
                   const char *what,
                   gsize limit,
                   gsize *length,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GInputStream) stream = wax_cli_open_input (path, what, cancellable, error);
  g_autoptr (GOutputStream) memory = NULL;
  g_autoptr (GError) reason = NULL;
  char buffer[16384];
  gssize got;

  if (stream == NULL)
    return NULL;
  memory = g_memory_output_stream_new_resizable ();
  while ((got = g_input_stream_read (stream, buffer, sizeof buffer, cancellable, &reason)) > 0)
    {
      if (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)) + (gsize) got > limit)
        {
          g_autofree char *size = g_format_size (limit);

          g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _ ("%s in “%s” is larger than %s"),
                       what, path, size);
          return NULL;
        }
      g_output_stream_write_all (memory, buffer, (gsize) got, NULL, NULL, NULL);
    }
  if (got < 0)
    {
      g_set_error (error, reason->domain, reason->code, _ ("%s cannot be read from “%s”: %s"), what, path,
                   reason->message);
      return NULL;
    }
  *length = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));
  g_output_stream_write_all (memory, "", 1, NULL, NULL, NULL);
  g_output_stream_close (memory, NULL, NULL);

  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (memory));
}

/* The first line, of at most @limit octets, in a buffer that is wiped. @what is for
 * messages: “The password”. */
static WaxSecret *
read_secret (const char *path, const char *what, gsize limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = wax_cli_open_input (path, what, cancellable, error);
  g_autoptr (GError) reason = NULL;
  char buffer[MAX (PASSWORD_LIMIT, TOKEN_LIMIT) + 1];
  WaxSecret *secret = NULL;
  gsize length = 0;

  if (stream == NULL)
    return NULL;
  if (!read_limited (stream, buffer, limit, &length, cancellable, &reason))
    g_set_error (error, reason->domain, reason->code, _ ("%s cannot be read from “%s”: %s"), what, path,
                 reason->message);
  else
    {
      gsize line = strcspn (buffer, "\r\n");

      if (line == 0)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                     _ ("%s is not in “%s”: its first line is empty"), what, path);
      else if (buffer[line] == '\0' && line < length)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s in “%s” has a NUL in it"), what,
                     path);
      else
        secret = wax_secret_new (buffer, line);
    }
  explicit_bzero (buffer, sizeof buffer);

  return secret;
}

WaxSecret *
wax_cli_read_secret (const char *path, const char *what, GCancellable *cancellable, GError **error)
{
  return read_secret (path, what, PASSWORD_LIMIT, cancellable, error);
}

/* ---- the account ---- */

static gboolean
apply_ca (const char *path, WaxAccount *account, GCancellable *cancellable, GError **error)
{
  g_autofree char *pem = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  gsize length = 0;

  if (strcmp (path, "none") == 0)
    {
      g_object_set (account, "ca-pem", NULL, NULL);
      return TRUE;
    }
  pem = wax_cli_read_file (path, _ ("The certificate authority"), CA_LIMIT, &length, cancellable, error);
  if (pem == NULL)
    return FALSE;
  if (strlen (pem) == length)
    certificate = g_tls_certificate_new_from_pem (pem, -1, NULL);
  if (certificate == NULL)
    {
      g_set_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID,
                   _ ("There is no certificate in PEM form in “%s”"), path);
      return FALSE;
    }
  g_object_set (account, "ca-pem", pem, NULL);

  return TRUE;
}

/* A probe sends nothing and so has no address, which an account must have. */
static gboolean
validate (WaxAccount *account, gboolean address_optional, GError **error)
{
  g_autoptr (WaxAccount) copy = NULL;

  if (!address_optional || wax_account_get_address (account) != NULL)
    return wax_account_validate (account, error);

  copy = wax_account_copy (account);
  g_object_set (copy, "address", "nobody@localhost", NULL);
  return wax_account_validate (copy, error);
}

static void
apply_list (const char *property, char **list, WaxAccount *account)
{
  if (list != NULL)
    g_object_set (account, property, wax_cli_is_none (list) ? NULL : list, NULL);
}

static gboolean
apply_server (const WaxServerOptions *self, const char *url, WaxAccount *account, GError **error)
{
  g_autoptr (WaxServerUrl) server = wax_server_url_parse (url, error);

  if (server == NULL)
    return FALSE;
  if (self->plaintext)
    {
      if (server->mode == WAX_TLS_MODE_IMPLICIT)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _ ("--allow-plaintext-to-loopback goes with smtp://, not with smtps://"));
          return FALSE;
        }
      if (server->user != NULL || self->password_file != NULL || self->token_file != NULL
          || self->mechanism != NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _ ("Nobody signs in without TLS: leave the user, --auth, --password-file and "
                          "--token-file away with --allow-plaintext-to-loopback"));
          return FALSE;
        }
      server->mode = WAX_TLS_MODE_PLAINTEXT_LOOPBACK;
    }
  wax_account_set_server (account, server);

  return TRUE;
}

gboolean
wax_server_options_apply (const WaxServerOptions *self,
                          const char *url,
                          gboolean address_optional,
                          WaxAccount *account,
                          GCancellable *cancellable,
                          GError **error)
{
  if (url != NULL && !apply_server (self, url, account, error))
    return FALSE;
  if (self->mechanism != NULL)
    g_object_set (account, "mechanism", self->mechanism, NULL);
  if (self->minimum_tls != NULL)
    g_object_set (account, "minimum-tls", self->minimum_tls, NULL);
  if (self->proxy != NULL)
    g_object_set (account, "proxy", strcmp (self->proxy, "system") == 0 ? NULL : self->proxy, NULL);
  apply_list ("pins", self->pins, account);
  apply_list ("fallbacks", self->fallbacks, account);
  if ((self->ca != NULL && !apply_ca (self->ca, account, cancellable, error))
      || !wax_protection_options_apply (&self->protection, account, error))
    return FALSE;
  wax_account_normalize (account);

  return validate (account, address_optional, error);
}

/* The option that has no meaning without a user, or %NULL. */
static const char *
option_that_needs_user (const WaxServerOptions *self)
{
  if (self->password_file != NULL)
    return "--password-file";
  if (self->token_file != NULL)
    return "--token-file";

  /* A certificate or a ticket says by itself who signs in. */
  return self->mechanism != NULL && wax_sasl_needs_password (self->mechanism) ? "--auth" : NULL;
}

gboolean
wax_server_options_password (const WaxServerOptions *self,
                             WaxAccount *account,
                             GCancellable *cancellable,
                             WaxSecret **password,
                             GError **error)
{
  const char *user = wax_account_get_user (account);
  g_autofree char *prompt = NULL;

  *password = NULL;
  if (user == NULL && option_that_needs_user (self) != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _ ("%s needs a user: put it before the host, as in smtps://user@host"),
                   option_that_needs_user (self));
      return FALSE;
    }
  if (user == NULL
      || (self->password_file == NULL
          && (self->token_file != NULL || !wax_sasl_needs_password (self->mechanism))))
    return TRUE;

  if (self->password_file != NULL)
    *password = read_secret (self->password_file, _ ("The password"), PASSWORD_LIMIT, cancellable, error);
  else if (wax_system_stdin_is_terminal ())
    {
      prompt = g_strdup_printf (_ ("Password of %s at %s: "), user, wax_account_get_host (account));
      *password = wax_system_ask_password (prompt, cancellable, error);
    }
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _ ("To sign in as %s a password is needed, and there is no terminal to ask for it on: give "
                    "--password-file"),
                 user);

  return *password != NULL;
}

gboolean
wax_server_options_proxy_password (const WaxServerOptions *self,
                                   GCancellable *cancellable,
                                   WaxSecret **password,
                                   GError **error)
{
  *password = NULL;
  if (self->proxy_password_file == NULL)
    return TRUE;
  if (self->proxy == NULL || strchr (self->proxy, '@') == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _ ("%s needs a user: put it before the proxy's host, as in socks5://user@host:1080"),
                   "--proxy-password-file");
      return FALSE;
    }
  *password = read_secret (self->proxy_password_file, _ ("The password"), PASSWORD_LIMIT, cancellable, error);

  return *password != NULL;
}

gboolean
wax_server_options_token (const WaxServerOptions *self,
                          GCancellable *cancellable,
                          WaxSecret **token,
                          GError **error)
{
  *token = NULL;
  if (self->token_file == NULL)
    return TRUE;

  *token = read_secret (self->token_file, _ ("The token"), TOKEN_LIMIT, cancellable, error);

  return *token != NULL;
}
