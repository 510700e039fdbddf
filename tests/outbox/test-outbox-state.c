/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox-state.h"

static void
test_names (void)
{
  for (int i = WAX_OUTBOX_HELD; i <= WAX_OUTBOX_CANCELLED; i++)
    {
      WaxOutboxState state;

      g_assert_true (wax_outbox_state_from_string (wax_outbox_state_to_string ((WaxOutboxState) i), &state));
      g_assert_cmpint (state, ==, i);
      g_assert_cmpstr (wax_outbox_state_sentence (state), !=, "");
    }
  g_assert_false (wax_outbox_state_from_string ("nonsense", &(WaxOutboxState) { 0 }));
  g_assert_false (wax_outbox_state_from_string (NULL, &(WaxOutboxState) { 0 }));
}

/* What is sent, or may have been, never goes out again by itself. */
static void
test_what_is_over_stays_over (void)
{
  static const WaxOutboxState over[] = {
    WAX_OUTBOX_SENT,      WAX_OUTBOX_PARTIAL, WAX_OUTBOX_UNKNOWN,
    WAX_OUTBOX_CANCELLED, WAX_OUTBOX_FAILED,  WAX_OUTBOX_BLOCKED,
  };
  WaxOutboxState next;

  for (gsize i = 0; i < G_N_ELEMENTS (over); i++)
    {
      g_assert_false (wax_outbox_state_next (over[i], WAX_OUTBOX_EVENT_CLAIM, &next));
      g_assert_false (wax_outbox_state_next (over[i], WAX_OUTBOX_EVENT_RELEASE, &next));
    }
  for (int event = 0; event < WAX_OUTBOX_N_EVENTS; event++)
    {
      g_assert_false (wax_outbox_state_next (WAX_OUTBOX_SENT, (WaxOutboxEvent) event, &next));
      g_assert_false (wax_outbox_state_next (WAX_OUTBOX_CANCELLED, (WaxOutboxEvent) event, &next));
    }
}

static void
test_only_a_claim_leads_to_sending (void)
{
  WaxOutboxState next;

  for (int state = WAX_OUTBOX_HELD; state <= WAX_OUTBOX_CANCELLED; state++)
    for (int event = 0; event < WAX_OUTBOX_N_EVENTS; event++)
      if (wax_outbox_state_next ((WaxOutboxState) state, (WaxOutboxEvent) event, &next)
          && next == WAX_OUTBOX_SENDING)
        g_assert_cmpint (event, ==, WAX_OUTBOX_EVENT_CLAIM);
  g_assert_false (wax_outbox_state_next (WAX_OUTBOX_SENDING, WAX_OUTBOX_EVENT_CLAIM, &next));
  g_assert_false (wax_outbox_state_next (WAX_OUTBOX_SENDING, WAX_OUTBOX_EVENT_CANCEL, &next));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/state/names", test_names);
  g_test_add_func ("/outbox/state/what-is-over-stays-over", test_what_is_over_stays_over);
  g_test_add_func ("/outbox/state/only-a-claim-leads-to-sending", test_only_a_claim_leads_to_sending);
  return g_test_run ();
}
