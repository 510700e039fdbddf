/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the client says, and what it understands of EHLO. */

#include "smtp-body-filter.h"
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
      WaxEnvelope envelope = { .sender = (char *) cases[i].sender,
                               .needs_utf8 = cases[i].utf8,
                               .needs_8bit = cases[i].eight_bit };
      g_autoptr (GError) error = NULL;
      g_autofree char *command = wax_smtp_command_mail (&envelope, 42, capabilities, &error);

      g_assert_cmpstr (command, ==, cases[i].command);
      if (command == NULL)
        g_assert_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED);
    }
}

static void
test_mail_parameters (void)
{
  static const struct
  {
    const char *capabilities;
    WaxEnvelopeOptions options;
    const char *parameters;
  } cases[] = {
    { "mx\nDSN", { 0 }, "" },
    { "mx\nDSN", { .notify = WAX_DSN_SUCCESS }, "" },
    { "mx\nDSN", { .dsn_return = WAX_DSN_RETURN_HEADERS }, " RET=HDRS" },
    { "mx\nDSN",
      { .dsn_return = WAX_DSN_RETURN_FULL, .envid = (char *) "a b+c=\r\n" },
      " RET=FULL ENVID=a+20b+2Bc+3D+0D+0A" },
    { "mx", { .dsn_return = WAX_DSN_RETURN_FULL, .envid = (char *) "x" }, "" },
    { "mx\nREQUIRETLS", { .require_tls = TRUE }, " REQUIRETLS" },
    { "mx\nREQUIRETLS", { 0 }, "" },
    { "mx\nFUTURERELEASE 999 2999-01-01T00:00:00Z",
      { .hold_until = 4102444800 },
      " HOLDUNTIL=2100-01-01T00:00:00Z" },
    { "mx\nFUTURERELEASE", { .hold_until = 4102444800 }, " HOLDUNTIL=2100-01-01T00:00:00Z" },
    { "mx\nFUTURERELEASE", { .hold_until = 1000 }, "" },
    { "mx\nDELIVERBY", { .deliver_by_s = 600, .deliver_by_return = TRUE }, " BY=600;R" },
    { "mx\nDELIVERBY 1000", { .deliver_by_s = 600 }, " BY=600;N" },
    { "mx\nMT-PRIORITY NSEP", { .has_priority = TRUE, .priority = -9 }, " MT-PRIORITY=-9" },
    { "mx\nMT-PRIORITY", { .has_priority = TRUE }, " MT-PRIORITY=0" },
    { "mx\nMT-PRIORITY", { .priority = 3 }, "" },
    { "mx\nSIZE\nDSN\nREQUIRETLS\nDELIVERBY\nMT-PRIORITY",
      { .envid = (char *) "e", .require_tls = TRUE, .deliver_by_s = 1, .has_priority = TRUE, .priority = 9 },
      " SIZE=42 ENVID=e REQUIRETLS BY=1;N MT-PRIORITY=9" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of (cases[i].capabilities);
      WaxEnvelope envelope = { .sender = (char *) "a@b", .options = cases[i].options };
      g_autofree char *command = wax_smtp_command_mail (&envelope, 42, capabilities, NULL);
      g_autofree char *expected = g_strdup_printf ("MAIL FROM:<a@b>%s\r\n", cases[i].parameters);

      g_assert_cmpstr (command, ==, expected);
    }
}

/* HOLDFOR counts from now, so the number is not known to the second. */
static void
test_mail_holds_for (void)
{
  g_autoptr (WaxSmtpCapabilities)
      short_date = capabilities_of ("mx\nFUTURERELEASE 999999999 2000-01-01T00:00:00Z");
  gint64 until = g_get_real_time () / G_USEC_PER_SEC + 5000;
  WaxEnvelope envelope = { .sender = (char *) "a@b", .options = { .hold_until = until } };
  g_autofree char *command = wax_smtp_command_mail (&envelope, 42, short_date, NULL);
  gint64 seconds = 0;

  g_assert_true (g_str_has_prefix (command, "MAIL FROM:<a@b> HOLDFOR="));
  seconds = g_ascii_strtoll (command + strlen ("MAIL FROM:<a@b> HOLDFOR="), NULL, 10);
  g_assert_cmpint (seconds, >, 0);
  g_assert_cmpint (seconds, <=, 5000);
}

static void
test_hold_choice (void)
{
  static const struct
  {
    gint64 until, now, max_s, max_date;
    WaxSmtpHold choice;
  } cases[] = {
    { 100, 100, 0, 0, WAX_SMTP_HOLD_NO_MORE },    { 100, 101, 0, 0, WAX_SMTP_HOLD_NO_MORE },
    { 101, 100, 0, 0, WAX_SMTP_HOLD_UNTIL },      { 200, 100, 100, 0, WAX_SMTP_HOLD_FOR },
    { 201, 100, 100, 0, WAX_SMTP_HOLD_TOO_LONG }, { 200, 100, 0, 200, WAX_SMTP_HOLD_UNTIL },
    { 201, 100, 0, 200, WAX_SMTP_HOLD_TOO_LONG }, { 201, 100, 500, 200, WAX_SMTP_HOLD_FOR },
    { 150, 100, 10, 200, WAX_SMTP_HOLD_UNTIL },   { 250, 100, 10, 200, WAX_SMTP_HOLD_TOO_LONG },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxSmtpCapabilities capabilities = { .future_release = TRUE,
                                           .hold_max_s = cases[i].max_s,
                                           .hold_max_date = cases[i].max_date };

      g_assert_cmpint (wax_smtp_hold_choose (cases[i].until, cases[i].now, &capabilities), ==,
                       cases[i].choice);
    }
}

static void
test_mail_of_binary (void)
{
  static const struct
  {
    const char *capabilities;
    gboolean binary, eight_bit;
    const char *command;
  } cases[] = {
    { "mx\n8BITMIME\nBINARYMIME\nCHUNKING", FALSE, FALSE, "MAIL FROM:<a@b>\r\n" },
    { "mx\n8BITMIME\nBINARYMIME\nCHUNKING", FALSE, TRUE, "MAIL FROM:<a@b> BODY=8BITMIME\r\n" },
    { "mx\n8BITMIME\nBINARYMIME\nCHUNKING", TRUE, TRUE, "MAIL FROM:<a@b> BODY=BINARYMIME\r\n" },
    { "mx\nBINARYMIME\nCHUNKING", TRUE, FALSE, "MAIL FROM:<a@b> BODY=BINARYMIME\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of (cases[i].capabilities);
      WaxEnvelope envelope = { .sender = (char *) "a@b",
                               .needs_binary = cases[i].binary,
                               .needs_8bit = cases[i].eight_bit };
      g_autofree char *command = wax_smtp_command_mail (&envelope, 1, capabilities, NULL);

      g_assert_cmpstr (command, ==, cases[i].command);
    }
}

static void
test_rcpt_parameters (void)
{
  static const struct
  {
    const char *capabilities;
    WaxDsnNotify notify;
    gboolean utf8;
    const char *recipient;
    const char *command;
  } cases[] = {
    { "mx\nDSN", WAX_DSN_UNSAID, FALSE, "b@c", "RCPT TO:<b@c>\r\n" },
    { "mx", WAX_DSN_SUCCESS, FALSE, "b@c", "RCPT TO:<b@c>\r\n" },
    { "mx\nDSN", WAX_DSN_NEVER, FALSE, "b@c", "RCPT TO:<b@c> NOTIFY=NEVER\r\n" },
    { "mx\nDSN", WAX_DSN_FAILURE | WAX_DSN_SUCCESS, FALSE, "b@c",
      "RCPT TO:<b@c> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@c\r\n" },
    { "mx\nDSN", WAX_DSN_DELAY, FALSE, "\"b +=\"@c",
      "RCPT TO:<\"b +=\"@c> NOTIFY=DELAY ORCPT=rfc822;\"b+20+2B+3D\"@c\r\n" },
    { "mx\nDSN\nSMTPUTF8", WAX_DSN_SUCCESS, TRUE, "b@c",
      "RCPT TO:<b@c> NOTIFY=SUCCESS ORCPT=rfc822;b@c\r\n" },
    { "mx\nDSN\nSMTPUTF8", WAX_DSN_SUCCESS, TRUE, "\xc3\xa9+=@c",
      "RCPT TO:<\xc3\xa9+=@c> NOTIFY=SUCCESS ORCPT=utf-8;\xc3\xa9\\x{2B}\\x{3D}@c\r\n" },
    { "mx\nDSN\nSMTPUTF8", WAX_DSN_SUCCESS, TRUE, "\"\xc3\xa9 \\\\\"@c",
      "RCPT TO:<\"\xc3\xa9 \\\\\"@c> NOTIFY=SUCCESS ORCPT=utf-8;\"\xc3\xa9\\x{20}\\x{5C}\\x{5C}\"@c\r\n" },
    { "mx\nDSN", WAX_DSN_SUCCESS, TRUE, "\xc3\xa9@c", NULL },
    { "mx\nDSN", WAX_DSN_SUCCESS, FALSE, "b@c>\r\nDATA", NULL },
    { "mx\nDSN", WAX_DSN_SUCCESS, FALSE, "b\x01@c", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of (cases[i].capabilities);
      WaxEnvelope envelope = { .sender = (char *) "a@b",
                               .needs_utf8 = cases[i].utf8,
                               .options = { .notify = cases[i].notify } };
      g_autofree char *command = wax_smtp_command_rcpt (&envelope, cases[i].recipient, capabilities, NULL);

      g_assert_cmpstr (command, ==, cases[i].command);
    }
}

static void
test_command_limits (void)
{
  g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of ("mx\nDSN\nSIZE");
  g_autofree char *spaces = g_strnfill (180, ' ');
  g_autofree char *quoted = g_strdup_printf ("\"%s\"@example.org", spaces);
  g_autofree char *envid = g_strnfill (700, 'x');
  WaxEnvelope with = { .sender = (char *) "a@b", .options = { .notify = WAX_DSN_SUCCESS } };
  WaxEnvelope long_envid = { .sender = (char *) "a@b", .options = { .envid = envid } };
  g_autofree char *fits = wax_smtp_command_rcpt (&with, quoted, capabilities, NULL);
  g_autoptr (GError) error = NULL;

  /* Over 512 octets, which the DSN extension allows. */
  g_assert_nonnull (fits);
  g_assert_cmpuint (strlen (fits), >, WAX_SMTP_COMMAND_LIMIT);
  g_assert_null (wax_smtp_command_mail (&long_envid, 1, capabilities, &error));
  g_assert_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED);
}

static void
test_small_commands (void)
{
  g_autoptr (WaxSmtpCapabilities) bare = capabilities_of ("mx");
  WaxEnvelope envelope = { .sender = (char *) "a@b" };
  g_autofree char *rcpt = wax_smtp_command_rcpt (&envelope, "b@example.org", bare, NULL);
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
  g_assert_null (wax_smtp_command_rcpt (&envelope, "", bare, NULL));
  g_assert_null (wax_smtp_command_rcpt (&envelope, long_address, bare, NULL));
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
    WaxEnvelope envelope;
    int code;
    const char *words; /* of the error's sentence */
  } cases[] = {
    { "mx", 1 << 30, { 0 }, -1, NULL },
    { "mx\nSIZE", 1 << 30, { 0 }, -1, NULL },
    { "mx\nSIZE 0", 1 << 30, { 0 }, -1, NULL },
    { "mx\nSIZE 100", 100, { 0 }, -1, NULL },
    { "mx\nSIZE 100", 101, { 0 }, WAX_TRANSPORT_ERROR_TOO_LARGE, "no more than" },
    { "mx\nSMTPUTF8", 1, { .needs_utf8 = TRUE }, -1, NULL },
    { "mx\n8BITMIME", 1, { .needs_utf8 = TRUE }, WAX_TRANSPORT_ERROR_NEEDS_UTF8, "SMTPUTF8" },
    { "mx\n8BITMIME", 1, { .needs_8bit = TRUE }, -1, NULL },
    { "mx", 1, { .needs_8bit = TRUE }, WAX_TRANSPORT_ERROR_NEEDS_8BIT, "8BITMIME" },
    { "mx\nBINARYMIME\nCHUNKING", 1, { .needs_binary = TRUE, .needs_8bit = TRUE }, -1, NULL },
    { "mx\n8BITMIME\nCHUNKING", 1, { .needs_binary = TRUE }, WAX_TRANSPORT_ERROR_NEEDS_BINARY, "BINARYMIME" },
    { "mx\nBINARYMIME", 1, { .needs_binary = TRUE }, WAX_TRANSPORT_ERROR_NEEDS_BINARY, "CHUNKING" },
    { "mx\nDSN", 1, { .options = { .notify = WAX_DSN_SUCCESS } }, -1, NULL },
    { "mx", 1, { .options = { .notify = WAX_DSN_SUCCESS } }, WAX_TRANSPORT_ERROR_NEEDS_DSN, "DSN" },
    { "mx", 1, { .options = { .notify = WAX_DSN_NEVER } }, WAX_TRANSPORT_ERROR_NEEDS_DSN, "no delivery" },
    { "mx", 1, { .options = { .dsn_return = WAX_DSN_RETURN_FULL } }, WAX_TRANSPORT_ERROR_NEEDS_DSN, "DSN" },
    { "mx", 1, { .options = { .envid = (char *) "x" } }, WAX_TRANSPORT_ERROR_NEEDS_DSN, "DSN" },
    { "mx\nREQUIRETLS", 1, { .options = { .require_tls = TRUE } }, -1, NULL },
    { "mx", 1, { .options = { .require_tls = TRUE } }, WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS, "REQUIRETLS" },
    { "mx", 1, { .options = { .hold_until = 4102444800 } }, WAX_TRANSPORT_ERROR_NEEDS_HOLD, "FUTURERELEASE" },
    { "mx", 1, { .options = { .hold_until = 1000 } }, -1, NULL },
    { "mx\nFUTURERELEASE 60 2050-01-01T00:00:00Z",
      1,
      { .options = { .hold_until = 4102444800 } },
      WAX_TRANSPORT_ERROR_NEEDS_HOLD,
      "60 seconds, or until 2050-01-01 00:00:00 UTC" },
    { "mx\nFUTURERELEASE 60",
      1,
      { .options = { .hold_until = 4102444800 } },
      WAX_TRANSPORT_ERROR_NEEDS_HOLD,
      "2100-01-01 00:00:00 UTC, and the server holds one for no more than 60 seconds" },
    { "mx\nFUTURERELEASE 60 2200-01-01T00:00:00Z", 1, { .options = { .hold_until = 4102444800 } }, -1, NULL },
    { "mx", 1, { .options = { .deliver_by_s = 60 } }, WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY, "DELIVERBY" },
    { "mx\nDELIVERBY 60", 1, { .options = { .deliver_by_s = 60, .deliver_by_return = TRUE } }, -1, NULL },
    { "mx\nDELIVERBY 61",
      1,
      { .options = { .deliver_by_s = 60, .deliver_by_return = TRUE } },
      WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY,
      "no less than 61 seconds" },
    { "mx\nDELIVERBY 61", 1, { .options = { .deliver_by_s = 60 } }, -1, NULL },
    { "mx\nDELIVERBY\nFUTURERELEASE",
      1,
      { .options = { .deliver_by_s = 60, .hold_until = 4102444800 } },
      WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY,
      "held for longer" },
    { "mx",
      1,
      { .options = { .has_priority = TRUE, .priority = 3 } },
      WAX_TRANSPORT_ERROR_NEEDS_PRIORITY,
      "priority 3" },
    { "mx\nMT-PRIORITY", 1, { .options = { .has_priority = TRUE, .priority = 3 } }, -1, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpCapabilities) capabilities = capabilities_of (cases[i].capabilities);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (wax_smtp_command_check_needs (&cases[i].envelope, cases[i].size, capabilities, &error),
                       ==, cases[i].code < 0);
      if (cases[i].code < 0)
        continue;
      g_assert_error (error, WAX_TRANSPORT_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
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

/* ---- the filter against one that looks at each octet ---- */

/* NULL, or what is bare; @out is what leaves. */
static const char *
filter_slowly (const char *text, gsize length, gboolean stuff, GString *out)
{
  gboolean after_cr = FALSE, inside = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (after_cr != (text[i] == '\n'))
        return after_cr ? "carriage return" : "line feed";
      if (stuff && !inside && text[i] == '.')
        g_string_append_c (out, '.');
      g_string_append_c (out, text[i]);
      after_cr = text[i] == '\r';
      inside = text[i] != '\n';
    }
  if (after_cr)
    return "carriage return";
  if (stuff)
    g_string_append (out, inside ? "\r\n.\r\n" : ".\r\n");

  return NULL;
}

static void
test_body_filter_says_the_same (void)
{
  static const char alphabet[] = "\r\n.a\r\n";
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint good = 0;

  for (int round = 0; round < 20000; round++)
    {
      WaxSmtpBodyFilter filter = { .stuff = round % 2 };
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      char text[16];
      gsize length = (gsize) g_rand_int_range (rand, 0, sizeof text);
      const char *bare;
      gboolean passed = TRUE;

      for (gsize i = 0; i < length; i++)
        text[i] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      /* Half of them are lines. */
      for (gsize i = 0; round % 4 < 2 && i < length; i++)
        text[i] = text[i] == '\r' && i + 1 < length    ? '\r'
                  : text[i] == '\n' || text[i] == '\r' ? 'a'
                                                       : text[i];
      for (gsize i = 0; round % 4 < 2 && i + 1 < length; i++)
        if (text[i] == '\r')
          text[++i] = '\n';

      bare = filter_slowly (text, length, filter.stuff, expected);
      for (gsize at = 0, cut; passed && at < length; at += cut)
        {
          cut = (gsize) g_rand_int_range (rand, 1, (gint32) (length - at) + 1);
          passed = wax_smtp_body_filter_push (&filter, (const guint8 *) text + at, cut, out, &error);
        }
      passed = passed && wax_smtp_body_filter_finish (&filter, out, &error);
      g_assert_cmpint (passed, ==, bare == NULL);
      if (bare != NULL)
        g_assert_nonnull (strstr (error->message, bare));
      else
        g_assert_cmpmem (out->data, out->len, expected->str, expected->len);
      good += passed;
    }
  g_assert_cmpuint (good, >, 1000);
  g_assert_cmpuint (good, <, 19000);
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
  g_test_add_func ("/smtp/command/mail-parameters", test_mail_parameters);
  g_test_add_func ("/smtp/command/mail-holds-for", test_mail_holds_for);
  g_test_add_func ("/smtp/command/hold-choice", test_hold_choice);
  g_test_add_func ("/smtp/command/mail-of-binary", test_mail_of_binary);
  g_test_add_func ("/smtp/command/rcpt-parameters", test_rcpt_parameters);
  g_test_add_func ("/smtp/command/limits", test_command_limits);
  g_test_add_func ("/smtp/command/small-ones", test_small_commands);
  g_test_add_func ("/smtp/command/auth", test_auth_commands);
  g_test_add_func ("/smtp/command/needs", test_needs);
  g_test_add_func ("/smtp/command/body-filter", test_body_filter);
  g_test_add_func ("/smtp/command/body-filter-says-the-same", test_body_filter_says_the_same);

  return g_test_run ();
}
