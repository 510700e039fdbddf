/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "envelope-options.h"

G_BEGIN_DECLS

/**
 * WaxEnvelope:
 *
 * What MAIL FROM and RCPT TO say, apart from the message. Mailboxes are bare
 * addr-specs, checked free of CR, LF and NUL by wax_envelope_new().
 */
typedef struct {
  char     *sender;      /* empty for the null reverse-path */
  GStrv     recipients;  /* at least one, each once */
  gboolean  needs_utf8;  /* an address or a header needs SMTPUTF8 */
  gboolean  needs_8bit;  /* the body has octets above 127 */
  gboolean  needs_binary; /* a part of it is not lines of text (RFC 3030): BINARYMIME, by BDAT alone */
  WaxEnvelopeOptions options;
} WaxEnvelope;

/** Errors: WAX_ADDRESS_ERROR. Duplicate recipients are merged. */
WaxEnvelope *wax_envelope_new  (const char         *sender,
                                const char * const *recipients,
                                GError            **error);
void         wax_envelope_free (WaxEnvelope        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxEnvelope, wax_envelope_free)

G_END_DECLS
