/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A relay of one connection after the other, on a thread of its own. */

#include "wire.h"

#define APPLICATION_DATA 23
#define RECORD_HEADER    5

/* Where the client's octets are among TLS records (RFC 8446 section 5.1). */
typedef struct
{
  guint8 header[RECORD_HEADER];
  gsize have;
  gsize left;
} Records;

struct _Wire
{
  GSocket *listener;
  GThread *thread;
  GCancellable *cancellable;
  guint16 port;
  guint16 server;
  int held; /* atomic */
  int waits, connections, records;
};

static void
count_records (Wire *self, Records *state, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gsize take;

      if (state->left == 0)
        {
          state->header[state->have++] = *data++;
          length--;
          if (state->have < RECORD_HEADER)
            continue;
          state->have = 0;
          state->left = ((gsize) state->header[3] << 8) + state->header[4];
          if (state->header[0] == APPLICATION_DATA)
            g_atomic_int_inc (&self->records);
          continue;
        }
      take = MIN (length, state->left);
      state->left -= take;
      data += take;
      length -= take;
    }
}

/* It means nothing in TLS 1.3 (RFC 8446 section D.4), and may go while the server's
 * flight is still coming. */
static gboolean
is_change_cipher_spec (const guint8 *data, gsize length)
{
  return length == 6 && data[0] == 20 && data[4] == 1;
}

/* 0: that side is gone. */
static gsize
take (GSocket *from, guint8 *buffer, gsize size)
{
  gssize n = g_socket_receive (from, (char *) buffer, size, NULL, NULL);

  return n > 0 ? (gsize) n : 0;
}

static gboolean
give (GSocket *to, const guint8 *buffer, gsize length)
{
  while (length > 0)
    {
      gssize written = g_socket_send (to, (const char *) buffer, length, NULL, NULL);

      if (written <= 0)
        return FALSE;
      buffer += written;
      length -= (gsize) written;
    }

  return TRUE;
}

static gboolean
readable (GSocket *socket)
{
  return (g_socket_condition_check (socket, G_IO_IN) & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0;
}

static void
relay (Wire *self, GSocket *client, GSocket *server)
{
  guint8 buffer[65536];
  Records records = { { 0 }, 0, 0 };
  gboolean client_spoke = TRUE; /* the end of TCP's handshake is the client's */

  while (!g_cancellable_is_cancelled (self->cancellable))
    {
      GPollFD fds[3] = {
        { g_socket_get_fd (server), G_IO_IN, 0 },
        { 0, 0, 0 },
        { g_socket_get_fd (client), G_IO_IN, 0 },
      };
      gboolean held = g_atomic_int_get (&self->held);
      gsize length;

      g_cancellable_make_pollfd (self->cancellable, &fds[1]);
      g_poll (fds, held ? 2 : 3, held ? -1 : 1000);
      g_cancellable_release_fd (self->cancellable);

      /* What is counted is counted before the other side has it. */
      if (readable (server))
        {
          length = take (server, buffer, sizeof buffer);
          g_atomic_int_add (&self->waits, length > 0 && client_spoke ? 1 : 0);
          client_spoke = FALSE;
          if (length == 0 || !give (client, buffer, length))
            return;
        }
      else if (!held && readable (client))
        {
          length = take (client, buffer, sizeof buffer);
          client_spoke = client_spoke || !is_change_cipher_spec (buffer, length);
          count_records (self, &records, buffer, length);
          if (length == 0 || !give (server, buffer, length))
            return;
        }
    }
}

static GSocket *
make_socket (void)
{
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_nonnull (socket);

  return socket;
}

static GSocketAddress *
make_address (guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  return g_inet_socket_address_new (loopback, port);
}

static gpointer
wire_run (gpointer data)
{
  Wire *self = data;

  for (;;)
    {
      g_autoptr (GSocket) client = g_socket_accept (self->listener, self->cancellable, NULL);
      g_autoptr (GSocket) server = NULL;
      g_autoptr (GSocketAddress) address = make_address (self->server);

      if (client == NULL)
        return NULL;
      g_atomic_int_inc (&self->connections);
      g_atomic_int_inc (&self->waits);
      server = make_socket ();
      if (g_socket_connect (server, address, self->cancellable, NULL))
        relay (self, client, server);
      g_socket_close (client, NULL);
      g_socket_close (server, NULL);
    }
}

Wire *
wire_new (guint16 server)
{
  Wire *self = g_new0 (Wire, 1);
  g_autoptr (GSocketAddress) any = make_address (0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->server = server;
  self->cancellable = g_cancellable_new ();
  self->listener = make_socket ();
  g_socket_bind (self->listener, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (self->listener, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("wire", wire_run, self);

  return self;
}

void
wire_free (Wire *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_socket_close (self->listener, NULL);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_free (self);
}

guint16
wire_get_port (Wire *self)
{
  return self->port;
}

void
wire_reset (Wire *self)
{
  g_atomic_int_set (&self->waits, 0);
  g_atomic_int_set (&self->connections, 0);
  g_atomic_int_set (&self->records, 0);
}

guint
wire_get_waits (Wire *self)
{
  return (guint) g_atomic_int_get (&self->waits);
}

guint
wire_get_connections (Wire *self)
{
  return (guint) g_atomic_int_get (&self->connections);
}

guint
wire_get_records (Wire *self)
{
  return (guint) g_atomic_int_get (&self->records);
}

void
wire_hold (Wire *self)
{
  g_atomic_int_set (&self->held, TRUE);
}
