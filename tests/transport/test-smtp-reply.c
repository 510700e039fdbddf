/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp-reply.h"

#include <string.h>

/* Feeds the lines of @text, which are separated by \n, and returns the first reply. */
static WaxSmtpReply *
parse (const char *text, GError **error)
{
  g_autoptr (WaxSmtpReplyParser) parser = wax_smtp_reply_parser_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  WaxSmtpReply *reply = NULL;

  if (*text == '\0')
    return wax_smtp_reply_parser_push (parser, text, 0, &reply, error) ? reply : NULL;

  for (gsize i = 0; lines[i] != NULL && reply == NULL; i++)
    if (!wax_smtp_reply_parser_push (parser, lines[i], strlen (lines[i]), &reply, error))
      return NULL;

  return reply;
}

static void
test_accepts (void)
{
  static const struct
  {
    const char *lines;
    int code;
    const char *enhanced;
    const char *text;
  } cases[] = {
    { "250 OK", 250, NULL, "OK" },
    { "250", 250, NULL, "" },
    { "250 ", 250, NULL, "" },
    { "220-one\n220-two\n220 three", 220, NULL, "one\ntwo\nthree" },
    { "250-\n250", 250, NULL, "\n" },
    { "250 2.1.5 fine", 250, "2.1.5", "fine" },
    { "550-5.7.1 not\n550 5.7.1 allowed", 550, "5.7.1", "not\nallowed" },
    { "550 5.1.1", 550, "5.1.1", "" },
    { "250 5.1.1 of another class", 250, NULL, "5.1.1 of another class" },
    { "550 5.1.1x", 550, NULL, "5.1.1x" },
    { "550 5.1.1234 long", 550, NULL, "5.1.1234 long" },
    { "550 5..1 empty", 550, NULL, "5..1 empty" },
    { "550 5.123.123 most", 550, "5.123.123", "most" },
    { "334 VXNlcm5hbWU6", 334, NULL, "VXNlcm5hbWU6" },
    { "334 3.1.1 is no status", 334, NULL, "3.1.1 is no status" },
    { "250 tab\there \x1b[31m", 250, NULL, "tab?here ?[31m" },
    { "250 gr\xc3\xbc\xc3\x9f", 250, NULL, "gr\xc3\xbc\xc3\x9f" },
    { "250 bad \xff", 250, NULL, "bad \xef\xbf\xbd" },
    { "250 \xe2\x80\xaetxt", 250, NULL, "???txt" },
    { "250 one\xe2\x80\xa8two\xe2\x80\xa9", 250, NULL, "one???two???" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxSmtpReply) reply = parse (cases[i].lines, &error);
      WaxReplyText text = { 0 };

      g_assert_no_error (error);
      g_assert_nonnull (reply);
      wax_smtp_reply_to_text (reply, &text);
      g_assert_cmpint (text.code, ==, cases[i].code);
      g_assert_cmpstr (text.enhanced, ==, cases[i].enhanced);
      g_assert_cmpstr (text.text, ==, cases[i].text);
      wax_reply_text_clear (&text);
    }
}

static void
test_refuses (void)
{
  static const char *const cases[] = {
    "",         "2",       "25",    "199 low", "600 high",     "260 second digit", "2a0 letter",   "250_mark",
    "250=mark", " 250 OK", "hello", "-250 OK", "250-a\n251 b", "250-a\nb",         "\x16\x03\x01",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (cases[i], &error));
      g_assert_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL);
    }
}

/* Pushes @count continuation lines of @length octets; how many were taken. */
static guint
push_many (guint count, gsize length)
{
  g_autoptr (WaxSmtpReplyParser) parser = wax_smtp_reply_parser_new ();
  g_autofree char *line = g_strnfill (length, 'x');

  memcpy (line, "250-", 4);
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      WaxSmtpReply *reply = NULL;

      if (!wax_smtp_reply_parser_push (parser, line, length, &reply, &error))
        {
          g_assert_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL);
          return i;
        }
      g_assert_null (reply);
    }

  return count;
}

static void
test_limits (void)
{
  g_assert_cmpuint (push_many (200, 10), ==, WAX_SMTP_REPLY_LINES_LIMIT);
  g_assert_cmpuint (push_many (1, WAX_SMTP_REPLY_LINE_LIMIT - 2), ==, 1);
  g_assert_cmpuint (push_many (1, WAX_SMTP_REPLY_LINE_LIMIT - 1), ==, 0);
  g_assert_cmpuint (push_many (100, 1022), ==, WAX_SMTP_REPLY_SIZE_LIMIT / 1024);
}

/* One text is kept for each recipient, and there may be thousands. */
static void
test_kept_text_is_bounded (void)
{
  g_autofree char *line = g_strnfill (1900, 'x');
  g_autofree char *lines = g_strdup_printf ("250-%s\n250 %s", line, line);
  g_autoptr (WaxSmtpReply) reply = parse (lines, NULL);
  WaxReplyText text = { 0 };

  g_assert_nonnull (reply);
  wax_smtp_reply_to_text (reply, &text);
  g_assert_cmpint (g_utf8_strlen (text.text, -1), ==, WAX_SMTP_REPLY_TEXT_LIMIT);
  g_assert_true (g_str_has_suffix (text.text, "x…"));
  wax_reply_text_clear (&text);
}

static void
test_parser_goes_on (void)
{
  g_autoptr (WaxSmtpReplyParser) parser = wax_smtp_reply_parser_new ();
  g_autoptr (WaxSmtpReply) first = NULL;
  g_autoptr (WaxSmtpReply) second = NULL;

  g_assert_true (wax_smtp_reply_parser_push (parser, "550 5.1.1 a", 11, &first, NULL));
  g_assert_true (wax_smtp_reply_parser_push (parser, "250 b", 5, &second, NULL));
  g_assert_cmpint (first->code, ==, 550);
  g_assert_cmpint (second->code, ==, 250);
  g_assert_null (second->enhanced);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/reply/accepts", test_accepts);
  g_test_add_func ("/smtp/reply/refuses", test_refuses);
  g_test_add_func ("/smtp/reply/limits", test_limits);
  g_test_add_func ("/smtp/reply/kept-text-is-bounded", test_kept_text_is_bounded);
  g_test_add_func ("/smtp/reply/parser-goes-on", test_parser_goes_on);

  return g_test_run ();
}
