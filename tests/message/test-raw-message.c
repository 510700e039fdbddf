/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mime-writer.h"

#include <string.h>

typedef struct
{
  WaxMessageInfo *info;
  char *text;
  GStrv recipients;
  char *sender;
  GError *error;
} Copy;

static void
copy_clear (Copy *self)
{
  g_clear_pointer (&self->info, wax_message_info_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->recipients, g_strfreev);
  g_clear_pointer (&self->sender, g_free);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Copy, copy_clear)

static void
copy (Copy *self, const char *data, gssize length)
{
  gsize size = length < 0 ? strlen (data) : (gsize) length;
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  *self = (Copy) { 0 };
  self->info = wax_raw_message_copy (in, out, &self->recipients, &self->sender, NULL, &self->error);
  self->text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                          g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
}

static void
test_keeps_octets (void)
{
  static const char message[] =
      "From: A <a@example.org>\r\nTo: b@example.org,\r\n\tc@example.org\r\n"
      "X-Odd:   spaced   out  \r\nMessage-ID: <x@example.org>\r\n"
      "Date: Tue, 01 Jan 2030 00:00:00 +0000\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
      "\r\n.dot\r\n..two\r\nF\xc3\xbc\xc3\x9f\xff\r\n";
  g_auto (Copy) done = { 0 };

  copy (&done, message, -1);
  g_assert_no_error (done.error);
  g_assert_cmpstr (done.text, ==, message);
  g_assert_cmpstr (done.sender, ==, "a@example.org");
  g_assert_cmpuint (g_strv_length (done.recipients), ==, 2);
  g_assert_cmpstr (done.recipients[1], ==, "c@example.org");
  g_assert_cmpstr (done.info->message_id, ==, "<x@example.org>");
  g_assert_cmpstr (done.info->subject, ==, "Grüße");
  g_assert_cmpint (done.info->size, ==, (gint64) strlen (message));
  g_assert_true (done.info->needs_8bit);
  g_assert_false (done.info->needs_utf8);
}

static void
test_makes_line_ends_and_drops_bcc (void)
{
  static const char message[] =
      "From: a@example.org\nBcc: hidden@example.org,\n  other@example.org\nTo: b@example.org\n"
      "bcc: third@example.org\nresent-bcc: x@example.org\n\nline\n\nlast";
  g_auto (Copy) done = { 0 };
  g_autofree char *expected = NULL;
  const char *date;

  copy (&done, message, -1);
  g_assert_no_error (done.error);
  g_assert_cmpuint (g_strv_length (done.recipients), ==, 4);
  g_assert_null (strstr (done.text, "hidden"));
  g_assert_null (strstr (done.text, "other"));
  g_assert_null (strcasestr (done.text, "\nbcc"));
  g_assert_true (g_str_has_suffix (done.info->message_id, "@example.org>"));
  date = strstr (done.text, "\r\nDate: ");
  g_assert_nonnull (date);
  expected = g_strdup_printf ("From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: %s",
                              done.info->message_id);
  g_assert_true (g_str_has_prefix (done.text, expected));
  g_assert_true (g_str_has_suffix (done.text, "\r\n\r\nline\r\n\r\nlast\r\n"));
}

static void
test_refuses_with_the_line (void)
{
  g_autofree char *long_line = g_strnfill (999, 'x');
  g_autofree char *too_long = g_strconcat ("From: a@b.example\n\n", long_line, "\n", NULL);
  const struct
  {
    const char *data;
    gssize length;
    const char *words;
  } cases[] = {
    { "", 0, "empty" },
    { "From: a@b.example\n\nok\nbad\0nul\n", 30, "line 4" },
    { "From: a@b.example\n\nok\nbad\rreturn\n", -1, "line 4" },
    { "From: a@b.example\r\r\n\r\n", -1, "line 1" },
    { too_long, -1, "line 3" },
    { "From a@b.example Thu Jan 1\nFrom: a@b.example\n\n", -1, "mailbox file" },
    { "From: a@b.example\nno field here\n\n", -1, "line 2" },
    { " folded: first\n\n", -1, "line 1" },
    { "From: a@b.example\nFrom: c@d.example\n\n", -1, "line 2" },
    { "From: a@b.example\nX: \xff\n\n", -1, "line 2" },
    { "From: a@b.example\nTo: not an address\n\n", -1, "To" },
    { "From: a@b.example\nMessage-ID: nonsense\n\n", -1, "Message-ID" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Copy) done = { 0 };

      copy (&done, cases[i].data, cases[i].length);
      g_assert_null (done.info);
      g_assert_nonnull (done.error);
      g_test_message ("%s", done.error->message);
      g_assert_nonnull (strstr (done.error->message, cases[i].words));
    }
}

static void
test_header_has_a_limit (void)
{
  g_autoptr (GString) message = g_string_new ("From: a@b.example\n");
  g_auto (Copy) done = { 0 };

  while (message->len < 2 * 1024 * 1024)
    g_string_append (message, "X-Filler: 0123456789012345678901234567890123456789\n");
  copy (&done, message->str, (gssize) message->len);
  g_assert_nonnull (done.error);
  g_assert_nonnull (strstr (done.error->message, "MiB"));
}

static void
test_longest_line_passes (void)
{
  g_autofree char *line = g_strnfill (998, 'x');
  g_autofree char *message = g_strconcat ("From: a@b.example\r\n\r\n", line, "\r\n", line, NULL);
  g_auto (Copy) done = { 0 };

  copy (&done, message, -1);
  g_assert_no_error (done.error);
}

/* Line ends and words cut at every place between two reads. */
static void
test_any_read_size (void)
{
  static const char message[] = "From: a@b.example\r\nMessage-ID: <x@y>\r\nDate: x\r\n\r\na\r\n\r\nb\r\n";

  for (gsize cut = 1; cut < strlen (message); cut++)
    {
      g_autoptr (GInputStream) in = g_memory_input_stream_new ();
      g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxMessageInfo) info = NULL;
      g_autofree char *text = NULL;
      g_autoptr (GBytes) first = g_bytes_new (message, cut);
      g_autoptr (GBytes) second = g_bytes_new (message + cut, strlen (message) - cut);
      g_autoptr (GInputStream) slow = NULL;

      g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (in), first);
      g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (in), second);
      slow = g_buffered_input_stream_new_sized (in, 3);
      info = wax_raw_message_copy (slow, out, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                        g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
      g_assert_cmpstr (text, ==, message);
    }
}

static void
test_finds_attachments (void)
{
  static const char message[] =
      "From: a@b.example\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n"
      "Content-Type: text/plain\r\n\r\ntext\r\n--outer\r\n"
      "Content-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n"
      "Content-Type: application/pdf; name*=utf-8''%C3%A4.pdf\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--inner--\r\n--outer\r\n"
      "Content-Disposition: attachment\r\n\r\n12345\r\n--outer--\r\n";
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data (message, -1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = wax_message_attachments (in, NULL, &error);
  const WaxAttachmentInfo *first, *second;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  first = g_ptr_array_index (found, 0);
  second = g_ptr_array_index (found, 1);
  g_assert_cmpstr (first->name, ==, "ä.pdf");
  g_assert_cmpstr (first->content_type, ==, "application/pdf");
  g_assert_cmpint (first->size, ==, 5);
  g_assert_cmpstr (second->name, ==, "");
  g_assert_cmpint (second->size, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/raw/keeps-octets", test_keeps_octets);
  g_test_add_func ("/message/raw/makes-line-ends-and-drops-bcc", test_makes_line_ends_and_drops_bcc);
  g_test_add_func ("/message/raw/refuses-with-the-line", test_refuses_with_the_line);
  g_test_add_func ("/message/raw/header-has-a-limit", test_header_has_a_limit);
  g_test_add_func ("/message/raw/longest-line-passes", test_longest_line_passes);
  g_test_add_func ("/message/raw/any-read-size", test_any_read_size);
  g_test_add_func ("/message/raw/finds-attachments", test_finds_attachments);
  return g_test_run ();
}
