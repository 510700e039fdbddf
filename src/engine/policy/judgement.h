/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls-policy.h"

G_BEGIN_DECLS

/* What the parts of wax_tls_policy_judge() share; for this room alone. */

#define WAX_SECONDS_A_DAY (24 * 3600)

typedef struct {
  const WaxTlsPolicy *policy;
  const WaxTlsFacts  *facts;
  GPtrArray          *checks; /* (element-type WaxCheck) in their order */
} WaxJudgement;

/** Adds a check; owned by @self. */
WaxCheck *wax_judgement_add (WaxJudgement   *self,
                             const char     *name,
                             WaxCheckResult  result,
                             const char     *expected,
                             const char     *found,
                             const char     *format,
                             ...) G_GNUC_PRINTF (6, 7);
/** Says that @check passes only by @exception. */
void      wax_judgement_excuse (WaxCheck              *check,
                                const WaxTlsException *exception);

/* judge-certificate.c */
void wax_judge_hostname   (WaxJudgement *self);
void wax_judge_chain      (WaxJudgement *self);
void wax_judge_validity   (WaxJudgement *self);
/* judge-proof.c */
/** The revocation check of what the handshake itself refused; %FALSE if there was nothing. */
gboolean wax_judge_staple (WaxJudgement *self);
void wax_judge_revocation (WaxJudgement *self);
void wax_judge_pin        (WaxJudgement *self);
void wax_judge_dane       (WaxJudgement *self);

/* policy-words.c; all (transfer full) */

/** The names in one phrase: `a, b and 3 more`. */
char *wax_words_of_names (const char *const *names);
/** What a person would call the bearer of @dn (RFC 4514): its common name, else all of it. */
char *wax_words_of_dn    (const char        *dn);
/** `2026-11-24 06:33 UTC` */
char *wax_words_of_time  (gint64             seconds);
/** `2026-11-24` */
char *wax_words_of_day   (gint64             seconds);
/** How long: `5 days`. */
char *wax_words_of_days  (gint64             seconds);

/* tls-exception.c */

/** (nullable) The one of @exceptions that allows @allow of @value (nullable) at @now. */
const WaxTlsException *wax_tls_exception_find (GPtrArray   *exceptions,
                                               WaxTlsAllow  allow,
                                               const char  *value,
                                               gint64       now);
/** (transfer full) Why none of them does: a sentence of one that has ended or not begun,
 * with a space before it, or nothing. */
char *wax_tls_exception_why_not (GPtrArray   *exceptions,
                                 WaxTlsAllow  allow,
                                 const char  *value,
                                 gint64       now);

G_END_DECLS
