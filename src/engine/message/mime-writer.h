/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "address.h"
#include "draft.h"
#include "envelope.h"
#include "message-transcoder.h"

G_BEGIN_DECLS

/**
 * WaxMessageInfo:
 *
 * What is known of a message once it was written out.
 * @attachments: (element-type WaxAttachmentInfo)
 */
typedef struct {
  char      *message_id; /* with angle brackets */
  char      *subject;    /* decoded, UTF-8 */
  gint64     size;       /* octets on the wire before dot-stuffing */
  char      *sha256;     /* hex, of those octets */
  gboolean   needs_8bit;
  gboolean   needs_utf8;
  gboolean   needs_binary; /* a part is binary (RFC 3030) */
  GPtrArray *attachments;
} WaxMessageInfo;

typedef struct {
  char   *name;
  char   *content_type;
  gint64  size;
} WaxAttachmentInfo;

void            wax_message_info_free (WaxMessageInfo       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxMessageInfo, wax_message_info_free)

/** (transfer full) A new Message-ID, `<random@domain of mailbox>`. */
char           *wax_message_id_new    (const char           *mailbox);

/**
 * wax_mime_write:
 *
 * Writes @draft as RFC 5322 with CRLF line ends and no Bcc: text/plain
 * (format=flowed), or multipart/alternative where Markdown is on, and
 * multipart/mixed where there are attachments, which are streamed from disk
 * (constant memory). Non-ASCII headers are RFC 2047.
 * @from: the account's identity
 * @limit: what may be used: bodies in quoted-printable or base64 with
 * %WAX_TRANSFER_7BIT; text as it is, in lines of at most 998 octets, with
 * %WAX_TRANSFER_8BIT; attachments as they are with %WAX_TRANSFER_BINARY
 * Returns: (transfer full): the facts, or %NULL with WAX_DRAFT_ERROR or #GIOErrorEnum
 */
WaxMessageInfo *wax_mime_write (WaxDraft          *draft,
                                const WaxAddress  *from,
                                WaxTransferLimit   limit,
                                GOutputStream     *out,
                                GCancellable      *cancellable,
                                GError           **error);

/**
 * wax_raw_message_copy:
 *
 * Copies a finished RFC 5322 message: line ends become CRLF, Bcc is dropped
 * from the headers, a Message-ID and a Date are added where missing; everything
 * else stays octet for octet. A NUL or a bare CR, or a line over 998 octets, is
 * refused with its line number.
 * @recipients: (out) (transfer full) (nullable): To, Cc and Bcc as addr-specs
 * @sender: (out) (transfer full) (nullable): the addr-spec of From
 */
WaxMessageInfo *wax_raw_message_copy (GInputStream   *in,
                                      GOutputStream  *out,
                                      GStrv          *recipients,
                                      char          **sender,
                                      GCancellable   *cancellable,
                                      GError        **error);

/**
 * wax_message_attachments:
 *
 * Looks through a finished message for its attachments (parts that say so, or
 * that have a file name), with the sizes of their decoded contents; in constant
 * memory, since @message can seek.
 * Returns: (transfer full) (element-type WaxAttachmentInfo)
 */
GPtrArray      *wax_message_attachments (GInputStream  *message,
                                         GCancellable  *cancellable,
                                         GError       **error);

G_END_DECLS
