/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message of others: what is let through must be fit for SMTP, hold no Bcc,
 * and pass a second time unchanged. */

#include "fuzz-target.h"

#include <string.h>

#include "mime-writer.h"

static WaxMessageInfo *
copy (GBytes *input, GBytes **output)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_bytes (input);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_auto (GStrv) recipients = NULL;
  g_autofree char *sender = NULL;
  WaxMessageInfo *info = wax_raw_message_copy (in, out, &recipients, &sender, NULL, NULL);

  g_output_stream_close (out, NULL, NULL);
  *output = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
  return info;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) input = g_bytes_new_static (data, size);
  g_autoptr (GBytes) once = NULL;
  g_autoptr (GBytes) twice = NULL;
  g_autoptr (WaxMessageInfo) info = copy (input, &once);
  g_autoptr (WaxMessageInfo) again = NULL;
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GPtrArray) attachments = NULL;
  gsize length = 0, line = 0;
  const guint8 *octets = g_bytes_get_data (once, &length);

  if (info == NULL)
    return 0;

  for (gsize i = 0; i < length; i++)
    {
      g_assert_cmpint (octets[i], !=, 0);
      g_assert_cmpint (octets[i] == '\n', ==, i > 0 && octets[i - 1] == '\r');
      line = octets[i] == '\n' ? 0 : line + 1;
      g_assert_cmpuint (line, <=, 999);
    }
  g_assert_cmpint ((gint64) length, ==, info->size);
  g_assert_null (strpbrk (info->message_id, "\r\n"));

  again = copy (once, &twice);
  g_assert_nonnull (again);
  g_assert_true (g_bytes_equal (once, twice));
  g_assert_cmpstr (again->message_id, ==, info->message_id);

  in = g_memory_input_stream_new_from_bytes (once);
  attachments = wax_message_attachments (in, NULL, NULL);
  g_assert_nonnull (attachments);

  return 0;
}
