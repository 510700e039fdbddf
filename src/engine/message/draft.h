/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "envelope-options.h"

G_BEGIN_DECLS

/**
 * WaxAttachment:
 *
 * A file that goes with a draft, by path; read when the message is written.
 * Bindable: `path`, `name`, `content-type`, `size` (int64, octets).
 */
#define WAX_TYPE_ATTACHMENT (wax_attachment_get_type ())
G_DECLARE_FINAL_TYPE (WaxAttachment, wax_attachment, WAX, ATTACHMENT, GObject)

/** Looks at the file (blocking): errors are #GIOErrorEnum, naming the path; a
 * folder or a special file is refused. */
WaxAttachment *wax_attachment_new              (const char     *path,
                                                GCancellable   *cancellable,
                                                GError        **error);
/** One of a stored draft: the file may be gone by now, and then its size is -1
 * and wax_draft_check() says so. */
WaxAttachment *wax_attachment_new_stored       (const char     *path);
const char    *wax_attachment_get_path         (WaxAttachment  *self);
const char    *wax_attachment_get_name         (WaxAttachment  *self);
const char    *wax_attachment_get_content_type (WaxAttachment  *self);
gint64         wax_attachment_get_size         (WaxAttachment  *self);

/**
 * WaxDraft:
 *
 * A message as it is written. Bindable, read-write: `id` (int64, 0 until
 * saved), `account-id`, `to`, `cc`, `bcc`, `subject`, `body`, `markdown`
 * (boolean), `message-id`, `changed` (int64, µs). Address fields hold what was
 * typed; wax_draft_check() says what is wrong with them.
 */
#define WAX_TYPE_DRAFT (wax_draft_get_type ())
G_DECLARE_FINAL_TYPE (WaxDraft, wax_draft, WAX, DRAFT, GObject)

#define WAX_DRAFT_ERROR (wax_draft_error_quark ())
GQuark wax_draft_error_quark (void);

typedef enum {
  WAX_DRAFT_ERROR_NO_RECIPIENT,
  WAX_DRAFT_ERROR_ADDRESS,    /* the message names the field and quotes the text */
  WAX_DRAFT_ERROR_HEADER,     /* a line break or NUL in a header field */
  WAX_DRAFT_ERROR_ATTACHMENT, /* a file is gone or changed size while it was read */
  WAX_DRAFT_ERROR_SUBMITTED,  /* the outbox has it: it can no longer be changed */
} WaxDraftError;

WaxDraft   *wax_draft_new                (void);
gint64      wax_draft_get_id             (WaxDraft       *self);
void        wax_draft_set_id             (WaxDraft       *self, gint64 id);
const char *wax_draft_get_account_id     (WaxDraft       *self);
void        wax_draft_set_account_id     (WaxDraft       *self, const char *value);
/** Never %NULL from here on: an empty string. */
const char *wax_draft_get_to             (WaxDraft       *self);
void        wax_draft_set_to             (WaxDraft       *self, const char *value);
const char *wax_draft_get_cc             (WaxDraft       *self);
void        wax_draft_set_cc             (WaxDraft       *self, const char *value);
const char *wax_draft_get_bcc            (WaxDraft       *self);
void        wax_draft_set_bcc            (WaxDraft       *self, const char *value);
const char *wax_draft_get_subject        (WaxDraft       *self);
void        wax_draft_set_subject        (WaxDraft       *self, const char *value);
const char *wax_draft_get_body           (WaxDraft       *self);
void        wax_draft_set_body           (WaxDraft       *self, const char *value);
gboolean    wax_draft_get_markdown       (WaxDraft       *self);
void        wax_draft_set_markdown       (WaxDraft       *self, gboolean value);
gint64      wax_draft_get_changed        (WaxDraft       *self);
void        wax_draft_set_changed        (WaxDraft       *self, gint64 value);
/** With angle brackets; empty until one was set: then the writer makes one. */
const char *wax_draft_get_message_id     (WaxDraft       *self);
void        wax_draft_set_message_id     (WaxDraft       *self, const char *value);
/** (transfer none) A #GListStore of #WaxAttachment. */
GListStore *wax_draft_get_attachments    (WaxDraft       *self);
/** (transfer none) What is asked of the server for this message; it may be changed in
 * place, `envid` with g_set_str(). */
WaxEnvelopeOptions *wax_draft_get_options (WaxDraft      *self);
/** (transfer full) A deep copy for a worker thread. */
WaxDraft   *wax_draft_copy               (WaxDraft       *self);
gboolean    wax_draft_is_empty           (WaxDraft       *self);
/** Whether it could be sent as it is; the error's message is for the user. */
gboolean    wax_draft_check              (WaxDraft       *self,
                                          GError        **error);
/** (transfer full) (element-type WaxAddress) all recipients of To, Cc and Bcc. */
GPtrArray  *wax_draft_dup_recipients     (WaxDraft       *self,
                                          GError        **error);

G_END_DECLS
