/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-bearer.h"
#include "practice-settings.h"

G_BEGIN_DECLS

/**
 * WaxPracticeSasl:
 *
 * One SASL exchange, the server's side, by libgsasl or #WaxPracticeBearer.
 */
typedef struct _WaxPracticeSasl WaxPracticeSasl;

/**
 * @mechanism: one that the host offers
 * @binding: (nullable): the TLS channel binding, base64, of the kind @binding_property
 * @client_name: (nullable): whom the client's certificate names
 * Returns: (nullable): %NULL if libgsasl refuses to start it
 */
WaxPracticeSasl       *wax_practice_sasl_start (const WaxPracticeSettings  *settings,
                                                const char                 *mechanism,
                                                const char                 *binding,
                                                Gsasl_property              binding_property,
                                                const char                 *client_name);
void                   wax_practice_sasl_free  (WaxPracticeSasl            *self);
/**
 * @response: (nullable): base64; %NULL at the start where the client sent no initial response
 * @challenge: (out) (transfer full) (nullable): base64
 */
WaxPracticeSaslResult  wax_practice_sasl_step  (WaxPracticeSasl            *self,
                                                const char                 *response,
                                                char                      **challenge);

/** Makes @context ask the exchanges above for what it needs; once for each handle. */
void                   wax_practice_sasl_setup (Gsasl                      *context);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeSasl, wax_practice_sasl_free)

G_END_DECLS
