/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A network in small, on loopback: names, and peers that are hard to reach. */

/** Makes the process ask a resolver that knows only what it is told. `localhost` and
 * IP addresses do not come to it. */
void      net_resolver_install       (void);
void      net_resolver_uninstall     (void);
/** Forgets all names and questions. */
void      net_resolver_clear         (void);
/** @addresses: space-separated; `hang`: the answer never comes. */
void      net_resolver_add           (const char *name,
                                      const char *addresses);
/** @targets: `priority weight port name`, separated by commas; `hang`; empty: none at all. */
void      net_resolver_add_service   (const char *name,
                                      const char *targets);
/** How often @name was asked for; %NULL: anything. */
guint     net_resolver_count         (const char *name);

/** A socket that listens and whose queue is full: what is sent to it is dropped. */
typedef struct _NetHole NetHole;
/** @port: 0 for a free one */
NetHole  *net_hole_new               (const char *address,
                                      guint16     port);
guint16   net_hole_get_port          (NetHole    *self);
void      net_hole_free              (NetHole    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetHole, net_hole_free)

/** Says something to whoever connects, or to whoever has said something first. */
typedef struct {
  const char *text;       /* (nullable): nothing */
  gboolean    when_asked; /* not before the first octets came */
  gsize       length;     /* of @text; 0: up to its NUL */
} NetWords;

/** A peer in threads of its own: an answer, or a relay. */
typedef struct _NetPeer NetPeer;
/** A peer that says @words (borrowed) and goes when the client has gone. */
NetPeer  *net_peer_new               (const NetWords *words);
/** On @address, to @port of 127.0.0.1. */
NetPeer  *net_peer_new_relay         (const char *address,
                                      guint16     port);
guint16   net_peer_get_port          (NetPeer    *self);
/** Connections so far. */
guint     net_peer_get_visits        (NetPeer    *self);
/** Those that have sent something. */
guint     net_peer_get_heard         (NetPeer    *self);
void      net_peer_free              (NetPeer    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetPeer, net_peer_free)

/** A port of 127.0.0.1 on which nobody listens. */
guint16   net_closed_port            (void);
/** Whether this machine has ::1. */
gboolean  net_has_ipv6               (void);

G_END_DECLS
