/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "retry-rule.h"

static void
test_doubles_up_to_a_cap (void)
{
  static const gint64 minutes[] = { 1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240 };

  for (int i = 0; i < (int) G_N_ELEMENTS (minutes); i++)
    {
      gint64 delay = minutes[i] * G_TIME_SPAN_MINUTE;

      /* 1000 of 0 to 2000 is the middle. */
      g_assert_cmpint (wax_retry_rule_next (i + 1, 5, 7, 1000), ==, 7 + delay);
    }
  g_assert_cmpint (wax_retry_rule_next (G_MAXINT, 0, 0, 1000), ==, 4 * G_TIME_SPAN_HOUR);
}

static void
test_jitter_is_a_fifth (void)
{
  gint64 least = G_MAXINT64, most = 0;

  for (guint32 random = 0; random < 4002; random++)
    {
      gint64 next = wax_retry_rule_next (1, 0, 0, random);

      least = MIN (least, next);
      most = MAX (most, next);
    }
  g_assert_cmpint (least, ==, 48 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (most, ==, 72 * G_TIME_SPAN_SECOND);
}

static void
test_ends_after_five_days (void)
{
  g_assert_cmpint (wax_retry_rule_next (30, 1000, 1000 + WAX_RETRY_LIFETIME_US - 1, 0), >, 0);
  g_assert_cmpint (wax_retry_rule_next (30, 1000, 1000 + WAX_RETRY_LIFETIME_US, 0), ==, -1);
  g_assert_cmpint (wax_retry_rule_next (WAX_RETRY_LEAST_ATTEMPTS - 1, 1000, 1000 + WAX_RETRY_LIFETIME_US, 0),
                   >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/retry-rule/doubles-up-to-a-cap", test_doubles_up_to_a_cap);
  g_test_add_func ("/outbox/retry-rule/jitter-is-a-fifth", test_jitter_is_a_fifth);
  g_test_add_func ("/outbox/retry-rule/ends-after-five-days", test_ends_after_five_days);
  return g_test_run ();
}
