/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-channel.h"
#include "practice-maildir.h"

G_BEGIN_DECLS

/** How a port begins. */
typedef enum {
  WAX_PRACTICE_MODE_IMPLICIT,
  WAX_PRACTICE_MODE_STARTTLS,
  WAX_PRACTICE_MODE_PLAINTEXT,
} WaxPracticeMode;

/**
 * Serves one client to its end: RFC 5321 and 6409, with STARTTLS (3207), AUTH
 * (4954), CHUNKING (3030), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), DSN
 * (3461) as the host's options have them. Blocks.
 */
void wax_practice_session_run (WaxPracticeChannel        *channel,
                               WaxPracticeMode            mode,
                               const WaxPracticeSettings *settings,
                               WaxPracticeMaildir        *maildir,
                               WaxPracticeRecord         *record);

G_END_DECLS
