/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What `send` asks of the server, from words to an envelope's options. */

#include "cli-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "clock.h"

void
wax_request_options_clear (WaxRequestOptions *self)
{
  g_clear_pointer (&self->dsn, g_free);
  g_clear_pointer (&self->dsn_return, g_free);
  g_clear_pointer (&self->envid, g_free);
  g_clear_pointer (&self->hold_until, g_free);
  g_clear_pointer (&self->deliver_by, g_free);
  g_clear_pointer (&self->priority, g_free);
}

G_GNUC_PRINTF (2, 3)
static gboolean
bad_value (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, args);
  va_end (args);

  return FALSE;
}

static gboolean
parse_dsn (const char *text, WaxEnvelopeOptions *options, GError **error)
{
  static const struct
  {
    const char *word;
    WaxDsnNotify flag;
  } known[] = {
    { "never", WAX_DSN_NEVER },
    { "success", WAX_DSN_SUCCESS },
    { "failure", WAX_DSN_FAILURE },
    { "delay", WAX_DSN_DELAY },
  };
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint notify = WAX_DSN_UNSAID;
  gboolean good = words[0] != NULL;

  for (char **word = words; good && *word != NULL; word++)
    {
      good = FALSE;
      for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
        if (strcmp (*word, known[i].word) == 0)
          {
            notify |= known[i].flag;
            good = TRUE;
          }
    }
  if (!good || ((notify & WAX_DSN_NEVER) != 0 && notify != WAX_DSN_NEVER))
    return bad_value (error, _ ("--dsn takes “never”, or some of “success,failure,delay”, not “%s”"), text);

  options->notify = (WaxDsnNotify) notify;
  return TRUE;
}

static gboolean
parse_dsn_return (const char *text, WaxEnvelopeOptions *options, GError **error)
{
  if (strcmp (text, "full") == 0)
    options->dsn_return = WAX_DSN_RETURN_FULL;
  else if (strcmp (text, "headers") == 0)
    options->dsn_return = WAX_DSN_RETURN_HEADERS;
  else
    return bad_value (error, _ ("--dsn-return takes “headers” or “full”, not “%s”"), text);

  return TRUE;
}

static gboolean
parse_envid (const char *text, WaxEnvelopeOptions *options, GError **error)
{
  g_autoptr (GError) reason = NULL;

  options->envid = g_strdup (text);
  if (wax_envelope_options_check (options, &reason))
    return TRUE;

  return bad_value (error, "--envid: %s", reason->message);
}

/* A time without a zone is that of this computer; seconds may be left out. */
static GDateTime *
parse_time (const char *text)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  GDateTime *time = g_date_time_new_from_iso8601 (text, local);
  const char *clock = strchr (text, 'T');
  g_autofree char *with_seconds = NULL;

  if (time != NULL || clock == NULL || strlen (clock) < strlen ("T00:00") || clock[3] != ':')
    return time;
  with_seconds = g_strdup_printf ("%.*s:00%s", (int) (clock - text) + 6, text, clock + 6);

  return g_date_time_new_from_iso8601 (with_seconds, local);
}

static gboolean
parse_hold_until (const char *text, WaxEnvelopeOptions *options, GError **error)
{
  g_autoptr (GDateTime) time = parse_time (text);

  if (time == NULL)
    return bad_value (error, _ ("--hold-until takes a time such as 2026-12-31T08:00, not “%s”"), text);
  options->hold_until = g_date_time_to_unix (time);
  if (options->hold_until <= wax_clock_now () / G_USEC_PER_SEC)
    return bad_value (error, _ ("--hold-until: “%s” is not in the future"), text);

  return TRUE;
}

static gboolean
parse_deliver_by (const char *text, WaxEnvelopeOptions *options, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  const char *mode = parts[0] != NULL && parts[1] != NULL ? parts[1] : "notify";
  gint64 seconds = 0;

  if (parts[0] == NULL || !g_ascii_string_to_signed (parts[0], 10, 1, WAX_DELIVER_BY_GREATEST, &seconds, NULL)
      || (strcmp (mode, "return") != 0 && strcmp (mode, "notify") != 0))
    return bad_value (
        error, _ ("--deliver-by takes 1 to %d seconds, then “:return” or “:notify” or nothing, not “%s”"),
        WAX_DELIVER_BY_GREATEST, text);
  options->deliver_by_s = (int) seconds;
  options->deliver_by_return = strcmp (mode, "return") == 0;

  return TRUE;
}

static gboolean
parse_priority (const char *text, WaxEnvelopeOptions *options, GError **error)
{
  gint64 priority = 0;

  if (!g_ascii_string_to_signed (text, 10, WAX_PRIORITY_LEAST, WAX_PRIORITY_GREATEST, &priority, NULL))
    return bad_value (error, _ ("--priority takes a number from -9 to 9, not “%s”"), text);
  options->has_priority = TRUE;
  options->priority = (int) priority;

  return TRUE;
}

gboolean
wax_request_options_parse (const WaxRequestOptions *self, WaxEnvelopeOptions *options, GError **error)
{
  const struct
  {
    const char *text;
    gboolean (*parse) (const char *text, WaxEnvelopeOptions *options, GError **error);
  } fields[] = {
    { self->dsn, parse_dsn },
    { self->dsn_return, parse_dsn_return },
    { self->envid, parse_envid },
    { self->hold_until, parse_hold_until },
    { self->deliver_by, parse_deliver_by },
    { self->priority, parse_priority },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].text != NULL && !fields[i].parse (fields[i].text, options, error))
      return FALSE;
  options->require_tls = self->require_tls;
  options->send_to_rest = self->send_to_rest;

  return TRUE;
}
