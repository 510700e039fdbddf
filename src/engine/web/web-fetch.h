/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAX_WEB_ERROR (wax_web_error_quark ())
GQuark wax_web_error_quark (void);

typedef enum {
  WAX_WEB_ERROR_ADDRESS,   /* not a URL of a scheme that is allowed here */
  WAX_WEB_ERROR_CONNECT,   /* no connection, or TLS refused */
  WAX_WEB_ERROR_TIMED_OUT,
  WAX_WEB_ERROR_STATUS,    /* an HTTP status other than 200 */
  WAX_WEB_ERROR_TOO_LARGE, /* more octets than were asked for */
  WAX_WEB_ERROR_TYPE,      /* another content type than was asked for */
  WAX_WEB_ERROR_REDIRECT,  /* a redirect, where none is followed, or too many of them */
} WaxWebError;

/**
 * WaxWebRequest:
 * @url: absolute
 * @https_only: refuse `http:`, also in a redirect
 * @post: (nullable): the body of a POST, else it is a GET
 * @post_type: (nullable): its content type
 * @accept: (nullable): the only content type taken (without parameters); any by default
 * @limit: octets of the answer's body that are taken at most; must be given
 * @redirects: how many are followed; 0 for none
 * @timeout_s: seconds for the whole; 0 is 10
 *
 * Proxies are the system's. No cookies, no cache, no credentials, no referrer.
 */
typedef struct {
  const char *url;
  gboolean    https_only;
  GBytes     *post;
  const char *post_type;
  const char *accept;
  gsize       limit;
  guint       redirects;
  guint       timeout_s;
} WaxWebRequest;

/**
 * wax_web_fetch:
 *
 * One request and its answer, blocking, within its limits of time and size. Runs
 * in a main context of its own; cancelling returns within 100 ms.
 * Returns: (transfer full): the body, or %NULL with a #WaxWebError whose message
 * names the URL, or %G_IO_ERROR_CANCELLED
 */
GBytes *wax_web_fetch (const WaxWebRequest  *request,
                       GCancellable         *cancellable,
                       GError              **error);

G_END_DECLS
