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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/practice/host/stores-what-was-sent", test_stores_what_was_sent);
  g_test_add_func ("/practice/host/takes-pipelined-chunks", test_takes_pipelined_chunks);
  g_test_add_func ("/practice/host/signs-in", test_signs_in);
  g_test_add_func ("/practice/host/refuses-another-channel", test_refuses_another_channel);
  g_test_add_func ("/practice/host/offers-auth-only-inside-tls", test_offers_auth_only_inside_tls);
  g_test_add_func ("/practice/host/holds-to-the-sequence", test_holds_to_the_sequence);

  return g_test_run ();
}
