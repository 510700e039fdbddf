/* SPDX-License-Identifier: GPL-3.0-or-later */

/* --dns and --trust-anchor. */

#include "cli-dns.h"

void
wax_dns_options_clear (WaxDnsOptions *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->trust_anchor, g_free);
}

const char *
wax_dns_options_first (const WaxDnsOptions *self)
{
  if (self->server != NULL)
    return "--dns";
  if (self->trust_anchor != NULL)
    return "--trust-anchor";

  return NULL;
}

WaxDnsResolver *
wax_dns_options_resolver (const WaxDnsOptions *self, GError **error)
{
  const WaxDnsSettings settings = { .server = self->server, .trust_anchor_file = self->trust_anchor };

  return wax_dns_resolver_new (&settings, error);
}
