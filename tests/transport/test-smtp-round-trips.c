/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How often a message waits for the server, counted on the wire between the two, and
 * that the report says the same. */

#include "rig.h"
#include "wire.h"

#include <string.h>

static const char one[] = "b@example.org";
static const char three[] = "b@example.org c@example.org d@example.org";
static const char one_bad[] = "nobody@example.org";
static const char three_one_bad[] = "b@example.org nobody@example.org d@example.org";

static const char *const with_all[] = { "PIPELINING", "CHUNKING", "SIZE", "8BITMIME", NULL };
static const char *const without_chunking[] = { "PIPELINING", "SIZE", NULL };
static const char *const without_pipelining[] = { "CHUNKING", "SIZE", NULL };
static const char *const with_nothing[] = { NULL };

/* A rig whose connections go over a wire. */
typedef struct
{
  Rig *rig;
  Wire *wire;
} Line;

static Line
line_new (const WaxPracticeOptions *options, WaxTlsMode mode)
{
  Line self = { .rig = rig_new (options, mode) };

  self.wire = wire_new ((guint16) wax_account_get_port (self.rig->account));
  g_object_set (self.rig->account, "port", (guint) wire_get_port (self.wire), NULL);

  return self;
}

static void
line_clear (Line *self)
{
  g_clear_pointer (&self->rig, rig_free);
  g_clear_pointer (&self->wire, wire_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static WaxSendResult *
line_send (Line *self, const char *recipients, gboolean to_rest, gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');
  g_autoptr (WaxEnvelope) envelope = rig_envelope (recipients);
  g_autoptr (GInputStream) message = NULL;

  for (gsize i = 78; i + 2 < size; i += 80)
    memcpy (text + i, "\r\n", 2);
  memcpy (text + size - 2, "\r\n", 2);
  message = g_memory_input_stream_new_from_data (text, (gssize) size, NULL);
  envelope->options.send_to_rest = to_rest;

  return wax_transport_send (rig_open (self->rig), envelope, message, (gint64) size, NULL, NULL);
}

static void
assert_waits (Line *self, WaxSendResult *result, guint waits)
{
  g_assert_cmpuint (wire_get_waits (self->wire), ==, waits);
  g_assert_cmpuint (result->report->round_trips, ==, waits);
}

/* ---- from connect to the final 250 ---- */

static void
test_first_message (void)
{
  static const struct
  {
    const char *mechanism;
    WaxTlsMode mode;
    gboolean tls_1_2;
    const char *recipients;
    guint waits;
  } cases[] = {
    { "PLAIN", WAX_TLS_MODE_IMPLICIT, FALSE, one, 6 },
    { "PLAIN", WAX_TLS_MODE_IMPLICIT, FALSE, three, 7 },
    { "SCRAM-SHA-256", WAX_TLS_MODE_IMPLICIT, FALSE, one, 8 },
    { "SCRAM-SHA-256-PLUS", WAX_TLS_MODE_IMPLICIT, FALSE, one, 8 },
    { "SCRAM-SHA-256-PLUS", WAX_TLS_MODE_IMPLICIT, FALSE, three, 9 },
    /* The server's Finished brings the greeting. */
    { "PLAIN", WAX_TLS_MODE_IMPLICIT, TRUE, one, 6 },
    /* Greeting, EHLO and STARTTLS in the clear, and EHLO with the end of the handshake. */
    { "PLAIN", WAX_TLS_MODE_STARTTLS, FALSE, one, 8 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = { .mechanisms = cases[i].mechanism, .tls_1_2_only = cases[i].tls_1_2 };
      g_auto (Line) line = line_new (&options, cases[i].mode);
      g_autoptr (WaxSendResult) result = line_send (&line, cases[i].recipients, FALSE, 2000);

      rig_assert_sent (result);
      g_assert_false (result->report->reused);
      assert_waits (&line, result, cases[i].waits);
    }
}

/* A connection for one message ends with it: the farewell takes no wait of its own. */
static void
test_farewell_goes_with_the_message (void)
{
  static const struct
  {
    const char *const *extensions;
    const char *recipients;
    gsize size;
    WaxSendState state;
    guint waits;
  } cases[] = {
    { with_all, one, 2000, WAX_SEND_SENT, 6 },         { with_all, three, 2000, WAX_SEND_SENT, 7 },
    { without_chunking, one, 2000, WAX_SEND_SENT, 7 }, { without_pipelining, one, 2000, WAX_SEND_SENT, 8 },
    { with_all, one_bad, 2000, WAX_SEND_FAILED, 6 },   { with_all, three_one_bad, 2000, WAX_SEND_FAILED, 6 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = { .mechanisms = "PLAIN",
                                     .extensions = cases[i].extensions,
                                     .refuse_recipient = one_bad };
      g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = NULL;

      g_test_message ("case %u", (guint) i);
      line.rig->settings.one_message = TRUE;
      result = line_send (&line, cases[i].recipients, FALSE, cases[i].size);
      /* The end of TLS, which follows, has an answer too, and nobody waits for it. */
      g_assert_cmpuint (wire_get_waits (line.wire), ==, cases[i].waits);
      if (cases[i].state == WAX_SEND_SENT)
        g_assert_cmpuint (rig_count_said (line.rig, "QUIT"), ==,
                          cases[i].extensions == without_pipelining ? 0 : 1);
      wax_transport_close (line.rig->transport, NULL);
      g_assert_cmpint (result->state, ==, cases[i].state);
      g_assert_cmpuint (wax_practice_host_get_accepted (line.rig->host), ==,
                        cases[i].state == WAX_SEND_SENT ? 1 : 0);
      g_assert_cmpuint (rig_count_said (line.rig, "QUIT"), <=, 1);
    }
}

/* ---- on a warm connection ---- */

static void
test_warm_message (void)
{
  static const struct
  {
    const char *const *extensions;
    const char *recipients;
    gboolean to_rest;
    gsize size;
    WaxSendState state;
    guint waits;
  } cases[] = {
    { with_all, one, FALSE, 2000, WAX_SEND_SENT, 1 },
    { with_all, one, FALSE, 13000, WAX_SEND_SENT, 1 },
    { with_all, three, FALSE, 2000, WAX_SEND_SENT, 2 },
    { with_all, three, TRUE, 2000, WAX_SEND_SENT, 1 },
    /* With the first flight, and the rest of it. */
    { with_all, one, FALSE, 200000, WAX_SEND_SENT, 2 },
    { with_all, three, FALSE, 200000, WAX_SEND_SENT, 2 },
    /* A refusal is heard with all that rode along; RSET is the second wait. */
    { with_all, one_bad, FALSE, 2000, WAX_SEND_FAILED, 2 },
    { with_all, three_one_bad, FALSE, 2000, WAX_SEND_FAILED, 2 },
    { with_all, three_one_bad, TRUE, 2000, WAX_SEND_PARTIAL, 1 },
    { without_chunking, one, FALSE, 2000, WAX_SEND_SENT, 2 },
    { without_chunking, three, FALSE, 2000, WAX_SEND_SENT, 3 },
    { without_chunking, three, TRUE, 2000, WAX_SEND_SENT, 2 },
    { without_chunking, three_one_bad, TRUE, 2000, WAX_SEND_PARTIAL, 2 },
    { without_chunking, three_one_bad, FALSE, 2000, WAX_SEND_FAILED, 2 },
    { without_pipelining, one, FALSE, 2000, WAX_SEND_SENT, 3 },
    { without_pipelining, three, TRUE, 2000, WAX_SEND_SENT, 5 },
    { with_nothing, one, FALSE, 2000, WAX_SEND_SENT, 4 },
    { with_nothing, three, FALSE, 2000, WAX_SEND_SENT, 6 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = { .mechanisms = "PLAIN",
                                     .extensions = cases[i].extensions,
                                     .refuse_recipient = one_bad };
      g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) opened = wax_transport_open (rig_open (line.rig), NULL);
      g_autoptr (WaxSendResult) result = NULL;

      rig_assert_sent (opened);
      g_assert_cmpuint (opened->report->round_trips, ==, 5);
      wire_reset (line.wire);
      result = line_send (&line, cases[i].recipients, cases[i].to_rest, cases[i].size);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (wax_send_state_to_string (result->state), ==,
                       wax_send_state_to_string (cases[i].state));
      g_assert_true (result->report->reused);
      assert_waits (&line, result, cases[i].waits);
      g_assert_cmpuint (wire_get_connections (line.wire), ==, 0);
      /* One write for each wait, where no body is larger than a record. */
      if (cases[i].size <= 16000 && cases[i].waits > 0)
        g_assert_cmpuint (wire_get_records (line.wire), ==, cases[i].waits);
    }
}

/* NOOP first, and then as ever. */
static void
test_warm_after_idleness (void)
{
  WaxPracticeOptions options = { .mechanisms = "PLAIN" };
  g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) opened = NULL;
  g_autoptr (WaxSendResult) result = NULL;

  line.rig->settings.proof_after_s = -1;
  opened = wax_transport_open (rig_open (line.rig), NULL);
  rig_assert_sent (opened);
  g_assert_true (wax_transport_is_open (line.rig->transport));
  g_assert_cmpint (wax_transport_get_idle_us (line.rig->transport), >=, 0);
  wire_reset (line.wire);
  result = line_send (&line, one, FALSE, 2000);
  rig_assert_sent (result);
  assert_waits (&line, result, 2);
  g_assert_cmpuint (rig_count_said (line.rig, "NOOP"), ==, 1);
  g_assert_true (result->report->reused);
}

/* One that is not answered well: another connection takes the message. */
static void
test_failed_proof_opens_another (void)
{
  static const WaxPracticeFaultKind kinds[] = { WAX_PRACTICE_FAULT_DROP, WAX_PRACTICE_FAULT_REPLY };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      WaxPracticeOptions options = {
        .mechanisms = "PLAIN",
        .fault = { .step = WAX_PRACTICE_STEP_NOOP, .kind = kinds[i], .text = "421 4.4.2 idle\r\n" },
      };
      g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) opened = NULL;
      g_autoptr (WaxSendResult) result = NULL;

      line.rig->settings.proof_after_s = -1;
      opened = wax_transport_open (rig_open (line.rig), NULL);
      rig_assert_sent (opened);
      wire_reset (line.wire);
      result = line_send (&line, one, FALSE, 2000);
      rig_assert_sent (result);
      g_assert_cmpuint (wire_get_connections (line.wire), ==, 1);
      g_assert_false (result->report->reused);
      g_assert_cmpuint (result->report->round_trips, ==, 6);
      g_assert_cmpuint (wax_practice_host_get_accepted (line.rig->host), ==, 1);
    }
}

/* What a server closed is not written to: the message is not unknown for it. */
static void
test_closed_meanwhile (void)
{
  g_auto (Line) line = line_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) first = line_send (&line, one, FALSE, 2000);
  g_autoptr (WaxSendResult) second = NULL;

  rig_assert_sent (first);
  g_assert_true (wax_transport_is_open (line.rig->transport));

  /* The wire goes, and with it the connection. */
  wire_free (line.wire);
  while (wax_transport_is_open (line.rig->transport))
    g_thread_yield ();
  g_assert_cmpint (wax_transport_get_idle_us (line.rig->transport), ==, 0);
  line.wire = NULL;
  second = line_send (&line, one, FALSE, 2000);
  g_assert_error (second->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT);
  g_assert_cmpint (second->state, ==, WAX_SEND_DEFERRED);
}

/* ---- limits that the server states ---- */

static void
test_limits (void)
{
  static const char *const limits[] = { "PIPELINING", "CHUNKING", "LIMITS MAILMAX=2 RCPTMAX=2", NULL };
  WaxPracticeOptions options = { .mechanisms = "PLAIN", .extensions = limits };
  g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) refused = line_send (&line, three, FALSE, 2000);
  g_autoptr (WaxSendResult) split = NULL;
  g_autoptr (WaxSendResult) third = NULL;

  /* All or nothing: said before anything is. */
  rig_assert_failed (refused, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 67);
  g_assert_nonnull (strstr (refused->error->message, "no more than 2 of the 3"));
  rig_assert_unsaid (line.rig, "MAIL");

  /* In two transactions of one session, and then it is used up. */
  split = line_send (&line, three, TRUE, 2000);
  rig_assert_sent (split);
  g_assert_cmpuint (split->recipients->len, ==, 3);
  g_assert_cmpuint (rig_count_said (line.rig, "MAIL"), ==, 2);
  g_assert_cmpuint (wax_practice_host_get_accepted (line.rig->host), ==, 2);
  g_assert_cmpuint (wire_get_connections (line.wire), ==, 1);

  third = line_send (&line, one, FALSE, 2000);
  rig_assert_sent (third);
  g_assert_cmpuint (wire_get_connections (line.wire), ==, 2);
  g_assert_false (third->report->reused);
}

/* What rode along with recipients who were all refused was read: the message begins anew
 * for the others. */
static void
test_limits_with_refused_first (void)
{
  static const char *const chunks[] = { "PIPELINING", "CHUNKING", "LIMITS RCPTMAX=1", NULL };
  static const char *const data[] = { "PIPELINING", "LIMITS RCPTMAX=1", NULL };
  static const gsize sizes[] = { 2000, 50000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int chunking = 0; chunking <= 1; chunking++)
      {
        WaxPracticeOptions options = { .extensions = chunking ? chunks : data, .refuse_recipient = one_bad };
        g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
        g_autoptr (WaxSendResult)
            result = line_send (&line, "nobody@example.org b@example.org", TRUE, sizes[i]);

        g_assert_no_error (result->error);
        g_assert_cmpint (result->state, ==, WAX_SEND_PARTIAL);
        g_assert_cmpuint (wax_practice_host_get_accepted (line.rig->host), ==, 1);
      }
}

static void
test_domain_limit (void)
{
  static const char *const limits[] = { "PIPELINING", "CHUNKING", "LIMITS RCPTDOMAINMAX=1", NULL };
  WaxPracticeOptions options = { .mechanisms = "PLAIN", .extensions = limits };
  g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) same = line_send (&line, "b@example.org c@EXAMPLE.org", FALSE, 2000);
  g_autoptr (WaxSendResult) other = NULL;
  g_autoptr (WaxSendResult) both = NULL;

  rig_assert_sent (same);
  other = line_send (&line, "b@example.net", FALSE, 2000);
  rig_assert_sent (other);
  g_assert_cmpuint (wire_get_connections (line.wire), ==, 2);
  both = line_send (&line, "b@example.net b@example.org", FALSE, 2000);
  rig_assert_failed (both, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 67);
}

/* A limit that is not stated: what the user can do is said. */
static void
test_unstated_limit (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_RCPT,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "452 4.5.3 Too many recipients\r\n",
               .nth = 3 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, three);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 75);
  g_assert_nonnull (strstr (result->hint, "no more than 2 recipients"));
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
}

/* ---- what the replies of one group mean together ---- */

/* A server that refuses the recipient and takes the message says both, and neither
 * can be relied on. */
static void
test_contradiction_is_unknown (void)
{
  WaxPracticeOptions options = {
    .refuse_recipient = one_bad,
    .fault = { .step = WAX_PRACTICE_STEP_FINAL,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "250 2.0.0 Message accepted\r\n" },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, one_bad);
  const WaxRecipientResult *recipient;

  rig_assert_failed (result, WAX_SEND_UNKNOWN, WAX_TRANSPORT_ERROR_UNKNOWN, WAX_STEP_FINAL, 75);
  g_assert_nonnull (strstr (result->error->message, "refused, and then said that it took"));
  g_assert_cmpuint (result->recipients->len, ==, 1);
  recipient = g_ptr_array_index (result->recipients, 0);
  g_assert_cmpint (recipient->reply.code, ==, 550);
}

/* A refusal that came is true, whatever happens behind it. */
static void
test_refusal_before_the_end_of_the_connection (void)
{
  WaxPracticeOptions options = {
    .refuse_recipient = one_bad,
    .fault = { .step = WAX_PRACTICE_STEP_FINAL, .kind = WAX_PRACTICE_FAULT_DROP },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, one_bad);

  rig_assert_failed (result, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 67);
  g_assert_cmpint (result->reply.code, ==, 550);
}

/* RFC 2920 section 3.1: to a 354 that should not have come, only the dot. */
static void
test_lone_dot (void)
{
  WaxPracticeOptions options = {
    .extensions = without_chunking,
    .refuse_recipient = one_bad,
    .fault = { .step = WAX_PRACTICE_STEP_DATA,
               .kind = WAX_PRACTICE_FAULT_REPLY,
               .text = "354 go on\r\n",
               .nth = 1 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = rig_send (rig, one_bad);
  g_autoptr (WaxSendResult) next = NULL;

  rig_assert_failed (result, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_STEP_ENVELOPE, 67);
  g_assert_cmpuint (rig_count_said (rig, "."), ==, 1);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);

  next = rig_send (rig, one);
  rig_assert_sent (next);
  g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 1);
}

static void
test_partial (void)
{
  const char *const *const sets[] = { with_all, without_chunking, without_pipelining, with_nothing };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      WaxPracticeOptions options = { .extensions = sets[i], .refuse_recipient = one_bad };
      g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = line_send (&line, three_one_bad, TRUE, 2000);
      static const int codes[] = { 250, 550, 250 };

      g_assert_no_error (result->error);
      g_assert_cmpint (result->state, ==, WAX_SEND_PARTIAL);
      g_assert_cmpint (wax_send_result_exit_code (result), ==, 67);
      g_assert_cmpint (result->reply.code, ==, 250);
      g_assert_cmpuint (result->recipients->len, ==, 3);
      for (guint r = 0; r < 3; r++)
        g_assert_cmpint (((WaxRecipientResult *) g_ptr_array_index (result->recipients, r))->reply.code, ==,
                         codes[r]);
      g_assert_cmpuint (wax_practice_host_get_accepted (line.rig->host), ==, 1);
    }
}

/* ---- the hook ---- */

typedef struct
{
  Line *line;
  guint calls;
  guint waits;
} Hook;

static gboolean
note_call (gpointer data, GError **error)
{
  Hook *self = data;

  self->calls++;
  self->waits = wire_get_waits (self->line->wire);

  return TRUE;
}

/* It is called right before the write that holds the final octet, even where that
 * write holds everything. */
static void
test_hook_before_the_one_write (void)
{
  g_auto (Line) line = line_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) opened = wax_transport_open (rig_open (line.rig), NULL);
  g_autoptr (WaxSendResult) result = NULL;
  Hook hook = { .line = &line };

  rig_assert_sent (opened);
  wax_transport_set_before_final (line.rig->transport, note_call, &hook);
  wire_reset (line.wire);
  result = line_send (&line, one, FALSE, 2000);
  rig_assert_sent (result);
  g_assert_cmpuint (hook.calls, ==, 1);
  g_assert_cmpuint (hook.waits, ==, 0);

  wire_reset (line.wire);
  g_clear_pointer (&result, wax_send_result_free);
  result = line_send (&line, three, FALSE, 2000);
  rig_assert_sent (result);
  g_assert_cmpuint (hook.calls, ==, 2);
  g_assert_cmpuint (hook.waits, ==, 1);
}

/* ---- cancelling a write ---- */

typedef struct
{
  Line *line;
  GCancellable *cancellable;
  WaxProgress *progress;
} Canceller;

/* Once the server has some, nothing more is read; once nothing moves, it is cancelled. */
static gboolean
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);

  return G_SOURCE_REMOVE;
}

static gpointer
cancel_a_stuck_write (gpointer data)
{
  Canceller *self = data;
  gint64 done = 0, total;
  guint before, records = 0;

  while (done == 0)
    {
      g_thread_yield ();
      wax_progress_get (self->progress, &done, &total);
    }
  wire_hold (self->line->wire);
  do
    {
      before = records;
      g_usleep (50 * 1000);
      records = wire_get_records (self->line->wire);
    }
  while (records != before);
  cancel_cb (self->cancellable);

  return NULL;
}

/* A peer that reads no more blocks the write of TLS: only cancelling ends it. */
static void
test_cancel_a_stuck_write (void)
{
  const char *const *const sets[] = { with_all, without_chunking };
  const gsize size = 64 * 1024 * 1024;
  g_autofree char *text = g_strnfill (size, 'x');

  for (gsize i = 78; i + 2 < size; i += 80)
    memcpy (text + i, "\r\n", 2);
  memcpy (text + size - 2, "\r\n", 2);
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      WaxPracticeOptions options = { .extensions = sets[i] };
      g_auto (Line) line = line_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (WaxProgress) progress = wax_progress_new ();
      g_autoptr (WaxEnvelope) envelope = rig_envelope (one);
      g_autoptr (GInputStream) message = g_memory_input_stream_new_from_data (text, (gssize) size, NULL);
      Canceller canceller = { &line, cancellable, progress };
      GThread *thread = g_thread_new ("canceller", cancel_a_stuck_write, &canceller);
      g_autoptr (WaxSendResult) result = wax_transport_send (rig_open (line.rig), envelope, message,
                                                             (gint64) size, progress, cancellable);
      gint64 done, total;

      g_thread_join (thread);
      g_assert_error (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (result->state, ==, WAX_SEND_DEFERRED);
      wax_progress_get (progress, &done, &total);
      g_assert_cmpint (done, <, total);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/round-trips/first-message", test_first_message);
  g_test_add_func ("/smtp/round-trips/farewell-goes-with-the-message", test_farewell_goes_with_the_message);
  g_test_add_func ("/smtp/round-trips/warm-message", test_warm_message);
  g_test_add_func ("/smtp/round-trips/warm-after-idleness", test_warm_after_idleness);
  g_test_add_func ("/smtp/round-trips/failed-proof-opens-another", test_failed_proof_opens_another);
  g_test_add_func ("/smtp/round-trips/closed-meanwhile", test_closed_meanwhile);
  g_test_add_func ("/smtp/round-trips/limits", test_limits);
  g_test_add_func ("/smtp/round-trips/limits-with-refused-first", test_limits_with_refused_first);
  g_test_add_func ("/smtp/round-trips/domain-limit", test_domain_limit);
  g_test_add_func ("/smtp/round-trips/unstated-limit", test_unstated_limit);
  g_test_add_func ("/smtp/round-trips/contradiction-is-unknown", test_contradiction_is_unknown);
  g_test_add_func ("/smtp/round-trips/refusal-before-the-end-of-the-connection",
                   test_refusal_before_the_end_of_the_connection);
  g_test_add_func ("/smtp/round-trips/lone-dot", test_lone_dot);
  g_test_add_func ("/smtp/round-trips/partial", test_partial);
  g_test_add_func ("/smtp/round-trips/hook-before-the-one-write", test_hook_before_the_one_write);
  g_test_add_func ("/smtp/round-trips/cancel-a-stuck-write", test_cancel_a_stuck_write);

  return g_test_run ();
}
