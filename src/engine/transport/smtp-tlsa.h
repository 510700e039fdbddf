/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dane.h"
#include "smtp-route.h"

G_BEGIN_DECLS

/**
 * wax_smtp_tlsa_ask:
 *
 * Asks for the TLSA records of @server, where the account and the circumstances want
 * it: there is a resolver, TLS is spoken, the server has a name of its own, and the
 * account does not go through a proxy, past which the question would go (unless DANE is
 * demanded hard).
 * Returns: (transfer full) (nullable): the question, or %NULL where none is asked
 */
WaxDaneQuestion *wax_smtp_tlsa_ask (const WaxSmtpServer        *server,
                                    const WaxTransportSettings *settings);

G_END_DECLS
