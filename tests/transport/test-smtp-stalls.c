/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A peer that stops at each step of a send: a time-out ends it and says where, and
 * cancelling ends it at once. The peer never goes on by itself. */

#include "clock.h"
#include "net.h"
#include "rig.h"
#include "smtp-route.h"

#include <string.h>

/* Milliseconds for which the practice host says nothing: longer than any test. */
#define FOR_EVER   (1000 * 3600)
#define LARGE      (24 * 1024 * 1024)
#define GUARD_S    30
#define RECIPIENTS "b@example.org c@example.org"

typedef enum
{
  PLACE_NAME,    /* the DNS does not tell an address */
  PLACE_SERVERS, /* nor the servers of a domain */
  PLACE_CONNECT, /* SYNs are dropped */
  PLACE_SOCKS,   /* a proxy says nothing */
  PLACE_HTTP,
  PLACE_HANDSHAKE, /* a server takes a ClientHello and says nothing */
  PLACE_GREETING,  /* a server says nothing from the start */
  PLACE_HOST,      /* the practice host stops at a step */
} Place;

typedef struct
{
  const char *name;
  Place place;
  WaxPracticeStep fault; /* where, for PLACE_HOST */
  const char *said;      /* the command by which one sees that the host is there */
  gboolean large;        /* so much is to be written that it waits for the reader */
  WaxStep step;
  const char *words; /* of the time-out, before its seconds */
} Stall;

static const Stall stalls[] = {
  { "name", PLACE_NAME, 0, NULL, FALSE, WAX_STEP_CONNECT, "did not tell the address of stall.example" },
  { "servers", PLACE_SERVERS, 0, NULL, FALSE, WAX_STEP_CONNECT, "did not say" },
  { "connect", PLACE_CONNECT, 0, NULL, FALSE, WAX_STEP_CONNECT, "did not answer on port" },
  { "socks", PLACE_SOCKS, 0, NULL, FALSE, WAX_STEP_CONNECT, "The proxy socks5://" },
  { "http", PLACE_HTTP, 0, NULL, FALSE, WAX_STEP_CONNECT, "The proxy http://" },
  { "handshake", PLACE_HANDSHAKE, 0, NULL, FALSE, WAX_STEP_TLS, "did not finish the TLS handshake" },
  { "greeting", PLACE_GREETING, 0, NULL, FALSE, WAX_STEP_GREETING, "did not greet" },
  { "ehlo", PLACE_HOST, WAX_PRACTICE_STEP_EHLO_TLS, "EHLO", FALSE, WAX_STEP_GREETING, "did not answer EHLO" },
  { "auth", PLACE_HOST, WAX_PRACTICE_STEP_AUTH, "AUTH", FALSE, WAX_STEP_AUTH, "did not answer the sign-in" },
  { "mail", PLACE_HOST, WAX_PRACTICE_STEP_MAIL, "MAIL", FALSE, WAX_STEP_ENVELOPE,
    "did not answer the envelope" },
  { "data", PLACE_HOST, WAX_PRACTICE_STEP_DATA, "DATA", FALSE, WAX_STEP_BODY, "did not take the message" },
  { "body", PLACE_HOST, WAX_PRACTICE_STEP_BODY, "DATA", TRUE, WAX_STEP_BODY, "did not take the message" },
  { "final", PLACE_HOST, WAX_PRACTICE_STEP_FINAL, "DATA", FALSE, WAX_STEP_FINAL,
    "did not confirm the message" },
};

/* ---- the stage ---- */

typedef struct
{
  const Stall *stall;
  Rig *rig;
  NetHole *hole;
  NetPeer *peer;
  char *text;
  gsize length;
  WaxProgress *progress;
  gint64 written; /* at the last look; -1 before */
} Stage;

static const NetWords silence = { NULL, FALSE, 0 };

/* Whole lines of a message. */
static char *
text_new (gsize length)
{
  char *text = g_malloc (length + 1);

  memset (text, 'x', length);
  for (gsize i = 76; i + 1 < length; i += 78)
    memcpy (text + i, "\r\n", 2);
  memcpy (text + length - 2, "\r\n", 2);
  text[length] = '\0';

  return text;
}

/* The route goes through the DNS: what is asked there shows how far it has come. */
static void
stage_set_address (Stage *self)
{
  WaxAccount *account = self->rig->account;
  g_autofree char *proxy = NULL;

  net_resolver_add ("stall.example", self->stall->place == PLACE_NAME ? "hang" : "127.0.0.1");
  net_resolver_add_service ("_submissions._tcp.stall.example", "hang");
  switch (self->stall->place)
    {
    case PLACE_NAME:
      g_object_set (account, "host", "stall.example", NULL);
      return;
    case PLACE_SERVERS:
      g_object_set (account, "host", "stall.example", "srv", TRUE, NULL);
      return;
    case PLACE_CONNECT:
      self->hole = net_hole_new ("127.0.0.1", 0);
      g_object_set (account, "host", "stall.example", "port", (guint) net_hole_get_port (self->hole), NULL);
      return;
    case PLACE_SOCKS:
    case PLACE_HTTP:
      self->peer = net_peer_new (&silence);
      proxy = g_strdup_printf ("%s://127.0.0.1:%u", self->stall->place == PLACE_SOCKS ? "socks5" : "http",
                               net_peer_get_port (self->peer));
      g_object_set (account, "proxy", proxy, NULL);
      return;
    case PLACE_HANDSHAKE:
    case PLACE_GREETING:
      self->peer = net_peer_new (&silence);
      g_object_set (account, "port", (guint) net_peer_get_port (self->peer), NULL);
      if (self->stall->place == PLACE_GREETING)
        g_object_set (account, "mode", WAX_TLS_MODE_STARTTLS, NULL);
      return;
    case PLACE_HOST:
    default:
      return;
    }
}

static Stage *
stage_new (const Stall *stall)
{
  static const char *const without_chunking[] = { "PIPELINING", "8BITMIME", NULL };
  const WaxPracticeOptions options = {
    .extensions = without_chunking,
    .fault = { stall->fault, stall->fault != 0 ? WAX_PRACTICE_FAULT_DELAY : WAX_PRACTICE_FAULT_NONE,
               .delay_ms = FOR_EVER },
  };
  Stage *self = g_new0 (Stage, 1);

  net_resolver_clear ();
  wax_smtp_route_forget ();
  self->stall = stall;
  self->length = stall->large ? LARGE : 1000;
  self->text = text_new (self->length);
  self->progress = wax_progress_new ();
  self->written = -1;
  self->rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
  stage_set_address (self);

  return self;
}

static void
stage_free (Stage *self)
{
  rig_free (self->rig);
  g_clear_pointer (&self->hole, net_hole_free);
  g_clear_pointer (&self->peer, net_peer_free);
  wax_progress_unref (self->progress);
  g_free (self->text);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static WaxSendResult *
stage_send (Stage *self, GCancellable *cancellable)
{
  g_autoptr (WaxEnvelope) envelope = rig_envelope (RECIPIENTS);
  g_autoptr (GInputStream)
      message = g_memory_input_stream_new_from_data (self->text, (gssize) self->length, NULL);

  return wax_transport_send (rig_open (self->rig), envelope, message, (gint64) self->length, NULL,
                             cancellable);
}

/* ---- time-outs ---- */

static void
test_time_out (gconstpointer data)
{
  const Stall *stall = data;
  g_autoptr (Stage) stage = stage_new (stall);
  g_autoptr (WaxSendResult) result = NULL;
  WaxTransportSettings *settings = &stage->rig->settings;
  gboolean final = stall->step == WAX_STEP_FINAL;

  settings->connect_timeout_s = settings->tls_timeout_s = settings->command_timeout_s =
      settings->data_timeout_s = 30;
  settings->silence_timeout_s = 1;
  *(stall->step == WAX_STEP_CONNECT                                 ? &settings->connect_timeout_s
    : stall->step == WAX_STEP_TLS                                   ? &settings->tls_timeout_s
    : stall->step == WAX_STEP_BODY || stall->step == WAX_STEP_FINAL ? &settings->data_timeout_s
                                                                    : &settings->command_timeout_s) = 1;
  result = stage_send (stage, NULL);

  g_test_message ("%s: %s", stall->name, result->error->message);
  g_assert_cmpstr (wax_step_to_string (result->step), ==, wax_step_to_string (stall->step));
  g_assert_cmpint (result->state, ==, final ? WAX_SEND_UNKNOWN : WAX_SEND_DEFERRED);
  g_assert_nonnull (strstr (result->error->message, stall->words));
  g_assert_nonnull (strstr (result->error->message, "within 1 seconds"));
  g_assert_nonnull (result->hint);
}

/* ---- cancelling ---- */

/* Whether a writer that writes at all has come no further since the last look. */
static gboolean
stage_is_full (Stage *self)
{
  gint64 before = self->written;
  gint64 total;

  g_usleep (100000);
  wax_progress_get (self->progress, &self->written, &total);

  return self->written == before;
}

/* The practice host stores a message before it would confirm it. */
static gboolean
stage_has_message (Stage *self)
{
  g_auto (GStrv) messages = wax_practice_host_list_messages (self->rig->host);

  return messages != NULL && messages[0] != NULL;
}

/* Whether the peer is where it will stay. */
static gboolean
stage_is_reached (Stage *self)
{
  switch (self->stall->place)
    {
    case PLACE_NAME:
    case PLACE_CONNECT:
      return net_resolver_count ("stall.example") > 0;
    case PLACE_SERVERS:
      return net_resolver_count ("_submissions._tcp.stall.example") > 0;
    case PLACE_GREETING:
      return net_peer_get_visits (self->peer) > 0;
    case PLACE_SOCKS:
    case PLACE_HTTP:
    case PLACE_HANDSHAKE:
      return net_peer_get_heard (self->peer) > 0;
    case PLACE_HOST:
    default:
      return rig_count_said (self->rig, self->stall->said) > 0
             && (!self->stall->large || stage_is_full (self))
             && (self->stall->step != WAX_STEP_FINAL || stage_has_message (self));
    }
}

typedef struct
{
  Stage *stage;
  GCancellable *cancellable;
  WaxSendResult *result;
  GMutex lock;
  GCond cond;
  gint64 returned; /* monotonic; 0: not yet */
} Sending;

static gpointer
sending_thread (gpointer data)
{
  Sending *self = data;

  self->result = stage_send (self->stage, self->cancellable);
  g_mutex_lock (&self->lock);
  self->returned = wax_clock_monotonic ();
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);

  return NULL;
}

static void
sending_await (Sending *self)
{
  gint64 end = g_get_monotonic_time () + GUARD_S * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (self->returned == 0)
    g_assert_true (g_cond_wait_until (&self->cond, &self->lock, end));
  g_mutex_unlock (&self->lock);
}

static void
test_cancel (gconstpointer data)
{
  const Stall *stall = data;
  g_autoptr (Stage) stage = stage_new (stall);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WaxSendResult) result = NULL;
  Sending sending = { .stage = stage, .cancellable = cancellable };
  GThread *thread;
  gint64 start;

  stage->rig->settings.silence_timeout_s = 3600;
  stage->rig->settings.connect_timeout_s = stage->rig->settings.tls_timeout_s = 3600;
  thread = g_thread_new ("send", sending_thread, &sending);
  while (!stage_is_reached (stage))
    g_usleep (2000);
  start = wax_clock_monotonic ();
  g_cancellable_cancel (cancellable);
  sending_await (&sending);
  g_thread_join (thread);
  result = sending.result;

  g_test_message ("cancelled at %s: %.1f ms", stall->name, (double) (sending.returned - start) / 1000);
  if (stall->step == WAX_STEP_FINAL)
    g_assert_cmpint (result->state, ==, WAX_SEND_UNKNOWN);
  else
    g_assert_error (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  net_resolver_install ();
  for (gsize i = 0; i < G_N_ELEMENTS (stalls); i++)
    {
      g_autofree char *time_out = g_strconcat ("/smtp/stalls/time-out/", stalls[i].name, NULL);
      g_autofree char *cancel = g_strconcat ("/smtp/stalls/cancel/", stalls[i].name, NULL);

      g_test_add_data_func (time_out, &stalls[i], test_time_out);
      g_test_add_data_func (cancel, &stalls[i], test_cancel);
    }
  code = g_test_run ();
  net_resolver_uninstall ();

  return code;
}
