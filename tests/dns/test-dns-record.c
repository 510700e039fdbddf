/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "dns-record.h"

static WaxTlsaRecord *
parse (const char *octets, gsize length)
{
  g_autoptr (GBytes) rdata = g_bytes_new_static (octets, length);

  return wax_tlsa_record_parse (rdata);
}

static void
test_tlsa_reads (void)
{
  g_autoptr (WaxTlsaRecord) record = parse ("\3\1\1\xab\xcd", 5);

  g_assert_cmpuint (record->usage, ==, WAX_TLSA_DANE_EE);
  g_assert_cmpuint (record->selector, ==, WAX_TLSA_PUBLIC_KEY);
  g_assert_cmpuint (record->matching, ==, WAX_TLSA_SHA256);
  g_assert_cmpmem (g_bytes_get_data (record->data, NULL), g_bytes_get_size (record->data), "\xab\xcd", 2);
  g_assert_null (parse ("\3\1", 2));
  g_assert_null (parse ("", 0));
}

static void
test_tlsa_knows_what_is_usable (void)
{
  static const struct
  {
    guint8 usage, selector, matching;
    gsize length;
    gboolean usable;
  } cases[] = {
    { 0, 0, 0, 1, TRUE },   { 3, 1, 1, 32, TRUE },    { 2, 0, 2, 64, TRUE },  { 1, 1, 0, 300, TRUE },
    { 3, 1, 1, 31, FALSE }, { 3, 1, 1, 33, FALSE },   { 3, 1, 2, 32, FALSE }, { 3, 1, 0, 0, FALSE },
    { 4, 1, 1, 32, FALSE }, { 255, 1, 1, 32, FALSE }, { 3, 2, 1, 32, FALSE }, { 3, 1, 3, 32, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 octets[512] = { cases[i].usage, cases[i].selector, cases[i].matching };
      g_autoptr (WaxTlsaRecord) record = parse ((const char *) octets, 3 + cases[i].length);

      g_assert_cmpint (wax_tlsa_record_is_usable (record), ==, cases[i].usable);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns/record/tlsa-reads", test_tlsa_reads);
  g_test_add_func ("/dns/record/tlsa-knows-what-is-usable", test_tlsa_knows_what_is_usable);

  return g_test_run ();
}
