/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The other side of whatever fetches something, in the test's own process. */

#include "test-http-server.h"

#include <string.h>

#define MAX_HEAD (64 * 1024)

/* Reads one octet after the other: nothing of the body may be taken. */
static char *
read_head (GInputStream *in, GCancellable *stop)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char octet;

  while (head->len < MAX_HEAD && !g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (g_input_stream_read (in, &octet, 1, stop, NULL) != 1)
        return NULL;
      g_string_append_c (head, octet);
    }

  return g_string_free (g_steal_pointer (&head), FALSE);
}

static GBytes *
read_body (GInputStream *in, const char *head, GCancellable *stop)
{
  g_autofree char *lower = g_ascii_strdown (head, -1);
  const char *field = strstr (lower, "\r\ncontent-length:");
  gsize length = field != NULL ? (gsize) g_ascii_strtoull (field + strlen ("\r\ncontent-length:"), NULL, 10)
                               : 0;
  g_autofree guint8 *body = NULL;

  g_assert_cmpuint (length, <, 1024 * 1024);
  body = g_malloc0 (length + 1);
  g_input_stream_read_all (in, body, length, NULL, stop, NULL);

  return g_bytes_new_take (g_steal_pointer (&body), length);
}

typedef struct
{
  WaxTestHttpServer *server;
  GSocketConnection *connection;
} Visit;

static gpointer
visit_thread (gpointer user_data)
{
  g_autofree Visit *visit = user_data;
  WaxTestHttpServer *self = visit->server;
  g_autoptr (GIOStream) stream = G_IO_STREAM (visit->connection);
  GInputStream *in = g_io_stream_get_input_stream (stream);
  g_autofree char *head = read_head (in, self->stop);
  g_autoptr (GBytes) body = NULL;
  g_auto (GStrv) words = NULL;

  if (head == NULL)
    return NULL;
  body = read_body (in, head, self->stop);
  words = g_strsplit_set (head, " \r\n", 3);
  g_assert_cmpuint (g_strv_length (words), ==, 3);
  g_mutex_lock (&self->mutex);
  self->requests++;
  g_set_str (&self->head, head);
  g_mutex_unlock (&self->mutex);
  self->handler (self, words[0], words[1], body, g_io_stream_get_output_stream (stream), self->data);
  g_io_stream_close (stream, NULL, NULL);

  return NULL;
}

static gpointer
server_thread (gpointer data)
{
  WaxTestHttpServer *self = data;
  g_autoptr (GPtrArray) visits = g_ptr_array_new ();
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->stop, NULL)) != NULL)
    {
      Visit *visit = g_new0 (Visit, 1);

      visit->server = self;
      visit->connection = connection;
      g_ptr_array_add (visits, g_thread_new ("http-visit", visit_thread, visit));
    }
  for (guint i = 0; i < visits->len; i++)
    g_thread_join (visits->pdata[i]);

  return NULL;
}

WaxTestHttpServer *
wax_test_http_server_new (WaxTestHttpHandler handler, gpointer data)
{
  WaxTestHttpServer *self = g_new0 (WaxTestHttpServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->mutex);
  self->handler = handler;
  self->data = data;
  self->stop = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("http-server", server_thread, self);

  return self;
}

void
wax_test_http_server_free (WaxTestHttpServer *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->stop);
  g_thread_join (self->thread);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->stop);
  g_mutex_clear (&self->mutex);
  g_free (self->head);
  g_free (self);
}

guint
wax_test_http_server_requests (WaxTestHttpServer *self)
{
  guint requests;

  g_mutex_lock (&self->mutex);
  requests = self->requests;
  self->requests = 0;
  g_mutex_unlock (&self->mutex);

  return requests;
}

char *
wax_test_http_server_head (WaxTestHttpServer *self)
{
  char *head;

  g_mutex_lock (&self->mutex);
  head = g_strdup (self->head);
  g_mutex_unlock (&self->mutex);

  return head;
}

char *
wax_test_http_server_url (WaxTestHttpServer *self, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
}

void
wax_test_http_answer (GOutputStream *out, int status, const char *type, gconstpointer data, gsize length)
{
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 %d Whatever\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\nConnection: close\r\n\r\n",
      status, type, length);

  if (g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL))
    g_output_stream_write_all (out, data, length, NULL, NULL, NULL);
}
