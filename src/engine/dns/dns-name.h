/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wax_dns_name_check:
 * @name: with or without its final dot; `.` is the root
 *
 * Whether @name can be asked for (RFC 1035 section 2.3.4): labels of 1 to 63 octets,
 * at most 253 in all, of letters, digits, hyphens and underscores. International
 * names must be A-labels already.
 * Returns: (transfer full): the name in lower case without its final dot (the root
 * stays `.`), or %NULL with %WAX_DNS_ERROR_NAME
 */
char    *wax_dns_name_check (const char  *name,
                             GError     **error);
/** Whether @name, as wax_dns_name_check() returned it, is @zone or below it. */
gboolean wax_dns_name_is_in (const char  *name,
                             const char  *zone);

G_END_DECLS
