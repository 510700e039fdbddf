/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Tags of X.690 as they stand in the first octet, of those that this room meets. */
#define WAX_DER_BOOLEAN          0x01
#define WAX_DER_INTEGER          0x02
#define WAX_DER_BIT_STRING       0x03
#define WAX_DER_OCTET_STRING     0x04
#define WAX_DER_OID              0x06
#define WAX_DER_ENUMERATED       0x0a
#define WAX_DER_UTC_TIME         0x17
#define WAX_DER_GENERALIZED_TIME 0x18
#define WAX_DER_SEQUENCE         0x30
/** A context tag, primitive or constructed. */
#define WAX_DER_CONTEXT(n)             (0x80 | (n))
#define WAX_DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n))

/** Octets that belong to somebody else; reading moves the start on. */
typedef struct {
  const guint8 *data;
  gsize         length;
} WaxDer;

/**
 * Takes the next element off @rest: definite, minimal lengths and low tag numbers only,
 * as DER has them (X.690 section 10.1).
 * @content, @whole: (out) (optional): without and with its tag and length
 */
gboolean wax_der_next      (WaxDer       *rest,
                            guint8       *tag,
                            WaxDer       *content,
                            WaxDer       *whole);
/** The same, if it has @tag; @rest stays as it is where it has not. */
gboolean wax_der_take      (WaxDer       *rest,
                            guint8        tag,
                            WaxDer       *content);
gboolean wax_der_has       (const WaxDer *rest,
                            guint8        tag);
gboolean wax_der_equal     (const WaxDer *a,
                            const WaxDer *b);
/** Takes a UTCTime or a GeneralizedTime in the form of RFC 5280 section 4.1.2.5; seconds since the epoch. */
gboolean wax_der_take_time (WaxDer       *rest,
                            gint64       *seconds);
/** Whether the content of an OBJECT IDENTIFIER is @oid, which is its content too, as a string constant. */
#define wax_der_is_oid(content, oid) \
  ((content)->length == sizeof (oid) - 1 && memcmp ((content)->data, oid, sizeof (oid) - 1) == 0)
/** (transfer full) (nullable) `1.2.840.113549.1.1.11` of the content of an OBJECT IDENTIFIER. */
char    *wax_der_oid_text  (const WaxDer *content);

G_END_DECLS
