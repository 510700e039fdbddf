/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secret.h"
#include "hex.h"

#include <string.h>

static void
test_hex_round_trip (void)
{
  g_autoptr (WaxSecret) raw = wax_secret_new ("\x00\x7f\xff", 3);
  g_autoptr (WaxSecret) hex = wax_secret_to_hex (raw);
  g_autoptr (WaxSecret) back = wax_secret_from_hex (hex);
  g_autoptr (WaxSecret) odd = wax_secret_new_string ("abc");
  g_autoptr (WaxSecret) foreign = wax_secret_new_string ("zz");
  g_autoptr (WaxSecret) wrapped = wax_secret_wrap (hex, "x'", "'");
  g_autoptr (WaxSecret) both = wax_secret_concat (raw, raw);
  guint8 octets[3];

  g_assert_cmpmem (wax_secret_peek (both), wax_secret_get_length (both), "\x00\x7f\xff\x00\x7f\xff", 6);
  g_assert_cmpstr (wax_secret_peek (wrapped), ==, "x'007fff'");
  g_assert_cmpuint (wax_secret_get_length (wrapped), ==, 9);
  g_assert_cmpstr (wax_secret_peek (hex), ==, "007fff");
  g_assert_true (wax_secret_equal (raw, back));
  g_assert_null (wax_secret_from_hex (odd));
  g_assert_null (wax_secret_from_hex (foreign));
  g_assert_true (wax_hex_decode ("007fff", octets, 3));
  g_assert_cmpmem (octets, 3, "\x00\x7f\xff", 3);
  g_assert_false (wax_hex_decode ("007ff", octets, 3));
}

/* The kernel says of each mapping what it may do with it. */
static void
test_is_locked_and_not_dumped (void)
{
  g_autoptr (WaxSecret) secret = wax_secret_new_string ("correct horse");
  g_autofree char *maps = NULL;
  g_autofree char *from = g_strdup_printf ("%" G_GINTPTR_MODIFIER "x-", (guintptr) wax_secret_peek (secret));
  const char *mapping, *flags;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  mapping = strstr (maps, from);
  g_assert_nonnull (mapping);
  flags = strstr (mapping, "VmFlags:");
  g_assert_nonnull (flags);
  g_assert_nonnull (g_strstr_len (flags, strcspn (flags, "\n"), " dd")); /* do not dump */
}

static void
test_random_is_not_constant (void)
{
  g_autoptr (WaxSecret) a = wax_secret_new_random (32);
  g_autoptr (WaxSecret) b = wax_secret_new_random (32);

  g_assert_cmpuint (wax_secret_get_length (a), ==, 32);
  g_assert_false (wax_secret_equal (a, b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/secret/hex-round-trip", test_hex_round_trip);
  g_test_add_func ("/base/secret/is-locked-and-not-dumped", test_is_locked_and_not_dumped);
  g_test_add_func ("/base/secret/random-is-not-constant", test_random_is_not_constant);

  return g_test_run ();
}
