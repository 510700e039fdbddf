/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-capabilities.h"

G_BEGIN_DECLS

/**
 * WaxSmtpLimits:
 * @messages: transactions that were begun
 * @domains: (nullable): of their recipients
 *
 * What a session has used up of the limits that its server states (RFC 9422): MAILMAX
 * and RCPTDOMAINMAX count for a session, RCPTMAX for a message. Zeroed is fresh. Pure.
 */
typedef struct {
  guint       messages;
  GHashTable *domains;
} WaxSmtpLimits;

void   wax_smtp_limits_clear    (WaxSmtpLimits              *self);
/** A transaction to @recipients begins. */
void   wax_smtp_limits_spend    (WaxSmtpLimits              *self,
                                 GStrv                       recipients);
/** How many of @recipients, from the first, the next transaction may have; 0 where
 * there may be none. */
guint  wax_smtp_limits_get_room (WaxSmtpLimits              *self,
                                 const WaxSmtpCapabilities  *capabilities,
                                 const char * const         *recipients);

G_END_DECLS
