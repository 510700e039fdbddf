/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Connections and servers that fail at each step: before the final octet the
 * message is deferred, after it the outcome is unknown, and nothing hangs. */

#include "rig.h"

#include "smtp-transaction.h"

#include <string.h>
#include <sys/socket.h>

static Rig *
rig_with_fault (WaxPracticeStep step,
                WaxPracticeFaultKind kind,
                const char *text,
                const char *const *extensions)
{
  WaxPracticeOptions options = {
    .extensions = extensions,
    .fault = { .step = step, .kind = kind, .text = text },
  };

  return rig_new (&options, WAX_TLS_MODE_STARTTLS);
}

/* The steps of a session up to where a message is handed over. */
static const struct
{
  WaxPracticeStep fault;
  WaxStep step;
} steps[] = {
  { WAX_PRACTICE_STEP_CONNECT, WAX_STEP_GREETING },  { WAX_PRACTICE_STEP_GREETING, WAX_STEP_GREETING },
  { WAX_PRACTICE_STEP_EHLO, WAX_STEP_STARTTLS },     { WAX_PRACTICE_STEP_STARTTLS, WAX_STEP_STARTTLS },
  { WAX_PRACTICE_STEP_EHLO_TLS, WAX_STEP_GREETING }, { WAX_PRACTICE_STEP_AUTH, WAX_STEP_AUTH },
  { WAX_PRACTICE_STEP_MAIL, WAX_STEP_ENVELOPE },     { WAX_PRACTICE_STEP_RCPT, WAX_STEP_ENVELOPE },
};

static const char *const only_data[] = { "PIPELINING", NULL };
/* With two of them the body waits for the replies to the envelope. */
static const char two[] = "b@example.org c@example.org";

/* ---- the connection goes ---- */

static void
test_drop_before_the_message (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (int chunking = 0; chunking <= 1; chunking++)
      {
        g_autoptr (Rig)
            rig = rig_with_fault (steps[i].fault, WAX_PRACTICE_FAULT_DROP, NULL, chunking ? NULL : only_data);
        g_autoptr (WaxSendResult) result = rig_send (rig, chunking ? two : NULL);

        rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_LOST, steps[i].step, 75);
        g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
      }
}

/* A short message to one recipient goes in one write with its envelope: whatever the
 * reply that does not come is to, the server may have all of it. */
static void
test_drop_of_the_one_group_is_unknown (void)
{
  static const WaxPracticeStep dropped[] = { WAX_PRACTICE_STEP_MAIL, WAX_PRACTICE_STEP_RCPT };

  for (gsize i = 0; i < G_N_ELEMENTS (dropped); i++)
    {
      g_autoptr (Rig) rig = rig_with_fault (dropped[i], WAX_PRACTICE_FAULT_DROP, NULL, NULL);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_UNKNOWN, WAX_TRANSPORT_ERROR_UNKNOWN, WAX_STEP_FINAL, 75);
    }
}

static void
test_drop_at_the_handshake (void)
{
  g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_HANDSHAKE, WAX_PRACTICE_FAULT_DROP, NULL, NULL);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_LOST, WAX_STEP_TLS, 75);
  rig_assert_unsaid (rig, "AUTH");
}

static void
test_drop_at_data (void)
{
  g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_DATA, WAX_PRACTICE_FAULT_DROP, NULL, only_data);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_LOST, WAX_STEP_BODY, 75);
}

/* The server has the message, and its 250 does not come: never to be retried by itself. */
static void
test_drop_at_final_is_unknown (void)
{
  const char *const *const sets[] = { NULL, only_data };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_FINAL, WAX_PRACTICE_FAULT_DROP, NULL, sets[i]);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_UNKNOWN, WAX_TRANSPORT_ERROR_UNKNOWN, WAX_STEP_FINAL, 75);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 1);
      g_assert_cmpint (result->reply.code, ==, 0);
    }
}

static void
test_garbage_at_final_is_unknown (void)
{
  static const char *const texts[] = { "what?\r\n", "250\xff\r\n", "350 well\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Rig)
          rig = rig_with_fault (WAX_PRACTICE_STEP_FINAL, WAX_PRACTICE_FAULT_REPLY, texts[i], NULL);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_UNKNOWN, WAX_TRANSPORT_ERROR_UNKNOWN, WAX_STEP_FINAL, 75);
    }
}

/* That a connection ends is no word about the message. */
static void
test_goodbye_at_final_is_unknown (void)
{
  const char *const *const sets[] = { NULL, only_data };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    for (int farewell = 0; farewell <= 1; farewell++)
      {
        g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_FINAL, WAX_PRACTICE_FAULT_REPLY,
                                              "221 2.0.0 bye\r\n", sets[i]);
        g_autoptr (WaxSendResult) result = NULL;

        rig->settings.one_message = farewell;
        result = rig_send (rig, NULL);
        rig_assert_failed (result, WAX_SEND_UNKNOWN, WAX_TRANSPORT_ERROR_UNKNOWN, WAX_STEP_FINAL, 75);
      }
}

/* One message with a farewell, to a server of which no more than @room octets reach
 * anything. @repeatable: (out) Returns: how many octets did. */
static gsize
write_with_room (gsize room, GError **error, gboolean *repeatable)
{
  g_autofree char *octets = g_malloc (room);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new (octets, room, NULL, NULL);
  g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
  g_autoptr (WaxSendResult) result = wax_send_result_new ();
  g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
  g_autoptr (GInputStream)
      message = g_memory_input_stream_new_from_data (RIG_MESSAGE, strlen (RIG_MESSAGE), NULL);
  WaxSmtpCapabilities capabilities = { .pipelining = TRUE, .chunking = TRUE };
  WaxSmtpTransaction transaction = {
    .envelope = envelope,
    .message = message,
    .size = strlen (RIG_MESSAGE),
    .farewell = TRUE,
    .command_timeout_s = 5,
    .data_timeout_s = 5,
    .recipients = result->recipients,
    .reply = &result->reply,
  };
  g_autoptr (GSocket) near = NULL;
  g_autoptr (GSocket) far = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GIOStream) stream = NULL;
  WaxSmtpChannel *channel;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  near = g_socket_new_from_fd (pair[0], NULL);
  far = g_socket_new_from_fd (pair[1], NULL);
  connection = g_socket_connection_factory_create_connection (near);
  stream = g_simple_io_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)), output);
  channel = wax_smtp_channel_new (connection, report);
  wax_smtp_channel_set_stream (channel, stream);
  g_assert_true (g_socket_shutdown (far, FALSE, TRUE, NULL));

  g_assert_false (wax_smtp_transaction_run (&transaction, channel, &capabilities, NULL, error));
  *repeatable = transaction.repeatable;
  wax_smtp_channel_free (channel);

  return g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output));
}

/* A write may fail in the farewell, when all of the message is out. */
static void
test_write_that_fails_at_the_farewell (void)
{
  g_autoptr (GError) cause = NULL;
  gboolean repeatable;
  gsize all = write_with_room (4096, &cause, &repeatable);

  g_assert_error (cause, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_UNKNOWN);
  for (gsize missing = 1; missing < 10; missing++)
    {
      gboolean whole = missing <= strlen ("QUIT\r\n");
      WaxTransportError expected = whole ? WAX_TRANSPORT_ERROR_UNKNOWN : WAX_TRANSPORT_ERROR_LOST;
      g_autoptr (GError) error = NULL;

      write_with_room (all - missing, &error, &repeatable);
      g_assert_error (error, WAX_TRANSPORT_ERROR, (int) expected);
      g_assert_cmpint (repeatable, ==, !whole);
    }
}

static char *
large_text (gsize length)
{
  char *text = g_strnfill (length, 'x');

  for (gsize i = 78; i + 1 < length; i += 80)
    memcpy (text + i, "\r\n", 2);
  memcpy (text + length - 2, "\r\n", 2);

  return text;
}

/* A large message is not over when the connection goes: deferred. */
static void
test_drop_within_a_large_body (void)
{
  const char *const *const sets[] = { NULL, only_data };
  const gsize length = 24 * 1024 * 1024;
  g_autofree char *text = large_text (length);

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_BODY, WAX_PRACTICE_FAULT_DROP, NULL, sets[i]);
      g_autoptr (WaxSendResult) result = rig_send_text (rig, NULL, text, length);

      rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_LOST, WAX_STEP_BODY, 75);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
    }
}

/* A server that has enough of a message says so before its end. */
static void
test_last_words_within_a_large_body (void)
{
  const char *const *const sets[] = { NULL, only_data };
  const gsize length = 24 * 1024 * 1024;
  g_autofree char *text = large_text (length);

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_BODY, WAX_PRACTICE_FAULT_REPLY,
                                            "552 5.3.4 too much\r\n", sets[i]);
      g_autoptr (WaxSendResult) result = rig_send_text (rig, NULL, text, length);

      g_assert_error (result->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_REFUSED);
      g_assert_cmpint (result->state, ==, WAX_SEND_FAILED);
      g_assert_cmpint (result->reply.code, ==, 552);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
    }
}

/* ---- refusals with the server's words ---- */

static void
test_replies_at_each_step (void)
{
  static const struct
  {
    WaxPracticeStep fault;
    const char *text;
    WaxSendState state;
    WaxTransportError code;
    WaxStep step;
    int exit_code;
  } cases[] = {
    { WAX_PRACTICE_STEP_GREETING, "421 4.3.2 closing\r\n", WAX_SEND_DEFERRED,
      WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, WAX_STEP_GREETING, 75 },
    { WAX_PRACTICE_STEP_GREETING, "554 5.3.2 no service\r\n", WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_REFUSED,
      WAX_STEP_GREETING, 69 },
    { WAX_PRACTICE_STEP_GREETING, "SSH-2.0-Other\r\n", WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_PROTOCOL,
      WAX_STEP_GREETING, 76 },
    { WAX_PRACTICE_STEP_EHLO_TLS, "502 5.5.1 what is EHLO\r\n", WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_REFUSED,
      WAX_STEP_GREETING, 69 },
    { WAX_PRACTICE_STEP_MAIL, "451 4.3.0 later\r\n", WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY,
      WAX_STEP_ENVELOPE, 75 },
    { WAX_PRACTICE_STEP_MAIL, "550 5.7.1 not you\r\n", WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_REFUSED,
      WAX_STEP_ENVELOPE, 69 },
    { WAX_PRACTICE_STEP_MAIL, "421 4.3.2 closing\r\n", WAX_SEND_DEFERRED,
      WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, WAX_STEP_ENVELOPE, 75 },
    { WAX_PRACTICE_STEP_RCPT, "421 4.3.2 closing\r\n", WAX_SEND_DEFERRED,
      WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, WAX_STEP_ENVELOPE, 75 },
    { WAX_PRACTICE_STEP_DATA, "554 5.5.1 no\r\n", WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_REFUSED, WAX_STEP_BODY,
      69 },
    { WAX_PRACTICE_STEP_DATA, "250 2.0.0 go on\r\n", WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_PROTOCOL,
      WAX_STEP_BODY, 76 },
    { WAX_PRACTICE_STEP_FINAL, "451 4.3.0 disk full\r\n", WAX_SEND_DEFERRED,
      WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, WAX_STEP_FINAL, 75 },
    { WAX_PRACTICE_STEP_FINAL, "550 5.7.1 looks like spam\r\n", WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_REFUSED,
      WAX_STEP_FINAL, 69 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig)
          rig = rig_with_fault (cases[i].fault, WAX_PRACTICE_FAULT_REPLY, cases[i].text, only_data);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, cases[i].state, cases[i].code, cases[i].step, cases[i].exit_code);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
      if (g_ascii_isdigit (cases[i].text[0]))
        {
          g_autofree char *words = g_strndup (cases[i].text, strlen (cases[i].text) - 2);

          g_assert_cmpint (result->reply.code, ==, atoi (words));
          g_assert_nonnull (strstr (result->error->message, words));
        }
    }
}

/* After a refused message the connection serves the next one. */
static void
test_goes_on_after_refusal (void)
{
  static const WaxPracticeStep refused[] = { WAX_PRACTICE_STEP_MAIL, WAX_PRACTICE_STEP_DATA,
                                             WAX_PRACTICE_STEP_FINAL };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      WaxPracticeOptions options = {
        .extensions = only_data,
        .fault = { .step = refused[i],
                   .kind = WAX_PRACTICE_FAULT_REPLY,
                   .text = "550 5.7.1 no\r\n",
                   .nth = 1 },
      };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) first = rig_send (rig, NULL);
      g_autoptr (WaxSendResult) second = rig_send (rig, NULL);

      g_assert_error (first->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_REFUSED);
      rig_assert_sent (second);
      g_assert_cmpuint (rig_count_said (rig, "AUTH"), ==, 1);
    }
}

/* ---- servers that do not keep to the protocol ---- */

static void
test_garbage_and_endless_replies (void)
{
  static const WaxPracticeFaultKind kinds[] = { WAX_PRACTICE_FAULT_GARBAGE, WAX_PRACTICE_FAULT_ENDLESS };

  for (gsize i = 1; i < G_N_ELEMENTS (steps); i++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
      {
        g_autoptr (Rig) rig = rig_with_fault (steps[i].fault, kinds[kind], NULL, NULL);
        g_autoptr (WaxSendResult) result = rig_send (rig, two);

        g_assert_nonnull (result->error);
        g_assert_true (result->state == WAX_SEND_DEFERRED || result->state == WAX_SEND_BLOCKED);
        g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
      }
}

static void
test_endless_line (void)
{
  g_autofree char *text = g_strnfill (4096, 'x');
  g_autoptr (Rig) rig = rig_with_fault (WAX_PRACTICE_STEP_MAIL, WAX_PRACTICE_FAULT_ENDLESS, text, NULL);
  g_autoptr (WaxSendResult) result = rig_send (rig, two);

  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_PROTOCOL, WAX_STEP_ENVELOPE, 76);
}

/* A reply that no command asked for must not be taken for that of the body. */
static void
test_more_replies_than_commands (void)
{
  static const WaxPracticeStep where[] = { WAX_PRACTICE_STEP_EHLO_TLS, WAX_PRACTICE_STEP_RCPT };
  const char *const *const sets[] = { NULL, only_data };

  for (gsize i = 0; i < G_N_ELEMENTS (where); i++)
    for (gsize set = 0; set < G_N_ELEMENTS (sets); set++)
      {
        WaxPracticeOptions options = {
          .extensions = sets[set],
          .fault = { .step = where[i],
                     .kind = WAX_PRACTICE_FAULT_APPEND,
                     .text = "250 2.0.0 more\r\n",
                     .nth = where[i] == WAX_PRACTICE_STEP_RCPT ? 2 : 1 },
        };
        g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
        g_autoptr (WaxSendResult) result = rig_send (rig, two);

        g_assert_error (result->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PROTOCOL);
        g_assert_cmpint (result->state, ==, WAX_SEND_DEFERRED);
        g_assert_cmpint (wax_send_result_exit_code (result), ==, 76);
        g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
      }
}

static void
test_silent_server_times_out (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_MAIL, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = 600000 },
  };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxSendResult) result = NULL;

  rig->settings.command_timeout_s = 1;
  result = rig_send (rig, two);
  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_LOST, WAX_STEP_ENVELOPE, 75);
  g_assert_nonnull (strstr (result->error->message, "1 second"));
}

/* ---- the message itself ---- */

static void
test_message_that_cannot_be_sent (void)
{
  static const struct
  {
    const char *text;
    gint64 size; /* 0: its own */
    WaxSendState state;
    WaxTransportError code;
    int exit_code;
  } cases[] = {
    { "a\r\n", 10, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_SOURCE, 75 },
    { "a\r\nb\r\n", 3, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_SOURCE, 75 },
    { "a\n", 0, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_MALFORMED, 65 },
    { "a\n.\r\nMAIL FROM:<x@y>\r\n", 0, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_MALFORMED, 65 },
    { "a\r.\r\n", 0, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_MALFORMED, 65 },
    { "a\r\nb\r", 0, WAX_SEND_FAILED, WAX_TRANSPORT_ERROR_MALFORMED, 65 },
  };
  const char *const *const sets[] = { NULL, only_data };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize set = 0; set < G_N_ELEMENTS (sets); set++)
      {
        WaxPracticeOptions options = { .extensions = sets[set] };
        g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
        g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
        g_autoptr (GInputStream) message = g_memory_input_stream_new_from_data (
            cases[i].text, (gssize) strlen (cases[i].text), NULL);
        gint64 size = cases[i].size > 0 ? cases[i].size : (gint64) strlen (cases[i].text);
        g_autoptr (WaxSendResult) result = NULL;
        g_autoptr (WaxSendResult) next = NULL;

        result = wax_transport_send (rig_open (rig), envelope, message, size, NULL, NULL);
        rig_assert_failed (result, cases[i].state, cases[i].code, WAX_STEP_BODY, cases[i].exit_code);

        /* Half a message was dropped with its connection, and another one serves the next. */
        next = rig_send (rig, NULL);
        rig_assert_sent (next);
        g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 1);
      }
}

static gboolean
refuse_final (gpointer data, GError **error)
{
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "The disk is full");

  return FALSE;
}

static void
test_final_octet_held_back (void)
{
  const char *const *const sets[] = { NULL, only_data };

  for (gsize set = 0; set < G_N_ELEMENTS (sets); set++)
    {
      WaxPracticeOptions options = { .extensions = sets[set] };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
      g_autoptr (WaxSendResult) result = NULL;

      rig->settings.before_final = refuse_final;
      result = rig_send (rig, NULL);
      g_assert_error (result->error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
      g_assert_cmpint (result->state, ==, WAX_SEND_DEFERRED);
      g_assert_cmpint (wax_send_result_exit_code (result), ==, 75);
      wax_practice_host_stop (rig->host);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
    }
}

/* ---- cancelling ---- */

typedef struct
{
  Rig *rig;
  GCancellable *cancellable;
  const char *command;
} Canceller;

/* Cancels once the host has heard the command whose reply it holds back. */
static gpointer
cancel_when_heard (gpointer data)
{
  Canceller *self = data;

  while (self->command != NULL && rig_count_said (self->rig, self->command) == 0)
    g_thread_yield ();
  g_cancellable_cancel (self->cancellable);

  return NULL;
}

static WaxSendResult *
send_and_cancel (Rig *rig, const char *command)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
  g_autoptr (GInputStream)
      message = g_memory_input_stream_new_from_data (RIG_MESSAGE, strlen (RIG_MESSAGE), NULL);
  Canceller canceller = { rig, cancellable, command };
  GThread *thread = g_thread_new ("canceller", cancel_when_heard, &canceller);
  WaxSendResult *result = wax_transport_send (rig_open (rig), envelope, message, strlen (RIG_MESSAGE), NULL,
                                              cancellable);

  g_thread_join (thread);

  return result;
}

/* Each reply is held back for ten minutes: only cancelling ends the wait. */
static void
test_cancel_anywhere (void)
{
  static const struct
  {
    WaxPracticeStep fault;
    const char *command;
  } cases[] = {
    { WAX_PRACTICE_STEP_CONNECT, NULL },         { WAX_PRACTICE_STEP_GREETING, NULL },
    { WAX_PRACTICE_STEP_EHLO, "EHLO" },          { WAX_PRACTICE_STEP_STARTTLS, "STARTTLS" },
    { WAX_PRACTICE_STEP_HANDSHAKE, "STARTTLS" }, { WAX_PRACTICE_STEP_AUTH, "AUTH" },
    { WAX_PRACTICE_STEP_MAIL, "MAIL" },          { WAX_PRACTICE_STEP_RCPT, "RCPT" },
    { WAX_PRACTICE_STEP_DATA, "DATA" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WaxPracticeOptions options = {
        .extensions = only_data,
        .fault = { .step = cases[i].fault, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = 600000 },
      };
      g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_STARTTLS);
      g_autoptr (WaxSendResult) result = send_and_cancel (rig, cases[i].command);

      g_assert_error (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (result->state, ==, WAX_SEND_DEFERRED);
      g_assert_cmpuint (wax_practice_host_get_accepted (rig->host), ==, 0);
    }
}

static gboolean
cancel_at_final (gpointer data, GError **error)
{
  Canceller *canceller = data;

  canceller->command = "BDAT";
  g_thread_unref (g_thread_new ("canceller", cancel_when_heard, canceller));

  return TRUE;
}

/* Too late to take it back: the message may have been accepted. */
static void
test_cancel_after_final_is_unknown (void)
{
  WaxPracticeOptions options = {
    .fault = { .step = WAX_PRACTICE_STEP_FINAL, .kind = WAX_PRACTICE_FAULT_DELAY, .delay_ms = 600000 },
  };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  g_autoptr (WaxEnvelope) envelope = rig_envelope (NULL);
  g_autoptr (GInputStream)
      message = g_memory_input_stream_new_from_data (RIG_MESSAGE, strlen (RIG_MESSAGE), NULL);
  Canceller canceller = { rig, cancellable, NULL };
  g_autoptr (WaxSendResult) result = NULL;

  rig->settings.before_final = cancel_at_final;
  rig->settings.before_final_data = &canceller;
  result = wax_transport_send (rig_open (rig), envelope, message, strlen (RIG_MESSAGE), NULL, cancellable);
  rig_assert_failed (result, WAX_SEND_UNKNOWN, WAX_TRANSPORT_ERROR_UNKNOWN, WAX_STEP_FINAL, 75);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/session/drop-before-the-message", test_drop_before_the_message);
  g_test_add_func ("/smtp/session/drop-of-the-one-group-is-unknown", test_drop_of_the_one_group_is_unknown);
  g_test_add_func ("/smtp/session/drop-at-the-handshake", test_drop_at_the_handshake);
  g_test_add_func ("/smtp/session/drop-at-data", test_drop_at_data);
  g_test_add_func ("/smtp/session/drop-at-final-is-unknown", test_drop_at_final_is_unknown);
  g_test_add_func ("/smtp/session/garbage-at-final-is-unknown", test_garbage_at_final_is_unknown);
  g_test_add_func ("/smtp/session/goodbye-at-final-is-unknown", test_goodbye_at_final_is_unknown);
  g_test_add_func ("/smtp/session/write-that-fails-at-the-farewell", test_write_that_fails_at_the_farewell);
  g_test_add_func ("/smtp/session/drop-within-a-large-body", test_drop_within_a_large_body);
  g_test_add_func ("/smtp/session/last-words-within-a-large-body", test_last_words_within_a_large_body);
  g_test_add_func ("/smtp/session/replies-at-each-step", test_replies_at_each_step);
  g_test_add_func ("/smtp/session/goes-on-after-refusal", test_goes_on_after_refusal);
  g_test_add_func ("/smtp/session/garbage-and-endless-replies", test_garbage_and_endless_replies);
  g_test_add_func ("/smtp/session/endless-line", test_endless_line);
  g_test_add_func ("/smtp/session/more-replies-than-commands", test_more_replies_than_commands);
  g_test_add_func ("/smtp/session/silent-server-times-out", test_silent_server_times_out);
  g_test_add_func ("/smtp/session/message-that-cannot-be-sent", test_message_that_cannot_be_sent);
  g_test_add_func ("/smtp/session/final-octet-held-back", test_final_octet_held_back);
  g_test_add_func ("/smtp/session/cancel-anywhere", test_cancel_anywhere);
  g_test_add_func ("/smtp/session/cancel-after-final-is-unknown", test_cancel_after_final_is_unknown);

  return g_test_run ();
}
