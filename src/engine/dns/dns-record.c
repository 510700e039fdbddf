/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is inside of records: octets from a server in, structs out. */

#include "dns-record.h"

#include <string.h>

#include "dns-name.h"

#define LABEL_LIMIT 63
#define TLSA_HEADER 3

/* What is left of a record's octets. */
typedef struct
{
  const guint8 *data;
  gsize length;
} Rest;

static Rest
rest_of (GBytes *rdata)
{
  Rest rest;

  rest.data = g_bytes_get_data (rdata, &rest.length);

  return rest;
}

static gboolean
take_uint16 (Rest *rest, guint16 *value)
{
  if (rest->length < 2)
    return FALSE;

  *value = (guint16) (rest->data[0] << 8 | rest->data[1]);
  rest->data += 2;
  rest->length -= 2;

  return TRUE;
}

/* ---- names, RFC 1035 section 3.1 ---- */

/* (transfer full) (nullable) The name that is all of the rest. A dot inside of a label
 * would make other labels of it. */
static char *
take_name (Rest rest)
{
  g_autoptr (GString) name = g_string_new (NULL);

  while (rest.length > 1)
    {
      gsize length = rest.data[0];

      if (length == 0 || length > LABEL_LIMIT || length + 1 > rest.length
          || memchr (rest.data + 1, '.', length) != NULL || memchr (rest.data + 1, '\0', length) != NULL)
        return NULL;
      g_string_append_len (name, (const char *) rest.data + 1, (gssize) length);
      g_string_append_c (name, '.');
      rest.data += length + 1;
      rest.length -= length + 1;
    }
  if (rest.length != 1 || rest.data[0] != 0)
    return NULL;

  return wax_dns_name_check (name->len > 0 ? name->str : ".", NULL);
}

char *
wax_name_record_parse (GBytes *rdata)
{
  return take_name (rest_of (rdata));
}

/* ---- A and AAAA ---- */

GInetAddress *
wax_address_record_parse (GBytes *rdata)
{
  Rest rest = rest_of (rdata);

  if (rest.length == 4)
    return g_inet_address_new_from_bytes (rest.data, G_SOCKET_FAMILY_IPV4);
  if (rest.length == 16)
    return g_inet_address_new_from_bytes (rest.data, G_SOCKET_FAMILY_IPV6);

  return NULL;
}

/* ---- MX, RFC 1035 section 3.3.9 ---- */

WaxMxRecord *
wax_mx_record_parse (GBytes *rdata)
{
  g_autoptr (WaxMxRecord) self = g_new0 (WaxMxRecord, 1);
  Rest rest = rest_of (rdata);

  if (!take_uint16 (&rest, &self->preference) || (self->exchange = take_name (rest)) == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
wax_mx_record_free (WaxMxRecord *self)
{
  if (self == NULL)
    return;

  g_free (self->exchange);
  g_free (self);
}

/* ---- SRV, RFC 2782 ---- */

WaxSrvRecord *
wax_srv_record_parse (GBytes *rdata)
{
  g_autoptr (WaxSrvRecord) self = g_new0 (WaxSrvRecord, 1);
  Rest rest = rest_of (rdata);

  if (!take_uint16 (&rest, &self->priority) || !take_uint16 (&rest, &self->weight)
      || !take_uint16 (&rest, &self->port) || (self->target = take_name (rest)) == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
wax_srv_record_free (WaxSrvRecord *self)
{
  if (self == NULL)
    return;

  g_free (self->target);
  g_free (self);
}

/* ---- TXT, RFC 1035 section 3.3.14 ---- */

GBytes *
wax_txt_record_parse (GBytes *rdata)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  Rest rest = rest_of (rdata);

  if (rest.length == 0)
    return NULL;
  while (rest.length > 0)
    {
      gsize length = rest.data[0];

      if (length + 1 > rest.length)
        return NULL;
      g_byte_array_append (text, rest.data + 1, (guint) length);
      rest.data += length + 1;
      rest.length -= length + 1;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&text));
}

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
