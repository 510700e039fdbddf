/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-host.h"

G_BEGIN_DECLS

/**
 * PracticeClient:
 *
 * A client of a few lines over GIO and libgsasl that shares nothing with the
 * program's own: the practice host is tested by something else than what it is
 * there to test.
 */
typedef struct _PracticeClient PracticeClient;

/** Connects; with TLS from the first octet if @implicit. The greeting is not read. */
PracticeClient       *practice_client_open      (WaxPracticeHost *host,
                                                 gboolean         implicit,
                                                 GError         **error);
/** The same, to the plaintext port. */
PracticeClient       *practice_client_open_plaintext (WaxPracticeHost *host,
                                                 GError         **error);
void                  practice_client_free      (PracticeClient  *self);
/** The handshake of STARTTLS, after its 220. */
gboolean              practice_client_secure    (PracticeClient  *self,
                                                 GError         **error);
/** What was wrong with the certificate. */
GTlsCertificateFlags  practice_client_get_errors (PracticeClient *self);
GTlsProtocolVersion   practice_client_get_version (PracticeClient *self);
void                  practice_client_send      (PracticeClient  *self,
                                                 const char      *octets,
                                                 gssize           length);
/** (transfer full) (nullable): one whole reply, its lines joined by newlines; %NULL at the end of the stream. */
char                 *practice_client_read      (PracticeClient  *self);
/** Sends @line and CRLF, and asserts that the reply begins with @expected; returns (transfer full) the reply. */
char                 *practice_client_ask       (PracticeClient  *self,
                                                 const char      *line,
                                                 const char      *expected);
/** The same without the reply. */
void                  practice_client_expect    (PracticeClient  *self,
                                                 const char      *line,
                                                 const char      *expected);
/** Greeting, EHLO and, where it is needed, STARTTLS and EHLO again; returns (transfer full) the last EHLO reply. */
char                 *practice_client_begin     (PracticeClient  *self);
/** An AUTH exchange by libgsasl. Returns: the code of the last reply, 0 if the client itself refused. */
int                   practice_client_sign_in   (PracticeClient  *self,
                                                 const char      *mechanism,
                                                 const char      *user,
                                                 const char      *password);
/** The same with a channel binding that is not this connection's. */
int                   practice_client_sign_in_with_binding (PracticeClient *self,
                                                 const char      *mechanism,
                                                 const char      *binding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PracticeClient, practice_client_free)

G_END_DECLS
