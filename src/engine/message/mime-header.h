/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message-transcoder.h"

G_BEGIN_DECLS

/** What the header of a message or part makes of what follows it. */
typedef enum {
  WAX_ENTITY_TEXT,      /* a leaf of lines: text of any kind */
  WAX_ENTITY_DATA,      /* a leaf of octets */
  WAX_ENTITY_ENCODED,   /* a leaf that is encoded already */
  WAX_ENTITY_MULTIPART, /* @boundary parts it */
  WAX_ENTITY_MESSAGE,   /* a message with its own header */
  WAX_ENTITY_SIGNED,    /* not to be touched: multipart/signed or /encrypted, S/MIME, DKIM */
  WAX_ENTITY_STRANGE,   /* not understood, or of a type that has no encoding: not to be touched either */
} WaxEntityKind;

/**
 * WaxMimeHeader:
 * @boundary: (nullable): of a multipart
 * @digest: its parts are messages by default (RFC 2046 section 5.1.5)
 * @label: what Content-Transfer-Encoding says of the body; 7bit by default
 */
typedef struct {
  WaxEntityKind    kind;
  char            *boundary;
  gboolean         digest;
  WaxTransferLimit label;
} WaxMimeHeader;

/**
 * wax_mime_header_read:
 * @text: the field lines with their CRLFs, without the empty line
 * @is_message: of a message, not of a part: a DKIM-Signature counts
 * @in_digest: of a part of a multipart/digest
 *
 * Reads the header of an entity (RFC 2045, 2046). Never fails.
 */
void wax_mime_header_read    (WaxMimeHeader *self,
                              const char    *text,
                              gsize          length,
                              gboolean       is_message,
                              gboolean       in_digest);
void wax_mime_header_clear   (WaxMimeHeader *self);
/** Appends @text with @encoding as its Content-Transfer-Encoding to @out; all other octets stay. */
void wax_mime_header_relabel (const char    *text,
                              gsize          length,
                              const char    *encoding,
                              GByteArray    *out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxMimeHeader, wax_mime_header_clear)

G_END_DECLS
