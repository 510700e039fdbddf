/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The last line of defence of both writers, beside a slow one that is plainly
 * right: random octets, cut anywhere. */

#include "message-sink.h"

#include <string.h>

typedef struct
{
  gboolean good;
  gboolean high_bit;
} Verdict;

/* CRLF lines of at most 998 octets without NUL, the last one ended. */
static Verdict
judge_plainly (GByteArray *octets)
{
  Verdict verdict = { TRUE, FALSE };
  gsize line = 0;

  for (guint i = 0; i < octets->len; i++)
    {
      guint8 c = octets->data[i];

      verdict.high_bit |= c > 127;
      if (c == '\r' && i + 1 < octets->len && octets->data[i + 1] == '\n')
        {
          i++;
          line = 0;
          continue;
        }
      if (c == '\r' || c == '\n' || c == '\0' || ++line > WAX_MESSAGE_LINE_LIMIT)
        verdict.good = FALSE;
    }
  verdict.good &= line == 0;

  return verdict;
}

static GByteArray *
random_octets (GRand *rand)
{
  static const char *const pieces[] = {
    "\r\n", "\r\n", "\r\n", "a", "line", "\r", "\n", "\xc3\xa4", "\r\r\n"
  };
  GByteArray *octets = g_byte_array_new ();
  int count = g_rand_int_range (rand, 0, 12);

  for (int i = 0; i < count; i++)
    {
      int kind = g_rand_int_range (rand, 0, 40);

      if (kind == 0)
        g_byte_array_append (octets, (const guint8 *) "", 1);
      else if (kind == 1)
        for (int n = g_rand_int_range (rand, 990, 1003); n > 0; n--)
          g_byte_array_append (octets, (const guint8 *) "x", 1);
      else
        {
          /* Mostly good ones, or nothing would ever pass. */
          const char *piece = pieces[g_rand_int_range (rand, 0, kind < 6 ? (int) G_N_ELEMENTS (pieces) : 5)];

          g_byte_array_append (octets, (const guint8 *) piece, (guint) strlen (piece));
        }
    }
  if (g_rand_boolean (rand))
    g_byte_array_append (octets, (const guint8 *) "\r\n", 2);

  return octets;
}

static void
test_agrees_with_a_plain_reading (void)
{
  guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint passed = 0, refused = 0;

  g_test_message ("seed %u", seed);
  for (int i = 0; i < 20000; i++)
    {
      g_autoptr (GByteArray) octets = random_octets (rand);
      g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
      g_auto (WaxMessageSink) sink = { 0 };
      Verdict verdict = judge_plainly (octets);
      gboolean good = TRUE;

      wax_message_sink_init (&sink, out, NULL);
      for (guint at = 0; good && at < octets->len;)
        {
          guint wanted = (guint) g_rand_int_range (rand, 1, 9);
          guint length = MIN (wanted, octets->len - at);

          good = wax_message_sink_write (&sink, octets->data + at, length);
          at += length;
        }
      good = good && wax_message_sink_finish (&sink);
      g_assert_cmpint (good, ==, verdict.good);
      if (good)
        {
          g_autofree char *digest = wax_message_sink_digest (&sink);
          g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, octets->data,
                                                                   octets->len);

          g_assert_cmpint (sink.size, ==, octets->len);
          g_assert_cmpint (sink.high_bit, ==, verdict.high_bit);
          g_assert_cmpstr (digest, ==, expected);
        }
      passed += good;
      refused += !good;
    }
  g_assert_cmpuint (passed, >, 1000);
  g_assert_cmpuint (refused, >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/sink/agrees-with-a-plain-reading", test_agrees_with_a_plain_reading);

  return g_test_run ();
}
