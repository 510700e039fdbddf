/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The spelling of a proxy. An error never repeats the text: a password may stand
 * in it. */

#include "proxy-url.h"

#include <string.h>

#include "server-url.h"

static void
set_syntax (GError **error, const char *message)
{
  g_set_error_literal (error, WAX_SERVER_URL_ERROR, WAX_SERVER_URL_ERROR_SYNTAX, message);
}

static gboolean
is_line (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

/* The parts as GUri decoded them. */
static gboolean
check_parts (const char *scheme, const char *user, int port, const char *path, GError **error)
{
  if (g_ascii_strcasecmp (scheme, "socks5") != 0 && g_ascii_strcasecmp (scheme, "http") != 0)
    {
      g_set_error_literal (error, WAX_SERVER_URL_ERROR, WAX_SERVER_URL_ERROR_SCHEME,
                           "A proxy is written socks5://host:port or http://host:port");
      return FALSE;
    }
  if (user != NULL && (*user == '\0' || strlen (user) > 255 || !is_line (user)))
    {
      set_syntax (error, "The user name in the proxy's URL is empty, too long or malformed");
      return FALSE;
    }
  if (port < 1 || port > 65535)
    {
      set_syntax (error, "The proxy's URL must end with its port, as in socks5://host:1080");
      return FALSE;
    }
  if (*path != '\0' && strcmp (path, "/") != 0)
    {
      set_syntax (error, "The proxy's URL ends with the host and its port: nothing may follow");
      return FALSE;
    }

  return TRUE;
}

WaxProxyUrl *
wax_proxy_url_parse (const char *text, GError **error)
{
  g_autoptr (WaxProxyUrl) self = g_new0 (WaxProxyUrl, 1);
  g_autofree char *scheme = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  g_autofree char *fragment = NULL;
  int port = -1;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_uri_split_with_user (text, G_URI_FLAGS_HAS_PASSWORD, &scheme, &user, &password, NULL, &host, &port,
                              &path, &query, &fragment, NULL)
      || scheme == NULL || host == NULL || query != NULL || fragment != NULL)
    {
      set_syntax (error, "A proxy is written socks5://host:port or http://host:port");
      return NULL;
    }
  if (password != NULL)
    {
      g_set_error_literal (
          error, WAX_SERVER_URL_ERROR, WAX_SERVER_URL_ERROR_PASSWORD,
          "A password may not stand in the proxy's URL, where other users of this machine can "
          "read it");
      return NULL;
    }
  if (!check_parts (scheme, user, port, path, error))
    return NULL;

  self->host = wax_host_normalize (host, error);
  if (self->host == NULL)
    return NULL;
  self->scheme = g_ascii_strdown (scheme, -1);
  self->port = (guint16) port;
  self->user = g_steal_pointer (&user);

  return g_steal_pointer (&self);
}

void
wax_proxy_url_free (WaxProxyUrl *self)
{
  if (self == NULL)
    return;

  g_free (self->scheme);
  g_free (self->host);
  g_free (self->user);
  g_free (self);
}

char *
wax_proxy_url_shown (const char *scheme, const char *host, guint16 port)
{
  gboolean literal = strchr (host, ':') != NULL;

  return g_strdup_printf ("%s://%s%s%s:%u", scheme, literal ? "[" : "", host, literal ? "]" : "", port);
}
