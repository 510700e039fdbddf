/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "smtp-reply.h"

G_BEGIN_DECLS

/**
 * WaxSmtpCapabilities:
 *
 * What the reply to EHLO offers (RFC 5321 section 4.1.1.1).
 * @domain: how the server calls itself
 * @lines: (element-type utf8): the keyword lines as they came, upper-case keyword first
 * @has_size: SIZE is offered (RFC 1870)
 * @size_limit: octets; 0 where the server states none
 * @mechanisms: of AUTH (RFC 4954), upper case, each once; never %NULL
 */
typedef struct {
  char      *domain;
  GPtrArray *lines;
  gboolean   starttls;
  gboolean   pipelining;
  gboolean   chunking;
  gboolean   eight_bit;
  gboolean   utf8;
  gboolean   has_size;
  gint64     size_limit;
  gboolean   has_auth;
  GStrv      mechanisms;
} WaxSmtpCapabilities;

/** Never fails: what makes no sense is not offered. */
WaxSmtpCapabilities *wax_smtp_capabilities_parse (const WaxSmtpReply  *reply);
void                 wax_smtp_capabilities_free  (WaxSmtpCapabilities *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpCapabilities, wax_smtp_capabilities_free)

G_END_DECLS
