/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is inside of records: octets from a server in, structs out. */

#include "dns-record.h"

#define TLSA_HEADER 3

/* ---- TLSA, RFC 6698 section 2.1 ---- */

WaxTlsaRecord *
wax_tlsa_record_parse (GBytes *rdata)
{
  gsize length;
  const guint8 *octets = g_bytes_get_data (rdata, &length);
  WaxTlsaRecord *self;

  if (length < TLSA_HEADER)
    return NULL;

  self = g_new0 (WaxTlsaRecord, 1);
  self->usage = octets[0];
  self->selector = octets[1];
  self->matching = octets[2];
  self->data = g_bytes_new_from_bytes (rdata, TLSA_HEADER, length - TLSA_HEADER);

  return self;
}

void
wax_tlsa_record_free (WaxTlsaRecord *self)
{
  if (self == NULL)
    return;

  g_bytes_unref (self->data);
  g_free (self);
}

gboolean
wax_tlsa_record_is_usable (const WaxTlsaRecord *self)
{
  gsize length = g_bytes_get_size (self->data);

  if (self->usage > WAX_TLSA_DANE_EE || self->selector > WAX_TLSA_PUBLIC_KEY)
    return FALSE;

  switch (self->matching)
    {
    case WAX_TLSA_FULL:
      return length > 0;
    case WAX_TLSA_SHA256:
      return length == 32;
    case WAX_TLSA_SHA512:
      return length == 64;
    default:
      return FALSE;
    }
}
