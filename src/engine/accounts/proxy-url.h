/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** `socks5://[user@]host:port` (RFC 1928) or `http://[user@]host:port` (CONNECT, RFC 9110
 * section 9.3.6). Its password is never part of it. */
typedef struct {
  char    *scheme; /* `socks5` or `http` */
  char    *host;   /* A-labels, lower case; an IPv6 literal without brackets */
  guint16  port;
  char    *user;   /* (nullable) percent-decoded */
} WaxProxyUrl;

/** Errors: #WaxServerUrlError; the message never repeats @text. */
WaxProxyUrl *wax_proxy_url_parse (const char   *text,
                                  GError      **error);
void         wax_proxy_url_free  (WaxProxyUrl  *self);
/** (transfer full) The proxy without its user, as a report shows it. */
char        *wax_proxy_url_shown (const char   *scheme,
                                  const char   *host,
                                  guint16       port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxProxyUrl, wax_proxy_url_free)

G_END_DECLS
