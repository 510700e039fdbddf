/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "activity-event.h"

G_BEGIN_DECLS

#define WAX_OCSF_VERSION "1.8.0"

/** OCSF's category of @class_uid; 0 for a class that is not recorded. */
int      wax_event_schema_category (int          class_uid);
/** Whether a complete event has what OCSF demands of its class, and nothing
 * that OCSF does not know there. Errors: %WAX_ACTIVITY_ERROR_EVENT. */
gboolean wax_event_schema_check    (JsonObject  *event,
                                    GError     **error);

/** The columns of the search index, as the octets of an entry say them; strings may be %NULL. */
typedef struct {
  gint64  time; /* µs */
  int     class_uid;
  int     status;
  char   *account_id;
  char   *message_id;
  char   *title;
  char   *words;
} WaxEventIndex;

void     wax_event_index_derive    (JsonObject     *event,
                                    WaxEventIndex  *index);
void     wax_event_index_clear     (WaxEventIndex  *index);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxEventIndex, wax_event_index_clear)

G_END_DECLS
