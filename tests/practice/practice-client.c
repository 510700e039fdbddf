/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tests' own client. */

#include "practice-client.h"

#include "line-stream.h"

#include <gsasl.h>
#include <string.h>

struct _PracticeClient
{
  GSocketConnection *connection;
  GTlsConnection *tls;
  WaxLineStream *lines;
  GTlsDatabase *trust;
  gboolean implicit;
};

static PracticeClient *
client_open_port (WaxPracticeHost *host, guint16 port, GError **error)
{
  g_autoptr (PracticeClient) self = g_new0 (PracticeClient, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_timeout (client, 60);
  self->trust = g_tls_file_database_new (wax_practice_host_get_ca_file (host), error);
  g_assert_nonnull (self->trust);
  self->connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, error);
  if (self->connection == NULL)
    return NULL;
  self->lines = wax_line_stream_new (G_IO_STREAM (self->connection));

  return g_steal_pointer (&self);
}

PracticeClient *
practice_client_open (WaxPracticeHost *host, gboolean implicit, GError **error)
{
  g_autoptr (PracticeClient) self = client_open_port (host,
                                                      implicit ? wax_practice_host_get_implicit_port (host)
                                                               : wax_practice_host_get_starttls_port (host),
                                                      error);

  if (self == NULL)
    return NULL;
  self->implicit = implicit;
  if (implicit && !practice_client_secure (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

PracticeClient *
practice_client_open_plaintext (WaxPracticeHost *host, GError **error)
{
  return client_open_port (host, wax_practice_host_get_plaintext_port (host), error);
}

void
practice_client_free (PracticeClient *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->lines, wax_line_stream_free);
  g_clear_object (&self->tls);
  g_clear_object (&self->connection);
  g_clear_object (&self->trust);
  g_free (self);
}

/* The certificate is looked at by practice_client_get_errors(). */
static gboolean
accept_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags flags,
                       gpointer data)
{
  return TRUE;
}

gboolean
practice_client_secure (PracticeClient *self, GError **error)
{
  g_autoptr (GSocketConnectable) name = g_network_address_new ("localhost", 0);
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (G_IO_STREAM (self->connection), name, error);

  g_assert_nonnull (tls);
  g_tls_connection_set_database (G_TLS_CONNECTION (tls), self->trust);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, error))
    return FALSE;

  wax_line_stream_free (self->lines);
  self->lines = wax_line_stream_new (tls);
  self->tls = G_TLS_CONNECTION (g_steal_pointer (&tls));

  return TRUE;
}

GTlsCertificateFlags
practice_client_get_errors (PracticeClient *self)
{
  return g_tls_connection_get_peer_certificate_errors (self->tls);
}

GTlsProtocolVersion
practice_client_get_version (PracticeClient *self)
{
  return g_tls_connection_get_protocol_version (self->tls);
}

void
practice_client_send (PracticeClient *self, const char *octets, gssize length)
{
  /* Not asserted: the host may hang up on what it reads. */
  wax_line_stream_write_all (self->lines, octets, length < 0 ? strlen (octets) : (gsize) length, NULL, NULL);
}

char *
practice_client_read (PracticeClient *self)
{
  g_autoptr (GString) reply = g_string_new (NULL);

  while (TRUE)
    {
      g_autofree char *line = wax_line_stream_read_line (self->lines, 4096, NULL, NULL, NULL);

      if (line == NULL)
        return NULL;
      if (reply->len > 0)
        g_string_append_c (reply, '\n');
      g_string_append (reply, line);
      if (strlen (line) < 4 || line[3] != '-')
        return g_string_free (g_steal_pointer (&reply), FALSE);
    }
}

char *
practice_client_ask (PracticeClient *self, const char *line, const char *expected)
{
  g_autofree char *whole = g_strconcat (line, "\r\n", NULL);
  g_autofree char *reply = NULL;

  practice_client_send (self, whole, -1);
  reply = practice_client_read (self);
  if (reply == NULL || !g_str_has_prefix (reply, expected))
    g_error ("“%s” drew “%s”, not “%s”", line, reply != NULL ? reply : "(end)", expected);

  return g_steal_pointer (&reply);
}

void
practice_client_expect (PracticeClient *self, const char *line, const char *expected)
{
  g_free (practice_client_ask (self, line, expected));
}

char *
practice_client_begin (PracticeClient *self)
{
  g_autofree char *greeting = practice_client_read (self);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (greeting);
  g_assert_true (g_str_has_prefix (greeting, "220 "));
  if (!self->implicit)
    {
      practice_client_expect (self, "EHLO client.example", "250");
      practice_client_expect (self, "STARTTLS", "220");
      practice_client_secure (self, &error);
      g_assert_no_error (error);
    }

  return practice_client_ask (self, "EHLO client.example", "250");
}

/* base64 of this connection's own binding; @property says which it is. */
static char *
client_get_binding (PracticeClient *self, Gsasl_property *property)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean exporter = practice_client_get_version (self) >= G_TLS_PROTOCOL_VERSION_TLS_1_3;

  g_tls_connection_get_channel_binding_data (
      self->tls, exporter ? G_TLS_CHANNEL_BINDING_TLS_EXPORTER : G_TLS_CHANNEL_BINDING_TLS_UNIQUE, data,
      &error);
  g_assert_no_error (error);
  *property = exporter ? GSASL_CB_TLS_EXPORTER : GSASL_CB_TLS_UNIQUE;

  return g_base64_encode (data->data, data->len);
}

/* Answers challenges until the server says something else than 334. */
static int
client_exchange (PracticeClient *self, Gsasl_session *session, const char *mechanism)
{
  g_autofree char *command = g_strdup_printf ("AUTH %s\r\n", mechanism);
  int rc = GSASL_NEEDS_MORE;

  practice_client_send (self, command, -1);
  while (TRUE)
    {
      g_autofree char *reply = practice_client_read (self);
      g_autofree char *line = NULL;
      char *answer = NULL;

      g_assert_nonnull (reply);
      if (!g_str_has_prefix (reply, "334 "))
        {
          int code = (int) g_ascii_strtoll (reply, NULL, 10);

          /* 235 before the client has seen the server's proof. */
          return code == 235 && rc != GSASL_OK ? 0 : code;
        }
      rc = gsasl_step64 (session, reply + 4, &answer);
      if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE)
        {
          practice_client_expect (self, "*", "501");
          return 0;
        }
      line = g_strconcat (answer != NULL ? answer : "", "\r\n", NULL);
      gsasl_free (answer);
      practice_client_send (self, line, -1);
    }
}

static int
client_sign_in (PracticeClient *self,
                const char *mechanism,
                const char *user,
                const char *password,
                const char *binding)
{
  g_autofree char *own = NULL;
  Gsasl *context = NULL;
  Gsasl_session *session = NULL;
  Gsasl_property property;
  int code;

  g_assert_cmpint (gsasl_init (&context), ==, GSASL_OK);
  g_assert_cmpint (gsasl_client_start (context, mechanism, &session), ==, GSASL_OK);
  gsasl_property_set (session, GSASL_AUTHID, user);
  gsasl_property_set (session, GSASL_PASSWORD, password);
  if (g_str_has_suffix (mechanism, "-PLUS"))
    {
      own = client_get_binding (self, &property);
      gsasl_property_set (session, property, binding != NULL ? binding : own);
    }
  code = client_exchange (self, session, mechanism);
  gsasl_finish (session);
  gsasl_done (context);

  return code;
}

int
practice_client_sign_in (PracticeClient *self, const char *mechanism, const char *user, const char *password)
{
  return client_sign_in (self, mechanism, user, password, NULL);
}

int
practice_client_sign_in_with_binding (PracticeClient *self, const char *mechanism, const char *binding)
{
  return client_sign_in (self, mechanism, "practice", "practice", binding);
}
