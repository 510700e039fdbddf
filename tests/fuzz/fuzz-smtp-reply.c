/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server says before anything is trusted: it ends in replies within the
 * limits, whose text can be shown, or in an error. The first reply is also read
 * as one to EHLO. */

#include "fuzz-target.h"

#include "line-stream.h"
#include "smtp-capabilities.h"
#include "smtp-reply.h"

#include <string.h>

static void
assert_showable (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (c)));
}

static void
assert_reply (const WaxSmtpReply *reply)
{
  g_assert_cmpint (reply->code, >=, 200);
  g_assert_cmpint (reply->code, <=, 559);
  g_assert_cmpuint (g_strv_length (reply->lines), >=, 1);
  g_assert_cmpuint (g_strv_length (reply->lines), <=, WAX_SMTP_REPLY_LINES_LIMIT);
  for (gsize i = 0; reply->lines[i] != NULL; i++)
    assert_showable (reply->lines[i]);
}

static void
assert_capabilities (const WaxSmtpReply *reply)
{
  g_autoptr (WaxSmtpCapabilities) capabilities = wax_smtp_capabilities_parse (reply);

  g_assert_cmpint (capabilities->size_limit, >=, 0);
  for (gsize i = 0; capabilities->mechanisms[i] != NULL; i++)
    g_assert_cmpuint (strlen (capabilities->mechanisms[i]), <=, 20);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  g_autoptr (WaxLineStream) lines = wax_line_stream_new (stream);
  g_autoptr (WaxSmtpReplyParser) parser = wax_smtp_reply_parser_new ();

  for (;;)
    {
      gsize length = 0;
      g_autofree char *line = wax_line_stream_read_line (lines, WAX_SMTP_REPLY_LINE_LIMIT, &length, NULL,
                                                         NULL);
      g_autoptr (WaxSmtpReply) reply = NULL;

      if (line == NULL || !wax_smtp_reply_parser_push (parser, line, length, &reply, NULL))
        return 0;
      if (reply == NULL)
        continue;

      assert_reply (reply);
      assert_capabilities (reply);
    }
}
