/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WaxTestHttpServer WaxTestHttpServer;

/**
 * WaxTestHttpHandler:
 * @path: of the request, with its query; @body: of a POST, or empty
 *
 * Writes the whole answer, head and all, octet by octet as it likes; what cannot be
 * written is no failure. The connection is closed afterwards. Called on any thread.
 */
typedef void (*WaxTestHttpHandler) (WaxTestHttpServer *server,
                                    const char        *method,
                                    const char        *path,
                                    GBytes            *body,
                                    GOutputStream     *out,
                                    gpointer           data);

/**
 * WaxTestHttpServer:
 *
 * A bare HTTP server on 127.0.0.1, a thread a connection. @stop is cancelled when it
 * is to end: a handler that waits waits for that. @head of the last request, with its
 * request line, is for the test to look at once its fetch returned.
 */
struct _WaxTestHttpServer
{
  guint16       port;
  GCancellable *stop;
  /*< private >*/
  GSocketListener *listener;
  GThread *thread;
  WaxTestHttpHandler handler;
  gpointer data;
  GMutex mutex;
  guint requests;
  char *head;
};

/** (transfer full) */
WaxTestHttpServer *wax_test_http_server_new      (WaxTestHttpHandler  handler,
                                                  gpointer            data);
void               wax_test_http_server_free     (WaxTestHttpServer  *self);
/** How many requests came since the last time this was asked. */
guint              wax_test_http_server_requests (WaxTestHttpServer  *self);
/** (transfer full) The head of the last request. */
char              *wax_test_http_server_head     (WaxTestHttpServer  *self);
/** (transfer full) `http://127.0.0.1:PORT` and @path */
char              *wax_test_http_server_url      (WaxTestHttpServer  *self,
                                                  const char         *path);
/** An answer with its length. */
void               wax_test_http_answer          (GOutputStream      *out,
                                                  int                 status,
                                                  const char         *type,
                                                  gconstpointer       data,
                                                  gsize               length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxTestHttpServer, wax_test_http_server_free)

G_END_DECLS
