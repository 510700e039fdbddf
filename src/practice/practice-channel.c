/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A client's connection: lines and replies over GIO, with TLS by GIO's own
 * server connection and nothing of the engine's TLS code, which it is there to
 * test. */

#include "practice-channel.h"

#include "line-stream.h"
#include "practice-fault.h"
#include "practice-tls12.h"

#include <gio/gnetworking.h>
#include <gnutls/x509.h>

/* How long a client may say nothing, and how long its end is waited for. */
#define IDLE_SECONDS   300
#define LINGER_SECONDS 2
/* Between the two writes of a split reply, so that the kernel does not join them. */
#define SPLIT_MS 4

struct _WaxPracticeChannel
{
  GSocketConnection *connection;
  GIOStream *tls; /* a GTlsConnection, or a WaxPracticeTls12 */
  WaxLineStream *lines;
  const WaxPracticeSettings *settings;
  WaxPracticeRecord *record;
  WaxPracticeFaultPlan plan;
  GCancellable *cancellable;
};

static GSocket *
channel_socket (WaxPracticeChannel *self)
{
  return g_socket_connection_get_socket (self->connection);
}

/* Ends it at once, without close_notify. */
static void
channel_drop (WaxPracticeChannel *self)
{
  g_socket_close (channel_socket (self), NULL);
}

static gboolean
channel_write (WaxPracticeChannel *self, gconstpointer data, gsize length)
{
  return wax_line_stream_write_all (self->lines, data, length, self->cancellable, NULL);
}

/* FALSE if the host stopped meanwhile. */
static gboolean
channel_wait (WaxPracticeChannel *self, guint ms)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (self->cancellable, &fd))
    return FALSE;
  g_poll (&fd, 1, (int) MIN (ms, (guint) G_MAXINT));
  g_cancellable_release_fd (self->cancellable);

  return !g_cancellable_is_cancelled (self->cancellable);
}

static void
channel_write_garbage (WaxPracticeChannel *self)
{
  guint32 garbage[64];

  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    garbage[i] = g_random_int ();
  channel_write (self, garbage, sizeof garbage);
}

/* Until the client has enough, or the host stops. */
static void
channel_write_endlessly (WaxPracticeChannel *self, const char *text, int code)
{
  g_autoptr (GString) run = g_string_new (NULL);
  g_autofree char *own = g_strdup_printf ("%03d-and there is more\r\n", code);
  const char *piece = text != NULL && *text != '\0' ? text : own;

  while (run->len < 4096)
    g_string_append (run, piece);
  while (channel_write (self, run->str, run->len))
    ;
}

static int
code_of (const char *reply)
{
  if (reply == NULL || !g_ascii_isdigit (reply[0]) || !g_ascii_isdigit (reply[1])
      || !g_ascii_isdigit (reply[2]))
    return 0;

  return (reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0');
}

/* Sends a whole reply, or what the fault of this step makes of it. */
static int
channel_say (WaxPracticeChannel *self, WaxPracticeStep step, int code, GString *reply)
{
  const WaxPracticeFault *fault = wax_practice_fault_plan_strike (&self->plan, step);
  gsize split;

  switch (fault != NULL ? fault->kind : WAX_PRACTICE_FAULT_NONE)
    {
    case WAX_PRACTICE_FAULT_REPLY:
      g_string_assign (reply, fault->text != NULL ? fault->text : "");
      code = code_of (reply->str);
      break;
    case WAX_PRACTICE_FAULT_DROP:
      channel_drop (self);
      return 0;
    case WAX_PRACTICE_FAULT_DELAY:
      if (!channel_wait (self, fault->delay_ms))
        return 0;
      break;
    case WAX_PRACTICE_FAULT_GARBAGE:
      channel_write_garbage (self);
      wax_practice_channel_hang_up (self);
      return 0;
    case WAX_PRACTICE_FAULT_SPLIT:
      split = MIN (fault->split, reply->len);
      if (!channel_write (self, reply->str, split) || !channel_wait (self, SPLIT_MS))
        return 0;
      g_string_erase (reply, 0, (gssize) split);
      break;
    case WAX_PRACTICE_FAULT_APPEND:
      g_string_append (reply, fault->text != NULL ? fault->text : "");
      break;
    case WAX_PRACTICE_FAULT_ENDLESS:
      channel_write_endlessly (self, fault->text, code);
      return 0;
    case WAX_PRACTICE_FAULT_NONE:
    default:
      break;
    }

  return channel_write (self, reply->str, reply->len) ? code : 0;
}

WaxPracticeChannel *
wax_practice_channel_new (GSocketConnection *connection,
                          const WaxPracticeSettings *settings,
                          WaxPracticeRecord *record,
                          const WaxPracticeFault *fault,
                          GCancellable *cancellable)
{
  WaxPracticeChannel *self = g_new0 (WaxPracticeChannel, 1);
  GSocket *socket = g_socket_connection_get_socket (connection);

  self->connection = g_object_ref (connection);
  self->lines = wax_line_stream_new (G_IO_STREAM (connection));
  self->settings = settings;
  self->record = record;
  self->cancellable = g_object_ref (cancellable);
  wax_practice_fault_plan_init (&self->plan, fault);
  g_socket_set_timeout (socket, IDLE_SECONDS);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);

  return self;
}

void
wax_practice_channel_free (WaxPracticeChannel *self)
{
  if (self == NULL)
    return;

  channel_drop (self);
  g_clear_pointer (&self->lines, wax_line_stream_free);
  g_clear_object (&self->tls);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  wax_practice_fault_plan_clear (&self->plan);
  g_free (self);
}

gboolean
wax_practice_channel_is_encrypted (WaxPracticeChannel *self)
{
  return self->tls != NULL;
}

/* A client certificate by anybody else ends the handshake. */
static gboolean
accept_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       WaxPracticeChannel *self)
{
  GTlsCertificate *ca = self->settings->client_ca;

  return ca == NULL || g_tls_certificate_verify (certificate, NULL, ca) == G_TLS_CERTIFICATE_NO_FLAGS;
}

static GIOStream *
channel_handshake (WaxPracticeChannel *self)
{
  g_autoptr (GIOStream) tls = NULL;

  if (self->settings->tls_1_2_only)
    return wax_practice_tls12_accept (channel_socket (self), self->settings->chain_pem, self->cancellable,
                                      NULL);

  tls = g_tls_server_connection_new (G_IO_STREAM (self->connection), self->settings->certificate, NULL);
  if (tls == NULL)
    return NULL;
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  if (self->settings->request_client_certificate)
    {
      g_object_set (tls, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
      g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
    }
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), self->cancellable, NULL))
    return NULL;

  return g_steal_pointer (&tls);
}

gboolean
wax_practice_channel_secure (WaxPracticeChannel *self)
{
  if (wax_practice_channel_pass (self, WAX_PRACTICE_STEP_HANDSHAKE) != WAX_PRACTICE_PASS_ON)
    return FALSE;

  self->tls = channel_handshake (self);
  if (self->tls == NULL)
    return FALSE;
  wax_line_stream_free (self->lines);
  self->lines = wax_line_stream_new (self->tls);

  return TRUE;
}

char *
wax_practice_channel_get_binding (WaxPracticeChannel *self, Gsasl_property *property)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  if (self->tls == NULL)
    return NULL;

  if (WAX_IS_PRACTICE_TLS12 (self->tls))
    {
      g_autoptr (GBytes) unique = wax_practice_tls12_get_unique (WAX_PRACTICE_TLS12 (self->tls));

      if (unique == NULL)
        return NULL;
      *property = GSASL_CB_TLS_UNIQUE;
      return g_base64_encode (g_bytes_get_data (unique, NULL), g_bytes_get_size (unique));
    }

  /* A client may be limited to 1.2 on its own side. */
  if (g_tls_connection_get_protocol_version (G_TLS_CONNECTION (self->tls)) >= G_TLS_PROTOCOL_VERSION_TLS_1_3)
    *property = GSASL_CB_TLS_EXPORTER;
  else
    *property = GSASL_CB_TLS_UNIQUE;
  if (!g_tls_connection_get_channel_binding_data (G_TLS_CONNECTION (self->tls),
                                                  *property == GSASL_CB_TLS_EXPORTER
                                                      ? G_TLS_CHANNEL_BINDING_TLS_EXPORTER
                                                      : G_TLS_CHANNEL_BINDING_TLS_UNIQUE,
                                                  data, NULL))
    return NULL;

  return g_base64_encode (data->data, data->len);
}

char *
wax_practice_channel_get_client_name (WaxPracticeChannel *self)
{
  GTlsCertificate *certificate = G_IS_TLS_CONNECTION (self->tls)
                                     ? g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (self->tls))
                                     : NULL;
  g_autoptr (GByteArray) der = NULL;
  gnutls_datum_t data;
  gnutls_x509_crt_t parsed = NULL;
  char name[256];
  size_t length = sizeof name;
  gboolean found;

  if (certificate == NULL || gnutls_x509_crt_init (&parsed) < 0)
    return NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  data.data = der->data;
  data.size = der->len;
  found = gnutls_x509_crt_import (parsed, &data, GNUTLS_X509_FMT_DER) >= 0
          && gnutls_x509_crt_get_dn_by_oid (parsed, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &length) >= 0;
  gnutls_x509_crt_deinit (parsed);

  return found ? g_strndup (name, length) : NULL;
}

WaxPracticePass
wax_practice_channel_pass (WaxPracticeChannel *self, WaxPracticeStep step)
{
  const WaxPracticeFault *fault = wax_practice_fault_plan_strike (&self->plan, step);
  const char *text = fault != NULL && fault->text != NULL ? fault->text : "";

  switch (fault != NULL ? fault->kind : WAX_PRACTICE_FAULT_NONE)
    {
    case WAX_PRACTICE_FAULT_REPLY:
      return channel_write (self, text, strlen (text)) ? WAX_PRACTICE_PASS_MUTE : WAX_PRACTICE_PASS_CLOSED;
    case WAX_PRACTICE_FAULT_DROP:
      channel_drop (self);
      return WAX_PRACTICE_PASS_CLOSED;
    case WAX_PRACTICE_FAULT_DELAY:
      return channel_wait (self, fault->delay_ms) ? WAX_PRACTICE_PASS_ON : WAX_PRACTICE_PASS_CLOSED;
    case WAX_PRACTICE_FAULT_GARBAGE:
      channel_write_garbage (self);
      return WAX_PRACTICE_PASS_MUTE;
    case WAX_PRACTICE_FAULT_APPEND:
      return channel_write (self, text, strlen (text)) ? WAX_PRACTICE_PASS_ON : WAX_PRACTICE_PASS_CLOSED;
    case WAX_PRACTICE_FAULT_ENDLESS:
      channel_write_endlessly (self, fault->text, 250);
      return WAX_PRACTICE_PASS_CLOSED;
    case WAX_PRACTICE_FAULT_SPLIT:
    case WAX_PRACTICE_FAULT_NONE:
    default:
      return WAX_PRACTICE_PASS_ON;
    }
}

gboolean
wax_practice_channel_will_refuse (WaxPracticeChannel *self, WaxPracticeStep step)
{
  const WaxPracticeFault *fault = &self->plan.fault;

  return fault->kind == WAX_PRACTICE_FAULT_REPLY && fault->step == step
         && (fault->nth == 0 || fault->nth == self->plan.reached + 1) && code_of (fault->text) / 100 != 2;
}

int
wax_practice_channel_reply (WaxPracticeChannel *self,
                            WaxPracticeStep step,
                            int code,
                            const char *enhanced,
                            const char *format,
                            ...)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  va_list arguments;

  g_string_printf (reply, "%03d ", code);
  if (enhanced != NULL && wax_practice_settings_has_extension (self->settings, "ENHANCEDSTATUSCODES"))
    g_string_append_printf (reply, "%s ", enhanced);
  va_start (arguments, format);
  g_string_append_vprintf (reply, format, arguments);
  va_end (arguments);
  g_string_append (reply, "\r\n");

  return channel_say (self, step, code, reply);
}

int
wax_practice_channel_reply_lines (WaxPracticeChannel *self,
                                  WaxPracticeStep step,
                                  int code,
                                  const char *const *lines)
{
  g_autoptr (GString) reply = g_string_new (NULL);

  for (gsize i = 0; lines[i] != NULL; i++)
    g_string_append_printf (reply, "%03d%c%s\r\n", code, lines[i + 1] != NULL ? '-' : ' ', lines[i]);

  return channel_say (self, step, code, reply);
}

char *
wax_practice_channel_read_command (WaxPracticeChannel *self, gsize limit, GError **error)
{
  char *line = wax_line_stream_read_line (self->lines, limit, NULL, self->cancellable, error);

  if (line != NULL)
    wax_practice_record_add_line (self->record, line, self->tls != NULL);

  return line;
}

char *
wax_practice_channel_read_line (WaxPracticeChannel *self, gsize *length, GError **error)
{
  return wax_line_stream_read_line (self->lines, WAX_PRACTICE_BODY_LIMIT, length, self->cancellable, error);
}

gboolean
wax_practice_channel_read_all (WaxPracticeChannel *self, void *buffer, gsize length, GError **error)
{
  return wax_line_stream_read_all (self->lines, buffer, length, self->cancellable, error);
}

gsize
wax_practice_channel_get_available (WaxPracticeChannel *self)
{
  return wax_line_stream_get_available (self->lines);
}

/* A socket that is closed with octets unread sends a reset, which can overtake
 * and void the last reply. So: end our side, and read until the client ends
 * its own. */
void
wax_practice_channel_hang_up (WaxPracticeChannel *self)
{
  GSocket *socket = channel_socket (self);
  char unread[4096];

  if (self->tls != NULL)
    g_output_stream_close (g_io_stream_get_output_stream (self->tls), self->cancellable, NULL);
  if (g_socket_shutdown (socket, FALSE, TRUE, NULL))
    {
      g_socket_set_timeout (socket, LINGER_SECONDS);
      while (g_socket_receive (socket, unread, sizeof unread, self->cancellable, NULL) > 0)
        ;
    }
  channel_drop (self);
}
