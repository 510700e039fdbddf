/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The spelling of a submission server: smtps://[user@]host[:465] (TLS from the
 * first octet, RFC 8314) or smtp://[user@]host[:587] (STARTTLS, required), and
 * with +srv behind the scheme a domain in place of a host. An error never repeats the text: a password may
 * stand in it. */

#include "server-url.h"

#include <string.h>

G_DEFINE_QUARK (wax_server_url_error, wax_server_url_error)

static const char *const mode_names[] = {
  [WAX_TLS_MODE_IMPLICIT] = "implicit",
  [WAX_TLS_MODE_STARTTLS] = "starttls",
  [WAX_TLS_MODE_PLAINTEXT_LOOPBACK] = "plaintext",
};

static void
set_syntax (GError **error, const char *message)
{
  g_set_error_literal (error, WAX_SERVER_URL_ERROR, WAX_SERVER_URL_ERROR_SYNTAX, message);
}

static gboolean
parse_scheme (WaxServerUrl *self, const char **text, GError **error)
{
  static const struct
  {
    const char *prefix;
    WaxTlsMode mode;
    guint16 port;
    gboolean srv;
  } schemes[] = {
    { "smtps://", WAX_TLS_MODE_IMPLICIT, 465, FALSE },
    { "smtp://", WAX_TLS_MODE_STARTTLS, 587, FALSE },
    { "smtps+srv://", WAX_TLS_MODE_IMPLICIT, 465, TRUE },
    { "smtp+srv://", WAX_TLS_MODE_STARTTLS, 587, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (*text, schemes[i].prefix, strlen (schemes[i].prefix)) == 0)
      {
        self->mode = schemes[i].mode;
        self->port = schemes[i].port;
        self->srv = schemes[i].srv;
        *text += strlen (schemes[i].prefix);
        return TRUE;
      }
  g_set_error_literal (
      error, WAX_SERVER_URL_ERROR, WAX_SERVER_URL_ERROR_SCHEME,
      "A server is written smtps://host (TLS from the start, port 465) or smtp://host (STARTTLS, "
      "port 587)");
  return FALSE;
}

static gboolean
has_control (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;

  return FALSE;
}

/* The last "@" ends the user: a user name often is an address itself. */
static gboolean
parse_user (WaxServerUrl *self, char **rest, GError **error)
{
  char *at = strrchr (*rest, '@');
  const char *user = *rest;

  if (at == NULL)
    return TRUE;
  *at = '\0';
  *rest = at + 1;
  if (strchr (user, ':') != NULL)
    {
      g_set_error_literal (
          error, WAX_SERVER_URL_ERROR, WAX_SERVER_URL_ERROR_PASSWORD,
          "A password may not stand in the server's URL, where other users of this machine can read "
          "it: leave it out, and it will be asked for or read from a file");
      return FALSE;
    }
  self->user = g_uri_unescape_string (user, NULL);
  if (self->user == NULL || *self->user == '\0' || !g_utf8_validate (self->user, -1, NULL)
      || has_control (self->user))
    {
      set_syntax (error, "The user name in the server's URL is empty or malformed");
      return FALSE;
    }

  return TRUE;
}

static gboolean
parse_port (WaxServerUrl *self, const char *text, GError **error)
{
  guint64 port = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL))
    {
      set_syntax (error, "The port in the server's URL must be a number from 1 to 65535");
      return FALSE;
    }
  self->port = (guint16) port;
  return TRUE;
}

char *
wax_host_normalize (const char *text, GError **error)
{
  g_autoptr (GInetAddress) literal = NULL;
  g_autofree char *ascii = NULL;
  g_autofree char *host = NULL;
  gsize length;

  if (text == NULL || *text == '\0')
    {
      set_syntax (error, "The server's name is missing");
      return NULL;
    }
  literal = g_inet_address_new_from_string (text);
  if (literal != NULL)
    return g_inet_address_to_string (literal);

  ascii = g_utf8_validate (text, -1, NULL) ? g_hostname_to_ascii (text) : NULL;
  host = ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;
  length = host != NULL ? strlen (host) : 0;
  if (length > 1 && host[length - 1] == '.')
    host[--length] = '\0';
  if (length > 0 && length <= 253 && strspn (host, "abcdefghijklmnopqrstuvwxyz0123456789-._") == length)
    {
      g_auto (GStrv) labels = g_strsplit (host, ".", -1);
      gboolean good = TRUE;

      for (char **label = labels; *label != NULL; label++)
        good &= **label != '\0' && **label != '-' && strlen (*label) <= 63;
      if (good)
        return g_steal_pointer (&host);
    }

  set_syntax (error, "The server's name is not a host name or an IP address");
  return NULL;
}

static gboolean
parse_host (WaxServerUrl *self, char *text, GError **error)
{
  char *after;

  if (*text == '[')
    {
      g_autoptr (GInetAddress) address = NULL;
      char *end = strchr (text, ']');

      if (end != NULL)
        {
          *end = '\0';
          address = g_inet_address_new_from_string (text + 1);
        }
      if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6
          || (end[1] != '\0' && end[1] != ':'))
        {
          set_syntax (error, "Between “[” and “]” in the server's URL there must be an IPv6 address");
          return FALSE;
        }
      self->host = g_inet_address_to_string (address);
      after = end + 1;
    }
  else
    {
      after = text + strcspn (text, ":");
      g_autofree char *name = g_strndup (text, (gsize) (after - text));

      self->host = wax_host_normalize (name, error);
      if (self->host == NULL)
        return FALSE;
    }

  return *after == '\0' || parse_port (self, after + 1, error);
}

/* What the DNS is asked for is a domain, and the port is among what it answers. */
static gboolean
parse_domain (WaxServerUrl *self, const char *text, GError **error)
{
  if (strpbrk (text, ":[") != NULL || g_hostname_is_ip_address (text))
    {
      set_syntax (error,
                  "Behind “+srv://” there is a domain, whose servers and ports are in the DNS: no port "
                  "and no address may stand there");
      return FALSE;
    }
  self->host = wax_host_normalize (text, error);

  return self->host != NULL;
}

WaxServerUrl *
wax_server_url_parse (const char *text, GError **error)
{
  g_autoptr (WaxServerUrl) self = g_new0 (WaxServerUrl, 1);
  g_autofree char *copy = NULL;
  char *rest;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL) || has_control (text))
    {
      set_syntax (error, "The server's URL has a control character in it or is not UTF-8");
      return NULL;
    }
  if (!parse_scheme (self, &text, error))
    return NULL;
  rest = copy = g_strdup (text);
  if (!parse_user (self, &rest, error))
    return NULL;
  length = strlen (rest);
  if (length > 0 && rest[length - 1] == '/')
    rest[length - 1] = '\0';
  if (strpbrk (rest, "/?#") != NULL)
    {
      set_syntax (error, "The server's URL ends with the host and its port: nothing may follow");
      return NULL;
    }
  if (self->srv ? !parse_domain (self, rest, error) : !parse_host (self, rest, error))
    return NULL;

  return g_steal_pointer (&self);
}

char *
wax_server_url_to_string (const WaxServerUrl *self)
{
  g_autofree char *user = NULL;
  gboolean implicit = self->mode == WAX_TLS_MODE_IMPLICIT;
  gboolean literal = strchr (self->host, ':') != NULL;
  GString *text = g_string_new (implicit ? "smtps" : "smtp");

  g_string_append (text, self->srv ? "+srv://" : "://");
  if (self->user != NULL)
    {
      user = g_uri_escape_string (self->user, NULL, FALSE);
      g_string_append_printf (text, "%s@", user);
    }
  g_string_append_printf (text, literal ? "[%s]" : "%s", self->host);
  if (!self->srv && self->port != (implicit ? 465 : 587))
    g_string_append_printf (text, ":%u", self->port);

  return g_string_free (text, FALSE);
}

void
wax_server_url_free (WaxServerUrl *self)
{
  if (self == NULL)
    return;

  g_free (self->host);
  g_free (self->user);
  g_free (self);
}

const char *
wax_tls_mode_to_string (WaxTlsMode mode)
{
  g_return_val_if_fail ((gsize) mode < G_N_ELEMENTS (mode_names), "implicit");

  return mode_names[mode];
}

gboolean
wax_tls_mode_from_string (const char *text, WaxTlsMode *mode)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mode_names); i++)
    if (g_strcmp0 (text, mode_names[i]) == 0)
      {
        *mode = (WaxTlsMode) i;
        return TRUE;
      }

  return FALSE;
}
