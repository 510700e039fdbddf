/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "dns-record.h"

#include <string.h>

static WaxTlsaRecord *
parse (const char *octets, gsize length)
{
  g_autoptr (GBytes) rdata = g_bytes_new_static (octets, length);

  return wax_tlsa_record_parse (rdata);
}

static GBytes *
bytes_of (const char *octets, gsize length)
{
  return g_bytes_new (octets, length);
}

static void
assert_name (const char *octets, gsize length, const char *expected)
{
  g_autoptr (GBytes) rdata = bytes_of (octets, length);
  g_autofree char *name = wax_name_record_parse (rdata);

  g_assert_cmpstr (name, ==, expected);
}

static void
test_names (void)
{
  g_autofree char *label = g_strnfill (65, 'a');
  g_autofree char *longest = g_strnfill (255, 'a');

  assert_name ("\0", 1, ".");
  assert_name ("\4Mail\7Example\0", 14, "mail.example");
  assert_name ("\1a\0", 3, "a");
  assert_name ("", 0, NULL);
  assert_name ("\1a", 2, NULL);
  assert_name ("\1a\0x", 4, NULL);
  assert_name ("\2a\0", 3, NULL);
  assert_name ("\0\0", 2, NULL);
  assert_name ("\3a.b\0", 5, NULL);
  assert_name ("\3a\0b\0", 5, NULL);
  assert_name ("\3a b\0", 5, NULL);
  assert_name ("\1\xff\0", 3, NULL);
  assert_name ("\300\14", 2, NULL);

  label[0] = 64;
  assert_name (label, 66, NULL);

  /* 253 octets of text are 255 on the wire, and 127 labels. */
  for (guint i = 0; i < 254; i += 2)
    longest[i] = 1;
  longest[254] = 0;
  {
    g_autoptr (GBytes) rdata = bytes_of (longest, 255);
    g_autofree char *name = wax_name_record_parse (rdata);

    g_assert_cmpuint (strlen (name), ==, 253);
  }
}

static void
test_addresses (void)
{
  g_autoptr (GBytes) four = bytes_of ("\xc0\0\2\1", 4);
  g_autoptr (GBytes) six = bytes_of ("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\7", 16);
  g_autoptr (GBytes) five = bytes_of ("\xc0\0\2\1\1", 5);
  g_autoptr (GInetAddress) v4 = wax_address_record_parse (four);
  g_autoptr (GInetAddress) v6 = wax_address_record_parse (six);
  g_autofree char *v4_text = g_inet_address_to_string (v4);
  g_autofree char *v6_text = g_inet_address_to_string (v6);

  g_assert_cmpstr (v4_text, ==, "192.0.2.1");
  g_assert_cmpstr (v6_text, ==, "2001:db8::7");
  g_assert_null (wax_address_record_parse (five));
}

static void
test_mx (void)
{
  g_autoptr (GBytes) good = bytes_of ("\1\2\4mail\0", 8);
  g_autoptr (GBytes) none = bytes_of ("\0\0\0", 3);
  g_autoptr (GBytes) no_name = bytes_of ("\0\12", 2);
  g_autoptr (GBytes) one = bytes_of ("\0", 1);
  g_autoptr (WaxMxRecord) mx = wax_mx_record_parse (good);
  g_autoptr (WaxMxRecord) null_mx = wax_mx_record_parse (none);

  g_assert_cmpuint (mx->preference, ==, 258);
  g_assert_cmpstr (mx->exchange, ==, "mail");
  g_assert_cmpstr (null_mx->exchange, ==, ".");
  g_assert_null (wax_mx_record_parse (no_name));
  g_assert_null (wax_mx_record_parse (one));
}

static void
test_srv (void)
{
  g_autoptr (GBytes) good = bytes_of ("\0\1\0\2\1\xd1\4mail\0", 12);
  g_autoptr (GBytes) cut = bytes_of ("\0\1\0\2\1", 5);
  g_autoptr (WaxSrvRecord) srv = wax_srv_record_parse (good);

  g_assert_cmpuint (srv->priority, ==, 1);
  g_assert_cmpuint (srv->weight, ==, 2);
  g_assert_cmpuint (srv->port, ==, 465);
  g_assert_cmpstr (srv->target, ==, "mail");
  g_assert_null (wax_srv_record_parse (cut));
}

static void
test_txt (void)
{
  g_autoptr (GBytes) good = bytes_of ("\6v=spf1\0\5 -all", 14);
  g_autoptr (GBytes) empty = bytes_of ("\0", 1);
  g_autoptr (GBytes) nothing = bytes_of ("", 0);
  g_autoptr (GBytes) cut = bytes_of ("\6v=spf", 6);
  g_autoptr (GBytes) text = wax_txt_record_parse (good);
  g_autoptr (GBytes) no_text = wax_txt_record_parse (empty);

  g_assert_cmpmem (g_bytes_get_data (text, NULL), g_bytes_get_size (text), "v=spf1 -all", 11);
  g_assert_cmpuint (g_bytes_get_size (no_text), ==, 0);
  g_assert_null (wax_txt_record_parse (nothing));
  g_assert_null (wax_txt_record_parse (cut));
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
  g_test_add_func ("/dns/record/names", test_names);
  g_test_add_func ("/dns/record/addresses", test_addresses);
  g_test_add_func ("/dns/record/mx", test_mx);
  g_test_add_func ("/dns/record/srv", test_srv);
  g_test_add_func ("/dns/record/txt", test_txt);
  g_test_add_func ("/dns/record/tlsa-reads", test_tlsa_reads);
  g_test_add_func ("/dns/record/tlsa-knows-what-is-usable", test_tlsa_knows_what_is_usable);

  return g_test_run ();
}
