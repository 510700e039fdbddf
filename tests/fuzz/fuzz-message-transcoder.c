/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Any message written anew: it keeps within the limit and has the size that was
 * said, and a second time nothing changes; or it is refused. */

#include "fuzz-target.h"

#include "message-transcoder.h"

static GBytes *
transcode (GBytes *input, WaxTransferLimit limit, WaxTranscodeFacts *facts)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_bytes (input);
  g_autoptr (GInputStream) out = wax_message_transcode (in, limit, facts, NULL, NULL);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  if (out == NULL)
    return NULL;
  g_assert_cmpint (g_output_stream_splice (memory, out, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL), >=,
                   0);

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) input = g_bytes_new_static (data, size);

  for (int limit = WAX_TRANSFER_7BIT; limit <= WAX_TRANSFER_BINARY; limit++)
    {
      WaxTranscodeFacts facts, twice;
      g_autoptr (GBytes) once = transcode (input, (WaxTransferLimit) limit, &facts);
      g_autoptr (GBytes) again = NULL;

      if (once == NULL)
        continue;
      g_assert_cmpint (facts.size, ==, (gint64) g_bytes_get_size (once));
      g_assert_cmpint (facts.needs, <=, limit);
      if (limit == WAX_TRANSFER_BINARY)
        g_assert_true (g_bytes_equal (once, input));

      again = transcode (once, (WaxTransferLimit) limit, &twice);
      g_assert_nonnull (again);
      g_assert_true (g_bytes_equal (once, again));
      g_assert_cmpuint (twice.recoded, ==, 0);
    }

  return 0;
}
