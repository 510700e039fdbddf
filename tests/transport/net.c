/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net.h"

#include <stdlib.h>
#include <string.h>

/* ---- the resolver ---- */

typedef struct
{
  GResolver parent_instance;
} NetResolver;

typedef struct
{
  GResolverClass parent_class;
} NetResolverClass;

static GType net_resolver_get_type (void);
G_DEFINE_TYPE (NetResolver, net_resolver, G_TYPE_RESOLVER)

static GMutex names_lock;
static GHashTable *names;
static GPtrArray *asked;

static char *
look_up (const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&names_lock);

  g_ptr_array_add (asked, g_strdup (name));

  return g_strdup (g_hash_table_lookup (names, name));
}

static gboolean
give_up_cb (GCancellable *cancellable, gpointer task)
{
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

/* For as long as it takes. */
static void
hang (GTask *task)
{
  g_autoptr (GSource) source = g_cancellable_source_new (g_task_get_cancellable (task));

  g_task_attach_source (task, source, G_SOURCE_FUNC (give_up_cb));
}

static void
addresses_free (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
targets_free (gpointer targets)
{
  g_resolver_free_targets (targets);
}

static GList *
parse_addresses (const char *text, GResolverNameLookupFlags flags)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GList *addresses = NULL;

  for (char **word = words; *word != NULL; word++)
    {
      GInetAddress *address = g_inet_address_new_from_string (*word);
      gboolean six = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

      if ((six && (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY) != 0)
          || (!six && (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) != 0))
        g_object_unref (address);
      else
        addresses = g_list_append (addresses, address);
    }

  return addresses;
}

static GList *
parse_targets (const char *text)
{
  g_auto (GStrv) records = g_strsplit (text, ",", -1);
  GList *targets = NULL;

  for (char **record = records; *record != NULL; record++)
    {
      g_auto (GStrv) parts = g_strsplit (*record, " ", 4);

      targets = g_list_append (targets,
                               g_srv_target_new (parts[3], (guint16) atoi (parts[2]),
                                                 (guint16) atoi (parts[0]), (guint16) atoi (parts[1])));
    }

  return g_srv_target_list_sort (targets);
}

static void
not_found (GTask *task, const char *name)
{
  g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no %s", name);
}

static void
lookup_by_name_with_flags_async (GResolver *resolver,
                                 const char *name,
                                 GResolverNameLookupFlags flags,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);
  g_autofree char *text = look_up (name);
  GList *addresses;

  if (g_strcmp0 (text, "hang") == 0)
    {
      hang (task);
      return;
    }
  addresses = text != NULL ? parse_addresses (text, flags) : NULL;
  if (addresses != NULL)
    g_task_return_pointer (task, addresses, addresses_free);
  else
    not_found (task, name);
}

static void
lookup_by_name_async (GResolver *resolver,
                      const char *name,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  lookup_by_name_with_flags_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                                   callback, data);
}

static void
lookup_service_async (GResolver *resolver,
                      const char *name,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);
  g_autofree char *text = look_up (name);

  if (text == NULL)
    not_found (task, name);
  else if (g_str_equal (text, "hang"))
    hang (task);
  else
    g_task_return_pointer (task, parse_targets (text), targets_free);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
net_resolver_class_init (NetResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = lookup_by_name_async;
  resolver_class->lookup_by_name_finish = lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = lookup_by_name_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
  resolver_class->lookup_service_async = lookup_service_async;
  resolver_class->lookup_service_finish = lookup_finish;
}

static void
net_resolver_init (NetResolver *self)
{
}

void
net_resolver_install (void)
{
  g_autoptr (GResolver) resolver = g_object_new (net_resolver_get_type (), NULL);

  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  asked = g_ptr_array_new_with_free_func (g_free);
  g_resolver_set_default (resolver);
}

void
net_resolver_uninstall (void)
{
  g_clear_pointer (&names, g_hash_table_unref);
  g_clear_pointer (&asked, g_ptr_array_unref);
}

void
net_resolver_clear (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&names_lock);

  g_hash_table_remove_all (names);
  g_ptr_array_set_size (asked, 0);
}

void
net_resolver_add (const char *name, const char *addresses)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&names_lock);

  g_hash_table_insert (names, g_strdup (name), g_strdup (addresses));
}

void
net_resolver_add_service (const char *name, const char *targets)
{
  net_resolver_add (name, targets);
}

guint
net_resolver_count (const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&names_lock);
  guint count = 0;

  for (guint i = 0; i < asked->len; i++)
    count += name == NULL || g_str_equal (g_ptr_array_index (asked, i), name) ? 1 : 0;

  return count;
}

/* ---- holes ---- */

static GSocketAddress *
address_new (const char *address, guint16 port)
{
  GSocketAddress *result = g_inet_socket_address_new_from_string (address, port);

  g_assert_nonnull (result);

  return result;
}

static GSocket *
socket_new (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);

  return socket;
}

static guint16
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
}

struct _NetHole
{
  GSocket *listener;
  GPtrArray *fillers;
};

/* Whether the kernel still took a connection. */
static gboolean
hole_fill (NetHole *self, GSocketAddress *address)
{
  GSocket *socket = socket_new (address);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (self->fillers, socket);
  g_socket_set_blocking (socket, FALSE);
  if (g_socket_connect (socket, address, NULL, &error))
    return TRUE;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);

  return g_socket_condition_timed_wait (socket, G_IO_OUT, G_USEC_PER_SEC / 2, NULL, NULL);
}

NetHole *
net_hole_new (const char *text, guint16 port)
{
  g_autoptr (GSocketAddress) address = address_new (text, port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  NetHole *self = g_new0 (NetHole, 1);

  self->listener = socket_new (address);
  self->fillers = g_ptr_array_new_with_free_func (g_object_unref);
  g_socket_bind (self->listener, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_set_listen_backlog (self->listener, 0);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (self->listener, NULL);
  while (hole_fill (self, bound))
    g_assert_cmpuint (self->fillers->len, <, 16);

  return self;
}

guint16
net_hole_get_port (NetHole *self)
{
  return port_of (self->listener);
}

void
net_hole_free (NetHole *self)
{
  g_ptr_array_unref (self->fillers);
  g_object_unref (self->listener);
  g_free (self);
}

/* ---- peers ---- */

struct _NetPeer
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  guint16 port;
  const NetWords *words; /* NULL: a relay */
  guint16 relay_to;
  int visited;
  int heard;
};

typedef struct
{
  NetPeer *peer;
  GIOStream *from;
  GIOStream *to;
} Pump;

static gpointer
pump (gpointer data)
{
  Pump *self = data;
  GCancellable *cancellable = self->peer->cancellable;
  char buffer[16384];
  gssize n;

  while ((n = g_input_stream_read (g_io_stream_get_input_stream (self->from), buffer, sizeof buffer,
                                   cancellable, NULL))
         > 0)
    if (!g_output_stream_write_all (g_io_stream_get_output_stream (self->to), buffer, (gsize) n, NULL,
                                    cancellable, NULL))
      break;
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->to)), FALSE, TRUE, NULL);

  return NULL;
}

static void
peer_relay (NetPeer *self, GIOStream *client)
{
  g_autoptr (GSocketClient) dialler = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = address_new ("127.0.0.1", self->relay_to);
  g_autoptr (GSocketConnection) server = NULL;
  Pump out = { .peer = self, .from = client };
  Pump back = { .peer = self, .to = client };
  GThread *thread;

  g_socket_client_set_enable_proxy (dialler, FALSE);
  server = g_socket_client_connect (dialler, G_SOCKET_CONNECTABLE (address), self->cancellable, NULL);
  if (server == NULL)
    return;
  out.to = back.from = G_IO_STREAM (server);
  thread = g_thread_new ("relay", pump, &back);
  pump (&out);
  g_thread_join (thread);
}

static void
peer_say (NetPeer *self, GIOStream *client)
{
  const NetWords *words = self->words;

  if (words->text != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (client), words->text,
                               words->length > 0 ? words->length : strlen (words->text), NULL,
                               self->cancellable, NULL);
}

static void
peer_talk (NetPeer *self, GIOStream *client)
{
  char buffer[4096];
  gboolean heard = FALSE;

  if (!self->words->when_asked)
    peer_say (self, client);
  while (g_input_stream_read (g_io_stream_get_input_stream (client), buffer, sizeof buffer, self->cancellable,
                              NULL)
         > 0)
    if (!heard)
      {
        heard = TRUE;
        g_atomic_int_inc (&self->heard);
        if (self->words->when_asked)
          peer_say (self, client);
      }
}

typedef struct
{
  NetPeer *peer;
  GSocketConnection *client;
} Visit;

static gpointer
visit_thread (gpointer data)
{
  Visit *self = data;

  if (self->peer->words != NULL)
    peer_talk (self->peer, G_IO_STREAM (self->client));
  else
    peer_relay (self->peer, G_IO_STREAM (self->client));
  g_io_stream_close (G_IO_STREAM (self->client), NULL, NULL);
  g_object_unref (self->client);
  g_free (self);

  return NULL;
}

static gpointer
peer_thread (gpointer data)
{
  NetPeer *self = data;
  g_autoptr (GPtrArray) visits = g_ptr_array_new ();
  GSocketConnection *client;

  while ((client = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL)) != NULL)
    {
      Visit *visit = g_new0 (Visit, 1);

      g_atomic_int_inc (&self->visited);
      visit->peer = self;
      visit->client = client;
      g_ptr_array_add (visits, g_thread_new ("visit", visit_thread, visit));
    }
  for (guint i = 0; i < visits->len; i++)
    g_thread_join (g_ptr_array_index (visits, i));

  return NULL;
}

static NetPeer *
peer_new (const char *text, const NetWords *words, guint16 relay_to)
{
  g_autoptr (GSocketAddress) address = address_new (text, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  NetPeer *self = g_new0 (NetPeer, 1);

  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->cancellable = g_cancellable_new ();
  self->words = words;
  self->relay_to = relay_to;
  self->thread = g_thread_new ("peer", peer_thread, self);

  return self;
}

NetPeer *
net_peer_new (const NetWords *words)
{
  return peer_new ("127.0.0.1", words, 0);
}

NetPeer *
net_peer_new_relay (const char *address, guint16 port)
{
  return peer_new (address, NULL, port);
}

guint16
net_peer_get_port (NetPeer *self)
{
  return self->port;
}

guint
net_peer_get_visits (NetPeer *self)
{
  return (guint) g_atomic_int_get (&self->visited);
}

guint
net_peer_get_heard (NetPeer *self)
{
  return (guint) g_atomic_int_get (&self->heard);
}

void
net_peer_free (NetPeer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_free (self);
}

guint16
net_closed_port (void)
{
  g_autoptr (GSocketAddress) address = address_new ("127.0.0.1", 0);
  g_autoptr (GSocket) socket = socket_new (address);
  g_autoptr (GError) error = NULL;

  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);

  return port_of (socket);
}

gboolean
net_has_ipv6 (void)
{
  g_autoptr (GSocketAddress) address = address_new ("::1", 0);
  g_autoptr (GSocket)
      socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  return socket != NULL && g_socket_bind (socket, address, FALSE, NULL);
}
