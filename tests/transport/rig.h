/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-host.h"
#include "transport.h"

G_BEGIN_DECLS

/**
 * Rig:
 *
 * A practice host, and what is needed to send to it. @before_final and the short
 * time-outs may be changed before rig_open().
 */
typedef struct {
  WaxPracticeHost      *host;
  WaxAccount           *account;
  WaxTransportSettings  settings;
  WaxTransport         *transport;
} Rig;

#define RIG_MESSAGE "From: a@example.org\r\nSubject: rig\r\n\r\n.dot\r\n..two\r\nend\r\n"

/** @options: (nullable) */
Rig           *rig_new           (const WaxPracticeOptions *options,
                                  WaxTlsMode                mode);
void           rig_free          (Rig                      *self);
WaxTransport  *rig_open          (Rig                      *self);
/** Sends RIG_MESSAGE to @recipients (space-separated; %NULL: one). */
WaxSendResult *rig_send          (Rig                      *self,
                                  const char               *recipients);
WaxSendResult *rig_send_text     (Rig                      *self,
                                  const char               *recipients,
                                  const char               *text,
                                  gsize                     length);
WaxEnvelope   *rig_envelope      (const char               *recipients);
void           rig_assert_sent   (WaxSendResult            *result);
/** The outcome is @state with @code of WAX_TRANSPORT_ERROR, at @step, with a hint. */
void           rig_assert_failed (WaxSendResult            *result,
                                  WaxSendState              state,
                                  WaxTransportError         code,
                                  WaxStep                   step,
                                  int                       exit_code);
/** No client line so far begins with @prefix. */
void           rig_assert_unsaid (Rig                      *self,
                                  const char               *prefix);
/** How many client lines so far begin with @prefix. */
guint          rig_count_said    (Rig                      *self,
                                  const char               *prefix);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

G_END_DECLS
