/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the client says, and what it understands of EHLO. */

#include "smtp-command.h"

#include <string.h>

static WaxSmtpCapabilities *
capabilities_of (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  WaxSmtpReply reply = { .code = 250, .lines = lines };

  return wax_smtp_capabilities_parse (&reply);
}

static void
test_capabilities (void)
{
  g_autoptr (WaxSmtpCapabilities) all = capabilities_of (
      "mx.example.org at your service\nPIPELINING\nsize 5000\n8BITMIME\nSMTPUTF8\nCHUNKING\n"
      "STARTTLS\nAUTH plain LOGIN\nAUTH PLAIN SCRAM-SHA-256\nX-OWN");
  g_autoptr (WaxSmtpCapabilities) none = capabilities_of ("mx");
  const char *mechanisms[] = { "PLAIN", "LOGIN", "SCRAM-SHA-256", NULL };

  g_assert_cmpstr (all->domain, ==, "mx.example.org");
  g_assert_true (all->pipelining && all->eight_bit && all->utf8 && all->chunking && all->starttls);
  g_assert_true (all->has_size && all->has_auth);
  g_assert_cmpint (all->size_limit, ==, 5000);
  g_assert_cmpstrv (all->mechanisms, mechanisms);
  g_assert_cmpuint (all->lines->len, ==, 9);
  g_assert_cmpstr (g_ptr_array_index (all->lines, 1), ==, "SIZE 5000");

  g_assert_false (none->pipelining || none->eight_bit || none->utf8 || none->chunking || none->starttls);
  g_assert_false (none->has_size || none->has_auth);
  g_assert_cmpuint (g_strv_length (none->mechanisms), ==, 0);
}

static void
test_capabilities_of_strange_servers (void)
{
  g_autoptr (WaxSmtpCapabilities) strange = capabilities_of (
      "mx\nSIZE -1\nPIPELININGS\n\n STARTTLS\nAUTH  THIS-NAME-IS-FAR-TOO-LONG-FOR-IT A!B PLAIN\nSIZE");
  g_autoptr (WaxSmtpCapabilities) large = capabilities_of ("mx\nSIZE 99999999999999999999");
  g_autoptr (GString) many = g_string_new ("mx\nAUTH");
  g_autoptr (WaxSmtpCapabilities) crowded = NULL;
  const char *plain[] = { "PLAIN", NULL };

  g_assert_true (strange->has_size);
  g_assert_cmpint (strange->size_limit, ==, 0);
  g_assert_false (strange->pipelining || strange->starttls);
  g_assert_cmpstrv (strange->mechanisms, plain);
  g_assert_cmpint (large->size_limit, ==, 0);

  for (int i = 0; i < 60; i++)
    g_string_append_printf (many, " M%d", i);
  crowded = capabilities_of (many->str);
  g_assert_cmpuint (g_strv_length (crowded->mechanisms), ==, 32);
}

static void
test_capabilities_with_limits (void)
{
  static const struct
  {
    const char *text;
    gint64 hold_s;
    gint64 hold_date;
    int by_s;
    const char *profile;
    guint mail, rcpt, domains;
  } cases[] = {
    { "mx", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nFUTURERELEASE 3600 2030-01-01T00:00:00Z", 3600, 1893456000, 0, NULL, 0, 0, 0 },
    { "mx\nFUTURERELEASE 3600 2030-01-01T00:00:00+01:00", 3600, 1893452400, 0, NULL, 0, 0, 0 },
    { "mx\nFUTURERELEASE 3600 tomorrow", 3600, 0, 0, NULL, 0, 0, 0 },
    { "mx\nFUTURERELEASE -3 1960-01-01T00:00:00Z", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nFUTURERELEASE", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nDELIVERBY", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nDELIVERBY 600", 0, 0, 600, NULL, 0, 0, 0 },
    { "mx\nDELIVERBY 600,X", 0, 0, 600, NULL, 0, 0, 0 },
    { "mx\nDELIVERBY 9999999999", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nMT-PRIORITY", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nMT-PRIORITY nsep", 0, 0, 0, "NSEP", 0, 0, 0 },
    { "mx\nMT-PRIORITY \x01", 0, 0, 0, NULL, 0, 0, 0 },
    { "mx\nLIMITS MAILMAX=1 rcptmax=20 RCPTDOMAINMAX=3", 0, 0, 0, NULL, 1, 20, 3 },
    { "mx\nLIMITS OTHER RCPTMAX=0 MAILMAX=1000000 RCPTDOMAINMAX RCPTMAXI=4", 0, 0, 0, NULL, 0, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) read = capabilities_of (cases[i].text);

      g_assert_cmpint (read->hold_max_s, ==, cases[i].hold_s);
      g_assert_cmpint (read->hold_max_date, ==, cases[i].hold_date);
      g_assert_cmpint (read->deliver_by_min_s, ==, cases[i].by_s);
      g_assert_cmpstr (read->mt_priority_profile, ==, cases[i].profile);
      g_assert_cmpuint (read->mail_max, ==, cases[i].mail);
      g_assert_cmpuint (read->rcpt_max, ==, cases[i].rcpt);
      g_assert_cmpuint (read->rcpt_domain_max, ==, cases[i].domains);
      g_assert_cmpint (read->future_release, ==, strstr (cases[i].text, "FUTURE") != NULL);
      g_assert_cmpint (read->deliver_by, ==, strstr (cases[i].text, "DELIVERBY") != NULL);
      g_assert_cmpint (read->mt_priority, ==, strstr (cases[i].text, "MT-") != NULL);
      g_assert_cmpint (read->has_limits, ==, strstr (cases[i].text, "LIMITS") != NULL);
    }
}

static void
test_capabilities_of_binary (void)
{
  g_autoptr (WaxSmtpCapabilities) both = capabilities_of ("mx\nBINARYMIME\nCHUNKING\nDSN\nREQUIRETLS");
  g_autoptr (WaxSmtpCapabilities) alone = capabilities_of ("mx\nBINARYMIME\nENHANCEDSTATUSCODES");
  const char *remembered[] = { "BINARYMIME", "CHUNKING", NULL };
  g_autoptr (WaxSmtpCapabilities) again = wax_smtp_capabilities_from_lines (remembered);

  g_assert_true (both->binarymime && both->dsn && both->requiretls && !both->enhanced_status);
  g_assert_true (!alone->binarymime && alone->enhanced_status && !alone->dsn && !alone->requiretls);
  g_assert_true (again->binarymime && again->chunking);
}

static void
test_mail (void)
{
  static const struct
  {
    const char *capabilities;
    const char *sender;
    gboolean utf8;
    gboolean eight_bit;
    const char *command;
  } cases[] = {
    { "mx", "a@example.org", FALSE, FALSE, "MAIL FROM:<a@example.org>\r\n" },
    { "mx", "", FALSE, FALSE, "MAIL FROM:<>\r\n" },
    { "mx\nSIZE", "a@b", FALSE, FALSE, "MAIL FROM:<a@b> SIZE=42\r\n" },
    { "mx\n8BITMIME", "a@b", FALSE, FALSE, "MAIL FROM:<a@b>\r\n" },
    { "mx\n8BITMIME", "a@b", FALSE, TRUE, "MAIL FROM:<a@b> BODY=8BITMIME\r\n" },
    { "mx\nSIZE 9\n8BITMIME\nSMTPUTF8", "\xc3\xa9@b", TRUE, FALSE,
      "MAIL FROM:<\xc3\xa9@b> SIZE=42 BODY=8BITMIME SMTPUTF8\r\n" },
    { "mx", "\"a b>\\\"c\"@d", FALSE, FALSE, "MAIL FROM:<\"a b>\\\"c\"@d>\r\n" },
    { "mx", "\xc3\xa9@b", FALSE, FALSE, NULL },
    { "mx", "\xc3\xa9@b", TRUE, FALSE, NULL },
    { "mx", "a@b>\r\nRCPT TO:<c@d", FALSE, FALSE, NULL },
    { "mx", "a\n@b", FALSE, FALSE, NULL },
    { "mx", "a@b> BODY=8BITMIME", FALSE, FALSE, NULL },
    { "mx", "a b@c", FALSE, FALSE, NULL },
    { "mx", "\"a\\\r\"@b", FALSE, FALSE, NULL },
    { "mx", "\"a@b", FALSE, FALSE, NULL },
    { "mx", "\"a\\", FALSE, FALSE, NULL },
    { "mx", "a\x7f@b", FALSE, FALSE, NULL },
    { "mx\nSMTPUTF8", "\xff@b", TRUE, FALSE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of (cases[i].capabilities);
      WaxEnvelope envelope = { (char *) cases[i].sender, NULL, cases[i].utf8, cases[i].eight_bit };
      g_autoptr (GError) error = NULL;
      g_autofree char *command = wax_smtp_command_mail (&envelope, 42, capabilities, &error);

      g_assert_cmpstr (command, ==, cases[i].command);
      if (command == NULL)
        g_assert_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED);
    }
}

static void
test_small_commands (void)
{
  g_autofree char *rcpt = wax_smtp_command_rcpt ("b@example.org", FALSE, NULL);
  g_autofree char *chunk = wax_smtp_command_bdat (1048576, FALSE);
  g_autofree char *last = wax_smtp_command_bdat (0, TRUE);
  g_autofree char *ehlo = wax_smtp_command_ehlo ("[IPv6:::1]", NULL);
  g_autofree char *long_address = g_strnfill (400, 'a');

  g_assert_cmpstr (rcpt, ==, "RCPT TO:<b@example.org>\r\n");
  g_assert_cmpstr (chunk, ==, "BDAT 1048576\r\n");
  g_assert_cmpstr (last, ==, "BDAT 0 LAST\r\n");
  g_assert_cmpstr (ehlo, ==, "EHLO [IPv6:::1]\r\n");
  g_assert_null (wax_smtp_command_ehlo ("a b", NULL));
  g_assert_null (wax_smtp_command_ehlo ("a\r\nQUIT", NULL));
  g_assert_null (wax_smtp_command_ehlo ("", NULL));
  g_assert_null (wax_smtp_command_rcpt ("", FALSE, NULL));
  g_assert_null (wax_smtp_command_rcpt (long_address, FALSE, NULL));
}

static void
test_auth_commands (void)
{
  g_autoptr (WaxSecret) plain = wax_secret_new ("\0a\0b", 4);
  g_autoptr (WaxSecret) empty = wax_secret_new ("", 0);
  g_autoptr (WaxSecret) with = wax_smtp_command_auth ("PLAIN", plain);
  g_autoptr (WaxSecret) with_empty = wax_smtp_command_auth ("EXTERNAL", empty);
  g_autoptr (WaxSecret) without = wax_smtp_command_auth ("LOGIN", NULL);
  g_autoptr (WaxSecret) response = wax_smtp_command_auth_response (plain);
  g_autoptr (WaxSecret) nothing = wax_smtp_command_auth_response (empty);

  g_assert_cmpstr (wax_secret_peek (with), ==, "AUTH PLAIN AGEAYg==\r\n");
  g_assert_cmpstr (wax_secret_peek (with_empty), ==, "AUTH EXTERNAL =\r\n");
  g_assert_cmpstr (wax_secret_peek (without), ==, "AUTH LOGIN\r\n");
  g_assert_cmpstr (wax_secret_peek (response), ==, "AGEAYg==\r\n");
  g_assert_cmpstr (wax_secret_peek (nothing), ==, "\r\n");
}

static void
test_needs (void)
{
  static const struct
  {
    const char *capabilities;
    gint64 size;
    gboolean utf8;
    gboolean eight_bit;
    int code;
  } cases[] = {
    { "mx", 1 << 30, FALSE, FALSE, -1 },
    { "mx\nSIZE", 1 << 30, FALSE, FALSE, -1 },
    { "mx\nSIZE 0", 1 << 30, FALSE, FALSE, -1 },
    { "mx\nSIZE 100", 100, FALSE, FALSE, -1 },
    { "mx\nSIZE 100", 101, FALSE, FALSE, WAX_TRANSPORT_ERROR_TOO_LARGE },
    { "mx\nSMTPUTF8", 1, TRUE, FALSE, -1 },
    { "mx\n8BITMIME", 1, TRUE, FALSE, WAX_TRANSPORT_ERROR_NEEDS_UTF8 },
    { "mx\n8BITMIME", 1, FALSE, TRUE, -1 },
    { "mx", 1, FALSE, TRUE, WAX_TRANSPORT_ERROR_NEEDS_8BIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of (cases[i].capabilities);
      WaxEnvelope envelope = { (char *) "a@b", NULL, cases[i].utf8, cases[i].eight_bit };
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (wax_smtp_command_check_needs (&envelope, cases[i].size, capabilities, &error), ==,
                       cases[i].code < 0);
      if (cases[i].code >= 0)
        g_assert_error (error, WAX_TRANSPORT_ERROR, cases[i].code);
    }
}

/* Through the filter in two pieces, cut at @cut; NULL if it was refused. */
static char *
filter (const char *text, gsize cut, gboolean stuff)
{
  WaxSmtpBodyFilter state = { .stuff = stuff };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  if (!wax_smtp_body_filter_push (&state, (const guint8 *) text, cut, out, &error)
      || !wax_smtp_body_filter_push (&state, (const guint8 *) text + cut, strlen (text) - cut, out, &error)
      || !wax_smtp_body_filter_finish (&state, out, &error))
    {
      g_assert_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED);
      return NULL;
    }
  g_byte_array_append (out, (const guint8 *) "", 1);

  return (char *) g_byte_array_free (g_steal_pointer (&out), FALSE);
}

static void
test_body_filter (void)
{
  static const struct
  {
    const char *text;
    const char *stuffed;
  } cases[] = {
    { "", ".\r\n" },
    { "a\r\n", "a\r\n.\r\n" },
    { "a", "a\r\n.\r\n" },
    { ".", "..\r\n.\r\n" },
    { ".\r\n", "..\r\n.\r\n" },
    { "\r\n.\r\n", "\r\n..\r\n.\r\n" },
    { "a.\r\n..b\r\n.c.\r\n", "a.\r\n...b\r\n..c.\r\n.\r\n" },
    { "a\n.\r\n", NULL },
    { "a\r.\r\n", NULL },
    { "\n", NULL },
    { "a\r\r\n", NULL },
    { "a\r", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize cut = 0; cut <= strlen (cases[i].text); cut++)
      {
        g_autofree char *stuffed = filter (cases[i].text, cut, TRUE);
        g_autofree char *same = filter (cases[i].text, cut, FALSE);

        g_assert_cmpstr (stuffed, ==, cases[i].stuffed);
        g_assert_cmpstr (same, ==, cases[i].stuffed != NULL ? cases[i].text : NULL);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/capabilities/parses", test_capabilities);
  g_test_add_func ("/smtp/capabilities/survives-strange-servers", test_capabilities_of_strange_servers);
  g_test_add_func ("/smtp/capabilities/limits", test_capabilities_with_limits);
  g_test_add_func ("/smtp/capabilities/binary-goes-with-chunking", test_capabilities_of_binary);
  g_test_add_func ("/smtp/command/mail", test_mail);
  g_test_add_func ("/smtp/command/small-ones", test_small_commands);
  g_test_add_func ("/smtp/command/auth", test_auth_commands);
  g_test_add_func ("/smtp/command/needs", test_needs);
  g_test_add_func ("/smtp/command/body-filter", test_body_filter);

  return g_test_run ();
}
