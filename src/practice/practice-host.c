/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The practice host: its ports, a thread for each that accepts, and a thread
 * for each client. All of them end with the host. */

#include "practice-host.h"

#include "practice-session.h"

#include <glib/gstdio.h>

/* Clients at once; one more is sent away. */
#define MAX_CLIENTS 64

typedef struct
{
  WaxPracticeHost *host; /* outlives it */
  WaxPracticeMode mode;
  GSocket *socket;
  guint16 port;
  GThread *thread;
} Port;

typedef struct
{
  WaxPracticeHost *host; /* outlives it */
  WaxPracticeMode mode;
  GSocketConnection *connection;
  GThread *thread;
  gboolean done; /* under the host's mutex */
} Client;

struct _WaxPracticeHost
{
  GObject parent_instance;

  WaxPracticeSettings *settings;
  WaxPracticeMaildir *maildir;
  WaxPracticeRecord *record;
  char *ca_file;
  GCancellable *cancellable;
  Port ports[3];

  GMutex mutex;       /* guards what follows */
  GPtrArray *clients; /* of Client */
  WaxPracticeFault fault;
};

G_DEFINE_FINAL_TYPE (WaxPracticeHost, wax_practice_host, G_TYPE_OBJECT)

static void
client_free (Client *client)
{
  g_thread_join (client->thread);
  g_object_unref (client->connection);
  g_free (client);
}

static gpointer
client_thread (gpointer data)
{
  Client *client = data;
  WaxPracticeHost *self = client->host;
  WaxPracticeFault fault;
  WaxPracticeChannel *channel;

  g_mutex_lock (&self->mutex);
  fault = self->fault;
  fault.text = g_strdup (fault.text);
  g_mutex_unlock (&self->mutex);

  channel = wax_practice_channel_new (client->connection, self->settings, self->record, &fault,
                                      self->cancellable);
  g_free ((char *) fault.text);
  wax_practice_session_run (channel, client->mode, self->settings, self->maildir, self->record);
  wax_practice_channel_free (channel);

  g_mutex_lock (&self->mutex);
  client->done = TRUE;
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* Frees those whose thread is at its end. With the mutex held. */
static void
host_reap_clients (WaxPracticeHost *self)
{
  for (guint i = self->clients->len; i > 0; i--)
    {
      Client *client = g_ptr_array_index (self->clients, i - 1);

      if (client->done)
        g_ptr_array_remove_index_fast (self->clients, i - 1);
    }
}

static void
host_admit (WaxPracticeHost *self, WaxPracticeMode mode, GSocket *socket)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Client *client;

  host_reap_clients (self);
  if (self->clients->len >= MAX_CLIENTS)
    {
      static const char busy[] = "421 4.7.0 Too many connections\r\n";

      if (mode != WAX_PRACTICE_MODE_IMPLICIT)
        g_socket_send (socket, busy, strlen (busy), NULL, NULL);
      return;
    }

  client = g_new0 (Client, 1);
  client->host = self;
  client->mode = mode;
  client->connection = g_steal_pointer (&connection);
  client->thread = g_thread_new ("practice-client", client_thread, client);
  g_ptr_array_add (self->clients, client);
}

static gpointer
port_thread (gpointer data)
{
  Port *port = data;
  WaxPracticeHost *self = port->host;

  while (!g_cancellable_is_cancelled (self->cancellable))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (port->socket, self->cancellable, &error);

      if (socket != NULL)
        host_admit (self, port->mode, socket);
      else if (!g_cancellable_is_cancelled (self->cancellable))
        g_usleep (1000); /* out of descriptors, or the client went again: neither ends the port */
    }

  return NULL;
}

/* Listens on a free port of 127.0.0.1. */
static gboolean
host_open_port (WaxPracticeHost *self, WaxPracticeMode mode, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;
  Port *port = &self->ports[mode];

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, any_port, FALSE, error) || !g_socket_listen (socket, error)
      || (bound = g_socket_get_local_address (socket, error)) == NULL)
    return FALSE;

  port->host = self;
  port->mode = mode;
  port->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  port->socket = g_steal_pointer (&socket);
  port->thread = g_thread_new ("practice-port", port_thread, port);

  return TRUE;
}

static gboolean
host_write_ca_file (WaxPracticeHost *self, GError **error)
{
  int fd = g_file_open_tmp ("waxseal-practice-ca-XXXXXX.pem", &self->ca_file, error);

  if (fd < 0)
    return FALSE;
  g_close (fd, NULL);

  return g_file_set_contents (self->ca_file, self->settings->ca_pem, -1, error);
}

static void
wax_practice_host_dispose (GObject *object)
{
  wax_practice_host_stop (WAX_PRACTICE_HOST (object));

  G_OBJECT_CLASS (wax_practice_host_parent_class)->dispose (object);
}

static void
wax_practice_host_finalize (GObject *object)
{
  WaxPracticeHost *self = WAX_PRACTICE_HOST (object);

  for (gsize i = 0; i < G_N_ELEMENTS (self->ports); i++)
    g_clear_object (&self->ports[i].socket);
  if (self->ca_file != NULL)
    g_unlink (self->ca_file);
  g_free (self->ca_file);
  g_free ((char *) self->fault.text);
  g_ptr_array_unref (self->clients);
  g_clear_pointer (&self->maildir, wax_practice_maildir_free);
  g_clear_pointer (&self->record, wax_practice_record_free);
  g_clear_pointer (&self->settings, wax_practice_settings_free);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wax_practice_host_parent_class)->finalize (object);
}

static void
wax_practice_host_class_init (WaxPracticeHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wax_practice_host_dispose;
  object_class->finalize = wax_practice_host_finalize;
}

static void
wax_practice_host_init (WaxPracticeHost *self)
{
  g_mutex_init (&self->mutex);
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  self->cancellable = g_cancellable_new ();
  self->record = wax_practice_record_new ();
}

WaxPracticeHost *
wax_practice_host_start (const WaxPracticeOptions *options, GError **error)
{
  static const WaxPracticeOptions plain = { 0 };
  g_autoptr (WaxPracticeHost) self = g_object_new (WAX_TYPE_PRACTICE_HOST, NULL);

  if (options == NULL)
    options = &plain;
  wax_practice_host_set_fault (self, &options->fault);
  self->settings = wax_practice_settings_new (options, error);
  if (self->settings == NULL)
    return NULL;
  self->maildir = wax_practice_maildir_open (options->maildir, error);
  if (self->maildir == NULL || !host_write_ca_file (self, error)
      || !host_open_port (self, WAX_PRACTICE_MODE_IMPLICIT, error)
      || !host_open_port (self, WAX_PRACTICE_MODE_STARTTLS, error)
      || (options->plaintext_port && !host_open_port (self, WAX_PRACTICE_MODE_PLAINTEXT, error)))
    return NULL;

  return g_steal_pointer (&self);
}

void
wax_practice_host_stop (WaxPracticeHost *self)
{
  g_autoptr (GPtrArray) clients = NULL;

  g_return_if_fail (WAX_IS_PRACTICE_HOST (self));

  g_cancellable_cancel (self->cancellable);
  for (gsize i = 0; i < G_N_ELEMENTS (self->ports); i++)
    {
      g_clear_pointer (&self->ports[i].thread, g_thread_join);
      if (self->ports[i].socket != NULL)
        g_socket_close (self->ports[i].socket, NULL);
    }

  /* No port accepts any more, so the list can be taken; the clients' threads
   * still need the mutex to say that they are done. */
  g_mutex_lock (&self->mutex);
  clients = g_steal_pointer (&self->clients);
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_mutex_unlock (&self->mutex);
}

guint16
wax_practice_host_get_implicit_port (WaxPracticeHost *self)
{
  return self->ports[WAX_PRACTICE_MODE_IMPLICIT].port;
}

guint16
wax_practice_host_get_starttls_port (WaxPracticeHost *self)
{
  return self->ports[WAX_PRACTICE_MODE_STARTTLS].port;
}

guint16
wax_practice_host_get_plaintext_port (WaxPracticeHost *self)
{
  return self->ports[WAX_PRACTICE_MODE_PLAINTEXT].port;
}

const char *
wax_practice_host_get_ca_pem (WaxPracticeHost *self)
{
  return self->settings->ca_pem;
}

const char *
wax_practice_host_get_ca_file (WaxPracticeHost *self)
{
  return self->ca_file;
}

const char *
wax_practice_host_get_maildir (WaxPracticeHost *self)
{
  return wax_practice_maildir_get_path (self->maildir);
}

GStrv
wax_practice_host_list_messages (WaxPracticeHost *self)
{
  return wax_practice_maildir_list (self->maildir);
}

guint
wax_practice_host_get_accepted (WaxPracticeHost *self)
{
  return wax_practice_record_get_messages (self->record);
}

GStrv
wax_practice_host_get_commands (WaxPracticeHost *self)
{
  return wax_practice_record_get_lines (self->record);
}

GStrv
wax_practice_host_get_plaintext_commands (WaxPracticeHost *self)
{
  return wax_practice_record_get_plaintext_lines (self->record);
}

void
wax_practice_host_set_fault (WaxPracticeHost *self, const WaxPracticeFault *fault)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_free ((char *) self->fault.text);
  self->fault = *fault;
  self->fault.text = g_strdup (fault->text);
}
