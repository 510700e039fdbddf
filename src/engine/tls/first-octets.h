/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WaxFirstOctets:
 *
 * A stream that passes everything through to another, and keeps a copy of the
 * first octets that the peer sent. TLS libraries say of a peer that speaks
 * something else only that its packet had a wrong length; these octets tell
 * what it was. Closing it closes the other stream.
 */
#define WAX_TYPE_FIRST_OCTETS (wax_first_octets_get_type ())
G_DECLARE_FINAL_TYPE (WaxFirstOctets, wax_first_octets, WAX, FIRST_OCTETS, GIOStream)

WaxFirstOctets *wax_first_octets_new         (GIOStream      *base);
/** Whether the peer sent something that is not a TLS record, RFC 8446 section 5.1. */
gboolean        wax_first_octets_are_not_tls (WaxFirstOctets *self);
gboolean        wax_first_octets_are_empty   (WaxFirstOctets *self);
/** (transfer full) The first line, fit to be shown; reads on for it, but waits for
 * nothing, and so leaves the stream to no other use. */
char           *wax_first_octets_read_line   (WaxFirstOctets *self);

G_END_DECLS
