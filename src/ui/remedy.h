/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"
#include "connection-report.h"

G_BEGIN_DECLS

/** The honest choices after a refusal. There is none that connects anyway. */
typedef enum {
  WAX_REMEDY_OTHER_MODE,      /* the other way to begin TLS */
  WAX_REMEDY_TRUST_AUTHORITY, /* a private authority, for this account */
  WAX_REMEDY_PIN_UNTRUSTED,   /* the key of a server that nobody vouches for, until a day */
  WAX_REMEDY_PIN_NEW_KEY,     /* in place of the pinned ones */
  WAX_REMEDY_ALLOW_VERSION,   /* TLS 1.2, until a day */
  WAX_REMEDY_ALLOW_CIPHER,    /* a suite without AEAD, until a day */
  WAX_REMEDY_EASE_REVOCATION, /* ask, and do not demand an answer */
  WAX_REMEDY_EASE_DANE,
  WAX_REMEDY_WEAKER_SIGN_IN,
  WAX_REMEDY_SEND_TO_REST,    /* without those whom the server refuses */
  WAX_N_REMEDIES,
} WaxRemedy;

/**
 * WaxFailure:
 * @code: the error's code as wax_send_result_error_to_json() writes it; %NULL for no failure
 * @report: (nullable): what was seen of the connection
 * @account: (nullable): as it was when it failed
 * @reply_code: what the server answered; 0 for nothing
 * @accepted, @refused: of the recipients, how many
 *
 * What the choices depend on. Borrows everything.
 */
typedef struct {
  const char          *code;
  WaxConnectionReport *report;
  WaxAccount          *account;
  int                  reply_code;
  guint                accepted;
  guint                refused;
} WaxFailure;

/** Whether @remedy can help after @failure. */
gboolean    wax_remedy_helps       (WaxRemedy         remedy,
                                    const WaxFailure *failure);
/** (nullable) The authority at the end of the chain that the server sent. */
const WaxCertificateDetails *wax_remedy_authority (WaxConnectionReport *report);
/** (nullable) The server's own certificate. */
const WaxCertificateDetails *wax_remedy_leaf      (WaxConnectionReport *report);
/** The mode and port that #WAX_REMEDY_OTHER_MODE leads to. */
void        wax_remedy_other_mode  (const WaxFailure *failure,
                                    WaxTlsMode       *mode,
                                    guint            *port);

G_END_DECLS
