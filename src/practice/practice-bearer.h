/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-settings.h"

G_BEGIN_DECLS

/** What the server answers to a part of a sign-in. */
typedef enum {
  WAX_PRACTICE_SASL_CONTINUE, /* send the challenge, read an answer */
  WAX_PRACTICE_SASL_DONE,     /* signed in; a challenge that is not empty is the server's last word */
  WAX_PRACTICE_SASL_REFUSED,
  WAX_PRACTICE_SASL_MALFORMED,
} WaxPracticeSaslResult;

/**
 * WaxPracticeBearer:
 *
 * The server's side of what libgsasl has not, or not to the letter: OAUTHBEARER,
 * XOAUTH2 and EXTERNAL.
 */
typedef struct _WaxPracticeBearer WaxPracticeBearer;

/**
 * @client_name: (nullable): whom the client's certificate names
 * Returns: (nullable): %NULL if @mechanism is none of them
 */
WaxPracticeBearer     *wax_practice_bearer_start (const WaxPracticeSettings  *settings,
                                                  const char                 *mechanism,
                                                  const char                 *client_name);
void                   wax_practice_bearer_free  (WaxPracticeBearer          *self);
/**
 * @response: (nullable): octets; %NULL: there was no initial response
 * @challenge: (out) (transfer full) (nullable): text, before base64
 */
WaxPracticeSaslResult  wax_practice_bearer_step  (WaxPracticeBearer          *self,
                                                  GBytes                     *response,
                                                  char                      **challenge);

G_END_DECLS
