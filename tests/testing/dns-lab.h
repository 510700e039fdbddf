/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * DnsLab:
 *
 * A DNS of its own on the loopback: NSD with a signed root zone and the zones that
 * are added below it, in a temporary folder that goes with it.
 */
typedef struct _DnsLab DnsLab;

typedef enum {
  DNS_LAB_SIGNED,   /* with a DS record in the root */
  DNS_LAB_UNSIGNED, /* delegated without one */
  DNS_LAB_EXPIRED,  /* signatures that ended long ago */
  DNS_LAB_TAMPERED, /* 192.0.2.1 became 192.0.2.66 after signing */
} DnsLabZone;

/** Why it cannot run here, or %NULL. */
const char *dns_lab_missing    (void);
/** (transfer full) */
DnsLab     *dns_lab_new        (void);
/** Stops the servers and removes the folder. */
void        dns_lab_free       (DnsLab     *self);
/** @name: a top-level name; @records: lines of a zone file, relative to it. Before the start. */
void        dns_lab_add        (DnsLab     *self,
                                const char *name,
                                DnsLabZone  kind,
                                const char *records);
/** Signs, and starts NSD. */
void        dns_lab_start      (DnsLab     *self);
/** Stops NSD, so that nobody answers on its port any more. */
void        dns_lab_stop       (DnsLab     *self);
/** The file with the trust anchor of the root. */
const char *dns_lab_get_anchor (DnsLab     *self);
/** `127.0.0.1@PORT`: NSD, which answers as a resolver for these zones would. */
const char *dns_lab_get_server (DnsLab     *self);
/** (nullable) A loopback address where NSD answers on port 53 too; %NULL where that may
 * not be had. */
const char *dns_lab_get_address (DnsLab    *self);
/** (transfer full) Starts an Unbound that forwards to NSD and does not validate, with
 * further lines of its `server:` section; `127.0.0.1@PORT`. */
char       *dns_lab_resolver   (DnsLab     *self,
                                const char *options);
const char *dns_lab_get_folder (DnsLab     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DnsLab, dns_lab_free)

G_END_DECLS
