/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-reply.h"

G_BEGIN_DECLS

/** What a known reply changes about what becomes of the message. */
typedef enum {
  WAX_SMTP_EFFECT_NONE,  /* what the code says */
  WAX_SMTP_EFFECT_DEFER, /* it passes by itself, whatever the code says: tried again later */
  WAX_SMTP_EFFECT_BLOCK, /* somebody must change something first: tried again by the user */
} WaxSmtpEffect;

/**
 * WaxSmtpAdvice:
 *
 * A reply that is known: by its enhanced status code (RFC 3463 and the registry that
 * RFC 5248 set up), or as one provider says it. A row of the table in smtp-advice.c.
 * @provider: (nullable): whose words they are; %NULL for everybody's
 * @hosts: (nullable): the provider's servers: host name suffixes, separated by spaces
 * @code: the reply code; 0 for any
 * @enhanced: (nullable): a pattern of the enhanced status code, `?.7.8`
 * @words: (nullable): a part of the text, in lower case
 * @meaning: one sentence of what it means
 * @todo: one sentence of what to do, or whom to ask for what
 */
typedef struct {
  const char    *provider;
  const char    *hosts;
  int            code;
  const char    *enhanced;
  const char    *words;
  WaxSmtpEffect  effect;
  const char    *meaning;
  const char    *todo;
} WaxSmtpAdvice;

/**
 * The first row that fits @reply, said by @host (from the account; compared without
 * regard to case). Pure. Rows of a provider fit its own hosts only.
 * Returns: (transfer none) (nullable)
 */
const WaxSmtpAdvice *wax_smtp_advice_find    (const char          *host,
                                              const WaxSmtpReply  *reply);
/** (transfer full) Meaning and what to do, for the user. */
char                *wax_smtp_advice_to_hint (const WaxSmtpAdvice *self);
/** The rows, for tests. @count: (out) */
const WaxSmtpAdvice *wax_smtp_advice_table   (gsize               *count);

G_END_DECLS
