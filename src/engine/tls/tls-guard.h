/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "connection-report.h"
#include "dane.h"
#include "revocation.h"
#include "tls-policy.h"

G_BEGIN_DECLS

#define WAX_TLS_ERROR (wax_tls_error_quark ())
GQuark wax_tls_error_quark (void);

/** Why a connection is refused; one for each check that can fail. */
typedef enum {
  WAX_TLS_ERROR_HANDSHAKE,  /* no TLS could be agreed on */
  WAX_TLS_ERROR_NOT_TLS,    /* the peer spoke plain text where TLS was due */
  WAX_TLS_ERROR_HOSTNAME,
  WAX_TLS_ERROR_CHAIN,
  WAX_TLS_ERROR_VALIDITY,
  WAX_TLS_ERROR_REVOCATION,
  WAX_TLS_ERROR_PIN,
  WAX_TLS_ERROR_POLICY,
  WAX_TLS_ERROR_DANE,
  WAX_TLS_ERROR_CA_FILE,    /* the private CA file cannot be read */
  WAX_TLS_ERROR_CLIENT_CERTIFICATE, /* the server demands a client certificate, or refuses the one shown */
} WaxTlsError;

/**
 * WaxTlsSettings:
 * @hostname: the name to verify, from the account: a DNS name, international or
 * not, or an IP address, IPv6 with or without brackets
 * @policy: what is demanded; borrowed
 * @ca_file: (nullable): PEM file of private CAs, in place of the system's
 * @ca_pem: (nullable): the same as text; wins over @ca_file
 * @client_certificate: (nullable): shown to a server that asks for one
 * @revocation_cache: (nullable): the one in memory by default
 * @dane: (nullable): asked before; judged where the policy wants it
 * @timeout_s: seconds for the whole handshake; 0 is 60
 */
typedef struct {
  const char   *hostname;
  WaxTlsPolicy  policy;
  const char   *ca_file;
  const char   *ca_pem;
  GTlsCertificate          *client_certificate;
  const WaxRevocationCache *revocation_cache;
  WaxDaneQuestion          *dane;
  guint         timeout_s;
} WaxTlsSettings;

/**
 * wax_tls_guard_secure:
 *
 * Makes TLS over @base, verifies it, and judges it by the policy. Nothing
 * confidential may be written before this returned non-NULL. Session resumption
 * is off. The caller must have made sure that nothing it read from @base is
 * still buffered. The handshake as a whole is bounded by `timeout_s`, whatever
 * the socket's own timeout; reads and writes afterwards only by the socket's.
 *
 * @report receives the checks and the time in every case; the chain as soon as
 * the server showed one, also where it is refused; version and cipher suite once
 * the handshake is finished, since GIO does not tell them of a handshake that
 * ended with a refused certificate.
 *
 * On failure @base is of no more use, and closed if the handshake had begun.
 * Closing the returned connection closes @base.
 *
 * Returns: (transfer full): the secured connection, or %NULL with a #WaxTlsError
 * whose message is the failed check's sentence, or with %G_IO_ERROR_CANCELLED or
 * %G_IO_ERROR_TIMED_OUT
 */
GTlsConnection *wax_tls_guard_secure          (GIOStream            *base,
                                               const WaxTlsSettings *settings,
                                               WaxConnectionReport  *report,
                                               GCancellable         *cancellable,
                                               GError              **error);
/**
 * Whether what is wrong with the connection right after the handshake is that the
 * server wants another client certificate, or one at all: in TLS 1.3 (RFC 8446,
 * section 4.4.2.4) it says so only to the first read. Sets @error
 * (%WAX_TLS_ERROR_CLIENT_CERTIFICATE) if so.
 * @stream: the secured connection, of no more use
 * @cause: what the first write or read ended with
 */
gboolean        wax_tls_guard_explain_loss    (GIOStream              *stream,
                                               WaxConnectionReport    *report,
                                               const GError           *cause,
                                               GError                **error);
/**
 * Has GnuTLS offer the cipher suites that @exceptions (nullable) name for as long as
 * they hold, each connection being judged by its own account's all the same. The
 * library takes note once, before the first TLS connection of the process.
 * Returns: %FALSE if it is too late, and they take effect at the next start
 */
gboolean        wax_tls_guard_prepare_process (GPtrArray              *exceptions);
/** Octets of a channel binding, or %NULL where the connection has none. */
GBytes         *wax_tls_guard_channel_binding (GTlsConnection         *connection,
                                               GTlsChannelBindingType  type);

G_END_DECLS
