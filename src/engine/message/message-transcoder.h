/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** What a message may be made of: each allows what stands before it. */
typedef enum {
  WAX_TRANSFER_7BIT,   /* lines of at most 998 octets of ASCII */
  WAX_TRANSFER_8BIT,   /* such lines of any octets but NUL (8BITMIME, RFC 6152) */
  WAX_TRANSFER_BINARY, /* any octets (BINARYMIME, RFC 3030) */
} WaxTransferLimit;

/** `7bit`, `8bit`, `binary`. */
const char *wax_transfer_limit_to_string (WaxTransferLimit limit);

/**
 * WaxTranscodeFacts:
 * @size: octets of the message as it is written
 * @recoded: how many of its parts are written in another encoding than they have
 * @needs: the least limit for what is written
 */
typedef struct {
  gint64           size;
  guint            recoded;
  WaxTransferLimit needs;
} WaxTranscodeFacts;

/**
 * wax_message_transcode:
 * @message: a seekable stream at the start of a message with CRLF line ends
 * @facts: (out)
 *
 * The message with each part that is beyond @limit in quoted-printable or base64:
 * what its receiver decodes is the same octet for octet. Parts of multiparts and of
 * messages inside it are looked at too, to a depth of 64. What is signed or encrypted,
 * or has a DKIM-Signature, is never touched. Reads @message several times, in
 * constant memory.
 *
 * Returns: (transfer full): a stream to be read once, which seeks in @message; or %NULL
 * with %G_IO_ERROR_NOT_SUPPORTED and a sentence that says which part cannot be encoded,
 * or an error of reading
 */
GInputStream *wax_message_transcode (GInputStream       *message,
                                     WaxTransferLimit    limit,
                                     WaxTranscodeFacts  *facts,
                                     GCancellable       *cancellable,
                                     GError            **error);

G_END_DECLS
