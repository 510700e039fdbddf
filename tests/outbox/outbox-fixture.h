/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account-store.h"
#include "draft-store.h"
#include "outbox.h"
#include "practice-host.h"

G_BEGIN_DECLS

/** A profile's rooms without the engine: what a process has open. */
typedef struct {
  WaxVault       *vault;
  WaxStore       *store;
  WaxActivityLog *log;
  WaxOutbox      *outbox;
} Profile;

/** Opens the profile in @folder, making it if need be; secrets in a file beside it. */
void profile_open  (Profile *self, const char *folder);
void profile_close (Profile *self);

/** A profile, a practice host, and an account on it. */
typedef struct {
  char            *folder;
  Profile          profile;
  WaxPracticeHost *host;
  WaxAccount      *account;
} Fixture;

/** @options: (nullable) */
void           fixture_open     (Fixture *self, const WaxPracticeOptions *options);
void           fixture_close    (Fixture *self);
/** Stores changes of the account. */
void           fixture_save     (Fixture *self);
void           fixture_password (Fixture *self, const char *password);
/** Submits a saved draft to @to; the item's id. */
gint64         fixture_submit   (Fixture *self, const char *to);
/** Delivers one due item, which there must be. (transfer full) */
WaxOutboxItem *fixture_deliver  (Fixture *self);
/** Nothing is due. */
void           fixture_idle     (Fixture *self);
WaxOutboxItem *fixture_get      (Fixture *self, gint64 id);
guint          fixture_drafts   (Fixture *self);
/** How many entries of the class the log has for the message, with the status or -1. */
guint          fixture_entries  (Fixture *self, WaxOutboxItem *item, WaxEventClass class_uid, int status);
/** How many commands the host got that begin so. */
guint          fixture_commands (Fixture *self, const char *prefix);
/** The log verifies. */
void           fixture_verify   (Fixture *self);

G_END_DECLS
