/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * Wire:
 *
 * Stands between a client and a server on this machine, passes everything on, and
 * counts what a network in between would see. It shares no code with either.
 */
typedef struct _Wire Wire;

/** @server: the port to pass on to. */
Wire    *wire_new               (guint16  server);
void     wire_free              (Wire    *self);
guint16  wire_get_port          (Wire    *self);
/** Forgets what was counted. */
void     wire_reset             (Wire    *self);
/** How often the client had to wait for the server: once for each connection, and each
 * time that the server speaks after the client did. */
guint    wire_get_waits         (Wire    *self);
guint    wire_get_connections   (Wire    *self);
/** TLS records of application data from the client: one for each write. */
guint    wire_get_records       (Wire    *self);
/** The client's octets are no longer read, until it is freed: its writes will block. */
void     wire_hold              (Wire    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wire, wire_free)

G_END_DECLS
