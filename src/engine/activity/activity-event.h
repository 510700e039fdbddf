/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** OCSF 1.8.0 classes that are recorded. */
typedef enum {
  WAX_CLASS_DETECTION_FINDING    = 2004,
  WAX_CLASS_AUTHENTICATION       = 3002,
  WAX_CLASS_NETWORK_ACTIVITY     = 4001,
  WAX_CLASS_EMAIL_ACTIVITY       = 4009,
  WAX_CLASS_EVENT_LOG_ACTIVITY   = 1008,
  WAX_CLASS_DATASTORE_ACTIVITY   = 6005,
  WAX_CLASS_APPLICATION_LIFECYCLE = 6002,
} WaxEventClass;

/** OCSF status_id. */
typedef enum {
  WAX_EVENT_UNKNOWN = 0,
  WAX_EVENT_SUCCESS = 1,
  WAX_EVENT_FAILURE = 2,
} WaxEventStatus;

/**
 * WaxActivityEvent:
 *
 * One event on its way into the log. The constructors below fill the attributes
 * that OCSF requires of the class; the log adds `time`, `metadata` and the
 * random salt. Never a body, a subject or a secret.
 * @account_id, @message_id: (nullable): for the search columns; a caller may set
 * @message_id on a connection or sign-in that belongs to a message
 * @title: a sentence for people, English, stored as `message`
 */
typedef struct {
  WaxEventClass   class_uid;
  int             activity_id;
  WaxEventStatus  status;
  int             severity_id; /* OCSF: 1 informational … 5 critical */
  char           *title;
  char           *account_id;
  char           *message_id;
  JsonObject     *object;      /* class attributes */
} WaxActivityEvent;

void wax_activity_event_free (WaxActivityEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxActivityEvent, wax_activity_event_free)

/* @connection is the `connection` object of CLI.md (room `tls` makes it; this
 * room stands beside that one and so takes the JSON). It is read, not kept. */

/** 4001: a connection that was made or failed, with its checks and chain digests.
 * @error: (nullable): what connecting failed with; not a later refusal */
WaxActivityEvent *wax_activity_event_connection     (JsonObject          *connection,
                                                     const char          *account_id,
                                                     const GError        *error);
/** 3002: a sign-in, as @connection has it; %NULL if none was tried.
 * @error: (nullable): what the sign-in failed with; not a failure before or after it */
WaxActivityEvent *wax_activity_event_sign_in        (JsonObject          *connection,
                                                     const char          *account_id,
                                                     const GError        *error);

/** What a submission says of itself; strings are borrowed. */
typedef struct {
  const char         *account_id;
  const char         *message_id;
  const char         *sender;
  const char * const *recipients;
  gint64              size;
  const char         *sha256;       /* of the octets; stored salted */
  JsonArray          *attachments;  /* (nullable) {name, content_type, size} */
  int                 attempt;      /* from 1 */
  const char         *state;        /* the outbox state reached, "intent", or "send-to-rest" (the user's choice) */
  JsonArray          *replies;      /* (nullable) {address, code, enhanced, text} */
} WaxSubmissionFacts;

/** 4009: the intent before the final octet, and the outcome after it. */
WaxActivityEvent *wax_activity_event_submission     (const WaxSubmissionFacts *facts,
                                                     WaxEventStatus            status);
/** 2004: refused by a check, a policy or an anomaly. */
WaxActivityEvent *wax_activity_event_finding        (const char          *account_id,
                                                     const char          *message_id,
                                                     const char          *title,
                                                     const char          *check,
                                                     const char          *detail);
/** 6002: start, stop. @activity_id is OCSF's (3 start, 4 stop). */
WaxActivityEvent *wax_activity_event_lifecycle      (int                  activity_id,
                                                     const char          *title);
/** 6005 / 1008: somebody used the log. @what: `list`, `search`, `show`, `verify`,
 * `prove`, `export` or `delete`. @detail: (nullable): for the sentence */
WaxActivityEvent *wax_activity_event_log_access     (const char          *what,
                                                     const char          *detail);
/** 6002 with activity 99. @what: `added`, `changed` or `removed`. */
WaxActivityEvent *wax_activity_event_account_change (const char          *account_id,
                                                     const char          *what,
                                                     const char          *address);
/** The same, of something weaker that is allowed to the account for a time, or no longer.
 * @exception: in words, with its end
 * @reason: (nullable): what the user wrote down */
WaxActivityEvent *wax_activity_event_exception      (const char          *account_id,
                                                     const char          *address,
                                                     gboolean             given,
                                                     const char          *exception,
                                                     const char          *reason);

G_END_DECLS
