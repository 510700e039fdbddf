/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether and for which name TLSA records are asked for. */

#include "smtp-tlsa.h"

#include <string.h>

/* No DNS knows it: RFC 6761 section 6.3. */
static gboolean
is_this_computer (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 || g_ascii_strcasecmp (host, "localhost.") == 0;
}

static gboolean
goes_past_a_proxy (WaxAccount *account)
{
  const char *proxy = wax_account_get_proxy (account);

  return proxy != NULL && strcmp (proxy, "none") != 0;
}

WaxDaneQuestion *
wax_smtp_tlsa_ask (const WaxSmtpServer *server, const WaxTransportSettings *settings)
{
  WaxDemand demand = wax_account_get_dane (settings->account);

  if (settings->resolver == NULL || demand == WAX_DEMAND_OFF
      || server->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK || is_this_computer (server->target))
    return NULL;
  if (demand == WAX_DEMAND_SOFT && goes_past_a_proxy (settings->account))
    return NULL;

  if (strcmp (server->target, server->host) != 0)
    return wax_dane_ask_service (settings->resolver, server->host,
                                 server->mode == WAX_TLS_MODE_IMPLICIT ? "submissions" : "submission",
                                 server->target, server->port);

  return wax_dane_ask (settings->resolver, server->target, server->port);
}
