/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "draft.h"

G_BEGIN_DECLS

/**
 * wax_mailto_parse:
 *
 * A draft of what a mailto: URI (RFC 6068) asks for: `to`, `cc`, `bcc`,
 * `subject` and `body`. Any other field, above all one that would attach a file
 * or set another header, is left out. A line break in a header field becomes a
 * space.
 * Returns: (transfer full) (nullable): %NULL if @uri is not a mailto: URI
 */
WaxDraft *wax_mailto_parse (const char *uri);

G_END_DECLS
