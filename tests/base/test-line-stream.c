/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line-stream.h"

#include "clock.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static WaxLineStream *
lines_of (const void *data, gsize length)
{
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data (data, (gssize) length, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);

  return wax_line_stream_new (stream);
}

static void
test_reads_lines (void)
{
  static const char data[] = "220 hello\r\n\r\n250 ok\r\nrest";
  g_autoptr (WaxLineStream) lines = lines_of (data, strlen (data));
  const char *expected[] = { "220 hello", "", "250 ok" };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      gsize length = 0;
      g_autofree char *line = wax_line_stream_read_line (lines, 64, &length, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (line, ==, expected[i]);
      g_assert_cmpuint (length, ==, strlen (expected[i]));
    }
  g_assert_cmpuint (wax_line_stream_get_available (lines), ==, 4);
  g_assert_null (wax_line_stream_read_line (lines, 64, NULL, NULL, &error));
  g_assert_error (error, WAX_LINE_ERROR, WAX_LINE_ERROR_TRUNCATED);
}

static void
test_refuses_malformed_lines (void)
{
  static const struct
  {
    const char *data;
    gsize length;
    WaxLineError code;
  } cases[] = {
    { "bare\n", 5, WAX_LINE_ERROR_MALFORMED },
    { "a\rb\r\n", 5, WAX_LINE_ERROR_MALFORMED },
    { "a\0b\r\n", 5, WAX_LINE_ERROR_MALFORMED },
    { "\n", 1, WAX_LINE_ERROR_MALFORMED },
    { "0123456789abcdef0\r\n", 19, WAX_LINE_ERROR_TOO_LONG },
    { "0123456789abcdefgh", 18, WAX_LINE_ERROR_TOO_LONG },
    { "", 0, WAX_LINE_ERROR_CLOSED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxLineStream) lines = lines_of (cases[i].data, cases[i].length);
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_line_stream_read_line (lines, 16, NULL, NULL, &error));
      g_assert_error (error, WAX_LINE_ERROR, (int) cases[i].code);
    }
}

/* A stream without a timeout of its own, and a peer that says half a line. */
static void
test_ends_at_its_deadline (void)
{
  int ends[2];
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (WaxLineStream) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  socket = g_socket_new_from_fd (ends[0], &error);
  g_assert_no_error (error);
  connection = g_socket_connection_factory_create_connection (socket);
  lines = wax_line_stream_new (G_IO_STREAM (connection));
  g_assert_cmpint (write (ends[1], "220", 3), ==, 3);

  wax_line_stream_set_deadline (lines, wax_clock_monotonic () + G_USEC_PER_SEC / 20);
  g_assert_null (wax_line_stream_read_line (lines, 64, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  close (ends[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/line-stream/reads-lines", test_reads_lines);
  g_test_add_func ("/base/line-stream/ends-at-its-deadline", test_ends_at_its_deadline);
  g_test_add_func ("/base/line-stream/refuses-malformed-lines", test_refuses_malformed_lines);

  return g_test_run ();
}
