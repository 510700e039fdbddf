/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sends that must not succeed, against the practice host with its faults: what
 * becomes of the message, what the user reads, and what was never said. */

#include "rig.h"
#include "sasl-client.h"
#include "tls-guard.h"

#include <string.h>

static void
assert_nothing_confidential (Rig *rig)
{
  rig_assert_unsaid (rig, "AUTH");
  rig_assert_unsaid (rig, "MAIL");
  rig_assert_unsaid (rig, "RCPT");
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
}

/* ---- TLS and certificates ---- */

static void
test_wrong_certificates (void)
{
  static const WaxPracticeCert certificates[] = {
    WAX_PRACTICE_CERT_WRONG_NAME,
    WAX_PRACTICE_CERT_EXPIRED,
    WAX_PRACTICE_CERT_UNKNOWN_CA,
  };
  static const WaxTlsMode modes[] = { WAX_TLS_MODE_IMPLICIT, WAX_TLS_MODE_STARTTLS };

  for (gsize i = 0; i < G_N_ELEMENTS (certificates); i++)
    for (gsize mode = 0; mode < G_N_ELEMENTS (modes); mode++)
      {
        WaxPracticeOptions options = { .certificate = certificates[i] };
        g_autoptr (Rig) rig = rig_new (&options, modes[mode]);
        g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

        g_assert_nonnull (result->error);
        g_assert_true (result->error->domain == WAX_TLS_ERROR);
        g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
        g_assert_cmpint (result->step, ==, WAX_STEP_TLS);
        g_assert_cmpint (wax_send_result_exit_code (result), ==, 77);
        g_assert_nonnull (result->hint);
        g_assert_false (result->report->verified);
        assert_nothing_confidential (rig);
      }
}

/* A certificate that was refused is refused again, by a process that has seen it. */
static void
test_wrong_certificate_twice (void)
{
  WaxPracticeOptions options = { .certificate = WAX_PRACTICE_CERT_WRONG_NAME };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
    }
  assert_nothing_confidential (rig);
}

static void
test_tls_wanted_where_plain_is_spoken (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "mode", (int) WAX_TLS_MODE_IMPLICIT, NULL);
  result = rig_send (rig, NULL);
  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_WRONG_PORT, WAX_STEP_TLS, 78);
  g_assert_nonnull (strstr (result->hint, "STARTTLS"));
  g_assert_nonnull (strstr (result->hint, "smtp://127.0.0.1:"));
  assert_nothing_confidential (rig);
}

/* The server waits for our ClientHello, and we for its greeting. */
static void
test_starttls_wanted_where_tls_is_spoken (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "mode", (int) WAX_TLS_MODE_STARTTLS, NULL);
  rig->settings.silence_timeout_s = 1;
  result = rig_send (rig, NULL);
  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_WRONG_PORT, WAX_STEP_GREETING, 78);
  g_assert_nonnull (strstr (result->hint, "smtps://127.0.0.1:"));
  assert_nothing_confidential (rig);
}

/* A slow greeting is not taken for a TLS port. */
static void
test_slow_greeting (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_GREETING, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = 1500 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = NULL;

  rig->settings.silence_timeout_s = 1;
  result = rig_send (rig, NULL);
  rig_assert_sent (result);
}

static void
test_starttls_not_offered (void)
{
  g_autoptr (Rig) rig = NULL;
  g_autoptr (WaxSendResult) result = NULL;
  WaxPracticeOptions options = { .plaintext_port = TRUE };

  rig = rig_new (&options, WAX_TLS_MODE_PLAINTEXT_LOOPBACK);
  g_object_set (rig->account, "mode", (int) WAX_TLS_MODE_STARTTLS, NULL);
  result = rig_send (rig, NULL);
  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_NO_STARTTLS, WAX_STEP_STARTTLS, 77);
  assert_nothing_confidential (rig);
}

static void
test_starttls_refused (void)
{
  static const struct
  {
    const char *text;
    WaxSendState state;
    int exit_code;
  } cases[] = {
    { "502 5.5.1 no\r\n", WAX_SEND_BLOCKED, 77 },
    { "454 4.7.0 not now\r\n", WAX_SEND_DEFERRED, 75 },
    { "250 2.0.0 fine, go on\r\n", WAX_SEND_BLOCKED, 77 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = {
        .fault = { .step = WAX_PRACTICE_STEP_STARTTLS,
                   .kind = WAX_PRACTICE_FAULT_REPLY,
                   .text = cases[i].text },
      };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, cases[i].state, WAX_TRANSPORT_ERROR_NO_STARTTLS, WAX_STEP_STARTTLS,
                         cases[i].exit_code);
      assert_nothing_confidential (rig);
    }
}

static void
test_starttls_injection (void)
{
  static const char *const texts[] = {
    "250 2.0.0 injected\r\n",
    "250-half a line",
    "\n",
    "235 2.7.0 signed in\r\n250 2.1.0 ok\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      WaxPracticeOptions options = {
        .fault = { .step = WAX_PRACTICE_STEP_STARTTLS, .kind = WAX_PRACTICE_FAULT_APPEND, .text = texts[i] },
      };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_INJECTION, WAX_STEP_STARTTLS, 76);
      assert_nothing_confidential (rig);
    }
}

/* What comes in the clear in place of the handshake, after all looks at the buffer. */
static void
test_starttls_late_injection (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_HANDSHAKE,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "250 2.0.0 late\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  g_assert_error (result->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_INJECTION);
  g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
  assert_nothing_confidential (rig);
}

/* ---- what is said before TLS ---- */

static void
assert_refused_before_tls (const WaxPracticeFault *fault, WaxTransportError code, const char *unsaid)
{
  WaxPracticeOptions options = { .fault = *fault };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  g_test_message ("%s", fault->text);
  g_assert_error (result->error, WAX_TRANSPORT_ERROR, (int) code);
  g_assert_true (result->state == WAX_SEND_DEFERRED || result->state == WAX_SEND_BLOCKED);
  g_assert_false (result->report->verified);
  rig_assert_unsaid (rig, unsaid);
  assert_nothing_confidential (rig);
}

/* A greeting that is none, that claims a sign-in, or with another behind it. */
static void
test_greeting_tricks (void)
{
  static const char *const texts[] = {
    "250 2.0.0 hello\r\n",    "235 2.7.0 you are signed in\r\n",
    "354 send it\r\n",        "334 \r\n",
    "220 one\r\n220 two\r\n", "220 one\r\n250-localhost\r\n250 AUTH PLAIN\r\n",
    "220 one\r\n2",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused_before_tls (&(WaxPracticeFault) { .step = WAX_PRACTICE_STEP_GREETING,
                                                     .kind = WAX_PRACTICE_FAULT_REPLY,
                                                     .text = texts[i] },
                               WAX_TRANSPORT_ERROR_PROTOCOL, "EHLO");
}

/* A greeting that comes where EHLO should be answered, and an answer to STARTTLS that
 * comes before it is asked for. */
static void
test_ehlo_tricks (void)
{
  static const WaxPracticeFault faults[] = {
    { .step = WAX_PRACTICE_STEP_EHLO, .kind = WAX_PRACTICE_FAULT_REPLY, .text = "220 once more\r\n" },
    { .step = WAX_PRACTICE_STEP_EHLO, .kind = WAX_PRACTICE_FAULT_REPLY, .text = "235 signed in\r\n" },
    { .step = WAX_PRACTICE_STEP_EHLO, .kind = WAX_PRACTICE_FAULT_APPEND, .text = "220 go ahead\r\n" },
    { .step = WAX_PRACTICE_STEP_EHLO, .kind = WAX_PRACTICE_FAULT_APPEND, .text = "2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    assert_refused_before_tls (&faults[i], WAX_TRANSPORT_ERROR_PROTOCOL, "STARTTLS");
}

/* Nobody asks a second time: what one EHLO does not offer is not there. */
static void
test_starttls_only_in_a_second_ehlo (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_EHLO,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "250-localhost\r\n250 AUTH PLAIN\r\n",
               .nth = 1 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_NO_STARTTLS, WAX_STEP_STARTTLS, 77);
  g_assert_cmpuint (rig_count_said (rig, "EHLO"), ==, 1);
  rig_assert_unsaid (rig, "STARTTLS");
  assert_nothing_confidential (rig);
}

/* Lines, and replies, without an end. */
static void
test_endless_before_tls (void)
{
  static const WaxPracticeStep steps[] = { WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_STEP_EHLO,
                                           WAX_PRACTICE_STEP_STARTTLS };
  g_autofree char *line = g_strnfill (4096, '2');

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (int lines = 0; lines <= 1; lines++)
      assert_refused_before_tls (&(WaxPracticeFault) { .step = steps[i],
                                                       .kind = WAX_PRACTICE_FAULT_ENDLESS,
                                                       .text = lines ? NULL : line },
                                 WAX_TRANSPORT_ERROR_PROTOCOL, "AUTH");
}

/* Octets between the 220 and the handshake: with and without an end of line, alone and
 * with a real handshake behind them. */
static void
test_starttls_late_octets (void)
{
  static const char *const texts[] = { "250 2.0.0 late\r\n", "250 late", "2", "\r\n" };
  static const WaxPracticeFaultKind kinds[] = { WAX_PRACTICE_FAULT_REPLY, WAX_PRACTICE_FAULT_APPEND };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
      assert_refused_before_tls (
          &(WaxPracticeFault) { .step = WAX_PRACTICE_STEP_HANDSHAKE, .kind = kinds[kind], .text = texts[i] },
          WAX_TRANSPORT_ERROR_INJECTION, "AUTH");
}

/* ---- no server ---- */

static void
test_no_server (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) refused = NULL;
  g_autoptr (WaxSendResult) unknown = NULL;

  wax_practice_host_stop (rig->host);
  refused = rig_send (rig, NULL);
  rig_assert_failed (refused, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
  g_assert_null (refused->report->address);

  g_clear_object (&rig->transport);
  g_object_set (rig->account, "host", "no-such-host.invalid", NULL);
  unknown = rig_send (rig, NULL);
  rig_assert_failed (unknown, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND, WAX_STEP_CONNECT, 68);
  g_assert_nonnull (strstr (unknown->error->message, "no-such-host.invalid"));
}

static void
test_account_without_server (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "host", NULL, NULL);
  result = rig_send (rig, NULL);
  g_assert_error (result->error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID);
  g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
  g_assert_cmpint (wax_send_result_exit_code (result), ==, 78);
}

/* ---- sign-in ---- */

static void
test_wrong_password (void)
{
  static const char *const mechanisms[] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "CRAM-MD5", "PLAIN",
                                            "LOGIN" };

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      WaxPracticeOptions options = { .mechanisms = mechanisms[i] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = NULL;

      g_clear_pointer (&rig->settings.password, wax_secret_unref);
      rig->settings.password = wax_secret_new_string ("hunter22");
      result = rig_send (rig, NULL);
      rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_AUTH, 77);
      g_assert_cmpint (result->reply.code, ==, 535);
      g_assert_nonnull (strstr (result->error->message, "535"));
      rig_assert_unsaid (rig, "MAIL");
    }
}

static void
test_sign_in_refusals (void)
{
  static const struct
  {
    const char *text;
    WaxSendState state;
    WaxTransportError code;
    int exit_code;
  } cases[] = {
    { "535 5.7.8 no\r\n", WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, 77 },
    { "534 5.7.9 too weak\r\n", WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, 77 },
    { "538 5.7.11 needs encryption\r\n", WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, 77 },
    { "454 4.7.0 later\r\n", WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, 75 },
    { "504 5.5.4 what\r\n", WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, 77 },
    { "250 2.0.0 well\r\n", WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_PROTOCOL, 76 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = {
        .fault = { .step = WAX_PRACTICE_STEP_AUTH, .kind = WAX_PRACTICE_FAULT_REPLY, .text = cases[i].text },
      };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, cases[i].state, cases[i].code, WAX_STEP_AUTH, cases[i].exit_code);
      rig_assert_unsaid (rig, "MAIL");
    }
}

/* A server that says yes but cannot prove that it knows the password, and one
 * whose challenge is no base64, or never ends. */
static void
test_sign_in_without_proof (void)
{
  static const struct
  {
    const char *text;
    GQuark (*domain) (void);
    int code;
  } cases[] = {
    { "235 2.7.0 welcome\r\n", wax_sasl_error_quark, WAX_SASL_ERROR_CHALLENGE },
    { "334 not!base64\r\n", wax_sasl_error_quark, WAX_SASL_ERROR_CHALLENGE },
    { "334 AAA\r\n", wax_sasl_error_quark, WAX_SASL_ERROR_CHALLENGE },
    { "334-AAAA\r\n334 AAAA\r\n", wax_sasl_error_quark, WAX_SASL_ERROR_CHALLENGE },
    { "334 \r\n", wax_sasl_error_quark, WAX_SASL_ERROR_CHALLENGE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = {
        .mechanisms = "SCRAM-SHA-256",
        .fault = { .step = WAX_PRACTICE_STEP_AUTH, .kind = WAX_PRACTICE_FAULT_REPLY, .text = cases[i].text },
      };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      g_assert_error (result->error, cases[i].domain (), cases[i].code);
      g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
      g_assert_cmpint (result->step, ==, WAX_STEP_AUTH);
      g_assert_cmpint (wax_send_result_exit_code (result), ==, 77);
      rig_assert_unsaid (rig, "MAIL");
    }
}

/* The second 235 comes where SCRAM's signature was due. */
static void
test_sign_in_without_signature (void)
{
  WaxPracticeOptions options = {
    .mechanisms = "SCRAM-SHA-256",
    .fault = { .step = WAX_PRACTICE_STEP_AUTH,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "235 2.7.0 welcome\r\n",
               .nth = 2 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  g_assert_error (result->error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
  g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
  rig_assert_unsaid (rig, "MAIL");
}

static void
test_sign_in_not_possible (void)
{
  WaxPracticeOptions options = { .mechanisms = "" };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) none = rig_send (rig, NULL);
  WaxPracticeOptions other_options = { .mechanisms = "PLAIN" };
  g_autoptr (Rig) other = rig_new (&other_options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) wanted = NULL;

  rig_assert_failed (none, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, WAX_STEP_AUTH, 77);
  rig_assert_unsaid (rig, "MAIL");

  g_object_set (other->account, "mechanism", "SCRAM-SHA-256", NULL);
  wanted = rig_send (other, NULL);
  rig_assert_failed (wanted, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, WAX_STEP_AUTH, 77);
  rig_assert_unsaid (other, "AUTH");
}

/* A server that repeats the password gives it into the error, the report and the log. */
static void
test_sign_in_echo_is_blanked (void)
{
  WaxPracticeOptions options = {
    .mechanisms = "PLAIN",
    .password = "hunter22",
    .fault = { .step = WAX_PRACTICE_STEP_AUTH,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "535-5.7.8 not AHByYWN0aWNlAGh1bnRlcjIy\r\n535 5.7.8 nor hunter22\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_clear_pointer (&rig->settings.password, wax_secret_unref);
  rig->settings.password = wax_secret_new_string ("hunter22");
  result = rig_send (rig, NULL);
  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_AUTH, 77);
  g_assert_null (strstr (result->error->message, "hunter22"));
  g_assert_null (strstr (result->error->message, "AHBy"));
  g_assert_null (strstr (result->reply.text, "hunter22"));
  for (guint i = 0; i < result->report->transcript->len; i++)
    {
      g_assert_null (strstr (g_ptr_array_index (result->report->transcript, i), "hunter22"));
      g_assert_null (strstr (g_ptr_array_index (result->report->transcript, i), "AHBy"));
    }
}

/* The secrets are remembered for as long as the connection: what goes on there is logged. */
static void
test_later_echo_is_blanked (void)
{
  WaxPracticeOptions options = {
    .mechanisms = "PLAIN",
    .password = "hunter22",
    .fault = { .step = WAX_PRACTICE_STEP_MAIL,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "550-5.3.0 not AHByYWN0aWNlAGh1bnRlcjIy\r\n550 5.3.0 nor hunter22\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_clear_pointer (&rig->settings.password, wax_secret_unref);
  rig->settings.password = wax_secret_new_string ("hunter22");
  result = rig_send (rig, NULL);
  rig_assert_failed (result, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_REFUSED, WAX_STEP_ENVELOPE, 69);
  g_assert_null (strstr (result->error->message, "hunter22"));
  g_assert_null (strstr (result->error->message, "AHBy"));
  g_assert_null (strstr (result->reply.text, "hunter22"));
  for (guint i = 0; i < result->report->transcript->len; i++)
    {
      g_assert_null (strstr (g_ptr_array_index (result->report->transcript, i), "hunter22"));
      g_assert_null (strstr (g_ptr_array_index (result->report->transcript, i), "AHBy"));
    }
}

static void
test_no_sign_in_where_one_is_wanted (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_clear_pointer (&rig->settings.password, wax_secret_unref);
  result = rig_send (rig, NULL);
  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_STEP_ENVELOPE, 77);
  rig_assert_unsaid (rig, "AUTH");
}

/* ---- recipients ---- */

static void
test_one_of_three_refused (void)
{
  static const char *const none[] = { NULL };

  for (int pipelining = 0; pipelining <= 1; pipelining++)
    {
      WaxPracticeOptions options = { .refuse_recipient = "nobody@example.org",
                                     .extensions = pipelining ? NULL : none };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send (rig, "b@example.org nobody@example.org c@example.org");
      g_autoptr (WaxSendResult) next = NULL;
      static const int codes[] = { 250, 550, 250 };

      rig_assert_failed (result, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 67);
      g_assert_nonnull (strstr (result->error->message, "1 of 3"));
      g_assert_nonnull (strstr (result->error->message, "nobody@example.org"));
      g_assert_nonnull (strstr (result->error->message, "550"));
      g_assert_cmpuint (result->recipients->len, ==, 3);
      for (guint i = 0; i < 3; i++)
        {
          const WaxRecipientResult *recipient = g_ptr_array_index (result->recipients, i);

          g_assert_cmpint (recipient->reply.code, ==, codes[i]);
        }
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
      rig_assert_unsaid (rig, "BDAT");
      rig_assert_unsaid (rig, "DATA");

      /* The transaction was ended: the connection serves the next message. */
      next = rig_send (rig, NULL);
      rig_assert_sent (next);
      g_assert_cmpuint (rig_count_said (rig, "RSET"), ==, 1);
      g_assert_cmpuint (rig_count_said (rig, "AUTH"), ==, 1);
    }
}

/* Once it is known that the message is refused, nothing waits for a courtesy:
 * the time-out of a command is minutes, the test's is less. */
static void
test_refusal_does_not_wait_for_rset (void)
{
  WaxPracticeOptions options = {
    .refuse_recipient = "nobody@example.org",
    .fault = { .step = WAX_PRACTICE_STEP_RSET, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = 3600 * 1000 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, "nobody@example.org");

  rig_assert_failed (result, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 67);
  g_assert_cmpuint (rig_count_said (rig, "RSET"), ==, 1);
}

/* Neither a yes nor a no is no reason to give the message up for good. */
static void
test_recipient_neither_taken_nor_refused (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_RCPT, .kind = WAX_PRACTICE_FAULT_REPLY, .text = "354 go on\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_PROTOCOL, WAX_STEP_ENVELOPE, 76);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
}

static void
test_recipient_deferred (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_RCPT,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "451 4.7.1 greylisted\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 75);
}

/* ---- what the server cannot take ---- */

static void
test_too_large (void)
{
  static const char *const small[] = { "SIZE 20", "PIPELINING", NULL };
  WaxPracticeOptions options = { .extensions = small };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_TOO_LARGE, WAX_STEP_ENVELOPE, 65);
  rig_assert_unsaid (rig, "MAIL");
}

/* What is signed cannot be encoded anew for a server that offers less. */
static void
test_needs_what_is_not_offered (void)
{
  static const char *const none[] = { NULL };
  static const char text[] = "DKIM-Signature: v=1\r\n\r\nGr\xc3\xbc\r\n";
  static const struct
  {
    gboolean utf8, eight_bit, binary;
    WaxTransportError code;
  } cases[] = {
    { TRUE, FALSE, FALSE, WAX_TRANSPORT_ERROR_NEEDS_UTF8 },
    { FALSE, TRUE, FALSE, WAX_TRANSPORT_ERROR_NEEDS_8BIT },
    { FALSE, TRUE, TRUE, WAX_TRANSPORT_ERROR_NEEDS_BINARY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = { .extensions = none };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
      g_autoptr (GInputStream) message = g_memory_input_stream_new_from_data (text, sizeof text - 1, NULL);
      g_autoptr (WaxSendResult) result = NULL;

      envelope->needs_utf8 = cases[i].utf8;
      envelope->needs_8bit = cases[i].eight_bit;
      envelope->needs_binary = cases[i].binary;
      result = wax_transport_send (rig_open (rig), envelope, message, sizeof text - 1, NULL, NULL);
      rig_assert_failed (result, WAX_SEND_FAILED, (int) cases[i].code, WAX_STEP_ENVELOPE, 65);
      rig_assert_unsaid (rig, "MAIL");
    }
}

/* A message that was written for more than the server offers, and may be changed. */
static void
test_encodes_anew_for_less (void)
{
  static const struct
  {
    const char *extensions[4];
    const char *text;
    gboolean binary;
    const char *stored; /* what arrives ends with it */
    const char *mail;   /* MAIL says it */
  } cases[] = {
    { { "SIZE 1000", NULL },
      "X: y\r\n\r\nGood morning, Gr\xc3\xbc\r\n",
      FALSE,
      "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, Gr=C3=BC\r\n",
      " SIZE=77" },
    { { "SIZE 1000", "CHUNKING", NULL },
      "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\xff\n\r\n",
      TRUE,
      "Content-Transfer-Encoding: base64\r\n\r\n/woNCg==\r\n",
      " SIZE=72" },
    { { "8BITMIME", NULL },
      "Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nGr\xc3\xbc\r\n",
      TRUE,
      "Content-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\r\n",
      " BODY=8BITMIME" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = { .extensions = cases[i].extensions };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
      gsize length = strlen (cases[i].text);
      g_autoptr (GInputStream)
          message = g_memory_input_stream_new_from_data (cases[i].text, (gssize) length, NULL);
      g_autoptr (WaxSendResult) result = NULL;
      g_auto (GStrv) files = NULL;
      g_auto (GStrv) commands = NULL;
      g_autofree char *stored = NULL;
      g_autofree char *said = NULL;
      g_autofree char *transcript = NULL;

      envelope->needs_8bit = TRUE;
      envelope->needs_binary = cases[i].binary;
      result = wax_transport_send (rig_open (rig), envelope, message, (gint64) length, NULL, NULL);
      g_assert_no_error (result->error);
      files = wax_practice_host_list_messages (rig->host);
      g_assert_true (g_file_get_contents (files[0], &stored, NULL, NULL));
      g_assert_true (g_str_has_suffix (stored, cases[i].stored));
      commands = wax_practice_host_get_commands (rig->host);
      said = g_strjoinv ("\n", commands);
      if (strstr (said, cases[i].mail) == NULL)
        g_error ("no “%s” in: %s", cases[i].mail, said);
      g_ptr_array_add (result->report->transcript, NULL);
      transcript = g_strjoinv ("\n", (char **) result->report->transcript->pdata);
      g_ptr_array_set_size (result->report->transcript, (int) result->report->transcript->len - 1);
      g_assert_nonnull (strstr (transcript, "encoded anew"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/session/encodes-anew-for-less", test_encodes_anew_for_less);
  g_test_add_func ("/smtp/session/wrong-certificates", test_wrong_certificates);
  g_test_add_func ("/smtp/session/wrong-certificate-twice", test_wrong_certificate_twice);
  g_test_add_func ("/smtp/session/tls-wanted-where-plain-is-spoken", test_tls_wanted_where_plain_is_spoken);
  g_test_add_func ("/smtp/session/starttls-wanted-where-tls-is-spoken",
                   test_starttls_wanted_where_tls_is_spoken);
  g_test_add_func ("/smtp/session/slow-greeting", test_slow_greeting);
  g_test_add_func ("/smtp/session/starttls-not-offered", test_starttls_not_offered);
  g_test_add_func ("/smtp/session/starttls-refused", test_starttls_refused);
  g_test_add_func ("/smtp/session/starttls-injection", test_starttls_injection);
  g_test_add_func ("/smtp/session/starttls-late-injection", test_starttls_late_injection);
  g_test_add_func ("/smtp/session/greeting-tricks", test_greeting_tricks);
  g_test_add_func ("/smtp/session/ehlo-tricks", test_ehlo_tricks);
  g_test_add_func ("/smtp/session/starttls-only-in-a-second-ehlo", test_starttls_only_in_a_second_ehlo);
  g_test_add_func ("/smtp/session/endless-before-tls", test_endless_before_tls);
  g_test_add_func ("/smtp/session/starttls-late-octets", test_starttls_late_octets);
  g_test_add_func ("/smtp/session/no-server", test_no_server);
  g_test_add_func ("/smtp/session/account-without-server", test_account_without_server);
  g_test_add_func ("/smtp/session/wrong-password", test_wrong_password);
  g_test_add_func ("/smtp/session/sign-in-refusals", test_sign_in_refusals);
  g_test_add_func ("/smtp/session/sign-in-without-proof", test_sign_in_without_proof);
  g_test_add_func ("/smtp/session/sign-in-without-signature", test_sign_in_without_signature);
  g_test_add_func ("/smtp/session/sign-in-not-possible", test_sign_in_not_possible);
  g_test_add_func ("/smtp/session/sign-in-echo-is-blanked", test_sign_in_echo_is_blanked);
  g_test_add_func ("/smtp/session/later-echo-is-blanked", test_later_echo_is_blanked);
  g_test_add_func ("/smtp/session/no-sign-in-where-one-is-wanted", test_no_sign_in_where_one_is_wanted);
  g_test_add_func ("/smtp/session/one-of-three-refused", test_one_of_three_refused);
  g_test_add_func ("/smtp/session/refusal-does-not-wait-for-rset", test_refusal_does_not_wait_for_rset);
  g_test_add_func ("/smtp/session/recipient-neither-taken-nor-refused",
                   test_recipient_neither_taken_nor_refused);
  g_test_add_func ("/smtp/session/recipient-deferred", test_recipient_deferred);
  g_test_add_func ("/smtp/session/too-large", test_too_large);
  g_test_add_func ("/smtp/session/needs-what-is-not-offered", test_needs_what_is_not_offered);

  return g_test_run ();
}
