/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The other side of the guard's tests. */

#include "tls-server.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

static void
check (int code)
{
  if (code < 0)
    g_error ("GnuTLS refused: %s", gnutls_strerror (code));
}

/* Whether to try again: the socket was not ready, and now is. */
static gboolean
wait_for (TlsServer *self, GSocket *socket, gnutls_session_t session, int code)
{
  GIOCondition condition = gnutls_record_get_direction (session) ? G_IO_OUT : G_IO_IN;

  if (code == GNUTLS_E_INTERRUPTED)
    return TRUE;

  return code == GNUTLS_E_AGAIN && g_socket_condition_wait (socket, condition, self->stop, NULL);
}

static void
note_session (TlsServer *self, gnutls_session_t session)
{
  gnutls_datum_t binding = { NULL, 0 };

  self->resumed = gnutls_session_is_resumed (session) != 0;
  g_clear_pointer (&self->exporter, g_bytes_unref);
  if (gnutls_session_channel_binding (session, GNUTLS_CB_TLS_EXPORTER, &binding) >= 0)
    {
      self->exporter = g_bytes_new (binding.data, binding.size);
      gnutls_free (binding.data);
    }
}

static void
note_client (TlsServer *self, gnutls_session_t session)
{
  unsigned length = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &length);
  gnutls_x509_crt_t certificate;
  gnutls_datum_t dn = { NULL, 0 };

  if (chain == NULL || length == 0)
    return;
  check (gnutls_x509_crt_init (&certificate));
  check (gnutls_x509_crt_import (certificate, &chain[0], GNUTLS_X509_FMT_DER));
  check (gnutls_x509_crt_get_dn3 (certificate, &dn, 0));
  g_free (self->client);
  self->client = g_strndup ((const char *) dn.data, dn.size);
  gnutls_free (dn.data);
  gnutls_x509_crt_deinit (certificate);
}

static void
serve_session (TlsServer *self, GSocket *socket, gnutls_session_t session)
{
  guint8 buffer[1024];
  ssize_t n;
  int code;

  do
    code = gnutls_handshake (session);
  while (code < 0 && !gnutls_error_is_fatal (code) && wait_for (self, socket, session, code));
  if (code < 0)
    {
      gnutls_alert_send_appropriate (session, code);
      return;
    }
  note_session (self, session);
  note_client (self, session);
  gnutls_record_send (session, "hello", 5);
  do
    {
      n = gnutls_record_recv (session, buffer, sizeof buffer);
      if (n > 0)
        {
          g_byte_array_append (self->received, buffer, (guint) n);
          /* Who reads this knows that what it said has arrived. */
          gnutls_record_send (session, "!", 1);
        }
    }
  while (n > 0 || (n < 0 && wait_for (self, socket, session, (int) n)));
}

/* Demands a certificate of one authority. */
static void
demand_client (TlsServer *self, gnutls_session_t session, gnutls_certificate_credentials_t credentials)
{
  gnutls_datum_t ca = { (unsigned char *) self->clients->cert_pem,
                        (unsigned) strlen (self->clients->cert_pem) };

  check (gnutls_certificate_set_x509_trust_mem (credentials, &ca, GNUTLS_X509_FMT_PEM));
  gnutls_certificate_server_set_request (session, GNUTLS_CERT_REQUIRE);
  gnutls_session_set_verify_cert (session, NULL, 0);
}

static void
serve_tls (TlsServer *self, GSocket *socket)
{
  const WaxTestCertificate *mine = self->certificate;
  gnutls_datum_t cert = { (unsigned char *) mine->cert_pem, (unsigned) strlen (mine->cert_pem) };
  gnutls_datum_t key = { (unsigned char *) mine->key_pem, (unsigned) strlen (mine->key_pem) };
  gnutls_datum_t ticket_key = { self->ticket_key, sizeof self->ticket_key };
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t session;

  check (gnutls_certificate_allocate_credentials (&credentials));
  check (gnutls_certificate_set_x509_key_mem (credentials, &cert, &key, GNUTLS_X509_FMT_PEM));
  check (gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL));
  check (gnutls_priority_set_direct (session, self->priority != NULL ? self->priority : "NORMAL", NULL));
  check (gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials));
  check (gnutls_session_ticket_enable_server (session, &ticket_key));
  if (self->clients != NULL)
    demand_client (self, session, credentials);
  gnutls_transport_set_int (session, g_socket_get_fd (socket));
  serve_session (self, socket, session);
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (credentials);
}

/* Reads until the client goes away. */
static void
drain (TlsServer *self, GSocket *socket)
{
  char buffer[1024];

  while (g_socket_receive (socket, buffer, sizeof buffer, self->stop, NULL) > 0)
    if (self->on_hello != NULL)
      g_cancellable_cancel (self->on_hello);
}

static void
serve (TlsServer *self, GSocket *socket)
{
  static const char greeting[] = "220 mail.example.net ESMTP\r\n";

  switch (self->manner)
    {
    case TLS_SERVER_SPEAKS_TLS:
      serve_tls (self, socket);
      break;
    case TLS_SERVER_GREETS_IN_PLAIN_TEXT:
      g_socket_send (socket, greeting, strlen (greeting), self->stop, NULL);
      drain (self, socket);
      break;
    case TLS_SERVER_IS_SILENT:
      drain (self, socket);
      break;
    case TLS_SERVER_CLOSES:
    default:
      break;
    }
}

static gpointer
server_thread (gpointer data)
{
  TlsServer *self = data;

  for (;;)
    {
      g_autoptr (GSocket) socket = g_socket_accept (self->socket, self->stop, NULL);

      if (socket == NULL)
        return NULL;
      serve (self, socket);
      g_socket_close (socket, NULL);
    }
}

TlsServer *
tls_server_start (TlsServerManner manner,
                  const WaxTestCertificate *certificate,
                  const char *priority,
                  GCancellable *on_hello)
{
  TlsServer *self = g_new0 (TlsServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  self->manner = manner;
  self->certificate = certificate;
  self->priority = priority;
  self->on_hello = on_hello;
  self->received = g_byte_array_new ();
  self->stop = g_cancellable_new ();
  memset (self->ticket_key, 0x5a, sizeof self->ticket_key);
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (self->socket, any_port, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->socket, &error);
  g_assert_no_error (error);
  address = g_socket_get_local_address (self->socket, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  self->thread = g_thread_new ("tls-server", server_thread, self);

  return self;
}

void
tls_server_stop (TlsServer *self)
{
  if (self->thread == NULL)
    return;
  g_cancellable_cancel (self->stop);
  g_thread_join (g_steal_pointer (&self->thread));
}

void
tls_server_free (TlsServer *self)
{
  tls_server_stop (self);
  g_byte_array_unref (self->received);
  g_clear_pointer (&self->exporter, g_bytes_unref);
  g_free (self->client);
  g_clear_object (&self->socket);
  g_clear_object (&self->stop);
  g_free (self);
}

GIOStream *
tls_server_dial (TlsServer *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, &error);
  g_assert_no_error (error);

  return G_IO_STREAM (connection);
}
