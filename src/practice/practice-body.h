/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-maildir.h"

G_BEGIN_DECLS

/** Why a body is refused, as a reply says it. */
typedef struct {
  int         code;
  const char *enhanced;
  const char *text;
} WaxPracticeRefusal;

/**
 * WaxPracticeBody:
 *
 * A message's octets on their way into the Maildir, held to what RFC 5322 and
 * the negotiated extensions allow. After the first fault the rest is counted
 * and thrown away.
 */
typedef struct _WaxPracticeBody WaxPracticeBody;

/** What the client said of the body. */
typedef enum {
  WAX_PRACTICE_BODY_7BIT,
  WAX_PRACTICE_BODY_8BIT,   /* BODY=8BITMIME, or SMTPUTF8 */
  WAX_PRACTICE_BODY_BINARY, /* BODY=BINARYMIME: any octets */
} WaxPracticeBodyKind;

/** @limit in octets. Never %NULL. */
WaxPracticeBody          *wax_practice_body_new    (WaxPracticeMaildir       *maildir,
                                                    guint64                   limit,
                                                    WaxPracticeBodyKind       kind);
void                      wax_practice_body_free   (WaxPracticeBody          *self);
void                      wax_practice_body_add    (WaxPracticeBody          *self,
                                                    const char               *data,
                                                    gsize                     length);
/** (nullable): the first fault so far. */
const WaxPracticeRefusal *wax_practice_body_check  (WaxPracticeBody          *self);
/** Moves the message into new/. Returns: (nullable): %NULL if that is done. */
const WaxPracticeRefusal *wax_practice_body_commit (WaxPracticeBody          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeBody, wax_practice_body_free)

G_END_DECLS
