/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sends that work, against the practice host: what arrives is what was sent, and
 * what the report says is what happened. */

#include "rig.h"

#include <string.h>

static void
assert_stored (Rig *rig, guint index, const char *text, gsize length)
{
  g_auto (GStrv) paths = wax_practice_host_list_messages (rig->host);
  g_autofree char *stored = NULL;
  g_autoptr (GError) error = NULL;
  gsize stored_length;

  g_assert_cmpuint (g_strv_length (paths), >, index);
  g_file_get_contents (paths[index], &stored, &stored_length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (stored, stored_length, text, length);
}

static gboolean
has_line (GPtrArray *lines, const char *line)
{
  return g_ptr_array_find_with_equal_func (lines, line, g_str_equal, NULL);
}

/* ---- whole sends ---- */

static void
test_implicit (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, "b@example.org c@example.org");
  WaxConnectionReport *report = result->report;
  const WaxRecipientResult *second;

  rig_assert_sent (result);
  assert_stored (rig, 0, RIG_MESSAGE, strlen (RIG_MESSAGE));
  g_assert_cmpint (result->reply.code, ==, 250);
  g_assert_cmpstr (result->reply.enhanced, ==, "2.0.0");
  g_assert_cmpuint (result->recipients->len, ==, 2);
  second = g_ptr_array_index (result->recipients, 1);
  g_assert_cmpstr (second->address, ==, "c@example.org");
  g_assert_cmpint (second->reply.code, ==, 250);

  g_assert_cmpstr (report->host, ==, "127.0.0.1");
  g_assert_cmpstr (report->address, ==, "127.0.0.1");
  g_assert_cmpstr (report->mode, ==, "implicit");
  g_assert_cmpstr (report->tls_version, ==, "TLS1.3");
  g_assert_true (report->verified);
  g_assert_cmpstr (report->auth_mechanism, ==, "SCRAM-SHA-256-PLUS");
  g_assert_cmpstr (report->auth_identity, ==, "practice");
  g_assert_cmpstr (report->channel_binding, ==, "tls-exporter");
  g_assert_nonnull (report->auth_reason);
  g_assert_nonnull (report->greeting);
  g_assert_true (has_line (report->extensions, "CHUNKING"));
  g_assert_cmpint (report->connect_ms, >=, 0);
  g_assert_cmpint (report->tls_ms, >=, 0);
  g_assert_cmpint (report->auth_ms, >=, 0);
  g_assert_cmpint (report->envelope_ms, >=, 0);
  g_assert_cmpint (report->body_ms, >=, 0);
  g_assert_cmpint (report->total_ms, >=, 0);
}

static void
test_starttls (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);
  g_auto (GStrv) plain = wax_practice_host_get_plaintext_commands (rig->host);

  rig_assert_sent (result);
  assert_stored (rig, 0, RIG_MESSAGE, strlen (RIG_MESSAGE));
  g_assert_cmpstr (result->report->mode, ==, "starttls");
  g_assert_cmpstr (result->report->channel_binding, ==, "tls-exporter");
  g_assert_true (has_line (result->report->extensions_before_tls, "STARTTLS"));
  g_assert_false (has_line (result->report->extensions, "STARTTLS"));

  /* In the clear: who asks, and for TLS. Nothing else. */
  g_assert_cmpuint (g_strv_length (plain), ==, 2);
  g_assert_cmpstr (plain[0], ==, "EHLO [127.0.0.1]");
  g_assert_cmpstr (plain[1], ==, "STARTTLS");
  g_assert_cmpuint (rig_count_said (rig, "EHLO "), ==, 2);
}

static void
test_plaintext_loopback_without_credentials (void)
{
  WaxPracticeOptions options = { .plaintext_port = TRUE };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_PLAINTEXT_LOOPBACK);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_sent (result);
  assert_stored (rig, 0, RIG_MESSAGE, strlen (RIG_MESSAGE));
  g_assert_cmpstr (result->report->mode, ==, "plaintext");
  g_assert_null (result->report->auth_mechanism);
  rig_assert_unsaid (rig, "AUTH");
}

static void
test_tls_1_2 (void)
{
  WaxPracticeOptions options = { .tls_1_2_only = TRUE };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_sent (result);
  g_assert_cmpstr (result->report->tls_version, ==, "TLS1.2");
  g_assert_cmpstr (result->report->auth_mechanism, ==, "SCRAM-SHA-256-PLUS");
  g_assert_cmpstr (result->report->channel_binding, ==, "tls-unique");
}

static void
test_every_mechanism (void)
{
  static const char *const mechanisms[] = {
    "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      WaxPracticeOptions options = { .mechanisms = mechanisms[i] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_sent (result);
      g_assert_cmpstr (result->report->auth_mechanism, ==, mechanisms[i]);
      g_assert_cmpint (result->report->channel_binding != NULL, ==,
                       g_str_has_suffix (mechanisms[i], "-PLUS"));
    }
}

static void
test_the_mechanism_of_the_account (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "mechanism", "LOGIN", NULL);
  result = rig_send (rig, NULL);
  rig_assert_sent (result);
  g_assert_cmpstr (result->report->auth_mechanism, ==, "LOGIN");
}

/* A response that makes AUTH longer than 512 octets waits for the server's go. */
static void
test_long_password (void)
{
  g_autofree char *password = g_strnfill (600, 'p');
  WaxPracticeOptions options = { .password = password, .mechanisms = "PLAIN" };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  g_clear_pointer (&rig->settings.password, wax_secret_unref);
  rig->settings.password = wax_secret_new_string (password);
  result = rig_send (rig, NULL);
  rig_assert_sent (result);
  g_assert_cmpuint (rig_count_said (rig, "AUTH PLAIN"), ==, 1);
  rig_assert_unsaid (rig, "AUTH PLAIN ");
}

/* ---- with fewer extensions ---- */

static void
test_without_extensions (void)
{
  static const char *const none[] = { NULL };
  static const char *const only_pipelining[] = { "PIPELINING", NULL };
  static const char *const only_chunking[] = { "CHUNKING", NULL };
  const char *const *const sets[] = { none, only_pipelining, only_chunking };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      WaxPracticeOptions options = { .extensions = sets[i] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send (rig, "b@example.org c@example.org d@example.org");

      rig_assert_sent (result);
      assert_stored (rig, 0, RIG_MESSAGE, strlen (RIG_MESSAGE));
      g_assert_cmpuint (result->recipients->len, ==, 3);
      g_assert_cmpuint (rig_count_said (rig, "BDAT "), ==, sets[i] == only_chunking ? 1 : 0);
      rig_assert_unsaid (rig, "MAIL FROM:<a@example.org> ");
    }
}

static void
test_many_recipients (void)
{
  g_autoptr (GString) recipients = g_string_new ("r0@example.org");
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  for (int i = 1; i < 350; i++)
    g_string_append_printf (recipients, " r%d@example.org", i);
  result = rig_send (rig, recipients->str);
  rig_assert_sent (result);
  g_assert_cmpuint (result->recipients->len, ==, 350);
  g_assert_cmpuint (rig_count_said (rig, "RCPT "), ==, 350);
}

/* What is offered before TLS, by whoever is on the way, is not what is used after it. */
static void
test_forgets_what_was_offered_before_tls (void)
{
  static const char *const none[] = { NULL };
  WaxPracticeOptions options = {
    .extensions = none,
    .fault = { .step = WAX_PRACTICE_STEP_EHLO,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "250-localhost\r\n250-SIZE 5\r\n250-CHUNKING\r\n250-PIPELINING\r\n250-AUTH ROT13\r\n"
                       "250 STARTTLS\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = rig_send (rig, "b@example.org c@example.org");

  rig_assert_sent (result);
  rig_assert_unsaid (rig, "BDAT");
  g_assert_true (has_line (result->report->extensions_before_tls, "AUTH ROT13"));
  g_assert_false (has_line (result->report->extensions, "CHUNKING"));
}

static void
test_internationalized_address (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, "j\xc3\xbcrgen@example.org");

  rig_assert_sent (result);
  g_assert_cmpuint (rig_count_said (rig, "RCPT TO:<j\xc3\xbcrgen@example.org>"), ==, 1);
  g_assert_cmpuint (rig_count_said (rig, "MAIL FROM:<a@example.org> SIZE="), ==, 1);
}

/* ---- large messages ---- */

static char *
large_message (gsize length)
{
  g_autoptr (GString) text = g_string_new ("Subject: large\r\n\r\n");

  for (guint i = 0; text->len < length; i++)
    g_string_append_printf (text, "%sline %u of a message that does not fit into one piece\r\n",
                            i % 7 == 0 ? "." : "", i);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
test_large_message (void)
{
  static const char *const data[] = { "PIPELINING", "8BITMIME", NULL };
  static const char *const lockstep[] = { "CHUNKING", NULL };
  const char *const *const sets[] = { NULL, data, lockstep };
  g_autofree char *text = large_message (7 * 1024 * 1024 + 11);
  gsize length = strlen (text);

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      WaxPracticeOptions options = { .extensions = sets[i] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
      g_autoptr (GInputStream) message = g_memory_input_stream_new_from_data (text, (gssize) length, NULL);
      g_autoptr (WaxProgress) progress = wax_progress_new ();
      g_autoptr (WaxSendResult)
          result = wax_transport_send (rig_open (rig), envelope, message, (gint64) length, progress, NULL);
      gint64 done, total;

      rig_assert_sent (result);
      assert_stored (rig, 0, text, length);
      wax_progress_get (progress, &done, &total);
      g_assert_cmpint (done, ==, length);
      g_assert_cmpint (total, ==, length);
      g_assert_cmpuint (rig_count_said (rig, "BDAT "), ==, sets[i] == data ? 0 : length / 1048576 + 1);
    }
}

static void
test_empty_message (void)
{
  static const char *const data[] = { "PIPELINING", NULL };
  WaxPracticeOptions options = { .extensions = data };

  for (int chunking = 0; chunking <= 1; chunking++)
    {
      g_autoptr (Rig) rig = rig_new (chunking ? NULL : &options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send_text (rig, NULL, "", 0);

      rig_assert_sent (result);
      assert_stored (rig, 0, "", 0);
    }
}

/* What is no lines of text goes as it is, by BDAT (RFC 3030), and nothing else does. */
static void
test_binary_message (void)
{
  static const char *const binary[] = { "PIPELINING", "CHUNKING", "8BITMIME", "BINARYMIME", NULL };
  static const gsize sizes[] = { 1000, 200000 };
  static const char start[] = "Subject: x\r\n\r\n\r.\n\n.\n";
  WaxPracticeOptions options = { .extensions = binary };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
      g_autofree char *octets = g_malloc (sizes[i]);
      g_autoptr (GInputStream) message = NULL;
      g_autoptr (WaxSendResult) result = NULL;
      g_autoptr (WaxSendResult) text = NULL;

      for (gsize at = 0; at < sizes[i]; at++)
        octets[at] = (char) (at * 7 % 256);
      memcpy (octets, start, strlen (start));
      message = g_memory_input_stream_new_from_data (octets, (gssize) sizes[i], NULL);
      envelope->needs_binary = TRUE;
      envelope->needs_8bit = TRUE;
      result = wax_transport_send (rig_open (rig), envelope, message, (gint64) sizes[i], NULL, NULL);
      rig_assert_sent (result);
      assert_stored (rig, 0, octets, sizes[i]);
      g_assert_cmpuint (rig_count_said (rig, "MAIL FROM:<a@example.org> BODY=BINARYMIME"), ==, 1);

      text = rig_send_text (rig, NULL, octets, sizes[i]);
      g_assert_error (text->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 1);
    }
}

/* ---- progress ---- */

typedef struct
{
  WaxProgress *progress;
  gint64 done;
} Watch;

static gboolean
note_progress (gpointer data, GError **error)
{
  Watch *self = data;
  gint64 total;

  wax_progress_get (self->progress, &self->done, &total);

  return TRUE;
}

/* Before the last chunk all others were accepted, and that is what progress says. */
static void
test_progress_is_what_was_accepted (void)
{
  const gsize mebi = 1024 * 1024, first_flight = 14000;
  g_autofree char *text = large_message (3 * 1024 * 1024);
  gsize length = strlen (text);
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
  g_autoptr (GInputStream) message = g_memory_input_stream_new_from_data (text, (gssize) length, NULL);
  g_autoptr (WaxProgress) progress = wax_progress_new ();
  Watch watch = { progress, -1 };
  g_autoptr (WaxSendResult) result = NULL;
  gint64 done, total;

  rig->settings.before_final = note_progress;
  rig->settings.before_final_data = &watch;
  result = wax_transport_send (rig_open (rig), envelope, message, (gint64) length, progress, NULL);
  rig_assert_sent (result);
  g_assert_cmpint (watch.done, >=, length - mebi);
  g_assert_cmpint (watch.done, <, length);
  g_assert_cmpint ((watch.done % (gint64) mebi), <, first_flight);
  wax_progress_get (progress, &done, &total);
  g_assert_cmpint (done, ==, length);
}

/* ---- several messages ---- */

static void
test_second_message (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) first = rig_send (rig, NULL);
  g_autoptr (WaxSendResult) second = rig_send (rig, NULL);

  rig_assert_sent (first);
  rig_assert_sent (second);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 2);
  g_assert_cmpuint (rig_count_said (rig, "AUTH"), ==, 1);
  g_assert_true (first->report != second->report);
  g_assert_cmpstr (second->report->auth_mechanism, ==, "SCRAM-SHA-256-PLUS");
  g_assert_cmpuint (second->report->transcript->len, <, first->report->transcript->len);

  wax_transport_close (rig->transport, NULL);
  g_assert_cmpuint (rig_count_said (rig, "QUIT"), ==, 1);
}

static void
test_reopens_a_stale_connection (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_MAIL, .kind = WAX_PRACTICE_FAULT_DROP, .nth = 2 }
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) first = rig_send (rig, "b@example.org c@example.org");
  g_autoptr (WaxSendResult) second = rig_send (rig, "b@example.org c@example.org");

  rig_assert_sent (first);
  rig_assert_sent (second);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 2);
  g_assert_cmpuint (second->recipients->len, ==, 2);
  g_assert_false (second->report->reused);
}

static void
test_open_sends_nothing (void)
{
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_STARTTLS);
  g_autoptr (WaxSendResult) result = wax_transport_open (rig_open (rig), NULL);

  rig_assert_sent (result);
  g_assert_cmpstr (result->report->auth_mechanism, ==, "SCRAM-SHA-256-PLUS");
  rig_assert_unsaid (rig, "MAIL");
}

/* ---- the hook before the final octet ---- */

static gboolean
count_final (gpointer data, GError **error)
{
  (*(guint *) data)++;

  return TRUE;
}

static void
test_announces_the_final_octet_once (void)
{
  g_autofree char *text = large_message (3 * 1024 * 1024);
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;
  guint count = 0;

  rig->settings.before_final = count_final;
  rig->settings.before_final_data = &count;
  result = rig_send_text (rig, NULL, text, strlen (text));
  rig_assert_sent (result);
  g_assert_cmpuint (count, ==, 1);
}

/* ---- the transcript ---- */

static void
test_transcript_has_no_secret (void)
{
  static const char *const mechanisms[] = { "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256" };
  g_autofree char *user64 = g_base64_encode ((const guchar *) "practice", 8);
  g_autofree char *plain64 = g_base64_encode ((const guchar *) "\0practice\0practice", 18);

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      WaxPracticeOptions options = { .mechanisms = mechanisms[i] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);
      gboolean within = FALSE;

      rig_assert_sent (result);
      for (guint line = 0; line < result->report->transcript->len; line++)
        {
          const char *text = g_ptr_array_index (result->report->transcript, line);

          g_assert_null (strstr (text, user64));
          g_assert_null (strstr (text, plain64));
          within = (within || g_str_has_prefix (text, "C: AUTH")) && !g_str_has_prefix (text, "S: 235");
          if (within && !g_str_has_prefix (text, "C: AUTH"))
            g_assert_true (strcmp (text, "C: …") == 0 || strcmp (text, "S: 334 …") == 0);
        }
      g_assert_true (has_line (result->report->transcript, "C: RCPT TO:<b@example.org>"));
    }
}

/* ---- replies in pieces ---- */

static void
test_replies_cut_anywhere (void)
{
  static const WaxPracticeStep steps[] = {
    WAX_PRACTICE_STEP_GREETING, WAX_PRACTICE_STEP_EHLO,  WAX_PRACTICE_STEP_STARTTLS,
    WAX_PRACTICE_STEP_EHLO_TLS, WAX_PRACTICE_STEP_AUTH,  WAX_PRACTICE_STEP_MAIL,
    WAX_PRACTICE_STEP_RCPT,     WAX_PRACTICE_STEP_FINAL,
  };
  g_autoptr (Rig) rig = rig_new (NULL, WAX_TLS_MODE_STARTTLS);
  guint sent = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (guint cut = 1; cut < 30; cut += g_test_quick () && cut > 6 ? 5 : 1)
      {
        WaxPracticeFault fault = { .step = steps[i], .kind = WAX_PRACTICE_FAULT_SPLIT, .split = cut };
        g_autoptr (WaxSendResult) result = NULL;

        wax_practice_host_set_fault (rig->host, &fault);
        g_clear_object (&rig->transport);
        result = rig_send (rig, NULL);
        rig_assert_sent (result);
        g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, ++sent);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/session/implicit-tls", test_implicit);
  g_test_add_func ("/smtp/session/starttls", test_starttls);
  g_test_add_func ("/smtp/session/plaintext-loopback-without-credentials",
                   test_plaintext_loopback_without_credentials);
  g_test_add_func ("/smtp/session/tls-1-2-binds-by-tls-unique", test_tls_1_2);
  g_test_add_func ("/smtp/session/every-mechanism", test_every_mechanism);
  g_test_add_func ("/smtp/session/the-mechanism-of-the-account", test_the_mechanism_of_the_account);
  g_test_add_func ("/smtp/session/long-password", test_long_password);
  g_test_add_func ("/smtp/session/without-extensions", test_without_extensions);
  g_test_add_func ("/smtp/session/many-recipients", test_many_recipients);
  g_test_add_func ("/smtp/session/forgets-what-was-offered-before-tls",
                   test_forgets_what_was_offered_before_tls);
  g_test_add_func ("/smtp/session/internationalized-address", test_internationalized_address);
  g_test_add_func ("/smtp/session/large-message", test_large_message);
  g_test_add_func ("/smtp/session/empty-message", test_empty_message);
  g_test_add_func ("/smtp/session/binary-message", test_binary_message);
  g_test_add_func ("/smtp/session/progress-is-what-was-accepted", test_progress_is_what_was_accepted);
  g_test_add_func ("/smtp/session/second-message", test_second_message);
  g_test_add_func ("/smtp/session/reopens-a-stale-connection", test_reopens_a_stale_connection);
  g_test_add_func ("/smtp/session/open-sends-nothing", test_open_sends_nothing);
  g_test_add_func ("/smtp/session/announces-the-final-octet-once", test_announces_the_final_octet_once);
  g_test_add_func ("/smtp/session/transcript-has-no-secret", test_transcript_has_no_secret);
  g_test_add_func ("/smtp/session/replies-cut-anywhere", test_replies_cut_anywhere);

  return g_test_run ();
}
