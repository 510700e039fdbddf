/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signing in against the practice host by every mechanism that it has: what works,
 * what is said of what does not, and that no secret is in any report. */

#include "rig.h"

#include "sasl-client.h"
#include "test-certificates.h"

#include <string.h>

#define PASSWORD "correct horse"
#define TOKEN    "ya29.t0ken-of-the-test"

/* Password and token as an account may have both. */
static Rig *
auth_rig (WaxPracticeOptions *options, const char *password, const char *token)
{
  Rig *rig;

  options->password = PASSWORD;
  if (options->token == NULL)
    options->token = TOKEN;
  rig = rig_new (options, WAX_TLS_MODE_IMPLICIT);
  g_clear_pointer (&rig->settings.password, wax_secret_unref);
  if (password != NULL)
    rig->settings.password = wax_secret_new_string (password);
  if (token != NULL)
    rig->settings.token = wax_secret_new_string (token);

  return rig;
}

static void
auth_rig_free (Rig *rig)
{
  g_clear_pointer (&rig->settings.token, wax_secret_unref);
  rig_free (rig);
}

typedef Rig AuthRig;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AuthRig, auth_rig_free)

static void
assert_without (const char *text, const char *secret)
{
  g_autofree char *base64 = g_base64_encode ((const guint8 *) secret, strlen (secret));

  g_assert_null (strstr (text, secret));
  g_assert_null (strstr (text, base64));
}

/* Neither password nor token, nor a payload that the client wrote. */
static void
assert_no_secret (Rig *rig, WaxSendResult *result)
{
  g_autoptr (JsonNode) node = wax_send_result_to_json (result, "<id@example.org>");
  g_autofree char *text = json_to_string (node, FALSE);
  g_auto (GStrv) lines = wax_practice_host_get_commands (rig->host);
  gboolean in_exchange = FALSE;

  assert_without (text, PASSWORD);
  assert_without (text, TOKEN);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *payload = g_str_has_prefix (lines[i], "AUTH ") ? strchr (lines[i] + 5, ' ')
                            : in_exchange                        ? lines[i]
                                                                 : NULL;

      if (g_str_has_prefix (lines[i], "MAIL"))
        break;
      in_exchange = in_exchange || g_str_has_prefix (lines[i], "AUTH ");
      if (payload != NULL && strlen (payload) > 8)
        g_assert_null (strstr (text, payload + 1));
    }
}

static void
test_signs_in_by_each (void)
{
  static const struct
  {
    const char *mechanism;
    gboolean token;
    const char *binding;
  } cases[] = {
    { "SCRAM-SHA-256-PLUS", FALSE, "tls-exporter" },
    { "SCRAM-SHA-1-PLUS", FALSE, "tls-exporter" },
    { "SCRAM-SHA-256", FALSE, NULL },
    { "SCRAM-SHA-1", FALSE, NULL },
    { "OAUTHBEARER", TRUE, NULL },
    { "XOAUTH2", TRUE, NULL },
    { "DIGEST-MD5", FALSE, NULL },
    { "CRAM-MD5", FALSE, NULL },
    { "PLAIN", FALSE, NULL },
    { "LOGIN", FALSE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = { .mechanisms = cases[i].mechanism };
      g_autoptr (AuthRig)
          rig = auth_rig (&options, cases[i].token ? NULL : PASSWORD, cases[i].token ? TOKEN : NULL);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      g_test_message ("%s", cases[i].mechanism);
      rig_assert_sent (result);
      g_assert_cmpstr (result->report->auth_mechanism, ==, cases[i].mechanism);
      g_assert_cmpstr (result->report->channel_binding, ==, cases[i].binding);
      g_assert_nonnull (strstr (result->report->auth_reason, cases[i].mechanism));
      assert_no_secret (rig, result);
    }
}

/* A token is often longer than a command line may be: it waits for an empty challenge. */
static void
test_long_token (void)
{
  static const char *const mechanisms[] = { "OAUTHBEARER", "XOAUTH2" };
  g_autofree char *token = g_strnfill (4000, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      WaxPracticeOptions options = { .mechanisms = mechanisms[i], .token = token };
      g_autoptr (AuthRig) rig = auth_rig (&options, NULL, token);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);
      g_autofree char *bare = g_strdup_printf ("AUTH %s", mechanisms[i]);
      g_autofree char *with_response = g_strdup_printf ("AUTH %s ", mechanisms[i]);

      rig_assert_sent (result);
      g_assert_cmpuint (rig_count_said (rig, bare), ==, 1);
      rig_assert_unsaid (rig, with_response);
    }
}

static void
test_token_refused (void)
{
  static const char *const mechanisms[] = { "OAUTHBEARER PLAIN", "XOAUTH2 SCRAM-SHA-256 LOGIN" };

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      WaxPracticeOptions options = { .mechanisms = mechanisms[i], .token = "another" };
      g_autoptr (AuthRig) rig = auth_rig (&options, NULL, TOKEN);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_AUTH, 77);
      g_assert_cmpint (result->reply.code, ==, 535);
      g_assert_nonnull (strstr (result->error->message, "The server refused the token: invalid_token, needs "
                                                        "the scope practice.send"));
      assert_no_secret (rig, result);
      g_assert_cmpuint (rig_count_said (rig, "AUTH"), ==, 1);
      rig_assert_unsaid (rig, "MAIL");
    }
}

/* The refusal, and what comes with it, may repeat the token. */
static void
test_refusal_that_repeats_the_token (void)
{
  g_autofree char *json = g_strdup_printf ("{\"status\":\"%s\",\"scope\":\"x%sx\"}", TOKEN, TOKEN);
  g_autofree char *base64 = g_base64_encode ((const guint8 *) json, strlen (json));
  g_autofree char *challenge = g_strdup_printf ("334 %s\r\n", base64);
  g_autofree char *verdict = g_strdup_printf ("535 5.7.8 no such token %s\r\n", TOKEN);
  const char *const texts[] = { challenge, verdict };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      WaxPracticeOptions options = {
        .mechanisms = "OAUTHBEARER",
        .fault = { .step = WAX_PRACTICE_STEP_AUTH,
                   .kind = WAX_PRACTICE_FAULT_REPLY,
                   .text = texts[i],
                   .nth = (int) i + 1 },
        .token = "another",
      };
      g_autoptr (AuthRig) rig = auth_rig (&options, NULL, TOKEN);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      g_assert_nonnull (result->error);
      g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
      assert_no_secret (rig, result);
    }
}

/* A server that takes a token after it refused it is out of its mind. */
static void
test_refused_then_accepted (void)
{
  WaxPracticeOptions options = {
    .mechanisms = "XOAUTH2",
    .token = "another",
    .fault = { .step = WAX_PRACTICE_STEP_AUTH,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "235 2.7.0 welcome\r\n",
               .nth = 2 },
  };
  g_autoptr (AuthRig) rig = auth_rig (&options, NULL, TOKEN);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  g_assert_error (result->error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
  rig_assert_unsaid (rig, "MAIL");
}

/* Whatever else is offered, and whatever else there is to sign in by. */
static void
test_tries_nothing_else (void)
{
  WaxPracticeOptions options = { .mechanisms = "SCRAM-SHA-256 OAUTHBEARER CRAM-MD5 PLAIN LOGIN" };
  g_autoptr (AuthRig) rig = auth_rig (&options, "wrong horse", TOKEN);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_AUTH, 77);
  g_assert_cmpuint (rig_count_said (rig, "AUTH"), ==, 1);
  g_assert_cmpuint (rig_count_said (rig, "AUTH SCRAM-SHA-256 "), ==, 1);
  rig_assert_unsaid (rig, "MAIL");
}

static void
test_downgrade (void)
{
  static const char *const remembered[] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "CRAM-MD5" };

  for (gsize i = 0; i < G_N_ELEMENTS (remembered); i++)
    {
      WaxPracticeOptions options = { .mechanisms = "PLAIN LOGIN" };
      g_autoptr (AuthRig) rig = auth_rig (&options, PASSWORD, NULL);
      g_autoptr (WaxSendResult) result = NULL;

      g_object_set (rig->account, "strongest-mechanism", remembered[i], NULL);
      result = rig_send (rig, NULL);
      g_assert_error (result->error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE);
      g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
      g_assert_cmpint (result->step, ==, WAX_STEP_AUTH);
      g_assert_cmpint (wax_send_result_exit_code (result), ==, 77);
      g_assert_nonnull (strstr (result->error->message, remembered[i]));
      g_assert_nonnull (strstr (result->error->message, "PLAIN, LOGIN"));
      g_assert_nonnull (strstr (result->hint, "accept"));
      rig_assert_unsaid (rig, "AUTH");
      rig_assert_unsaid (rig, "MAIL");
    }
}

static void
test_downgrade_that_the_user_accepted (void)
{
  WaxPracticeOptions options = { .mechanisms = "PLAIN LOGIN" };
  g_autoptr (AuthRig) rig = auth_rig (&options, PASSWORD, NULL);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "strongest-mechanism", "SCRAM-SHA-256", "mechanism", "PLAIN", NULL);
  result = rig_send (rig, NULL);
  rig_assert_sent (result);
  g_assert_nonnull (strstr (result->report->auth_reason, "has signed in by SCRAM-SHA-256 before"));
}

/* The transport of a pool outlives its first connection: what it signed in by is known
 * for the next one, to whichever of the account's servers that goes. */
static void
test_downgrade_at_the_second_connection (void)
{
  WaxPracticeOptions strong = { .mechanisms = "SCRAM-SHA-256" };
  WaxPracticeOptions weak = { .mechanisms = "PLAIN LOGIN" };
  g_autoptr (AuthRig) rig = auth_rig (&strong, PASSWORD, NULL);
  g_autoptr (AuthRig) other = auth_rig (&weak, PASSWORD, NULL);
  g_autofree char *cas = g_strconcat (wax_practice_host_get_ca_pem (rig->host),
                                      wax_practice_host_get_ca_pem (other->host), NULL);
  g_autofree char *url = g_strdup_printf ("smtps://127.0.0.1:%u",
                                          wax_practice_host_get_implicit_port (other->host));
  const char *const urls[] = { url, NULL };
  g_autoptr (WaxSendResult) first = NULL;
  g_autoptr (WaxSendResult) second = NULL;

  g_object_set (rig->account, "fallbacks", urls, "ca-pem", cas, NULL);
  rig->settings.ca_file = NULL;
  first = rig_send (rig, NULL);
  rig_assert_sent (first);
  wax_practice_host_stop (rig->host);
  second = rig_send (rig, NULL);
  g_assert_error (second->error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE);
  rig_assert_unsaid (other, "AUTH");
  rig_assert_unsaid (other, "MAIL");
}

static void
test_wrong_signature (void)
{
  static const char *const mechanisms[] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1" };

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      WaxPracticeOptions options = { .mechanisms = mechanisms[i], .wrong_signature = TRUE };
      g_autoptr (AuthRig) rig = auth_rig (&options, PASSWORD, NULL);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      g_assert_error (result->error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
      g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
      rig_assert_unsaid (rig, "MAIL");
      assert_no_secret (rig, result);
    }
}

static void
test_too_many_rounds (void)
{
  WaxPracticeOptions options = { .mechanisms = "SCRAM-SHA-256", .scram_iterations = 2000001 };
  g_autoptr (AuthRig) rig = auth_rig (&options, PASSWORD, NULL);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  g_assert_error (result->error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
  g_assert_nonnull (strstr (result->error->message, "2000000"));
  rig_assert_unsaid (rig, "MAIL");
}

/* No challenge of no round is taken for what it is not, and after each the exchange is
 * cancelled (RFC 4954 section 4) or over. */
static void
test_malformed_challenges (void)
{
  static const char *const texts[] = {
    "334 not!base64\r\n",       "334 AAA\r\n",           "334 AAAA\r\n",
    "334-AAAA\r\n334 AAAA\r\n", "334 cj0scz0saT0=\r\n",  "334 bm9uY2U9IiIsYWxnb3JpdGhtPW1kNS1zZXNz\r\n",
    "235 2.7.0 welcome\r\n",    "250 2.7.0 welcome\r\n",
  };
  static const struct
  {
    const char *mechanism;
    int rounds;
  } cases[] = { { "SCRAM-SHA-256-PLUS", 2 }, { "SCRAM-SHA-1", 2 }, { "DIGEST-MD5", 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int nth = 1; nth <= cases[i].rounds; nth++)
      for (gsize k = 0; k < G_N_ELEMENTS (texts); k++)
        {
          WaxPracticeOptions options = {
            .mechanisms = cases[i].mechanism,
            .fault = { .step = WAX_PRACTICE_STEP_AUTH,
                       .kind = WAX_PRACTICE_FAULT_REPLY,
                       .text = texts[k],
                       .nth = nth },
          };
          g_autoptr (AuthRig) rig = auth_rig (&options, PASSWORD, NULL);
          g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

          g_test_message ("%s, round %d: %s", cases[i].mechanism, nth, texts[k]);
          g_assert_nonnull (result->error);
          g_assert_cmpint (result->state, !=, WAX_SEND_SENT);
          g_assert_cmpint (result->step, ==, WAX_STEP_AUTH);
          rig_assert_unsaid (rig, "MAIL");
          assert_no_secret (rig, result);
        }
}

/* ---- EXTERNAL ---- */

#define CLIENT_AUTHENTICATION "1.3.6.1.5.5.7.3.2"

static WaxTestCertificate *
client_certificate (const char *name, const WaxTestCertificate *ca)
{
  const WaxTestCertificateSpec spec = { .common_name = name, .issuer = ca, .usage = CLIENT_AUTHENTICATION };

  return wax_test_certificate_new (&spec);
}

static WaxTestCertificate *
client_ca (void)
{
  const WaxTestCertificateSpec spec = { .common_name = "CA of the clients", .is_ca = TRUE };

  return wax_test_certificate_new (&spec);
}

/* @shown: (nullable): whom the certificate that is shown names */
static WaxSendResult *
send_by_external (const char *mechanisms, const char *shown, const char *wanted, const char *user, Rig **rig)
{
  g_autoptr (WaxTestCertificate) ca = client_ca ();
  g_autoptr (WaxTestCertificate) client = shown != NULL ? client_certificate (shown, ca) : NULL;
  g_autoptr (GTlsCertificate) certificate = client != NULL ? wax_test_certificate_to_gio (client) : NULL;
  WaxPracticeOptions options = { .mechanisms = mechanisms,
                                 .request_client_certificate = TRUE,
                                 .client_ca_pem = ca->cert_pem };
  WaxSendResult *result;

  *rig = auth_rig (&options, NULL, NULL);
  (*rig)->settings.client_certificate = certificate;
  g_object_set ((*rig)->account, "mechanism", wanted, "user", user, NULL);
  result = rig_send (*rig, NULL);
  (*rig)->settings.client_certificate = NULL;

  return result;
}

static void
test_external (void)
{
  static const struct
  {
    const char *wanted;
    const char *user;
  } cases[] = { { NULL, NULL }, { NULL, "practice" }, { "EXTERNAL", NULL }, { "EXTERNAL", "practice" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AuthRig) rig = NULL;
      g_autoptr (WaxSendResult)
          result = send_by_external ("EXTERNAL PLAIN", "practice", cases[i].wanted, cases[i].user, &rig);

      rig_assert_sent (result);
      g_assert_cmpstr (result->report->auth_mechanism, ==, "EXTERNAL");
      g_assert_cmpuint (
          rig_count_said (rig, cases[i].user != NULL ? "AUTH EXTERNAL cHJhY3RpY2U=" : "AUTH EXTERNAL ="), ==,
          1);
    }
}

static void
test_external_of_another (void)
{
  g_autoptr (AuthRig) rig = NULL;
  g_autoptr (WaxSendResult) result = send_by_external ("EXTERNAL", "mallory", NULL, NULL, &rig);

  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_AUTH, 77);
  rig_assert_unsaid (rig, "MAIL");
}

/* A server that no longer asks for the certificate has taken its proof away as much as
 * one that no longer offers EXTERNAL: it gets no password in its place. */
static void
test_downgrade_from_external (void)
{
  for (int asks = 0; asks <= 1; asks++)
    {
      g_autoptr (WaxTestCertificate) ca = client_ca ();
      g_autoptr (WaxTestCertificate) client = client_certificate ("practice", ca);
      g_autoptr (GTlsCertificate) certificate = wax_test_certificate_to_gio (client);
      WaxPracticeOptions options = { .mechanisms = "CRAM-MD5 PLAIN", .request_client_certificate = asks };
      g_autoptr (AuthRig) rig = auth_rig (&options, PASSWORD, NULL);
      g_autoptr (WaxSendResult) result = NULL;

      rig->settings.client_certificate = certificate;
      g_object_set (rig->account, "strongest-mechanism", "EXTERNAL", NULL);
      result = rig_send (rig, NULL);
      rig->settings.client_certificate = NULL;
      g_assert_error (result->error, WAX_SASL_ERROR, WAX_SASL_ERROR_DOWNGRADE);
      rig_assert_unsaid (rig, "AUTH");
      rig_assert_unsaid (rig, "MAIL");
    }
}

/* Without a certificate nobody says EXTERNAL. */
static void
test_external_without_certificate (void)
{
  g_autoptr (AuthRig) rig = NULL;
  g_autoptr (WaxSendResult) result = send_by_external ("EXTERNAL", NULL, "EXTERNAL", NULL, &rig);

  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, WAX_STEP_AUTH, 77);
  g_assert_nonnull (strstr (result->error->message, "there is no client certificate"));
  rig_assert_unsaid (rig, "AUTH");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/auth/signs-in-by-each", test_signs_in_by_each);
  g_test_add_func ("/smtp/auth/long-token", test_long_token);
  g_test_add_func ("/smtp/auth/token-refused", test_token_refused);
  g_test_add_func ("/smtp/auth/refusal-that-repeats-the-token", test_refusal_that_repeats_the_token);
  g_test_add_func ("/smtp/auth/refused-then-accepted", test_refused_then_accepted);
  g_test_add_func ("/smtp/auth/tries-nothing-else", test_tries_nothing_else);
  g_test_add_func ("/smtp/auth/downgrade", test_downgrade);
  g_test_add_func ("/smtp/auth/downgrade-that-the-user-accepted", test_downgrade_that_the_user_accepted);
  g_test_add_func ("/smtp/auth/downgrade-at-the-second-connection", test_downgrade_at_the_second_connection);
  g_test_add_func ("/smtp/auth/wrong-signature", test_wrong_signature);
  g_test_add_func ("/smtp/auth/too-many-rounds", test_too_many_rounds);
  g_test_add_func ("/smtp/auth/malformed-challenges", test_malformed_challenges);
  g_test_add_func ("/smtp/auth/external", test_external);
  g_test_add_func ("/smtp/auth/external-of-another", test_external_of_another);
  g_test_add_func ("/smtp/auth/external-without-certificate", test_external_without_certificate);
  g_test_add_func ("/smtp/auth/downgrade-from-external", test_downgrade_from_external);

  return g_test_run ();
}
