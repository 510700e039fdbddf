/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every reader of records on the same octets. A name that is read is one that could be
 * asked for. */

#include "fuzz-target.h"

#include "dns-name.h"
#include "dns-record.h"

static void
assert_name (const char *name)
{
  g_autofree char *checked = NULL;

  if (name == NULL)
    return;
  checked = wax_dns_name_check (name, NULL);
  g_assert_cmpstr (checked, ==, name);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) rdata = g_bytes_new (data, size);
  g_autoptr (GInetAddress) address = wax_address_record_parse (rdata);
  g_autofree char *name = wax_name_record_parse (rdata);
  g_autoptr (WaxMxRecord) mx = wax_mx_record_parse (rdata);
  g_autoptr (WaxSrvRecord) srv = wax_srv_record_parse (rdata);
  g_autoptr (GBytes) text = wax_txt_record_parse (rdata);
  g_autoptr (WaxTlsaRecord) tlsa = wax_tlsa_record_parse (rdata);

  g_assert_true ((address != NULL) == (size == 4 || size == 16));
  assert_name (name);
  if (mx != NULL)
    assert_name (mx->exchange);
  if (srv != NULL)
    assert_name (srv->target);
  if (text != NULL)
    g_assert_cmpuint (g_bytes_get_size (text), <, size);
  if (tlsa != NULL)
    g_assert_cmpuint (g_bytes_get_size (tlsa->data) + 3, ==, size);

  return 0;
}
