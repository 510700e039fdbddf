/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outbox-item.h"

G_BEGIN_DECLS

/* Filled by outbox-row.c; from then on read-only. */
struct _WaxOutboxItem
{
  GObject parent_instance;

  gint64 id;
  WaxOutboxState state;
  char *account_id;
  char *sender;
  GStrv recipients;
  char *subject;
  char *message_id;
  gint64 size;
  int attempts;
  gint64 created;
  gint64 updated;
  gint64 next_attempt;
  char *detail;
  char *hint;
  int exit_code;
  WaxEnvelopeOptions options;
  JsonObject *result;          /* (nullable) */
  WaxConnectionReport *report; /* (nullable) */

  /* For the room itself. */
  char *sha256;
  JsonArray *attachments;
  gboolean needs_8bit;
  gboolean needs_utf8;
  gboolean needs_binary;
  gint64 blob_id;  /* 0 for none */
  gint64 draft_id; /* 0 for none */
  gboolean final_octet;
  char *worker; /* (nullable) */
};

G_END_DECLS
