/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mechanisms with a token against the examples of RFC 7628 and of XOAUTH2's first
 * server, and what a server may say of a token that it does not take. EXTERNAL, the
 * other one of ours, is here too. */

#include "sasl-client.h"

#include <string.h>

#define TOKEN "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="

static WaxSaslClient *
try_client (const char *mechanism, const char *user, const char *token, guint port, GError **error)
{
  g_autoptr (WaxSecret) secret = wax_secret_new_string (token);
  const WaxSaslCredentials credentials = { .user = user, .token = secret };

  return wax_sasl_client_new (mechanism, &credentials, "server.example.com", port, NULL, error);
}

static WaxSaslClient *
client_of (const char *mechanism, const char *user, const char *token, guint port)
{
  g_autoptr (GError) error = NULL;
  WaxSaslClient *client = try_client (mechanism, user, token, port, &error);

  g_assert_no_error (error);
  g_assert_nonnull (client);

  return client;
}

/* The response in base64, as it goes over the wire. */
static char *
step (WaxSaslClient *client, const char *challenge)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret)
      response = wax_sasl_client_step (client, (const guint8 *) challenge, strlen (challenge), NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (response);

  return g_base64_encode ((const guint8 *) wax_secret_peek (response), wax_secret_get_length (response));
}

/* Which is also what no base64 of the test's own has made. */
static char *
step64 (WaxSaslClient *client, const char *challenge64)
{
  gsize length;
  g_autofree guint8 *challenge = g_base64_decode (challenge64, &length);
  g_autofree char *text = g_strndup ((const char *) challenge, length);

  return step (client, text);
}

/* RFC 7628 section 4.1. */
static void
test_oauthbearer (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("OAUTHBEARER", "user@example.com", TOKEN, 143);
  g_autofree char *response = NULL;

  g_assert_true (wax_sasl_client_speaks_first (client));
  response = step (client, "");
  g_assert_cmpstr (
      response, ==,
      "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZ"
      "GOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
  g_assert_true (wax_sasl_client_is_done (client));
  g_assert_null (wax_sasl_client_get_refusal (client));
}

/* RFC 7628 sections 4.1 and 4.3: the port of submission, and the refusal. */
static void
test_oauthbearer_refused (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("OAUTHBEARER", "user@example.com", TOKEN, 587);
  g_autofree char *response = step (client, "");
  g_autofree char *dummy = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (
      response, ==,
      "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZ"
      "GOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
  dummy = step64 (client,
                  "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNvbmZpZ3V"
                  "yYXRpb24iOiJodHRwczovL2V4YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0=");
  g_assert_cmpstr (dummy, ==, "AQ==");
  g_assert_false (wax_sasl_client_is_done (client));
  g_assert_cmpstr (wax_sasl_client_get_refusal (client), ==, "invalid_token, needs the scope example_scope");

  g_assert_null (wax_sasl_client_step (client, (const guint8 *) "{}", 2, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
}

static void
test_xoauth2 (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("XOAUTH2", "someuser@example.com",
                                                "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", 587);
  g_autofree char *response = step (client, "");
  g_autofree char *dummy = NULL;

  g_assert_cmpstr (
      response, ==,
      "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJ"
      "oZG1semRHRXVZMjl0Q2cBAQ==");
  g_assert_true (wax_sasl_client_is_done (client));

  dummy = step64 (client,
                  "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2d"
                  "sZS5jb20vIn0K");
  g_assert_cmpstr (dummy, ==, "");
  g_assert_false (wax_sasl_client_is_done (client));
  g_assert_cmpstr (wax_sasl_client_get_refusal (client), ==, "401, needs the scope https://mail.google.com/");
}

/* RFC 5801 section 4. */
static void
test_escapes_the_name (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("OAUTHBEARER", "a=b,c", "t", 25);
  g_autofree char *response = step (client, "");
  gsize length;
  g_autofree guint8 *octets = g_base64_decode (response, &length);
  const char expected[] = "n,a=a=3Db=2Cc,\x01host=server.example.com\x01port=25\x01"
                          "auth=Bearer t\x01\x01";

  g_assert_cmpmem (octets, length, expected, sizeof expected - 1);
}

static void
test_refuses_credentials (void)
{
  g_autofree char *long_token = g_strnfill (8193, 't');
  g_autofree char *long_name = g_strnfill (513, 'n');
  const struct
  {
    const char *mechanism;
    const char *user;
    const char *token;
  } cases[] = {
    { "XOAUTH2", "user\x01auth=Bearer other\x01\x01", "t" },
    { "OAUTHBEARER", "user\x01", "t" },
    { "OAUTHBEARER", "us\r\ner", "t" },
    { "XOAUTH2", "us\ner", "t" },
    { "XOAUTH2", "us\xff", "t" },
    { "XOAUTH2", NULL, "t" },
    { "XOAUTH2", "", "t" },
    { "OAUTHBEARER", long_name, "t" },
    { "OAUTHBEARER", "user", "" },
    { "OAUTHBEARER", "user", "to ken" },
    { "OAUTHBEARER", "user", "to\x01ken" },
    { "XOAUTH2", "user", "to\r\nken" },
    { "XOAUTH2", "user", "t\xc3\xb6ken" },
    { "XOAUTH2", "user", long_token },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (try_client (cases[i].mechanism, cases[i].user, cases[i].token, 465, &error));
      g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS);
      g_assert_null (strstr (error->message, "ken\n"));
    }
}

/* A NUL in a token would hide what is behind it. */
static void
test_refuses_nul_in_token (void)
{
  g_autoptr (WaxSecret) token = wax_secret_new ("to\0ken", 6);
  const WaxSaslCredentials credentials = { .user = "user", .token = token };
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_sasl_client_new ("XOAUTH2", &credentials, "host", 465, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS);
}

/* What the server says is told as far as it can be, and never with the token. */
static void
test_words_of_refusal (void)
{
  static const struct
  {
    const char *challenge;
    const char *words;
  } cases[] = {
    { "", "without a reason that can be read" },
    { "nonsense", "without a reason that can be read" },
    { "[]", "without a reason that can be read" },
    { "{}", "without a reason that can be read" },
    { "{\"status\":[\"x\"]}", "without a reason that can be read" },
    { "{\"status\":\"invalid_token\"}", "invalid_token" },
    { "{\"status\":\"" TOKEN "\",\"scope\":\"a " TOKEN "\"}", "without a reason that can be read" },
    { "{\"status\":\"bad\\r\\n250 ok\"}", "bad??250 ok" },
    { "{\"scope\":\"mail.send\"}", "without a reason that can be read, needs the scope mail.send" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSaslClient) client = client_of ("OAUTHBEARER", "user", TOKEN, 465);
      g_autofree char *response = step (client, "");
      g_autofree char *dummy = step (client, cases[i].challenge);

      g_assert_cmpstr (dummy, ==, "AQ==");
      g_assert_cmpstr (wax_sasl_client_get_refusal (client), ==, cases[i].words);
    }
}

static void
test_words_are_cut_short (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("OAUTHBEARER", "user", TOKEN, 465);
  g_autofree char *response = step (client, "");
  g_autofree char *status = g_strnfill (3000, 's');
  g_autofree char *challenge = g_strdup_printf ("{\"status\":\"%s\"}", status);
  g_autofree char *dummy = step (client, challenge);

  g_assert_cmpuint (strlen (wax_sasl_client_get_refusal (client)), ==, 64);
}

/* RFC 4422 appendix A. */
static void
test_external (void)
{
  static const struct
  {
    const char *user;
    const char *authzid;
    const char *response;
  } cases[] = { { NULL, NULL, "" }, { "alice", NULL, "alice" }, { "alice", "office", "office" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WaxSaslCredentials credentials = { .user = cases[i].user,
                                               .authzid = cases[i].authzid,
                                               .has_client_certificate = TRUE };
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxSaslClient)
          client = wax_sasl_client_new ("EXTERNAL", &credentials, "host", 465, NULL, &error);
      g_autoptr (WaxSecret) response = wax_sasl_client_step (client, NULL, 0, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (wax_secret_peek (response), ==, cases[i].response);
      g_assert_true (wax_sasl_client_is_done (client));
      g_assert_null (wax_sasl_client_step (client, (const guint8 *) "x", 1, NULL, &error));
      g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
    }
}

static void
test_external_needs_certificate (void)
{
  const WaxSaslCredentials credentials = { .user = "alice" };
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_sasl_client_new ("EXTERNAL", &credentials, "host", 465, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/bearer/oauthbearer-of-rfc-7628", test_oauthbearer);
  g_test_add_func ("/auth/bearer/oauthbearer-refused-of-rfc-7628", test_oauthbearer_refused);
  g_test_add_func ("/auth/bearer/xoauth2", test_xoauth2);
  g_test_add_func ("/auth/bearer/escapes-the-name", test_escapes_the_name);
  g_test_add_func ("/auth/bearer/refuses-credentials", test_refuses_credentials);
  g_test_add_func ("/auth/bearer/refuses-nul-in-token", test_refuses_nul_in_token);
  g_test_add_func ("/auth/bearer/words-of-refusal", test_words_of_refusal);
  g_test_add_func ("/auth/bearer/words-are-cut-short", test_words_are_cut_short);
  g_test_add_func ("/auth/external", test_external);
  g_test_add_func ("/auth/external/needs-certificate", test_external_needs_certificate);

  return g_test_run ();
}
