/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine.h"
#include "practice-host.h"

G_BEGIN_DECLS

/** An open engine on a profile of its own, with a vault in memory, a practice host, and
 * an account for it; @waiting is the test's. */
typedef struct {
  char            *folder;
  WaxVault        *vault;
  WaxPracticeHost *host;
  WaxEngine       *engine;
  WaxAccount      *account;
  guint            waiting;
} EngineFixture;

/** @options: (nullable). @mode: implicit or STARTTLS */
void      engine_fixture_start (EngineFixture            *self,
                                const WaxPracticeOptions *options,
                                WaxTlsMode                mode);
void      engine_fixture_stop  (EngineFixture            *self);
/** Opens the profile (again). */
void      engine_fixture_open  (EngineFixture            *self);
/** (transfer full) A draft to one recipient, by the account. */
WaxDraft *engine_fixture_draft (EngineFixture            *self,
                                const char               *subject);

G_END_DECLS
