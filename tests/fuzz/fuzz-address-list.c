/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What comes out of a list of addresses goes into SMTP commands and headers: it
 * must be clean, short enough, and read back as itself. */

#include "fuzz-target.h"

#include <string.h>

#include "address.h"

static void
assert_clean (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

static void
check (const WaxAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wax_address_to_string (address);
  g_autoptr (WaxAddress) again = wax_address_parse (text, &error);
  g_autoptr (WaxAddress) bare = NULL;

  assert_clean (address->mailbox);
  assert_clean (address->display);
  g_assert_cmpuint (strlen (address->mailbox), <=, 254);
  if (address->name != NULL)
    assert_clean (address->name);
  if (!address->needs_utf8)
    g_assert_true (g_str_is_ascii (address->mailbox));

  g_assert_no_error (error);
  g_assert_cmpstr (again->mailbox, ==, address->mailbox);
  g_assert_cmpstr (again->name, ==, address->name);
  bare = wax_address_parse (address->mailbox, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bare->mailbox, ==, address->mailbox);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) list = wax_address_list_parse (text, NULL);

  for (guint i = 0; list != NULL && i < list->len; i++)
    check (g_ptr_array_index (list, i));

  return 0;
}
