/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Captive portals: networks of hotels and trains that let nothing through before
 * somebody has signed in on a web page. They answer for every server, in HTTP or with
 * a certificate of their own. */

#include "smtp-portal.h"

#include <string.h>

#include "clock.h"
#include "smtp-outcome.h"
#include "tls-guard.h"

#define MARK         "HTTP/1."
#define MARK_LENGTH  (sizeof MARK - 1)
#define MARK_WAIT_MS 1000
#define MARK_STEP_US 10000

/* How many of the mark's octets wait at @socket; -1 where others do. */
static gssize
peek_mark (GSocket *socket, GCancellable *cancellable)
{
  char octets[MARK_LENGTH];
  GInputVector vector = { octets, sizeof octets };
  int flags = G_SOCKET_MSG_PEEK;
  gssize n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, cancellable, NULL);

  return n > 0 && memcmp (octets, MARK, (gsize) n) == 0 ? n : -1;
}

gboolean
wax_smtp_portal_answers (WaxSmtpChannel *channel, GCancellable *cancellable)
{
  GSocket *socket = g_socket_connection_get_socket (channel->connection);
  gint64 start = wax_clock_monotonic ();
  gssize seen;

  /* What waits already keeps the socket readable: only time tells whether more comes. */
  while ((seen = peek_mark (socket, cancellable)) > 0 && (gsize) seen < MARK_LENGTH
         && wax_clock_elapsed_ms (start) < MARK_WAIT_MS)
    g_usleep (MARK_STEP_US);

  return seen == MARK_LENGTH;
}

gboolean
wax_smtp_portal_is_known (void)
{
  return g_network_monitor_get_connectivity (g_network_monitor_get_default ())
         == G_NETWORK_CONNECTIVITY_PORTAL;
}

gboolean
wax_smtp_portal_explains (const GError *cause)
{
  /* The guard quotes what was said. */
  if (g_error_matches (cause, WAX_TLS_ERROR, WAX_TLS_ERROR_NOT_TLS))
    return strstr (cause->message, "“" MARK) != NULL || wax_smtp_portal_is_known ();

  return g_error_matches (cause, WAX_TLS_ERROR, WAX_TLS_ERROR_HANDSHAKE) && wax_smtp_portal_is_known ();
}

gboolean
wax_smtp_portal_set_error (const char *host, guint port, GError **error)
{
  g_set_error (
      error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PORTAL,
      "Something that is no mail server answers on port %u in place of %s, as in networks where one signs "
      "in on a web page first",
      port, host);

  return FALSE;
}

void
wax_smtp_portal_add_hint (WaxSmtpChannel *channel, const GError *cause)
{
  g_autofree char *hint = NULL;

  if (!wax_smtp_portal_is_known ())
    return;
  hint = g_strdup_printf (
      "This network wants a sign-in in the browser first, and may answer in the server's place: "
      "sign in there and try again. If it still fails: %s",
      wax_smtp_outcome_hint (cause, WAX_STEP_TLS, 0));
  wax_smtp_channel_set_hint (channel, hint);
}
