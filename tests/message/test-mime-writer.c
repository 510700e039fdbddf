/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mime-writer.h"

#include <string.h>

#include "message-gmime.h"
#include "temp-folder.h"

static WaxMessageInfo *
write_within (WaxDraft *draft, const char *from, WaxTransferLimit limit, GBytes **octets, GError **error)
{
  g_autoptr (WaxAddress) address = wax_address_parse (from, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  WaxMessageInfo *info = wax_mime_write (draft, address, limit, out, NULL, error);

  g_assert_true (g_output_stream_close (out, NULL, NULL));
  *octets = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
  return info;
}

static WaxMessageInfo *
write_draft (WaxDraft *draft, const char *from, GBytes **octets, GError **error)
{
  return write_within (draft, from, WAX_TRANSFER_7BIT, octets, error);
}

/* What every message must be, whatever was in the draft. */
static void
assert_well_formed (GBytes *octets, const WaxMessageInfo *info)
{
  gsize size = 0, line = 0;
  const guint8 *data = g_bytes_get_data (octets, &size);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, octets);

  for (gsize i = 0; i < size; i++)
    {
      g_assert_cmpint (data[i], !=, 0);
      g_assert_cmpint (data[i] == '\n', ==, i > 0 && data[i - 1] == '\r');
      line = data[i] == '\n' ? 0 : line + 1;
      g_assert_cmpuint (line, <=, 999);
      if (!info->needs_utf8)
        g_assert_cmpint (data[i], <, 128);
    }
  g_assert_cmpint (data[size - 1], ==, '\n');
  g_assert_cmpint ((gint64) size, ==, info->size);
  g_assert_cmpstr (sha256, ==, info->sha256);
}

static GMimeMessage *
parse (GBytes *octets)
{
  gsize size;
  const char *data = g_bytes_get_data (octets, &size);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data, size);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (parser);
  g_object_unref (stream);
  g_assert_nonnull (message);
  return message;
}

static char *
text_of (GMimeObject *part)
{
  g_assert_true (GMIME_IS_TEXT_PART (part));
  return g_mime_text_part_get_text (GMIME_TEXT_PART (part));
}

static GBytes *
content_of (GMimeObject *part)
{
  GMimeStream *stream = g_mime_stream_mem_new ();
  GByteArray *array = g_byte_array_new ();

  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), array);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_data_wrapper_write_to_stream (g_mime_part_get_content (GMIME_PART (part)), stream);
  g_object_unref (stream);
  return g_byte_array_free_to_bytes (array);
}

static void
test_plain_text (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autofree char *whole = NULL;

  g_object_set (draft, "to", "Bob <bob@example.org>", "bcc", "secret@example.org", "subject", "Hello", "body",
                "Dear Bob,\n\nFrom here on all is well.\n> quoted\n indented\n-- \nAda", NULL);
  info = write_draft (draft, "Ada <ada@example.org>", &octets, &error);
  g_assert_no_error (error);
  assert_well_formed (octets, info);
  whole = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  g_assert_nonnull (strstr (whole, "From: Ada <ada@example.org>\r\n"));
  g_assert_nonnull (strstr (whole, "To: Bob <bob@example.org>\r\n"));
  g_assert_nonnull (strstr (whole, "Subject: Hello\r\n"));
  g_assert_nonnull (strstr (whole, "MIME-Version: 1.0\r\n"));
  g_assert_nonnull (strstr (whole, "format=flowed"));
  g_assert_nonnull (strstr (
      whole,
      "\r\n\r\nDear Bob,\r\n\r\n From here on all is well.\r\n> quoted\r\n  indented\r\n-- \r\nAda\r\n"));
  g_assert_null (strstr (whole, "secret@"));
  g_assert_null (strcasestr (whole, "\nbcc"));
  g_assert_true (g_str_has_prefix (info->message_id, "<"));
  g_assert_true (g_str_has_suffix (info->message_id, "@example.org>"));
  g_assert_nonnull (strstr (whole, info->message_id));
}

static void
test_long_paragraphs_flow (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (GString) paragraph = g_string_new (NULL);
  g_autoptr (GString) unflowed = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  g_autofree char *whole = NULL;

  for (int i = 0; i < 200; i++)
    g_string_append_printf (paragraph, "%sword%d", i > 0 ? " " : "", i);
  g_object_set (draft, "to", "b@example.org", "body", paragraph->str, NULL);
  info = write_draft (draft, "a@example.org", &octets, NULL);
  assert_well_formed (octets, info);

  /* RFC 3676 section 4.2: a line that ends in a space goes on in the next. */
  whole = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  lines = g_strsplit (strstr (whole, "\r\n\r\n") + 4, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpuint (strlen (*line), <=, 79);
      g_string_append (unflowed, *line);
    }
  g_assert_cmpstr (unflowed->str, ==, paragraph->str);
}

static void
test_every_text_survives (void)
{
  static const char *const bodies[] = {
    "",
    "plain\n",
    "Grüße aus Köln\n",
    "日本語の本文です。\n二行目\n",
    "a carriage\rreturn\r\nand both\n",
    "tab\there \x1b and escape\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (WaxDraft) draft = wax_draft_new ();
      g_autoptr (GBytes) octets = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxMessageInfo) info = NULL;
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL;
      g_autofree char *expected = NULL;
      g_autoptr (GRegex) ends = g_regex_new ("\r\n?|\n", 0, 0, NULL);

      g_object_set (draft, "to", "b@example.org", "body", bodies[i], NULL);
      info = write_draft (draft, "a@example.org", &octets, &error);
      g_assert_no_error (error);
      assert_well_formed (octets, info);
      message = parse (octets);
      text = text_of (g_mime_message_get_body (message));
      expected = g_regex_replace_literal (ends, bodies[i], -1, 0, "\n", G_REGEX_MATCH_NEWLINE_ANYCRLF, NULL);
      for (char *p = text, *q = text;; p++)
        {
          if (*p == '\r' && p[1] == '\n')
            continue;
          *q++ = *p;
          if (*p == '\0')
            break;
        }
      g_assert_cmpstr (g_strchomp (text), ==, g_strchomp (expected));
    }
}

static void
test_long_lines_are_encoded (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *word = g_strnfill (5000, 'x');
  g_autofree char *text = NULL;

  g_object_set (draft, "to", "b@example.org", "body", word, "subject", word, NULL);
  info = write_draft (draft, "a@example.org", &octets, &error);
  g_assert_no_error (error);
  assert_well_formed (octets, info);
  message = parse (octets);
  text = text_of (g_mime_message_get_body (message));
  g_assert_cmpstr (g_strchomp (text), ==, word);
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, word);
}

static void
test_headers_read_back (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GString)
      to = g_string_new ("\"Ünal, Zoë\" <zoe@bücher.example>, \"q \\\"x\\\" (y)\" <q@example.org>");
  g_autoptr (GPtrArray) wanted = NULL;
  const char *subject =
      "Grüße: ein langer Betreff, der über mehrere Zeilen geht, mit 日本語 darin und noch mehr Text 🎉";

  for (int i = 0; i < 300; i++)
    g_string_append_printf (to, ", Person Number%d <person%d@example.org>", i, i);
  g_object_set (draft, "to", to->str, "cc", "Team: c1@example.org, c2@example.org;", "subject", subject,
                "message-id", "<chosen@example.org>", NULL);
  info = write_draft (draft, "\"Lovelace, Ada\" <ada@example.org>", &octets, &error);
  g_assert_no_error (error);
  assert_well_formed (octets, info);
  message = parse (octets);
  wanted = wax_address_list_parse (to->str, NULL);
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, subject);
  g_assert_cmpstr (g_mime_message_get_message_id (message), ==, "chosen@example.org");
  g_assert_cmpstr (info->message_id, ==, "<chosen@example.org>");
  g_assert_nonnull (g_mime_message_get_date (message));
  g_assert_cmpint (internet_address_list_length (g_mime_message_get_to (message)), ==, (int) wanted->len);
  for (guint i = 0; i < wanted->len; i++)
    {
      InternetAddress *found = internet_address_list_get_address (g_mime_message_get_to (message), (int) i);
      const WaxAddress *one = g_ptr_array_index (wanted, i);

      g_assert_cmpstr (internet_address_get_name (found), ==, one->name);
      g_assert_cmpstr (internet_address_mailbox_get_idn_addr (INTERNET_ADDRESS_MAILBOX (found)), ==,
                       one->mailbox);
    }
  g_assert_cmpint (internet_address_list_length (g_mime_message_get_cc (message)), ==, 2);
}

static void
test_utf8_address_says_so (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;

  g_object_set (draft, "to", "用户@example.org", NULL);
  info = write_draft (draft, "a@example.org", &octets, &error);
  g_assert_no_error (error);
  g_assert_true (info->needs_utf8);
  assert_well_formed (octets, info);
}

static void
test_markdown_has_two_forms (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *html = NULL;
  GMimeMultipart *alternative;

  g_object_set (draft, "to", "b@example.org", "markdown", TRUE, "body",
                "# Title\n\nSome **bold** text\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n",
                NULL);
  info = write_draft (draft, "a@example.org", &octets, &error);
  g_assert_no_error (error);
  assert_well_formed (octets, info);
  message = parse (octets);
  g_assert_true (GMIME_IS_MULTIPART (g_mime_message_get_mime_part (message)));
  alternative = GMIME_MULTIPART (g_mime_message_get_mime_part (message));
  g_assert_true (g_mime_content_type_is_type (g_mime_object_get_content_type (GMIME_OBJECT (alternative)),
                                              "multipart", "alternative"));
  plain = text_of (g_mime_multipart_get_part (alternative, 0));
  html = text_of (g_mime_multipart_get_part (alternative, 1));
  g_assert_nonnull (strstr (plain, "Some **bold** text"));
  g_assert_nonnull (strstr (html, "<strong>bold</strong>"));
  g_assert_null (strstr (html, "<script"));
  g_assert_null (strstr (html, "javascript:"));
}

static void
attach (WaxDraft *draft, const char *folder, const char *name, const void *data, gsize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (WaxAttachment) attachment = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, data, (gssize) length, NULL));
  attachment = wax_attachment_new (path, NULL, &error);
  g_assert_no_error (error);
  g_list_store_append (wax_draft_get_attachments (draft), attachment);
}

static void
test_attachments_arrive_octet_for_octet (void)
{
  static const char mail[] = "From: x@example.org\r\nSubject: inner\n\nbare\rreturn\n";
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *folder = temp_folder_new ();
  g_autofree guint8 *random = g_malloc (1000003);
  GMimeMultipart *mixed;
  const struct
  {
    const char *name;
    const void *data;
    gsize length;
  } files[] = {
    { "random.bin", random, 1000003 },
    { "empty", "", 0 },
    { "Ä very \"long\" name 日本語 that has to be split over several parameters of the header.txt",
      "a\nb\r\nc\rd", 8 },
    { "letter.eml", mail, sizeof mail - 1 },
    { "page.html", "<p>x</p>", 8 },
  };

  for (gsize i = 0; i < 1000003; i++)
    random[i] = (guint8) g_test_rand_int ();
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    attach (draft, folder, files[i].name, files[i].data, files[i].length);
  g_object_set (draft, "to", "b@example.org", "body", "see files\n", NULL);
  info = write_draft (draft, "a@example.org", &octets, &error);
  g_assert_no_error (error);
  assert_well_formed (octets, info);

  message = parse (octets);
  mixed = GMIME_MULTIPART (g_mime_message_get_mime_part (message));
  g_assert_cmpint (g_mime_multipart_get_count (mixed), ==, 1 + (int) G_N_ELEMENTS (files));
  g_assert_cmpuint (info->attachments->len, ==, G_N_ELEMENTS (files));
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      GMimeObject *part = g_mime_multipart_get_part (mixed, 1 + (int) i);
      g_autoptr (GBytes) content = content_of (part);
      const WaxAttachmentInfo *one = g_ptr_array_index (info->attachments, i);

      g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), files[i].data,
                       files[i].length);
      g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (part)), ==, files[i].name);
      g_assert_true (g_mime_part_is_attachment (GMIME_PART (part)));
      g_assert_cmpstr (one->name, ==, files[i].name);
      g_assert_cmpint (one->size, ==, (gint64) files[i].length);
    }
  temp_folder_remove (folder);
}

/* The kernel's own files say that they are empty. */
static void
test_attachment_of_another_size_is_refused (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxAddress) from = wax_address_parse ("a@example.org", NULL);
  g_autoptr (WaxAttachment) attachment = wax_attachment_new ("/proc/self/status", NULL, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  if (attachment == NULL)
    {
      g_test_skip ("there is no /proc here");
      return;
    }
  wax_draft_set_to (draft, "b@example.org");
  g_list_store_append (wax_draft_get_attachments (draft), attachment);
  g_assert_null (wax_mime_write (draft, from, WAX_TRANSFER_7BIT, out, NULL, &error));
  g_assert_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT);
}

static void
test_changed_attachment_is_refused (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GBytes) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = temp_folder_new ();
  g_autofree char *path = g_build_filename (folder, "file.txt", NULL);

  attach (draft, folder, "file.txt", "12345", 5);
  g_object_set (draft, "to", "b@example.org", NULL);
  g_assert_true (g_file_set_contents (path, "123456", 6, NULL));
  g_assert_null (write_draft (draft, "a@example.org", &octets, &error));
  g_assert_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_unlink (path);
  g_assert_null (write_draft (draft, "a@example.org", &none, &error));
  g_assert_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT);
  temp_folder_remove (folder);
}

/* (transfer full) @octets as a server without BINARYMIME and 8BITMIME would get them. */
static GBytes *
recode (GBytes *octets)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_bytes (octets);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  WaxTranscodeFacts facts;
  g_autoptr (GInputStream) recoded = wax_message_transcode (in, WAX_TRANSFER_7BIT, &facts, NULL, NULL);

  g_assert_nonnull (recoded);
  g_assert_cmpint (g_output_stream_splice (out, recoded, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL), >,
                   0);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
assert_part (GBytes *octets, int index, const char *content, gsize length)
{
  g_autoptr (GMimeMessage) message = parse (octets);
  GMimeObject *body = g_mime_message_get_mime_part (message);
  GMimeObject *part = g_mime_multipart_get_part (GMIME_MULTIPART (body), index);
  g_autoptr (GBytes) got = content_of (part);

  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), content, length);
}

static void
test_text_for_eight_bits (void)
{
  static const struct
  {
    const char *body;
    const char *encoding;
    gboolean high;
  } cases[] = {
    { "Gr\xc3\xbc\xc3\x9f"
      "e",
      "8bit", TRUE },
    { "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "8bit", TRUE },
    { "Hello", "7bit", FALSE },
    { "Good morning, Gr\xc3\xbc\x01", "quoted-printable", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxDraft) draft = wax_draft_new ();
      g_autoptr (GBytes) octets = NULL;
      g_autoptr (WaxMessageInfo) info = NULL;
      g_autofree char *whole = NULL;
      g_autofree char *field = g_strdup_printf ("\r\nContent-Transfer-Encoding: %s\r\n", cases[i].encoding);

      g_object_set (draft, "to", "b@example.org", "body", cases[i].body, NULL);
      info = write_within (draft, "a@example.org", WAX_TRANSFER_8BIT, &octets, NULL);
      g_assert_cmpint (info->needs_8bit, ==, cases[i].high);
      g_assert_false (info->needs_binary);
      whole = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
      g_assert_nonnull (strstr (whole, field));
    }
}

static void
test_attachments_for_binary (void)
{
  static const char content[] = "\0\r\n\n\r\xff\xfe.\r\n.\r\nFrom x\n--\r\n\r";
  g_autofree char *folder = temp_folder_new ();
  g_autofree char *path = g_build_filename (folder, "data.bin", NULL);
  g_autoptr (WaxAttachment) attachment = NULL;
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GBytes) recoded = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;
  const char *head = "Content-Transfer-Encoding: binary\r\n";
  g_autofree char *whole = NULL;

  g_assert_true (g_file_set_contents (path, content, sizeof content - 1, NULL));
  attachment = wax_attachment_new (path, NULL, NULL);
  g_object_set (draft, "to", "b@example.org", "body",
                "Gr\xc3\xbc\xc3\x9f"
                "e\n\nAda",
                "markdown", FALSE, NULL);
  g_list_store_append (wax_draft_get_attachments (draft), attachment);
  info = write_within (draft, "a@example.org", WAX_TRANSFER_BINARY, &octets, NULL);
  g_assert_true (info->needs_binary && info->needs_8bit);
  g_assert_cmpint (info->size, ==, (gint64) g_bytes_get_size (octets));
  whole = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  g_assert_nonnull (strstr (whole, head));
  g_assert_null (strstr (whole, "base64"));
  g_assert_nonnull (strstr (whole, "\r\n\r\nGr\xc3\xbc\xc3\x9f"
                                   "e\r\n\r\nAda"));
  g_assert_nonnull (strstr (whole, "\r\nMIME-Version: 1.0\r\n"));
  assert_part (octets, 1, content, sizeof content - 1);

  recoded = recode (octets);
  assert_part (recoded, 1, content, sizeof content - 1);
  temp_folder_remove (folder);
}

/* Without an attachment there is nothing binary, whatever the server takes. */
static void
test_text_for_binary (void)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (WaxMessageInfo) info = NULL;

  g_object_set (draft, "to", "b@example.org", "body", "Gr\xc3\xbc", "markdown", TRUE, NULL);
  info = write_within (draft, "a@example.org", WAX_TRANSFER_BINARY, &octets, NULL);
  g_assert_true (info->needs_8bit && !info->needs_binary);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/message/mime-writer/plain-text", test_plain_text);
  g_test_add_func ("/message/mime-writer/long-paragraphs-flow", test_long_paragraphs_flow);
  g_test_add_func ("/message/mime-writer/every-text-survives", test_every_text_survives);
  g_test_add_func ("/message/mime-writer/long-lines-are-encoded", test_long_lines_are_encoded);
  g_test_add_func ("/message/mime-writer/headers-read-back", test_headers_read_back);
  g_test_add_func ("/message/mime-writer/utf8-address-says-so", test_utf8_address_says_so);
  g_test_add_func ("/message/mime-writer/markdown-has-two-forms", test_markdown_has_two_forms);
  g_test_add_func ("/message/mime-writer/attachments-arrive-octet-for-octet",
                   test_attachments_arrive_octet_for_octet);
  g_test_add_func ("/message/mime-writer/attachment-of-another-size-is-refused",
                   test_attachment_of_another_size_is_refused);
  g_test_add_func ("/message/mime-writer/changed-attachment-is-refused", test_changed_attachment_is_refused);
  g_test_add_func ("/message/writer/text-for-eight-bits", test_text_for_eight_bits);
  g_test_add_func ("/message/writer/attachments-for-binary", test_attachments_for_binary);
  g_test_add_func ("/message/writer/text-for-binary", test_text_for_binary);

  return g_test_run ();
}
