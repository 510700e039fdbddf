/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-canon.h"

/* RFC 8785 section 3.2.3, without its floating-point member. */
static void
test_rfc8785_example (void)
{
  static const char input[] = "{ \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\","
                              "  \"literals\": [null, true, false], \"integers\": [56, -1, 0] }";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = wax_json_parse_object (input, -1, 4096, &error);
  g_autofree char *octets = NULL;

  g_assert_no_error (error);
  octets = wax_json_canonicalize (node, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (octets, ==,
                   "{\"integers\":[56,-1,0],\"literals\":[null,true,false],"
                   "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

/* RFC 8785 section 3.2.3: the order is that of UTF-16 code units. */
static void
test_members_in_utf16_order (void)
{
  static const char input[] =
      "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = wax_json_parse_object (input, -1, 4096, &error);
  g_autofree char *octets = NULL;

  g_assert_no_error (error);
  octets = wax_json_canonicalize (node, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (octets, ==,
                   "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1,"
                   "\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":3}");
}

static void
test_refuses_floats_and_wide_integers (void)
{
  const char *inputs[] = { "{\"a\":1.5}", "{\"a\":9007199254740992}" };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = wax_json_parse_object (inputs[i], -1, 4096, &error);

      g_assert_no_error (error);
      g_assert_null (wax_json_canonicalize (node, &error));
      g_assert_error (error, WAX_JSON_ERROR, (int) (i == 0 ? WAX_JSON_ERROR_FLOAT : WAX_JSON_ERROR_RANGE));
    }
}

static void
test_refuses_what_is_not_a_small_object (void)
{
  g_autofree char *deep = g_strnfill (200, '[');
  const char *inputs[] = { "[1]", "1", "", "{\"a\":", deep, "{\"a\":\"\xff\"}", "{\"a\":\"0123456789\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_json_parse_object (inputs[i], -1, i == 6 ? 8 : 4096, &error));
      g_assert_error (error, WAX_JSON_ERROR, WAX_JSON_ERROR_PARSE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/rfc8785-example", test_rfc8785_example);
  g_test_add_func ("/base/json/members-in-utf16-order", test_members_in_utf16_order);
  g_test_add_func ("/base/json/refuses-floats-and-wide-integers", test_refuses_floats_and_wide_integers);
  g_test_add_func ("/base/json/refuses-what-is-not-a-small-object", test_refuses_what_is_not_a_small_object);

  return g_test_run ();
}
