/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Everything that can go wrong on the way of a message, at every step, and random
 * mixtures of it. The oracle knows nothing of the session: it compares what the result
 * says with what the practice host has stored.
 *
 *   sent, partial       it is stored, once, octet for octet
 *   failed, blocked,    it is not stored
 *   deferred
 *   a recipient was     it is not stored, unless the others were to have it
 *   refused
 *   unknown             it may be; the final octet must have been announced
 *
 * Without a sanitizer it runs a part of them. WAXSEAL_SCHEDULE=seed runs that one schedule alone. */

#include "rig.h"

#include <string.h>

/* All of it where a fault shows best: under the address sanitizer, or with -m slow. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif
#define SCHEDULES       1000
#define SCHEDULES_QUICK 200
#define QUICK_STRIDE    3

static gboolean
is_thorough (void)
{
  return SANITIZED || g_test_slow ();
}

/* ---- a message that can be told from every other ---- */

static char *
make_message (guint32 seed, gsize size)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "From: a@example.org\r\nSubject: %u\r\n\r\n", seed);
  while (text->len < size)
    {
      guint length = (guint) g_rand_int_range (rand, 0, 79);

      if (g_rand_int_range (rand, 0, 8) == 0)
        g_string_append_c (text, '.');
      for (guint i = 0; i < length; i++)
        g_string_append_c (text, (char) g_rand_int_range (rand, 0x20, 0x7f));
      g_string_append (text, "\r\n");
    }

  return g_string_free (text, FALSE);
}

/* ---- the oracle ---- */

typedef struct
{
  const char *text;
  gboolean to_rest;
  guint recipients;
  guint finals; /* how often the final octet was announced */
  gboolean lied_to;
} Expected;

static gboolean
announce (gpointer data, GError **error)
{
  ((Expected *) data)->finals++;

  return TRUE;
}

static guint
count_copies (Rig *rig, const char *text)
{
  g_auto (GStrv) paths = wax_practice_host_list_messages (rig->host);
  guint copies = 0;

  for (gsize i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *stored = NULL;
      gsize length;

      if (g_file_get_contents (paths[i], &stored, &length, NULL) && length == strlen (text)
          && memcmp (stored, text, length) == 0)
        copies++;
    }

  return copies;
}

/* A server that answers more than it was asked, within a group, says of one command
 * what it means of another: its refusals are then no more reliable than the rest. */
static gboolean
lies (const WaxPracticeFault *fault)
{
  return fault->kind == WAX_PRACTICE_FAULT_APPEND
         && (fault->step == WAX_PRACTICE_STEP_MAIL || fault->step == WAX_PRACTICE_STEP_RCPT);
}

/* What is wrong with @result, or NULL. The host is stopped: it stores nothing more. */
static const char *
judge (Rig *rig, const Expected *expected, const WaxSendResult *result)
{
  guint copies = count_copies (rig, expected->text);
  guint accepted = 0, refused = 0;

  for (guint i = 0; i < result->recipients->len; i++)
    {
      int code = ((WaxRecipientResult *) g_ptr_array_index (result->recipients, i))->reply.code;

      accepted += code / 100 == 2;
      refused += code >= 400;
    }

  if (wax_practice_host_get_accepted (rig->host) != copies)
    return "something else than the message was stored";
  if (copies > 1)
    return "it was stored more than once";
  if (copies > 0 && refused > 0 && !expected->to_rest && !expected->lied_to)
    return "a recipient was refused, and others have it";
  switch (result->state)
    {
    case WAX_SEND_SENT:
      if (result->error != NULL)
        return "sent, with an error";
      if (accepted != expected->recipients)
        return "sent, and a recipient was not accepted";
      return copies == 1 ? NULL : "sent, and not stored";
    case WAX_SEND_PARTIAL:
      if (!expected->to_rest)
        return "partly sent, where it was all or nothing";
      if (accepted == 0 || accepted >= expected->recipients)
        return "partly sent, and to all or nobody";
      return copies == 1 ? NULL : "partly sent, and not stored";
    case WAX_SEND_UNKNOWN:
      return expected->finals > 0 ? NULL : "unknown, and the final octet was not announced";
    case WAX_SEND_DEFERRED:
    case WAX_SEND_BLOCKED:
    case WAX_SEND_FAILED:
      if (result->error == NULL)
        return "not sent, without an error";
      return copies == 0 || expected->lied_to ? NULL : "not sent, and stored";
    default:
      return "no such state";
    }
}

/* ---- one message ---- */

typedef struct
{
  WaxPracticeOptions options;
  WaxTlsMode mode;
  const char *recipients;
  gboolean to_rest;
  gboolean warm; /* a message goes before it */
  gboolean farewell;
  gsize size;
  guint seed;
  int cancel_at; /* read of the source at which it is cancelled; 0: not */
} Schedule;

/* A source that cancels when it is read for the nth time. */
#define TYPE_TRAP (trap_get_type ())
G_DECLARE_FINAL_TYPE (Trap, trap, TEST, TRAP, GFilterInputStream)

struct _Trap
{
  GFilterInputStream parent_instance;
  GCancellable *cancellable;
  int left;
};

G_DEFINE_FINAL_TYPE (Trap, trap, G_TYPE_FILTER_INPUT_STREAM)

static gssize
trap_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  Trap *self = TEST_TRAP (stream);

  if (--self->left == 0)
    g_cancellable_cancel (self->cancellable);

  return g_input_stream_read (G_FILTER_INPUT_STREAM (stream)->base_stream, buffer, count, NULL, error);
}

static void
trap_class_init (TrapClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = trap_read;
}

static void
trap_init (Trap *self)
{
}

static WaxSendResult *
send_it (Rig *rig, const Schedule *schedule, const char *text)
{
  g_autoptr (WaxEnvelope) envelope = rig_envelope (schedule->recipients);
  g_autoptr (GInputStream) base = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GInputStream) trapped = g_object_new (TYPE_TRAP, "base-stream", base, NULL);

  TEST_TRAP (trapped)->cancellable = cancellable;
  TEST_TRAP (trapped)->left = schedule->cancel_at;
  envelope->options.send_to_rest = schedule->to_rest;

  return wax_transport_send (rig_open (rig), envelope, schedule->cancel_at > 0 ? trapped : base,
                             (gint64) strlen (text), NULL, cancellable);
}

static const char *
run (const Schedule *schedule, WaxSendState *state)
{
  g_autofree char *text = make_message (schedule->seed, schedule->size);
  g_auto (GStrv) list = g_strsplit (schedule->recipients, " ", -1);
  Expected expected = { .text = text,
                        .to_rest = schedule->to_rest,
                        .recipients = g_strv_length (list),
                        .lied_to = lies (&schedule->options.fault) };
  g_autoptr (Rig) rig = rig_new (&schedule->options, schedule->mode);
  g_autoptr (WaxSendResult) result = NULL;

  rig->settings.before_final = announce;
  rig->settings.before_final_data = &expected;
  rig->settings.command_timeout_s = 5;
  rig->settings.data_timeout_s = 5;
  rig->settings.one_message = schedule->farewell;
  if (schedule->warm)
    {
      g_autoptr (WaxSendResult) opened = wax_transport_open (rig_open (rig), NULL);

      g_assert_nonnull (opened);
    }
  result = send_it (rig, schedule, text);
  *state = result->state;
  /* Behind a reply that no command asked for, the confirmation may come before its time. */
  while (result->state == WAX_SEND_SENT && wax_practice_host_get_accepted (rig->host) == 0)
    g_thread_yield ();
  wax_practice_host_stop (rig->host);

  return judge (rig, &expected, result);
}

/* ---- every fault at every step ---- */

static const char *const with_chunking[] = { "PIPELINING", "CHUNKING", "8BITMIME", "SIZE 100000000", NULL };
static const char *const with_data[] = { "PIPELINING", "8BITMIME", NULL };
static const char *const no_pipelining[] = { "CHUNKING", NULL };
static const char *const nothing[] = { NULL };
static const char *const *const sets[] = { with_chunking, with_data, no_pipelining, nothing };

static const char *const recipients[] = {
  "b@example.org",
  "b@example.org c@example.org d@example.org",
  "nobody@example.org",
  "b@example.org nobody@example.org",
};

/* Texts for REPLY, APPEND and ENDLESS. A 2yz in place of a reply that is not would
 * make the host lie about what it has stored. */
static const char *const replies[] = { "451 4.3.0 later\r\n", "550 5.7.1 no\r\n", "421 4.3.2 closing\r\n",
                                       "what?\r\n" };

static void
test_every_fault_at_every_step (void)
{
  guint count = 0, stride = is_thorough () ? 1 : QUICK_STRIDE;
  guint states[WAX_SEND_UNKNOWN + 1] = { 0 };

  for (int step = WAX_PRACTICE_STEP_CONNECT; step <= WAX_PRACTICE_STEP_RSET; step++)
    for (int kind = WAX_PRACTICE_FAULT_REPLY; kind <= WAX_PRACTICE_FAULT_ENDLESS; kind++)
      for (gsize set = 0; set < 2; set++)
        for (gsize who = 0; who < (step < WAX_PRACTICE_STEP_MAIL ? 2 : G_N_ELEMENTS (recipients)); who++)
          for (gsize text = 0; text < (kind == WAX_PRACTICE_FAULT_REPLY ? G_N_ELEMENTS (replies) : 1); text++)
            {
              Schedule schedule = {
                .options = { .mechanisms = "PLAIN",
                             .extensions = sets[set],
                             .refuse_recipient = "nobody@example.org",
                             .fault = { .step = (WaxPracticeStep) step,
                                        .kind = (WaxPracticeFaultKind) kind,
                                        .split = 3,
                                        .text = kind == WAX_PRACTICE_FAULT_REPLY    ? replies[text]
                                                : kind == WAX_PRACTICE_FAULT_APPEND ? "250 2.0.0 more\r\n"
                                                                                    : NULL } },
                .mode = step < WAX_PRACTICE_STEP_MAIL ? WAX_TLS_MODE_STARTTLS : WAX_TLS_MODE_IMPLICIT,
                .recipients = recipients[who],
                .to_rest = who == 3,
                .size = 1000,
                .seed = 7,
              };
              WaxSendState state;
              const char *wrong;

              if (++count % stride != 0)
                continue;
              wrong = run (&schedule, &state);
              if (wrong != NULL)
                g_error ("step %d, fault %d (%s), extensions %" G_GSIZE_FORMAT ", to %s: %s", step, kind,
                         replies[text], set, recipients[who], wrong);
              states[state]++;
            }

  g_test_message ("%u cases, each of %u: %u sent, %u partial, %u deferred, %u blocked, %u failed, %u unknown",
                  count, stride, states[WAX_SEND_SENT], states[WAX_SEND_PARTIAL], states[WAX_SEND_DEFERRED],
                  states[WAX_SEND_BLOCKED], states[WAX_SEND_FAILED], states[WAX_SEND_UNKNOWN]);
  /* The faults did strike, and not all of them the same way. */
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpuint (states[i], >, 0);
}

/* ---- random schedules ---- */

static Schedule
make_schedule (guint seed)
{
  static const gsize sizes[] = { 0, 200, 5000, 13900, 14100, 60000, 1100000 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Schedule schedule = {
    .options = { .mechanisms = "PLAIN", .refuse_recipient = "nobody@example.org", .plaintext_port = TRUE },
    .mode = g_rand_boolean (rand)                ? WAX_TLS_MODE_PLAINTEXT_LOOPBACK
            : g_rand_int_range (rand, 0, 3) == 0 ? WAX_TLS_MODE_STARTTLS
                                                 : WAX_TLS_MODE_IMPLICIT,
    .seed = seed,
  };
  WaxPracticeFault *fault = &schedule.options.fault;

  schedule.options.extensions = sets[g_rand_int_range (rand, 0, G_N_ELEMENTS (sets))];
  schedule.recipients = recipients[g_rand_int_range (rand, 0, G_N_ELEMENTS (recipients))];
  schedule.to_rest = g_rand_boolean (rand);
  schedule.warm = g_rand_boolean (rand);
  schedule.farewell = g_rand_boolean (rand);
  /* The largest is for one in twenty: it takes the longest. */
  schedule.size = sizes[g_rand_int_range (
      rand, 0, g_rand_int_range (rand, 0, 20) == 0 ? G_N_ELEMENTS (sizes) : G_N_ELEMENTS (sizes) - 1)];
  if (g_rand_int_range (rand, 0, 4) == 0)
    schedule.cancel_at = g_rand_int_range (rand, 1, 4);
  if (g_rand_int_range (rand, 0, 5) == 0)
    return schedule;

  /* Most faults where the message is on its way. */
  fault->step = g_rand_int_range (rand, 0, 4) == 0
                    ? (WaxPracticeStep) g_rand_int_range (rand, WAX_PRACTICE_STEP_CONNECT,
                                                          WAX_PRACTICE_STEP_MAIL)
                    : (WaxPracticeStep) g_rand_int_range (rand, WAX_PRACTICE_STEP_MAIL,
                                                          WAX_PRACTICE_STEP_RSET + 1);
  fault->kind = (WaxPracticeFaultKind) g_rand_int_range (rand, WAX_PRACTICE_FAULT_REPLY,
                                                         WAX_PRACTICE_FAULT_ENDLESS + 1);
  fault->nth = g_rand_int_range (rand, 0, 3);
  fault->split = (guint) g_rand_int_range (rand, 1, 30);
  fault->text = fault->kind == WAX_PRACTICE_FAULT_REPLY
                    ? replies[g_rand_int_range (rand, 0, G_N_ELEMENTS (replies))]
                : fault->kind == WAX_PRACTICE_FAULT_APPEND ? "250 2.0.0 more\r\n"
                                                           : NULL;

  return schedule;
}

static void
test_random_schedules (void)
{
  const char *only = g_getenv ("WAXSEAL_SCHEDULE");
  guint first = only != NULL ? (guint) g_ascii_strtoull (only, NULL, 10) : 1;
  guint count = only != NULL ? 1 : is_thorough () ? SCHEDULES : SCHEDULES_QUICK;
  guint states[WAX_SEND_UNKNOWN + 1] = { 0 };

  for (guint seed = first; seed < first + count; seed++)
    {
      Schedule schedule = make_schedule (seed);
      WaxSendState state;
      const char *wrong = run (&schedule, &state);

      if (wrong != NULL)
        g_error ("schedule %u: %s (again: WAXSEAL_SCHEDULE=%u)", seed, wrong, seed);
      states[state]++;
    }

  g_test_message ("%u schedules: %u sent, %u partial, %u deferred, %u blocked, %u failed, %u unknown", count,
                  states[WAX_SEND_SENT], states[WAX_SEND_PARTIAL], states[WAX_SEND_DEFERRED],
                  states[WAX_SEND_BLOCKED], states[WAX_SEND_FAILED], states[WAX_SEND_UNKNOWN]);
  if (only == NULL)
    {
      g_assert_cmpuint (states[WAX_SEND_SENT], >, 0);
      g_assert_cmpuint (states[WAX_SEND_PARTIAL], >, 0);
      g_assert_cmpuint (states[WAX_SEND_DEFERRED], >, 0);
      g_assert_cmpuint (states[WAX_SEND_FAILED], >, 0);
      g_assert_cmpuint (states[WAX_SEND_UNKNOWN], >, 0);
    }
}

/* ---- replies in pieces ---- */

/* Each reply of a whole session, cut at every octet: it is sent all the same. */
static void
test_every_reply_cut_at_every_octet (void)
{
  static const struct
  {
    WaxPracticeStep step;
    guint length; /* of the practice host's reply, at least */
  } steps[] = {
    { WAX_PRACTICE_STEP_GREETING, 40 },  { WAX_PRACTICE_STEP_EHLO, 110 }, { WAX_PRACTICE_STEP_STARTTLS, 26 },
    { WAX_PRACTICE_STEP_EHLO_TLS, 110 }, { WAX_PRACTICE_STEP_AUTH, 32 },  { WAX_PRACTICE_STEP_MAIL, 22 },
    { WAX_PRACTICE_STEP_RCPT, 25 },      { WAX_PRACTICE_STEP_DATA, 42 },  { WAX_PRACTICE_STEP_FINAL, 24 },
  };

  for (gsize set = 0; set < 2; set++)
    {
      WaxPracticeOptions options = { .mechanisms = "PLAIN", .extensions = sets[set] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
      guint sent = 0;

      for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
        for (guint cut = 1; cut < steps[i].length; cut += is_thorough () ? 1 : QUICK_STRIDE)
          {
            WaxPracticeFault fault = { .step = steps[i].step,
                                       .kind = WAX_PRACTICE_FAULT_SPLIT,
                                       .split = cut };
            g_autoptr (WaxSendResult) result = NULL;

            /* Up to the message, both sets are one. */
            if (set > 0 && steps[i].step < WAX_PRACTICE_STEP_MAIL)
              continue;
            wax_practice_host_set_fault (rig->host, &fault);
            g_clear_object (&rig->transport);
            result = rig_send (rig, "b@example.org");
            rig_assert_sent (result);
            g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, ++sent);
          }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/schedules/every-fault-at-every-step", test_every_fault_at_every_step);
  g_test_add_func ("/smtp/schedules/random", test_random_schedules);
  g_test_add_func ("/smtp/schedules/every-reply-cut-at-every-octet", test_every_reply_cut_at_every_octet);

  return g_test_run ();
}
