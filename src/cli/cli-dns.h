/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-verb.h"
#include "dns-resolver.h"

G_BEGIN_DECLS

/** The options that say whom the DNS is asked of. */
typedef struct {
  char *server;
  char *trust_anchor;
} WaxDnsOptions;

void            wax_dns_options_clear    (WaxDnsOptions        *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxDnsOptions, wax_dns_options_clear)

/** The entries for GOption. */
#define WAX_DNS_ENTRIES(self)                                                                     \
  { "dns", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->server,                           \
    N_ ("The DNS server to ask in place of the system's; “recursive” asks the DNS itself"),       \
    N_ ("ADDR[@PORT]") },                                                                         \
  { "trust-anchor", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->trust_anchor,          \
    N_ ("DNSSEC keys (DS or DNSKEY records) to trust in place of the DNS root's"), N_ ("FILE") }

/** The first of the options that was given, for messages; or %NULL. */
const char     *wax_dns_options_first    (const WaxDnsOptions  *self);
/** (transfer full) Errors: #WaxDnsError */
WaxDnsResolver *wax_dns_options_resolver (const WaxDnsOptions  *self,
                                          GError              **error);

G_END_DECLS
