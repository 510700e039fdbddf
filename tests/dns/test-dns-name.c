/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "dns-name.h"

#include <string.h>

#include "dns-resolver.h"

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"

static void
test_takes_names (void)
{
  static const struct
  {
    const char *name;
    const char *expected;
  } cases[] = {
    { ".", "." },
    { "org", "org" },
    { "Mail.Example.ORG", "mail.example.org" },
    { "mail.example.org.", "mail.example.org" },
    { "_465._tcp.mail.example.org", "_465._tcp.mail.example.org" },
    { "xn--bcher-kva.example", "xn--bcher-kva.example" },
    { "1.0.0.127.in-addr.arpa", "1.0.0.127.in-addr.arpa" },
    { LABEL_63 ".example", LABEL_63 ".example" },
    { LABEL_63 "." LABEL_63 "." LABEL_63 ".a2345678901234567890123456789012345678901234567890123456789ab.",
      LABEL_63 "." LABEL_63 "." LABEL_63 ".a2345678901234567890123456789012345678901234567890123456789ab" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *checked = wax_dns_name_check (cases[i].name, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (checked, ==, cases[i].expected);
    }
}

static void
test_refuses_what_is_none (void)
{
  static const char *const names[] = {
    "",
    "..",
    ".org",
    "a..b",
    "a b",
    "a\\.b",
    "a\nb",
    "b\xc3\xbc"
    "cher.example",
    "a/b",
    "a@b",
    "*.example.org",
    "[127.0.0.1]",
    "a" LABEL_63 ".example",
    LABEL_63 "." LABEL_63 "." LABEL_63 ".a2345678901234567890123456789012345678901234567890123456789abc",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_dns_name_check (names[i], &error));
      g_assert_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_NAME);
      g_assert_null (strchr (error->message, '\n'));
    }
}

static void
test_knows_what_is_below (void)
{
  g_assert_true (wax_dns_name_is_in ("a.b", "."));
  g_assert_true (wax_dns_name_is_in (".", "."));
  g_assert_true (wax_dns_name_is_in ("a.b", "b"));
  g_assert_true (wax_dns_name_is_in ("a.b", "a.b"));
  g_assert_false (wax_dns_name_is_in ("ab", "b"));
  g_assert_false (wax_dns_name_is_in ("b", "a.b"));
  g_assert_false (wax_dns_name_is_in ("x.ab", "b"));
  g_assert_false (wax_dns_name_is_in (".", "b"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns/name/takes-names", test_takes_names);
  g_test_add_func ("/dns/name/refuses-what-is-none", test_refuses_what_is_none);
  g_test_add_func ("/dns/name/knows-what-is-below", test_knows_what_is_below);

  return g_test_run ();
}
