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
 * @eight_bit: 8BITMIME (RFC 6152)
 * @utf8: SMTPUTF8 (RFC 6531)
 * @binarymime: BINARYMIME (RFC 3030); only with @chunking, without which it cannot be used
 * @dsn: DSN (RFC 3461)
 * @enhanced_status: ENHANCEDSTATUSCODES (RFC 2034)
 * @requiretls: REQUIRETLS (RFC 8689)
 * @future_release: FUTURERELEASE (RFC 4865)
 * @hold_max_s: how long a message may be held, seconds; 0 where the server states none
 * @hold_max_date: until when, seconds since the Unix epoch; 0 where the server states none
 * @deliver_by: DELIVERBY (RFC 2852)
 * @deliver_by_min_s: the least time that it takes, seconds; 0 where it states none
 * @mt_priority: MT-PRIORITY (RFC 6710)
 * @mt_priority_profile: (nullable): the profile it names; the default is that of MIXER
 * @has_limits: LIMITS is offered
 * @mail_max: LIMITS (RFC 9422): messages in one session; 0 where the server states none
 * @rcpt_max: recipients of one message, likewise
 * @rcpt_domain_max: domains of recipients in one session, likewise
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
  gboolean   binarymime;
  gboolean   dsn;
  gboolean   enhanced_status;
  gboolean   requiretls;
  gboolean   future_release;
  gint64     hold_max_s;
  gint64     hold_max_date;
  gboolean   deliver_by;
  int        deliver_by_min_s;
  gboolean   mt_priority;
  char      *mt_priority_profile;
  gboolean   has_limits;
  guint      mail_max;
  guint      rcpt_max;
  guint      rcpt_domain_max;
  gboolean   has_auth;
  GStrv      mechanisms;
} WaxSmtpCapabilities;

/** Never fails: what makes no sense is not offered. */
WaxSmtpCapabilities *wax_smtp_capabilities_parse (const WaxSmtpReply  *reply);
/** From lines that were remembered (`lines`, or those of a report): without a greeting. */
WaxSmtpCapabilities *wax_smtp_capabilities_from_lines (const char * const *lines);
void                 wax_smtp_capabilities_free  (WaxSmtpCapabilities *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSmtpCapabilities, wax_smtp_capabilities_free)

G_END_DECLS
