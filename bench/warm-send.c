/* SPDX-License-Identifier: GPL-3.0-or-later */

/* warm-send PORT USER PASSWORD-FILE CA-FILE MESSAGE-FILE IDLE-S: what a message
 * costs on a connection that is open, as while a composer is. Opens one to
 * localhost, sends once, waits IDLE-S seconds, and sends again. Prints
 * {"open_ms": 310, "open_round_trips": 5, "ms": 51, "round_trips": 1}: of the
 * last message. */

#include "transport.h"
#include "tls-policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
read_file (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  if (!g_file_get_contents (path, &text, length, &error))
    g_error ("%s", error->message);

  return text;
}

static guint
must (WaxSendResult *result, const char *what)
{
  guint round_trips = result->report->round_trips;

  if (result->state != WAX_SEND_SENT)
    g_error ("%s: %s", what, result->error->message);
  wax_send_result_free (result);

  return round_trips;
}

static guint
send_once (WaxTransport *transport, const char *message, gsize length)
{
  const char *recipients[] = { "bob@example.com", NULL };
  g_autoptr (WaxEnvelope) envelope = wax_envelope_new ("alice@example.org", recipients, NULL);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (message, (gssize) length, NULL);

  return must (wax_transport_send (transport, envelope, stream, (gint64) length, NULL, NULL), "send");
}

static double
ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

int
main (int argc, char **argv)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxTransport) transport = NULL;
  g_autofree char *password = NULL;
  g_autofree char *message = NULL;
  gsize length;
  gint64 start;
  double open_ms;
  guint open_round_trips, round_trips;

  if (argc != 7)
    g_error ("usage: warm-send PORT USER PASSWORD-FILE CA-FILE MESSAGE-FILE IDLE-S");
  g_setenv ("G_TLS_GNUTLS_PRIORITY", wax_tls_policy_priority (), TRUE);
  password = read_file (argv[3], NULL);
  message = read_file (argv[5], &length);
  g_object_set (account, "address", "alice@example.org", "host", "localhost", "port",
                (guint) strtoul (argv[1], NULL, 10), "user", argv[2], "mechanism", "PLAIN", NULL);
  transport = wax_transport_new (&(WaxTransportSettings) {
      .account = account,
      .password = wax_secret_new_string (g_strchomp (password)),
      .ca_file = argv[4],
  });

  start = g_get_monotonic_time ();
  open_round_trips = must (wax_transport_open (transport, NULL), "open");
  open_ms = ms_since (start);
  send_once (transport, message, length);
  g_usleep ((gulong) strtoul (argv[6], NULL, 10) * G_USEC_PER_SEC);
  start = g_get_monotonic_time ();
  round_trips = send_once (transport, message, length);
  printf ("{\"open_ms\": %.1f, \"open_round_trips\": %u, \"ms\": %.1f, \"round_trips\": %u}\n", open_ms,
          open_round_trips, ms_since (start), round_trips);
  wax_transport_close (transport, NULL);

  return 0;
}
