/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-settings.h"

G_BEGIN_DECLS

/**
 * WaxPracticeSasl:
 *
 * One SASL exchange, the server's side, by libgsasl.
 */
typedef struct _WaxPracticeSasl WaxPracticeSasl;

typedef enum {
  WAX_PRACTICE_SASL_CONTINUE, /* send the challenge, read an answer */
  WAX_PRACTICE_SASL_DONE,     /* signed in; a challenge that is not empty is the server's last word */
  WAX_PRACTICE_SASL_REFUSED,
  WAX_PRACTICE_SASL_MALFORMED,
} WaxPracticeSaslResult;

/**
 * @mechanism: one that the host offers
 * @binding: (nullable): the TLS channel binding, base64, of the kind @binding_property
 * Returns: (nullable): %NULL if libgsasl refuses to start it
 */
WaxPracticeSasl       *wax_practice_sasl_start (const WaxPracticeSettings  *settings,
                                                const char                 *mechanism,
                                                const char                 *binding,
                                                Gsasl_property              binding_property);
void                   wax_practice_sasl_free  (WaxPracticeSasl            *self);
/**
 * @response: base64; empty at the start where the client sent no initial response
 * @challenge: (out) (transfer full) (nullable): base64
 */
WaxPracticeSaslResult  wax_practice_sasl_step  (WaxPracticeSasl            *self,
                                                const char                 *response,
                                                char                      **challenge);

/** Makes @context ask the exchanges above for what it needs; once for each handle. */
void                   wax_practice_sasl_setup (Gsasl                      *context);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeSasl, wax_practice_sasl_free)

G_END_DECLS
