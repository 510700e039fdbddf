/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice-client.h"

#include <string.h>

static WaxPracticeHost *
start (const WaxPracticeOptions *options)
{
  g_autoptr (GError) error = NULL;
  WaxPracticeHost *host = wax_practice_host_start (options, &error);

  g_assert_no_error (error);

  return host;
}

static PracticeClient *
open_client (WaxPracticeHost *host, gboolean implicit)
{
  g_autoptr (GError) error = NULL;
  PracticeClient *client = practice_client_open (host, implicit, &error);

  g_assert_no_error (error);

  return client;
}

/* A client that is signed in, with a transaction begun. */
static PracticeClient *
open_transaction (WaxPracticeHost *host, gboolean implicit)
{
  g_autoptr (PracticeClient) client = open_client (host, implicit);
  g_autofree char *hello = practice_client_begin (client);

  g_assert_cmpint (practice_client_sign_in (client, "PLAIN", "practice", "practice"), ==, 235);
  practice_client_expect (client, "MAIL FROM:<a@example.org> BODY=8BITMIME", "250 2.1.0");
  practice_client_expect (client, "RCPT TO:<b@example.org>", "250 2.1.5");

  return g_steal_pointer (&client);
}

static void
assert_message (WaxPracticeHost *host, guint index, const char *expected)
{
  g_auto (GStrv) paths = wax_practice_host_list_messages (host);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_cmpuint (g_strv_length (paths), >, index);
  g_file_get_contents (paths[index], &contents, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (contents, length, expected, strlen (expected));
}

static void
test_stores_what_was_sent (void)
{
  static const char message[] = "Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\n\xc3\xa9nd\r\n";
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autofree char *maildir = g_strdup (wax_practice_host_get_maildir (host));

  for (int implicit = 0; implicit <= 1; implicit++)
    {
      g_autoptr (PracticeClient) client = open_transaction (host, implicit);

      practice_client_expect (client, "DATA", "354");
      practice_client_expect (client, "Subject: dots\r\n\r\n..one\r\n...two\r\n..\r\n\xc3\xa9nd\r\n.",
                              "250 2.0.0");
      practice_client_expect (client, "QUIT", "221");
      g_assert_null (practice_client_read (client));
    }

  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 2);
  assert_message (host, 0, message);
  assert_message (host, 1, message);
  g_clear_object (&host);
  g_assert_false (g_file_test (maildir, G_FILE_TEST_EXISTS));
}

static void
test_takes_pipelined_chunks (void)
{
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autoptr (PracticeClient) client = open_transaction (host, TRUE);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  practice_client_send (client, "BDAT 11\r\nSubject: x\rBDAT 6 LAST\r\n\n\r\n.\r\n", -1);
  first = practice_client_read (client);
  second = practice_client_read (client);
  g_assert_cmpstr (first, ==, "250 2.0.0 11 octets received");
  g_assert_cmpstr (second, ==, "250 2.0.0 Message accepted");
  assert_message (host, 0, "Subject: x\r\n\r\n.\r\n");
}

static void
test_signs_in (void)
{
  static const struct
  {
    const char *mechanism;
    const char *user;
    const char *password;
    int code;
  } cases[] = {
    { "SCRAM-SHA-256-PLUS", "practice", "practice", 235 },
    { "SCRAM-SHA-1-PLUS", "practice", "practice", 235 },
    { "SCRAM-SHA-256", "practice", "practice", 235 },
    { "SCRAM-SHA-1", "practice", "practice", 235 },
    { "CRAM-MD5", "practice", "practice", 235 },
    { "PLAIN", "practice", "practice", 235 },
    { "LOGIN", "practice", "practice", 235 },
    { "SCRAM-SHA-256-PLUS", "practice", "wrong", 535 },
    { "SCRAM-SHA-256", "practice", "wrong", 535 },
    { "SCRAM-SHA-256", "nobody", "practice", 535 },
    { "CRAM-MD5", "practice", "wrong", 535 },
    { "PLAIN", "practice", "wrong", 535 },
    { "PLAIN", "nobody", "practice", 535 },
    { "LOGIN", "practice", "wrong", 535 },
  };
  g_autoptr (WaxPracticeHost) host = start (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PracticeClient) client = open_client (host, i % 2 == 0);
      g_autofree char *hello = practice_client_begin (client);
      int code = practice_client_sign_in (client, cases[i].mechanism, cases[i].user, cases[i].password);

      g_test_message ("%s %s %s", cases[i].mechanism, cases[i].user, cases[i].password);
      g_assert_cmpint (code, ==, cases[i].code);
      practice_client_expect (client, "MAIL FROM:<a@example.org>", code == 235 ? "250" : "530 5.7.0");
    }
}

static void
test_refuses_another_channel (void)
{
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autoptr (PracticeClient) client = open_client (host, TRUE);
  g_autofree char *hello = practice_client_begin (client);
  g_autofree char *binding = g_base64_encode ((const guint8 *) "01234567890123456789012345678901", 32);
  /* A client that binds, but was told that the server cannot. */
  g_autofree char *downgraded = g_base64_encode ((const guint8 *) "y,,n=practice,r=abc", 19);
  g_autofree char *command = g_strconcat ("AUTH SCRAM-SHA-256 ", downgraded, NULL);

  g_assert_cmpint (practice_client_sign_in_with_binding (client, "SCRAM-SHA-256-PLUS", binding), ==, 535);
  practice_client_expect (client, command, "535");
}

static void
test_offers_auth_only_inside_tls (void)
{
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autoptr (PracticeClient) client = open_client (host, FALSE);
  g_autofree char *greeting = practice_client_read (client);
  g_autofree char *hello = practice_client_ask (client, "EHLO client.example", "250");
  g_autofree char *hello_tls = NULL;
  g_auto (GStrv) plaintext = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (greeting);
  g_assert_null (strstr (hello, "AUTH"));
  g_assert_nonnull (strstr (hello, "STARTTLS"));
  practice_client_expect (client, "AUTH PLAIN AHByYWN0aWNlAHByYWN0aWNl", "530 5.7.0");
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "530 5.7.0");
  practice_client_expect (client, "STARTTLS", "220");
  practice_client_secure (client, &error);
  g_assert_no_error (error);
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "503");
  hello_tls = practice_client_ask (client, "EHLO client.example", "250");
  g_assert_nonnull (strstr (hello_tls, "AUTH SCRAM-SHA-256-PLUS "));
  g_assert_null (strstr (hello_tls, "STARTTLS"));

  plaintext = wax_practice_host_get_plaintext_commands (host);
  g_assert_cmpuint (g_strv_length (plaintext), ==, 4);
  g_assert_cmpstr (plaintext[3], ==, "STARTTLS");
}

static void
test_holds_to_the_sequence (void)
{
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autoptr (PracticeClient) client = open_client (host, TRUE);
  g_autofree char *greeting = practice_client_read (client);

  g_assert_nonnull (greeting);
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "503");
  practice_client_expect (client, "AUTH PLAIN AHByYWN0aWNlAHByYWN0aWNl", "503");
  practice_client_expect (client, "EHLO client.example", "250");
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "530 5.7.0");
  practice_client_expect (client, "STARTTLS", "503");
  practice_client_expect (client, "AUTH GSSAPI", "504");
  practice_client_expect (client, "AUTH PLAIN %%%", "501");
  g_assert_cmpint (practice_client_sign_in (client, "SCRAM-SHA-256-PLUS", "practice", "practice"), ==, 235);
  practice_client_expect (client, "AUTH PLAIN AHByYWN0aWNlAHByYWN0aWNl", "503");
  practice_client_expect (client, "RCPT TO:<b@example.org>", "503");
  practice_client_expect (client, "DATA", "503");
  practice_client_expect (client, "MAIL FROM: <a@example.org>", "501");
  practice_client_expect (client, "MAIL FROM:<a@example.org> FOO=1", "555");
  practice_client_expect (client, "MAIL FROM:<\xc3\xa9@example.org>", "553 5.6.7");
  practice_client_expect (client, "MAIL FROM:<\xc3\xa9@example.org> SMTPUTF8", "250");
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "503");
  practice_client_expect (client, "DATA", "554");
  practice_client_expect (client, "RCPT TO:<>", "501");
  practice_client_expect (client, "RCPT TO:<\"a>b\"@example.org> NOTIFY=NEVER", "250");
}

static void
test_signs_in_with_tls_unique (void)
{
  const WaxPracticeOptions options = { .tls_1_2_only = TRUE };
  g_autoptr (WaxPracticeHost) host = start (&options);

  for (int implicit = 0; implicit <= 1; implicit++)
    {
      g_autoptr (PracticeClient) client = open_client (host, implicit);
      g_autofree char *hello = practice_client_begin (client);

      g_assert_cmpint (practice_client_get_version (client), ==, G_TLS_PROTOCOL_VERSION_TLS_1_2);
      g_assert_cmpint (
          practice_client_sign_in_with_binding (client, "SCRAM-SHA-256-PLUS", "AAAAAAAAAAAAAAAA"), ==, 535);
      g_assert_cmpint (practice_client_sign_in (client, "SCRAM-SHA-256-PLUS", "practice", "practice"), ==,
                       235);
      practice_client_expect (client, "QUIT", "221");
      g_assert_null (practice_client_read (client));
    }
}

static void
test_shows_the_certificate_asked_for (void)
{
  static const struct
  {
    WaxPracticeCert kind;
    GTlsCertificateFlags errors;
  } cases[] = {
    { WAX_PRACTICE_CERT_GOOD, G_TLS_CERTIFICATE_NO_FLAGS },
    { WAX_PRACTICE_CERT_WRONG_NAME, G_TLS_CERTIFICATE_BAD_IDENTITY },
    { WAX_PRACTICE_CERT_EXPIRED, G_TLS_CERTIFICATE_EXPIRED },
    { WAX_PRACTICE_CERT_UNKNOWN_CA, G_TLS_CERTIFICATE_UNKNOWN_CA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WaxPracticeOptions options = { .certificate = cases[i].kind };
      g_autoptr (WaxPracticeHost) host = start (&options);
      g_autoptr (PracticeClient) client = open_client (host, TRUE);

      g_assert_cmpint (practice_client_get_errors (client), ==, cases[i].errors);
    }
}

static void
test_offers_what_it_was_told (void)
{
  static const char *const extensions[] = { "SIZE 20", NULL };
  const WaxPracticeOptions options = { .mechanisms = "PLAIN",
                                       .extensions = extensions,
                                       .refuse_recipient = "No@example.org" };
  g_autoptr (WaxPracticeHost) host = start (&options);
  g_autoptr (PracticeClient) client = open_client (host, TRUE);
  g_autofree char *hello = practice_client_begin (client);

  g_assert_cmpstr (hello, ==, "250-localhost greets client.example\n250-SIZE 20\n250 AUTH PLAIN");
  practice_client_expect (client, "AUTH SCRAM-SHA-256 =", "504 That");
  g_assert_cmpint (practice_client_sign_in (client, "PLAIN", "practice", "practice"), ==, 235);
  practice_client_expect (client, "MAIL FROM:<a@example.org> BODY=8BITMIME", "555");
  practice_client_expect (client, "MAIL FROM:<a@example.org> SIZE=21", "552");
  practice_client_expect (client, "MAIL FROM:<a@example.org> SIZE=20", "250");
  practice_client_expect (client, "RCPT TO:<no@example.org>", "550 No such user");
  practice_client_expect (client, "RCPT TO:<b@example.org>", "250");
  practice_client_expect (client, "BDAT 4\r\nab", "502");
  practice_client_expect (client, "DATA", "354");
  practice_client_expect (client, "A: 78901234567\r\n\r\nx\r\n.", "552");
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "250");
  practice_client_expect (client, "RCPT TO:<b@example.org>", "250");
  practice_client_expect (client, "DATA", "354");
  practice_client_expect (client, "A: \xc3\xa9\r\n.", "554");
  practice_client_expect (client, "MAIL FROM:<a@example.org>\r\nRSET", "503 Improper");
  g_assert_null (practice_client_read (client));
  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 0);
}

static void
test_needs_no_sign_in_without_auth (void)
{
  const WaxPracticeOptions options = { .plaintext_port = TRUE };
  g_autoptr (WaxPracticeHost) host = start (&options);
  g_autoptr (GError) error = NULL;
  g_autoptr (PracticeClient) client = practice_client_open_plaintext (host, &error);
  g_autofree char *greeting = NULL;
  g_autofree char *hello = NULL;

  g_assert_no_error (error);
  greeting = practice_client_read (client);
  hello = practice_client_ask (client, "EHLO client.example", "250");
  g_assert_null (strstr (hello, "AUTH"));
  g_assert_null (strstr (hello, "STARTTLS"));
  practice_client_expect (client, "AUTH PLAIN AHByYWN0aWNlAHByYWN0aWNl", "503");
  practice_client_expect (client, "MAIL FROM:<a@example.org>", "250");
}

static void
test_refuses_bare_line_feeds (void)
{
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autoptr (PracticeClient) client = open_transaction (host, TRUE);

  practice_client_expect (client, "DATA", "354");
  practice_client_expect (client, "Subject: x\n.\r\nMAIL FROM:<evil@example.org>", "554 5.6.0");
  g_assert_null (practice_client_read (client));
  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 0);
}

/* The host's reply to the end of a message under @fault, %NULL if none came. */
static char *
deliver_under (WaxPracticeHost *host, WaxPracticeFault fault)
{
  g_autoptr (PracticeClient) client = NULL;

  wax_practice_host_set_fault (host, &fault);
  client = open_transaction (host, TRUE);
  practice_client_expect (client, "DATA", "354");
  practice_client_send (client, "Subject: x\r\n\r\nx\r\n.\r\n", -1);

  return practice_client_read (client);
}

static void
test_strikes_at_the_final_reply (void)
{
  const WaxPracticeStep final = WAX_PRACTICE_STEP_FINAL;
  static const char text[] = "451 4.3.0 Not\r\n";
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autofree char *replied = deliver_under (host,
                                            (WaxPracticeFault) { final, WAX_PRACTICE_FAULT_REPLY, text });
  g_autofree char *dropped = NULL;
  g_autofree char *split = NULL;
  g_autofree char *garbage = NULL;
  g_autofree char *late = NULL;

  g_assert_cmpstr (replied, ==, "451 4.3.0 Not");
  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 0);

  /* The client cannot know, but the message is there. */
  dropped = deliver_under (host, (WaxPracticeFault) { final, WAX_PRACTICE_FAULT_DROP });
  g_assert_null (dropped);
  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 1);
  assert_message (host, 0, "Subject: x\r\n\r\nx\r\n");

  split = deliver_under (host, (WaxPracticeFault) { final, WAX_PRACTICE_FAULT_SPLIT, NULL, 0, 2 });
  g_assert_cmpstr (split, ==, "250 2.0.0 Message accepted");
  garbage = deliver_under (host, (WaxPracticeFault) { final, WAX_PRACTICE_FAULT_GARBAGE });
  g_assert_cmpstr (garbage, !=, "250 2.0.0 Message accepted");
  late = deliver_under (host, (WaxPracticeFault) { final, WAX_PRACTICE_FAULT_DELAY, NULL, 1 });
  g_assert_cmpstr (late, ==, "250 2.0.0 Message accepted");
  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 4);
}

static void
test_strikes_inside_the_body (void)
{
  const WaxPracticeStep body = WAX_PRACTICE_STEP_BODY;
  g_autoptr (WaxPracticeHost) host = start (NULL);
  g_autofree char *dropped = deliver_under (host, (WaxPracticeFault) { body, WAX_PRACTICE_FAULT_DROP });
  g_autofree char *told = deliver_under (
      host, (WaxPracticeFault) { body, WAX_PRACTICE_FAULT_REPLY, "421 4.3.2 Shutting down\r\n" });

  g_assert_null (dropped);
  g_assert_cmpstr (told, ==, "421 4.3.2 Shutting down");
  g_assert_cmpuint (wax_practice_host_get_accepted (host), ==, 0);
}

static void
test_strikes_the_nth_time (void)
{
  const WaxPracticeOptions options = {
    .fault = { WAX_PRACTICE_STEP_RCPT, WAX_PRACTICE_FAULT_REPLY, "450 4.2.1 Busy\r\n", .nth = 2 },
  };
  g_autoptr (WaxPracticeHost) host = start (&options);
  g_autoptr (PracticeClient) client = open_transaction (host, TRUE);

  practice_client_expect (client, "RCPT TO:<c@example.org>", "450 4.2.1");
  practice_client_expect (client, "RCPT TO:<d@example.org>", "250");
}

static void
test_injects_behind_starttls (void)
{
  const WaxPracticeOptions options = {
    .fault = { WAX_PRACTICE_STEP_STARTTLS, WAX_PRACTICE_FAULT_APPEND, "250 injected\r\n" },
  };
  g_autoptr (WaxPracticeHost) host = start (&options);
  g_autoptr (PracticeClient) client = open_client (host, FALSE);
  g_autofree char *greeting = practice_client_read (client);
  g_autofree char *injected = NULL;

  practice_client_expect (client, "EHLO client.example", "250");
  practice_client_expect (client, "STARTTLS", "220");
  injected = practice_client_read (client);
  g_assert_cmpstr (injected, ==, "250 injected");
}

static void
test_strikes_before_the_handshake (void)
{
  static const WaxPracticeFaultKind kinds[] = { WAX_PRACTICE_FAULT_DROP, WAX_PRACTICE_FAULT_REPLY,
                                                WAX_PRACTICE_FAULT_GARBAGE };
  static const WaxPracticeStep steps[] = { WAX_PRACTICE_STEP_CONNECT, WAX_PRACTICE_STEP_HANDSHAKE };
  g_autoptr (WaxPracticeHost) host = start (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (steps); i++)
    {
      const WaxPracticeFault fault = { steps[i % 2], kinds[i / 2], "421 no\r\n" };
      g_autoptr (GError) error = NULL;

      wax_practice_host_set_fault (host, &fault);
      g_assert_null (practice_client_open (host, TRUE, &error));
      g_assert_nonnull (error);
    }
}

/* Stopping does not wait for anything a client does or does not do. */
static void
test_stops_with_clients_open (void)
{
  const WaxPracticeOptions options = {
    .fault = { WAX_PRACTICE_STEP_MAIL, WAX_PRACTICE_FAULT_DELAY, .delay_ms = 3600 * 1000 },
  };
  const WaxPracticeFault endless = { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_FAULT_ENDLESS };
  g_autoptr (WaxPracticeHost) host = start (&options);
  g_autoptr (PracticeClient) idle = open_client (host, FALSE);
  g_autoptr (PracticeClient) waiting = open_client (host, TRUE);
  g_autoptr (PracticeClient) flooded = NULL;
  g_autofree char *hello = practice_client_begin (waiting);
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (practice_client_sign_in (waiting, "PLAIN", "practice", "practice"), ==, 235);
  practice_client_send (waiting, "MAIL FROM:<a@example.org>\r\n", -1);
  wax_practice_host_set_fault (host, &endless);
  flooded = open_client (host, FALSE);

  wax_practice_host_stop (host);
  wax_practice_host_stop (host);
  none = practice_client_read (waiting);
  g_assert_null (none);
  g_assert_null (practice_client_open (host, FALSE, &error));
  g_assert_nonnull (error);
}

static void
test_refuses_unknown_mechanisms (void)
{
  const WaxPracticeOptions options = { .mechanisms = "PLAIN XYZ" };
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_practice_host_start (&options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

#define ADD(name, function) g_test_add_func ("/practice/host/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("stores-what-was-sent", test_stores_what_was_sent);
  ADD ("takes-pipelined-chunks", test_takes_pipelined_chunks);
  ADD ("signs-in", test_signs_in);
  ADD ("signs-in-with-tls-unique", test_signs_in_with_tls_unique);
  ADD ("refuses-another-channel", test_refuses_another_channel);
  ADD ("offers-auth-only-inside-tls", test_offers_auth_only_inside_tls);
  ADD ("holds-to-the-sequence", test_holds_to_the_sequence);
  ADD ("shows-the-certificate-asked-for", test_shows_the_certificate_asked_for);
  ADD ("offers-what-it-was-told", test_offers_what_it_was_told);
  ADD ("needs-no-sign-in-without-auth", test_needs_no_sign_in_without_auth);
  ADD ("refuses-bare-line-feeds", test_refuses_bare_line_feeds);
  ADD ("strikes-at-the-final-reply", test_strikes_at_the_final_reply);
  ADD ("strikes-inside-the-body", test_strikes_inside_the_body);
  ADD ("strikes-the-nth-time", test_strikes_the_nth_time);
  ADD ("injects-behind-starttls", test_injects_behind_starttls);
  ADD ("strikes-before-the-handshake", test_strikes_before_the_handshake);
  ADD ("stops-with-clients-open", test_stops_with_clients_open);
  ADD ("refuses-unknown-mechanisms", test_refuses_unknown_mechanisms);

  return g_test_run ();
}
