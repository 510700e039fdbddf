/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Quoted-printable (RFC 2045 section 6.7) and base64 (section 6.8) with line ends
 * that are known to be such, which a coder of bare octets cannot tell. */

#include "transfer-encoder.h"

#include <string.h>

/* A line has 76 octets; one of quoted-printable may end in a "=". */
#define QP_COLUMNS 75

static void
put (WaxTransferEncoder *self, const char *text, gsize length)
{
  g_byte_array_append (self->out, (const guint8 *) text, (guint) length);
  self->column += (guint) length;
}

static void
put_line_end (WaxTransferEncoder *self)
{
  put (self, "\r\n", 2);
  self->column = 0;
}

/* ---- base64 ---- */

static void
base64_flush (WaxTransferEncoder *self)
{
  char line[80];
  gint state = 0, save = 0;
  gsize length;

  if (self->filled == 0)
    return;
  if (self->column > 0)
    put_line_end (self);
  length = g_base64_encode_step (self->group, self->filled, FALSE, line, &state, &save);
  length += g_base64_encode_close (FALSE, line + length, &state, &save);
  put (self, line, length);
  self->filled = 0;
}

static void
base64_push (WaxTransferEncoder *self, const guint8 *octets, gsize length)
{
  while (length > 0)
    {
      gsize some = MIN (length, sizeof self->group - self->filled);

      memcpy (self->group + self->filled, octets, some);
      self->filled += (guint) some;
      octets += some;
      length -= some;
      if (self->filled == sizeof self->group)
        base64_flush (self);
    }
}

/* ---- quoted-printable ---- */

/* @plain: it may stand for itself. */
static void
qp_put (WaxTransferEncoder *self, guint8 octet, gboolean plain)
{
  static const char digits[] = "0123456789ABCDEF";
  char quoted[3] = { '=', digits[octet >> 4], digits[octet & 15] };

  if (self->column + (plain ? 1 : 3) > QP_COLUMNS)
    {
      put (self, "=", 1);
      put_line_end (self);
    }
  /* At the start of a line a boundary would begin with it. */
  if (plain && (self->column > 0 || octet != '-'))
    put (self, (const char *) &octet, 1);
  else
    put (self, quoted, sizeof quoted);
}

static void
qp_release_space (WaxTransferEncoder *self, gboolean plain)
{
  if (self->space == 0)
    return;
  qp_put (self, (guint8) self->space, plain);
  self->space = 0;
}

static void
qp_push (WaxTransferEncoder *self, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      qp_release_space (self, TRUE);
      if (octets[i] == ' ' || octets[i] == '\t')
        self->space = (char) octets[i];
      else
        qp_put (self, octets[i], octets[i] > ' ' && octets[i] <= '~' && octets[i] != '=');
    }
}

/* ---- either ---- */

void
wax_transfer_encoder_init (WaxTransferEncoder *self, WaxTransferCoding coding, GByteArray *out)
{
  *self = (WaxTransferEncoder) { .coding = coding, .out = out };
}

void
wax_transfer_encoder_push (WaxTransferEncoder *self, const guint8 *octets, gsize length)
{
  if (self->coding == WAX_CODING_BASE64)
    base64_push (self, octets, length);
  else if (self->coding == WAX_CODING_QUOTED_PRINTABLE)
    qp_push (self, octets, length);
  else
    g_byte_array_append (self->out, octets, (guint) length);
}

void
wax_transfer_encoder_line_end (WaxTransferEncoder *self)
{
  if (self->coding == WAX_CODING_BASE64)
    {
      base64_push (self, (const guint8 *) "\r\n", 2);
      return;
    }
  /* A space at the end of a line may be lost on the way. */
  qp_release_space (self, FALSE);
  put_line_end (self);
}

void
wax_transfer_encoder_finish (WaxTransferEncoder *self, gboolean at_end)
{
  base64_flush (self);
  qp_release_space (self, FALSE);
  if (!at_end || self->coding == WAX_CODING_IDENTITY || self->column == 0)
    return;
  /* A soft line break is no part of what it encodes. */
  if (self->coding == WAX_CODING_QUOTED_PRINTABLE)
    put (self, "=", 1);
  put_line_end (self);
}
