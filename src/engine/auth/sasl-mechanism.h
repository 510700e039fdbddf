/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sasl-client.h"

G_BEGIN_DECLS

/** What a mechanism proves who we are by. */
typedef enum {
  WAX_SASL_BY_PASSWORD,
  WAX_SASL_BY_TOKEN,
  WAX_SASL_BY_CERTIFICATE,
  WAX_SASL_BY_TICKET,
} WaxSaslProof;

typedef struct _WaxSaslMechanism WaxSaslMechanism;

/**
 * WaxSaslExchange:
 *
 * One exchange by one mechanism: the base of what @start of #WaxSaslImplementation
 * makes. @done: the server may say that it is satisfied.
 */
typedef struct {
  const WaxSaslMechanism *mechanism;
  gboolean                done;
  const char             *binding; /* (nullable): static */
  char                   *refusal; /* (nullable): what the server said of the credential, in words */
} WaxSaslExchange;

/** What a mechanism is done by: the library, or one of ours. */
typedef struct {
  /** (nullable) With #WaxSaslError. The credential that the mechanism needs is there. */
  WaxSaslExchange *(*start) (const WaxSaslMechanism   *mechanism,
                             const WaxSaslCredentials *credentials,
                             const char               *host,
                             guint                     port,
                             const WaxSaslBindings    *bindings,
                             GError                  **error);
  /** (transfer full) (nullable): the response; sets `done`. */
  WaxSecret       *(*step)  (WaxSaslExchange          *exchange,
                             const guint8             *challenge,
                             gsize                     length,
                             GCancellable             *cancellable,
                             GError                  **error);
  void             (*free)  (WaxSaslExchange          *exchange);
} WaxSaslImplementation;

struct _WaxSaslMechanism
{
  const char                  *name;
  const WaxSaslImplementation *by;
  WaxSaslProof                 proof;
  gboolean                     plus;         /* bound to the TLS connection */
  gboolean                     bare;         /* the credential itself crosses the wire */
  gboolean                     speaks_first; /* has an initial response */
  gboolean                     slow;         /* a step may compute, or ask another server, for seconds */
  const char                  *words;        /* “it …” */
};

extern const WaxSaslImplementation wax_sasl_library;
extern const WaxSaslImplementation wax_sasl_bearer;
extern const WaxSaslImplementation wax_sasl_external;

/** All of them, strongest first. */
const WaxSaslMechanism *wax_sasl_mechanisms         (gsize            *count);
/** (nullable) By its name, in any case. */
const WaxSaslMechanism *wax_sasl_mechanism_find     (const char       *name);
/** `password`, `token`, … */
const char             *wax_sasl_proof_in_words     (WaxSaslProof      proof);
gboolean                wax_sasl_has_proof          (const WaxSaslCredentials *credentials,
                                                     WaxSaslProof      proof);
gboolean                wax_sasl_has_binding        (const WaxSaslBindings *bindings);

G_END_DECLS
