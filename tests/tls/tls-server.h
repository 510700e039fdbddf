/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "test-certificates.h"

G_BEGIN_DECLS

/** What the server does with a connection. */
typedef enum {
  TLS_SERVER_SPEAKS_TLS,
  TLS_SERVER_GREETS_IN_PLAIN_TEXT,
  TLS_SERVER_CLOSES,
  TLS_SERVER_IS_SILENT, /* reads the hello, and answers nothing */
} TlsServerManner;

/**
 * TlsServer:
 *
 * A server on the loopback by GnuTLS itself, in a thread: unlike GIO it lets the
 * test choose protocol and suites apart from the client's in the same process.
 * It serves one connection after the other until it is stopped.
 * @received: what clients sent inside TLS; read after tls_server_stop()
 * @exporter: the server's tls-exporter binding of the last connection
 * @client: subject of the client certificate that it was shown; read after tls_server_stop()
 * @on_hello: (nullable): cancelled once a silent server has read something
 */
typedef struct {
  TlsServerManner           manner;
  const WaxTestCertificate *certificate;
  const char               *priority; /* GnuTLS priority string; NULL: NORMAL */
  GCancellable             *on_hello;
  const WaxTestCertificate *clients; /* (nullable): whose client certificates it demands; set before the dial */

  GByteArray               *received;
  GBytes                   *exporter;
  char                     *client;
  gboolean                  resumed;  /* the last connection */
  guint16                   port;
  GSocket                  *socket;
  GThread                  *thread;
  GCancellable             *stop;
  guint8                    ticket_key[64];
} TlsServer;

/** (transfer full) */
TlsServer *tls_server_start (TlsServerManner           manner,
                             const WaxTestCertificate *certificate,
                             const char               *priority,
                             GCancellable             *on_hello);
/** Ends the thread; afterwards the results may be read. */
void       tls_server_stop  (TlsServer                *self);
void       tls_server_free  (TlsServer                *self);
/** (transfer full) A plain connection to it. */
GIOStream *tls_server_dial  (TlsServer                *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsServer, tls_server_free)

G_END_DECLS
