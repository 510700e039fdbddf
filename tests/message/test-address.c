/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "address.h"
#include "envelope.h"

#include <string.h>

static void
test_reads_what_people_write (void)
{
  static const struct
  {
    const char *text;
    const char *name;
    const char *mailbox;
    gboolean utf8;
  } cases[] = {
    { "a@example.org", NULL, "a@example.org" },
    { "  a@Example.ORG\t", NULL, "a@example.org" },
    { "<a@example.org>", NULL, "a@example.org" },
    { "Ada Lovelace <ada@example.org>", "Ada Lovelace", "ada@example.org" },
    { "\"Lovelace, Ada\" <ada@example.org>", "Lovelace, Ada", "ada@example.org" },
    { "\"A \\\"quoted\\\" \\\\ name\" <a@b.example>", "A \"quoted\" \\ name", "a@b.example" },
    { "Zoë Ünal <z@example.org>", "Zoë Ünal", "z@example.org" },
    { "J. R. (Bob) O'Neil <bob+x@example.org>", "J. R. O'Neil", "bob+x@example.org" },
    { "a@example.org (Ada)", NULL, "a@example.org" },
    { "a@bücher.example", NULL, "a@xn--bcher-kva.example" },
    { "用户@例え.テスト", NULL, "用户@xn--r8jz45g.xn--zckzah", TRUE },
    { "\"simple\"@example.org", NULL, "simple@example.org" },
    { "\"with space\"@example.org", NULL, "\"with space\"@example.org" },
    { "\"a\\\"b\"@example.org", NULL, "\"a\\\"b\"@example.org" },
    { "\"a@b\"@example.org", NULL, "\"a@b\"@example.org" },
    { "\"a\\\\\"@example.org", NULL, "\"a\\\\\"@example.org" },
    { "a@[192.0.2.1]", NULL, "a@[192.0.2.1]" },
    { "a@[IPv6:2001:db8::1]", NULL, "a@[IPv6:2001:db8::1]" },
    { "a@localhost", NULL, "a@localhost" },
    { "ada@example.org <ada@example.org>", "ada@example.org", "ada@example.org" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxAddress) address = wax_address_parse (cases[i].text, &error);

      g_test_message ("%s", cases[i].text);
      g_assert_no_error (error);
      g_assert_cmpstr (address->name, ==, cases[i].name);
      g_assert_cmpstr (address->mailbox, ==, cases[i].mailbox);
      g_assert_cmpint (address->needs_utf8, ==, cases[i].utf8);
    }
}

static void
test_refuses_what_is_not_one (void)
{
  static const char *const cases[] = {
    "",
    "a",
    "@example.org",
    "a@",
    "a b@example.org",
    "a..b@example.org",
    ".a@example.org",
    "a.@example.org",
    "a@exa mple.org",
    "a@-example.org",
    "a@example..org",
    "a@example.org.",
    "a@[192.0.2.999]",
    "a@[IPv6:192.0.2.1]",
    "a@[192.0.2.1",
    "a@b@example.org",
    "a@example.org, b@example.org",
    "Name a@example.org>",
    "Name <a@example.org",
    "Name <a@example.org> trailing",
    "\"Name <a@example.org>",
    "a@example.org (unclosed",
    "<@relay.example:a@example.org>",
    "<>",
    "a@exam_ple.org",
    "a@ex%0aample.org",
    "\xff@example.org",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxAddress) address = wax_address_parse (cases[i], &error);

      if (address != NULL)
        g_test_message ("%s was taken for %s", cases[i], address->mailbox);
      g_assert_null (address);
      g_assert_error (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_SYNTAX);
    }
}

static void
test_refuses_control_characters (void)
{
  static const char *const cases[] = {
    "a@example.org\r\nRCPT TO:<b@example.org>",
    "a@example.org\n",
    "Na\nme <a@example.org>",
    "\"Na\\\r\nme\" <a@example.org>",
    "a\x7f@example.org",
    "a\x01@example.org",
    "a@example.org\xc2\x85",
    "Na\xe2\x80\xa8me <a@example.org>",
    "gro.elpmaxe@a \xe2\x80\xae <a@example.org>",
    "\xe2\x81\xa6"
    "a@example.org",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_address_parse (cases[i], &error));
      g_assert_error (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_CONTROL);
      g_assert_null (strpbrk (error->message, "\r\n"));
    }
}

/* What looks like another's address must not be one. */
static void
test_refuses_invisible_characters (void)
{
  static const char *const cases[] = {
    "ada\xe2\x80\x8b@example.org", /* zero-width space */
    "a\xc2\xad"
    "da@example.org",                    /* soft hyphen */
    "Ada <ada@exam\xe2\x80\x8dple.org>", /* zero-width joiner */
  };
  g_autoptr (WaxAddress) name = wax_address_parse ("\xe0\xa4\x95\xe2\x80\x8d <a@example.org>", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_address_parse (cases[i], &error));
      g_assert_error (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_SYNTAX);
    }
  /* Some scripts need a joiner in a name. */
  g_assert_nonnull (name);
}

static char *
joined (GPtrArray *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            ((const WaxAddress *) g_ptr_array_index (list, i))->mailbox);
  return g_string_free (text, FALSE);
}

static void
test_separates_lists (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "", "" },
    { " , ;\n", "" },
    { "a@b.example", "a@b.example" },
    { "a@b.example, c@d.example", "a@b.example c@d.example" },
    { "a@b.example;c@d.example\nE <e@f.example>\r\n", "a@b.example c@d.example e@f.example" },
    { "\"x, y; z\" <a@b.example>, c@d.example", "a@b.example c@d.example" },
    { "A (x, y) <a@b.example>,c@d.example,", "a@b.example c@d.example" },
    { "Team: a@b.example, C <c@d.example>;, e@f.example", "a@b.example c@d.example e@f.example" },
    { "undisclosed-recipients:;", "" },
    { "a@[IPv6:2001:db8::1], c@d.example", "a@[IPv6:2001:db8::1] c@d.example" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) list = wax_address_list_parse (cases[i].text, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = joined (list);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_refuses_bad_lists (void)
{
  static const char *const cases[] = {
    "a@b.example, c",           "\"a\n\" <a@b.example>", "<a@b.example\n>",
    "a@b.example\rc@d.example", "A: B: a@b.example;;",   "(((((((((((((((((((a@b.example",
    "\"x\\\ny\" <a@b.example>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i]);
      g_assert_null (wax_address_list_parse (cases[i], &error));
      g_assert_true (error->domain == WAX_ADDRESS_ERROR);
    }
}

static void
test_strings_read_back (void)
{
  static const char *const cases[] = {
    "Ada <a@b.example>",
    "\"Lovelace, Ada\" <a@b.example>",
    "\"A \\\"q\\\" \\\\\" <a@b.example>",
    "\"(x) <y>\" <a@b.example>",
    "a@b.example",
    "Zoë <\"a b\"@bücher.example>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxAddress) first = wax_address_parse (cases[i], NULL);
      g_autofree char *text = wax_address_to_string (first);
      g_autoptr (WaxAddress) second = wax_address_parse (text, NULL);

      g_assert_cmpstr (text, ==, cases[i]);
      g_assert_cmpstr (second->name, ==, first->name);
      g_assert_cmpstr (second->mailbox, ==, first->mailbox);
    }
}

static void
test_envelope (void)
{
  static const char *const to[] = { "a@Example.org", "b@example.org", "a@example.ORG", "A@example.org",
                                    NULL };
  static const char *const bad[] = { "a@example.org>\r\nDATA", NULL };
  static const char *const named[] = { "A <a@example.org>", NULL };
  static const char *const none[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxEnvelope) envelope = wax_envelope_new ("s@bücher.example", to, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (envelope->sender, ==, "s@xn--bcher-kva.example");
  g_assert_cmpuint (g_strv_length (envelope->recipients), ==, 3);
  g_assert_false (envelope->needs_utf8);

  g_assert_null (wax_envelope_new ("s@example.org", bad, NULL));
  g_assert_null (wax_envelope_new ("s@example.org\n", to, NULL));
  g_assert_null (wax_envelope_new ("s@example.org", named, NULL));
  g_assert_null (wax_envelope_new ("s@example.org", none, NULL));

  g_clear_pointer (&envelope, wax_envelope_free);
  envelope = wax_envelope_new ("", to, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (envelope->sender, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/address/reads-what-people-write", test_reads_what_people_write);
  g_test_add_func ("/message/address/refuses-what-is-not-one", test_refuses_what_is_not_one);
  g_test_add_func ("/message/address/refuses-control-characters", test_refuses_control_characters);
  g_test_add_func ("/message/address/refuses-invisible-characters", test_refuses_invisible_characters);
  g_test_add_func ("/message/address/separates-lists", test_separates_lists);
  g_test_add_func ("/message/address/refuses-bad-lists", test_refuses_bad_lists);
  g_test_add_func ("/message/address/strings-read-back", test_strings_read_back);
  g_test_add_func ("/message/envelope/each-recipient-once-and-clean", test_envelope);
  return g_test_run ();
}
