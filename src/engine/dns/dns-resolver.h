/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAX_DNS_ERROR (wax_dns_error_quark ())
GQuark wax_dns_error_quark (void);

typedef enum {
  WAX_DNS_ERROR_SETTINGS,  /* the resolver or the trust anchor cannot be used */
  WAX_DNS_ERROR_NAME,      /* not a name that can be asked for */
  WAX_DNS_ERROR_FAILED,    /* no server answered (SERVFAIL, unreachable) */
  WAX_DNS_ERROR_TIMED_OUT,
} WaxDnsError;

/** RFC 4033 section 5: what validation says of an answer. */
typedef enum {
  WAX_DNS_SECURE,   /* signed from the trust anchor down, or proved not to exist */
  WAX_DNS_INSECURE, /* proved to be unsigned, or nothing to prove it with */
  WAX_DNS_BOGUS,    /* should be signed, and the proof fails */
} WaxDnsSecurity;

/** Resource record types that are asked for (RFC 1035, 2782, 6698). */
enum {
  WAX_DNS_A = 1,
  WAX_DNS_CNAME = 5,
  WAX_DNS_PTR = 12,
  WAX_DNS_MX = 15,
  WAX_DNS_TXT = 16,
  WAX_DNS_AAAA = 28,
  WAX_DNS_SRV = 33,
  WAX_DNS_TLSA = 52,
};

/**
 * WaxDnsAnswer:
 * @security: of the answer as a whole, each CNAME on the way included; nothing else
 * here means anything where it is %WAX_DNS_BOGUS
 * @why_bogus: (nullable): the validator's words
 * @canonical: (nullable): the name after CNAMEs, without its final dot; %NULL where
 * it is the name that was asked for
 * @exists: %FALSE for NXDOMAIN
 * @records: (element-type GBytes): the RDATA of each record of the type, as it was on
 * the wire, names uncompressed; empty for none; never %NULL; at most 256
 * @ttl_s: seconds
 */
typedef struct {
  WaxDnsSecurity  security;
  char           *why_bogus;
  char           *canonical;
  gboolean        exists;
  GPtrArray      *records;
  guint           ttl_s;
} WaxDnsAnswer;

void wax_dns_answer_free (WaxDnsAnswer *self);

/**
 * WaxDnsSettings:
 * @server: (nullable): the address of a resolver, `ADDR` or `ADDR@PORT`; the system's by
 * default (those that resolv.conf(5) names at the time of the question); `recursive`
 * walks from the root itself
 * @trust_anchor_file: (nullable): DS or DNSKEY records in zone-file form, in place of the
 * DNS root's; names outside their zones are then insecure
 * @timeout_s: seconds for one question; 0 is 5
 * @resolv_conf: (nullable): another file than the system's
 */
typedef struct {
  const char *server;
  const char *trust_anchor_file;
  guint       timeout_s;
  const char *resolv_conf;
} WaxDnsSettings;

/**
 * WaxDnsResolver:
 *
 * Questions to the DNS with DNSSEC validation (libunbound), cached by the library.
 * Safe from several threads; a question blocks only its own. Hosts files are not read.
 */
typedef struct _WaxDnsResolver WaxDnsResolver;

/** @settings: (nullable): the defaults. Asks nothing. Errors: %WAX_DNS_ERROR_SETTINGS. */
WaxDnsResolver *wax_dns_resolver_new   (const WaxDnsSettings  *settings,
                                        GError               **error);
WaxDnsResolver *wax_dns_resolver_ref   (WaxDnsResolver        *self);
void            wax_dns_resolver_unref (WaxDnsResolver        *self);
/**
 * Asks for @type at @name (with or without its final dot; IDN as A-labels).
 * Cancelling returns within 100 ms.
 *
 * A server that does not pass on DNSSEC signatures at all (nothing below the trust
 * anchor validates, not even its own key) gives no answer, %WAX_DNS_ERROR_FAILED, and
 * not a bogus one: many a home router is like that.
 * Returns: (transfer full): the answer, also for a name that does not exist or is
 * bogus; or %NULL with a #WaxDnsError or %G_IO_ERROR_CANCELLED
 */
WaxDnsAnswer   *wax_dns_lookup         (WaxDnsResolver        *self,
                                        const char            *name,
                                        int                    type,
                                        GCancellable          *cancellable,
                                        GError               **error);
/** `secure`, `insecure`, `bogus`. */
const char     *wax_dns_security_to_string (WaxDnsSecurity     security);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxDnsAnswer, wax_dns_answer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxDnsResolver, wax_dns_resolver_unref)

G_END_DECLS
