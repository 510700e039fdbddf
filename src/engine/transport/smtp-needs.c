/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a message needs, against what the server offers: one check for each
 * extension, run before anything of the message is sent. */

#include "smtp-command.h"

#include "clock.h"

typedef gboolean (*Check) (const WaxEnvelope *envelope,
                           gint64 size,
                           const WaxSmtpCapabilities *capabilities,
                           GError **error);

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, WaxTransportError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (WAX_TRANSPORT_ERROR, (int) code, format, args);
  va_end (args);

  return FALSE;
}

static gboolean
check_size (const WaxEnvelope *envelope, gint64 size, const WaxSmtpCapabilities *capabilities, GError **error)
{
  g_autofree char *has = NULL;
  g_autofree char *takes = NULL;

  if (capabilities->size_limit == 0 || size <= capabilities->size_limit)
    return TRUE;

  has = g_format_size ((guint64) size);
  takes = g_format_size ((guint64) capabilities->size_limit);
  return refuse (error, WAX_TRANSPORT_ERROR_TOO_LARGE,
                 "The message has %s, and the server takes no more than %s", has, takes);
}

/* SMTPUTF8 stands on 8BITMIME (RFC 6531 section 3.1): its headers have eight bits. */
static gboolean
check_utf8 (const WaxEnvelope *envelope, gint64 size, const WaxSmtpCapabilities *capabilities, GError **error)
{
  if (!envelope->needs_utf8 || capabilities->utf8)
    return TRUE;

  return refuse (error, WAX_TRANSPORT_ERROR_NEEDS_UTF8,
                 "An address or header of the message needs SMTPUTF8, which the server does not offer");
}

static gboolean
check_body (const WaxEnvelope *envelope, gint64 size, const WaxSmtpCapabilities *capabilities, GError **error)
{
  if (envelope->needs_binary)
    return capabilities->binarymime
           || refuse (
               error, WAX_TRANSPORT_ERROR_NEEDS_BINARY,
               "A part of the message is not encoded as text, and the server does not offer BINARYMIME "
               "with CHUNKING");

  return !envelope->needs_8bit || capabilities->eight_bit
         || refuse (error, WAX_TRANSPORT_ERROR_NEEDS_8BIT,
                    "The message has eight-bit text, and the server does not offer 8BITMIME");
}

static gboolean
check_require_tls (const WaxEnvelope *envelope,
                   gint64 size,
                   const WaxSmtpCapabilities *capabilities,
                   GError **error)
{
  return !envelope->options.require_tls || capabilities->requiretls
         || refuse (error, WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS,
                    "Verified TLS all the way to the recipients was demanded, and the server does not offer "
                    "REQUIRETLS");
}

static gboolean
check_dsn (const WaxEnvelope *envelope, gint64 size, const WaxSmtpCapabilities *capabilities, GError **error)
{
  const WaxEnvelopeOptions *options = &envelope->options;
  gboolean asked = options->notify != WAX_DSN_UNSAID || options->dsn_return != WAX_DSN_RETURN_UNSAID
                   || options->envid != NULL;

  return !asked || capabilities->dsn
         || refuse (error, WAX_TRANSPORT_ERROR_NEEDS_DSN, "%s, and the server does not offer DSN",
                    options->notify == WAX_DSN_NEVER
                        ? "It was asked that no delivery notification ever be sent"
                        : "Delivery notifications were asked for");
}

/* (transfer full) */
static char *
date_words (gint64 date)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (date);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC")
                      : g_strdup_printf ("%" G_GINT64_FORMAT, date);
}

WaxSmtpHold
wax_smtp_hold_choose (gint64 until, gint64 now, const WaxSmtpCapabilities *capabilities)
{
  gint64 seconds = until - now;

  if (seconds <= 0)
    return WAX_SMTP_HOLD_NO_MORE;
  if (capabilities->hold_max_date > 0 && until <= capabilities->hold_max_date)
    return WAX_SMTP_HOLD_UNTIL;
  if (capabilities->hold_max_s > 0 && seconds <= capabilities->hold_max_s)
    return WAX_SMTP_HOLD_FOR;

  return capabilities->hold_max_date == 0 && capabilities->hold_max_s == 0 ? WAX_SMTP_HOLD_UNTIL
                                                                           : WAX_SMTP_HOLD_TOO_LONG;
}

/* (transfer full) The server's limits, in words. */
static char *
hold_limits (const WaxSmtpCapabilities *capabilities)
{
  g_autofree char *date = date_words (capabilities->hold_max_date);

  if (capabilities->hold_max_date == 0)
    return g_strdup_printf ("for no more than %" G_GINT64_FORMAT " seconds", capabilities->hold_max_s);
  if (capabilities->hold_max_s == 0)
    return g_strdup_printf ("no later than until %s", date);

  return g_strdup_printf ("for no more than %" G_GINT64_FORMAT " seconds, or until %s",
                          capabilities->hold_max_s, date);
}

static gboolean
check_hold (const WaxEnvelope *envelope, gint64 size, const WaxSmtpCapabilities *capabilities, GError **error)
{
  gint64 until = envelope->options.hold_until;
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;
  g_autofree char *date = NULL;
  g_autofree char *limits = NULL;

  if (until <= now)
    return TRUE;
  date = date_words (until);
  if (!capabilities->future_release)
    return refuse (error, WAX_TRANSPORT_ERROR_NEEDS_HOLD,
                   "The message is to be held until %s, and the server does not offer FUTURERELEASE", date);
  if (wax_smtp_hold_choose (until, now, capabilities) != WAX_SMTP_HOLD_TOO_LONG)
    return TRUE;

  limits = hold_limits (capabilities);
  return refuse (error, WAX_TRANSPORT_ERROR_NEEDS_HOLD,
                 "The message is to be held until %s, and the server holds one %s", date, limits);
}

static gboolean
check_deliver_by (const WaxEnvelope *envelope,
                  gint64 size,
                  const WaxSmtpCapabilities *capabilities,
                  GError **error)
{
  const WaxEnvelopeOptions *options = &envelope->options;
  gint64 held = options->hold_until - wax_clock_now () / G_USEC_PER_SEC;

  if (options->deliver_by_s == 0)
    return TRUE;
  if (!capabilities->deliver_by)
    return refuse (
        error, WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY,
        "The message is to be delivered within %d seconds, and the server does not offer DELIVERBY",
        options->deliver_by_s);
  if (options->hold_until > 0 && held >= options->deliver_by_s)
    return refuse (error, WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY,
                   "The message is to be delivered within %d seconds, and to be held for longer than that",
                   options->deliver_by_s);
  /* RFC 2852 section 2: the least time is for those that are returned. */
  if (options->deliver_by_return && options->deliver_by_s < capabilities->deliver_by_min_s)
    return refuse (error, WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY,
                   "The message is to be delivered within %d seconds or come back, and the server takes no "
                   "less than %d seconds",
                   options->deliver_by_s, capabilities->deliver_by_min_s);

  return TRUE;
}

static gboolean
check_priority (const WaxEnvelope *envelope,
                gint64 size,
                const WaxSmtpCapabilities *capabilities,
                GError **error)
{
  return !envelope->options.has_priority || capabilities->mt_priority
         || refuse (error, WAX_TRANSPORT_ERROR_NEEDS_PRIORITY,
                    "The priority %d was asked for, and the server does not offer MT-PRIORITY",
                    envelope->options.priority);
}

gboolean
wax_smtp_command_check_needs (const WaxEnvelope *envelope,
                              gint64 size,
                              const WaxSmtpCapabilities *capabilities,
                              GError **error)
{
  static const Check checks[] = {
    check_require_tls, check_size, check_utf8,       check_body,
    check_dsn,         check_hold, check_deliver_by, check_priority,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    if (!checks[i](envelope, size, capabilities, error))
      return FALSE;

  return wax_envelope_options_check (&envelope->options, error);
}
