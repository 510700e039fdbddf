/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is asked of the server: its ranges, and that nothing of it is lost on the
 * way through the store. */

#include "envelope-options.h"

#include "json-canon.h"

#include <string.h>

static void
test_round_trip (void)
{
  static const struct
  {
    WaxEnvelopeOptions options;
    const char *text;
  } cases[] = {
    { { 0 }, NULL },
    { { .notify = WAX_DSN_NEVER }, "{\"notify\":[\"never\"]}" },
    { { .notify = WAX_DSN_SUCCESS | WAX_DSN_DELAY,
        .dsn_return = WAX_DSN_RETURN_FULL,
        .envid = (char *) "x y" },
      "{\"notify\":[\"success\",\"delay\"],\"return\":\"full\",\"envid\":\"x y\"}" },
    { { .dsn_return = WAX_DSN_RETURN_HEADERS }, "{\"return\":\"headers\"}" },
    { { .require_tls = TRUE, .send_to_rest = TRUE }, "{\"require_tls\":true,\"send_to_rest\":true}" },
    { { .hold_until = 1900000000 }, "{\"hold_until\":1900000000}" },
    { { .deliver_by_s = 60 }, "{\"deliver_by\":{\"seconds\":60,\"mode\":\"notify\"}}" },
    { { .deliver_by_s = 999999999, .deliver_by_return = TRUE },
      "{\"deliver_by\":{\"seconds\":999999999,\"mode\":\"return\"}}" },
    { { .has_priority = TRUE, .priority = -9 }, "{\"priority\":-9}" },
    { { .has_priority = TRUE }, "{\"priority\":0}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (WaxEnvelopeOptions) read = { 0 };
      g_autofree char *text = wax_envelope_options_to_text (&cases[i].options);
      g_autofree char *again = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (wax_envelope_options_from_text (&read, text, &error));
      g_assert_no_error (error);
      again = wax_envelope_options_to_text (&read);
      g_assert_cmpstr (again, ==, text);
      g_assert_cmpint (wax_envelope_options_is_empty (&read), ==, cases[i].text == NULL);
    }
}

static void
test_strangers_are_refused (void)
{
  static const char *const texts[] = {
    "[]",
    "{\"require-tls\":true}",
    "{\"require_tls\":\"yes\"}",
    "{\"require_tls\":false}",
    "{\"notify\":[]}",
    "{\"notify\":[\"sometimes\"]}",
    "{\"notify\":[\"never\",\"success\"]}",
    "{\"notify\":[7]}",
    "{\"return\":\"half\"}",
    "{\"envid\":7}",
    "{\"envid\":\"a\\nb\"}",
    "{\"hold_until\":-1}",
    "{\"deliver_by\":{\"seconds\":0,\"mode\":\"return\"}}",
    "{\"deliver_by\":{\"seconds\":5000000000,\"mode\":\"return\"}}",
    "{\"deliver_by\":{\"seconds\":60}}",
    "{\"priority\":10}",
    "{\"send_to_rest\":1}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (WaxEnvelopeOptions) read = { .require_tls = TRUE, .envid = g_strdup ("old") };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_false (wax_envelope_options_from_text (&read, texts[i], &error));
      g_assert_nonnull (error);
      g_assert_true (wax_envelope_options_is_empty (&read));
    }
}

static void
test_ranges (void)
{
  g_autofree char *long_id = g_strnfill (100, 'a');
  g_autofree char *too_long = g_strnfill (101, 'a');
  g_autofree char *too_long_encoded = g_strnfill (34, '=');
  const struct
  {
    WaxEnvelopeOptions options;
    gboolean good;
  } cases[] = {
    { { .envid = long_id }, TRUE },
    { { .envid = too_long }, FALSE },
    { { .envid = too_long_encoded }, FALSE },
    { { .envid = (char *) "" }, FALSE },
    { { .envid = (char *) "a b+c=" }, TRUE },
    { { .envid = (char *) "a\r\nRCPT" }, FALSE },
    { { .envid = (char *) "\xc3\xa9" }, FALSE },
    { { .notify = WAX_DSN_NEVER | WAX_DSN_DELAY }, FALSE },
    { { .hold_until = -5 }, FALSE },
    { { .deliver_by_s = -1 }, FALSE },
    { { .deliver_by_s = 1000000000 }, FALSE },
    { { .has_priority = TRUE, .priority = 9 }, TRUE },
    { { .has_priority = TRUE, .priority = -10 }, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (wax_envelope_options_check (&cases[i].options, &error), ==, cases[i].good);
      if (!cases[i].good)
        g_assert_error (error, WAX_ENVELOPE_OPTIONS_ERROR, WAX_ENVELOPE_OPTIONS_ERROR_VALUE);
    }
}

static void
test_default_envid (void)
{
  g_auto (WaxEnvelopeOptions) asked = { .notify = WAX_DSN_SUCCESS };
  g_auto (WaxEnvelopeOptions) own = { .notify = WAX_DSN_SUCCESS, .envid = g_strdup ("mine") };
  g_auto (WaxEnvelopeOptions) never = { .notify = WAX_DSN_NEVER };
  g_auto (WaxEnvelopeOptions) silent = { 0 };
  g_auto (WaxEnvelopeOptions) too_long = { .notify = WAX_DSN_SUCCESS };
  g_autofree char *name = g_strnfill (120, 'a');
  g_autofree char *id = g_strdup_printf ("<%s@b>", name);

  wax_envelope_options_default_envid (&asked, "<a@b>");
  wax_envelope_options_default_envid (&own, "<a@b>");
  wax_envelope_options_default_envid (&never, "<a@b>");
  wax_envelope_options_default_envid (&silent, "<a@b>");
  wax_envelope_options_default_envid (&too_long, id);
  g_assert_cmpstr (asked.envid, ==, "a@b");
  g_assert_cmpstr (own.envid, ==, "mine");
  g_assert_null (never.envid);
  g_assert_null (silent.envid);
  g_assert_null (too_long.envid);
}

static void
test_xtext (void)
{
  g_autofree char *encoded = wax_xtext_encode ("a+b=c d\xc3\xa9\x7f");

  g_assert_cmpstr (encoded, ==, "a+2Bb+3Dc+20d+C3+A9+7F");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/options/round-trip", test_round_trip);
  g_test_add_func ("/message/options/strangers-are-refused", test_strangers_are_refused);
  g_test_add_func ("/message/options/ranges", test_ranges);
  g_test_add_func ("/message/options/default-envid", test_default_envid);
  g_test_add_func ("/message/options/xtext", test_xtext);

  return g_test_run ();
}
