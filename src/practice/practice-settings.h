/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-host.h"

#include <gsasl.h>

G_BEGIN_DECLS

/**
 * WaxPracticeSettings:
 *
 * What a practice host was started with, checked and copied, with its
 * certificate and its SASL library handle. It does not change while the host
 * runs, so the sessions' threads read it without a lock.
 */
typedef struct {
  GTlsCertificate *certificate;
  char            *chain_pem;   /* the same certificate with its key, for the TLS 1.2 stream */
  char            *ca_pem;
  GStrv            mechanisms;  /* empty: AUTH is not offered */
  GStrv            extensions;
  guint64          size_limit;  /* octets */
  guint            mail_max;    /* LIMITS (RFC 9422): messages in a session; 0: any number */
  guint            rcpt_max;    /* recipients of a message */
  char            *user;
  char            *password;
  char            *refuse_recipient;
  char            *token;
  guint            scram_iterations;
  gboolean         wrong_signature;
  gboolean         request_client_certificate;
  GTlsCertificate *client_ca;   /* (nullable) */
  gboolean         tls_1_2_only;
  Gsasl           *sasl;
} WaxPracticeSettings;

/** Errors: %G_IO_ERROR_INVALID_ARGUMENT for a mechanism that is not known, or what making the certificate says. */
WaxPracticeSettings *wax_practice_settings_new           (const WaxPracticeOptions  *options,
                                                          GError                   **error);
void                 wax_practice_settings_free          (WaxPracticeSettings       *self);
/** Whether the EHLO keyword @name is among the extensions. */
gboolean             wax_practice_settings_has_extension (const WaxPracticeSettings *self,
                                                          const char                *name);
/** Whether @mechanism is offered; names are compared without regard to case. */
gboolean             wax_practice_settings_has_mechanism (const WaxPracticeSettings *self,
                                                          const char                *mechanism);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeSettings, wax_practice_settings_free)

G_END_DECLS
