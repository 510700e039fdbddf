/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The schema of all rooms, one migration after the other. A migration that has
 * been released is never edited: a change is a new one at the end. */

#include "schema.h"

static const char *migrations[] = {
  /* 0 → 1 */
  "CREATE TABLE account ("
  "  id          TEXT PRIMARY KEY,"
  "  label       TEXT NOT NULL UNIQUE,"
  "  name        TEXT,"
  "  address     TEXT NOT NULL,"
  "  host        TEXT NOT NULL,"
  "  port        INTEGER NOT NULL,"
  "  mode        TEXT NOT NULL,"
  "  user        TEXT,"
  "  mechanism   TEXT,"
  "  ca_pem      TEXT,"
  "  minimum_tls TEXT NOT NULL,"
  "  pins        TEXT" /* space-separated hex */
  ") STRICT;"

  "CREATE TABLE draft ("
  "  id          INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  account_id  TEXT,"
  "  recipients_to  TEXT NOT NULL,"
  "  recipients_cc  TEXT NOT NULL,"
  "  recipients_bcc TEXT NOT NULL,"
  "  subject     TEXT NOT NULL,"
  "  body        TEXT NOT NULL,"
  "  markdown    INTEGER NOT NULL,"
  "  changed     INTEGER NOT NULL," /* µs since the epoch */
  "  outbox_id   INTEGER"           /* set once submitted; the row goes when the server has accepted */
  ") STRICT;"
  "CREATE TABLE draft_attachment ("
  "  draft_id    INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,"
  "  position    INTEGER NOT NULL,"
  "  path        TEXT NOT NULL,"
  "  PRIMARY KEY (draft_id, position)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE blob ("
  "  id          INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  size        INTEGER NOT NULL,"
  "  complete    INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE blob_chunk ("
  "  blob_id     INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,"
  "  position    INTEGER NOT NULL," /* from 0, each but the last of the full size */
  "  octets      BLOB NOT NULL,"
  "  PRIMARY KEY (blob_id, position)"
  ") STRICT;"

  "CREATE TABLE outbox ("
  "  id          INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  state       TEXT NOT NULL,"
  "  account_id  TEXT NOT NULL,"
  "  sender      TEXT NOT NULL,"
  "  recipients  TEXT NOT NULL," /* one a line */
  "  subject     TEXT NOT NULL,"
  "  message_id  TEXT NOT NULL,"
  "  size        INTEGER NOT NULL,"
  "  sha256      TEXT NOT NULL,"
  "  attachments TEXT NOT NULL," /* JSON array of {name, content_type, size} */
  "  needs_8bit  INTEGER NOT NULL,"
  "  needs_utf8  INTEGER NOT NULL,"
  "  blob_id     INTEGER REFERENCES blob (id),"
  "  draft_id    INTEGER,"
  "  attempts    INTEGER NOT NULL,"
  "  created     INTEGER NOT NULL,"
  "  updated     INTEGER NOT NULL,"
  "  next_attempt INTEGER NOT NULL,"
  "  final_octet INTEGER NOT NULL," /* 1 from just before the final octet may go, in `sending` */
  "  worker      TEXT,"             /* who claimed it, while `sending` */
  "  detail      TEXT,"
  "  hint        TEXT,"
  "  exit_code   INTEGER NOT NULL,"
  "  result      TEXT" /* the object of `send --json`, of the last attempt */
  ") STRICT;"
  "CREATE INDEX outbox_due ON outbox (state, next_attempt);"

  "CREATE TABLE activity ("
  "  seq         INTEGER PRIMARY KEY," /* from 0, without gaps */
  "  time        INTEGER NOT NULL,"
  "  class_uid   INTEGER NOT NULL,"
  "  status      INTEGER NOT NULL,"
  "  account_id  TEXT,"
  "  message_id  TEXT,"
  "  title       TEXT,"
  "  words       TEXT,"         /* what the index holds: addresses, Message-ID, host, title */
  "  octets      BLOB,"         /* the truth: JCS JSON */
  "  hash        BLOB NOT NULL" /* SHA-256 of octets */
  ") STRICT;"
  "CREATE INDEX activity_message ON activity (message_id) WHERE message_id IS NOT NULL;"
  "CREATE VIRTUAL TABLE activity_words USING fts5 (words, content='activity', content_rowid='seq');"
  "INSERT INTO activity_words (activity_words, rank) VALUES ('secure-delete', 1);"
  "CREATE TABLE activity_node (" /* hashes of complete subtrees: level 0 are leaves */
  "  level       INTEGER NOT NULL,"
  "  position    INTEGER NOT NULL,"
  "  hash        BLOB NOT NULL,"
  "  PRIMARY KEY (level, position)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE activity_checkpoint ("
  "  size        INTEGER PRIMARY KEY,"
  "  note        TEXT NOT NULL"
  ") STRICT;"

  "CREATE TABLE setting ("
  "  name        TEXT PRIMARY KEY,"
  "  value       TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID;",

  /* 1 → 2 */
  "ALTER TABLE account ADD COLUMN settings TEXT;" /* JSON: what has no column of its own */
  "ALTER TABLE draft ADD COLUMN options TEXT;"    /* JSON: what is asked of the server for this message */
  "ALTER TABLE outbox ADD COLUMN options TEXT;"   /* the same */
  "ALTER TABLE outbox ADD COLUMN needs_binary INTEGER NOT NULL DEFAULT 0;"
  "CREATE TABLE revocation_answer ("
  "  key         TEXT PRIMARY KEY,"
  "  octets      BLOB NOT NULL,"
  "  expires     INTEGER NOT NULL" /* seconds since the epoch */
  ") STRICT, WITHOUT ROWID;",
};

int
wax_schema_version (void)
{
  return (int) G_N_ELEMENTS (migrations);
}

const char *
wax_schema_migration (int version)
{
  g_return_val_if_fail (version >= 0 && version < wax_schema_version (), NULL);

  return migrations[version];
}
