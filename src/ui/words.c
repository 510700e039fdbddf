/* SPDX-License-Identifier: GPL-3.0-or-later */

/* words: how the window says things. States, checks, times and kinds of events
 * get their words, icons and style classes here, so that every page says the
 * same thing of the same thing. */

#include "words.h"

#include <glib/gi18n.h>

#include "entry-state.h"

char *
wax_words_time (gint64 time_us)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local_usec (time_us);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = NULL;
  int year, month, day, this_year, this_month, this_day;

  if (time_us <= 0 || then == NULL)
    return g_strdup ("");
  g_date_time_get_ymd (then, &year, &month, &day);
  g_date_time_get_ymd (now, &this_year, &this_month, &this_day);
  if (year == this_year && month == this_month && day == this_day)
    /* Translators: a time of today, in strftime form: 14:05 */
    return g_date_time_format (then, C_ ("time of today", "%R"));
  yesterday = g_date_time_add_days (now, -1);
  g_date_time_get_ymd (yesterday, &this_year, &this_month, &this_day);
  if (year == this_year && month == this_month && day == this_day)
    /* Translators: a time of yesterday, in strftime form */
    return g_date_time_format (then, _ ("Yesterday %R"));
  /* Translators: a date, in strftime form: 3 May 2025 */
  return g_date_time_format (then, C_ ("date", "%-d %b %Y"));
}

char *
wax_words_exact_time (gint64 time_us)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local_usec (time_us);

  if (time_us <= 0 || then == NULL)
    return g_strdup ("");
  /* Translators: a date and time to the second, in strftime form: 3 May 2025, 14:05:09 */
  return g_date_time_format (then, _ ("%-d %b %Y, %T"));
}

char *
wax_words_date (gint64 time_s)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time_s);

  return then != NULL ? g_date_time_format (then, C_ ("date", "%-d %b %Y")) : g_strdup ("");
}

char *
wax_words_until (gint64 time_us)
{
  gint64 seconds = (time_us - g_get_real_time ()) / G_USEC_PER_SEC;

  if (seconds <= 0)
    /* Translators: said of something that is due: the next attempt is made now */
    return g_strdup (_ ("now"));
  if (seconds < 60)
    /* Translators: the next attempt is made in so many seconds */
    return g_strdup_printf (ngettext ("in %d second", "in %d seconds", (gulong) seconds), (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (ngettext ("in %d minute", "in %d minutes", (gulong) ((seconds + 30) / 60)),
                            (int) ((seconds + 30) / 60));
  return g_strdup_printf (ngettext ("in %d hour", "in %d hours", (gulong) ((seconds + 1800) / 3600)),
                          (int) ((seconds + 1800) / 3600));
}

/* ---- where a message stands ---- */

typedef struct
{
  const char *words;
  const char *icon;
  const char *style;
  gboolean needs_user;
} StateWords;

static const StateWords state_words[] = {
  /* Translators: the message waits a few seconds, in which sending can be undone */
  [WAX_OUTBOX_HELD] = { N_ ("Held for undo"), "document-revert-symbolic", "accent", FALSE },
  /* Translators: the message will be sent at a later time */
  [WAX_OUTBOX_SCHEDULED] = { N_ ("Scheduled"), "alarm-symbolic", "accent", FALSE },
  /* Translators: the message waits for its turn */
  [WAX_OUTBOX_QUEUED] = { N_ ("Queued"), "content-loading-symbolic", "accent", FALSE },
  [WAX_OUTBOX_SENDING] = { N_ ("Sending"), "wax-outbox-symbolic", "accent", FALSE },
  [WAX_OUTBOX_SENT] = { N_ ("Sent"), "object-select-symbolic", "success", FALSE },
  /* Translators: some of the recipients were accepted by the server, some were not */
  [WAX_OUTBOX_PARTIAL] = { N_ ("Partly sent"), "object-select-symbolic", "warning", TRUE },
  /* Translators: the message could not be sent now and will be tried again by itself */
  [WAX_OUTBOX_DEFERRED] = { N_ ("Waiting to try again"), "view-refresh-symbolic", "warning", FALSE },
  /* Translators: a check of the connection failed: the message waits for the user */
  [WAX_OUTBOX_BLOCKED] = { N_ ("Blocked"), "wax-shield-refused-symbolic", "error", TRUE },
  /* Translators: the connection was lost at the very end: nobody knows whether the message was sent */
  [WAX_OUTBOX_UNKNOWN] = { N_ ("Outcome unknown"), "dialog-question-symbolic", "warning", TRUE },
  [WAX_OUTBOX_FAILED] = { N_ ("Not sent"), "dialog-error-symbolic", "error", TRUE },
  [WAX_OUTBOX_CANCELLED] = { N_ ("Cancelled"), "process-stop-symbolic", "dim-label", FALSE },
};

static const StateWords *
state_get (WaxOutboxState state)
{
  if ((guint) state >= G_N_ELEMENTS (state_words))
    return &state_words[WAX_OUTBOX_QUEUED];
  return &state_words[state];
}

const char *
wax_words_state (WaxOutboxState state)
{
  return _ (state_get (state)->words);
}

const char *
wax_words_state_icon (WaxOutboxState state)
{
  return state_get (state)->icon;
}

const char *
wax_words_state_class (WaxOutboxState state)
{
  return state_get (state)->style;
}

gboolean
wax_words_state_needs_user (WaxOutboxState state)
{
  return state_get (state)->needs_user;
}

/* ---- checks of a connection ---- */

const char *
wax_words_check (const char *name)
{
  static const struct
  {
    const char *name, *words;
  } checks[] = {
    /* Translators: a check: is the certificate for the server that was asked for? */
    { "hostname", N_ ("Name in the certificate") },
    /* Translators: a check: does the certificate lead to an authority that is trusted? */
    { "chain", N_ ("Chain of trust") },
    /* Translators: a check: is today between the first and last day of the certificate? */
    { "validity", N_ ("Period of validity") },
    { "revocation", N_ ("Revocation") },
    /* Translators: a check: is the server's key the one that was pinned? */
    { "pin", N_ ("Pinned key") },
    /* Translators: a check: are TLS version and cipher strong enough? */
    { "policy", N_ ("TLS version and cipher") },
    /* Translators: DANE is a protocol name: certificates by DNS records */
    { "dane", N_ ("DANE records") },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_strcmp0 (checks[i].name, name) == 0)
      return _ (checks[i].words);
  return name != NULL ? name : "";
}

const char *
wax_words_check_result (WaxCheckResult result)
{
  switch (result)
    {
    case WAX_CHECK_PASS:
      /* Translators: the result of a check */
      return C_ ("check", "Passed");
    case WAX_CHECK_FAIL:
      /* Translators: the result of a check */
      return C_ ("check", "Failed");
    case WAX_CHECK_SKIPPED:
    default:
      /* Translators: the result of a check that did not apply */
      return C_ ("check", "Not checked");
    }
}

const char *
wax_words_check_icon (WaxCheckResult result)
{
  switch (result)
    {
    case WAX_CHECK_PASS:
      return "object-select-symbolic";
    case WAX_CHECK_FAIL:
      return "dialog-error-symbolic";
    case WAX_CHECK_SKIPPED:
    default:
      return "list-remove-symbolic";
    }
}

const char *
wax_words_check_class (WaxCheckResult result)
{
  switch (result)
    {
    case WAX_CHECK_PASS:
      return "success";
    case WAX_CHECK_FAIL:
      return "error";
    case WAX_CHECK_SKIPPED:
    default:
      return "dim-label";
    }
}

char *
wax_words_route (WaxConnectionReport *report)
{
  char *line = wax_connection_report_summary (report);
  /* On a terminal the line ends with the day on which an exception ends. */
  char *exception = report->exceptions->len > 0 ? g_strrstr (line, " · exception until ") : NULL;

  if (exception != NULL)
    *exception = '\0';
  return line;
}

static void
add_note (GString *notes, const char *note)
{
  g_string_append_printf (notes, "%s%s", notes->len > 0 ? "\n" : "", note);
}

/* `Exception until 3 January 2027: …`, in the check's own words. */
static void
add_exception (GString *notes, const WaxCheck *check)
{
  g_autofree char *day = check->exception_until > 0 ? wax_words_date (check->exception_until) : NULL;
  g_autofree char *note = day != NULL
                              /* Translators: a weaker setting that the account allows; %1$s is the name of a
                                 check, such as “Chain of trust”, %2$s a day */
                              ? g_strdup_printf (_ ("%1$s: exception until %2$s"),
                                                 wax_words_check (check->name), day)
                              /* Translators: %1$s is the name of a check, %2$s what is allowed */
                              : g_strdup_printf (_ ("%1$s: exception, %2$s"), wax_words_check (check->name),
                                                 check->exception);

  add_note (notes, note);
}

char *
wax_words_report_notes (WaxConnectionReport *report, gboolean *weaker)
{
  g_autoptr (GString) notes = g_string_new (NULL);

  *weaker = FALSE;
  for (guint i = 0; i < report->checks->len; i++)
    {
      const WaxCheck *check = report->checks->pdata[i];

      if (check->exception != NULL)
        {
          *weaker = TRUE;
          add_exception (notes, check);
        }
      if (check->warning != NULL)
        add_note (notes, check->warning);
    }
  /* Told by nobody else, such as in a report that was kept by an older version. */
  if (!*weaker)
    for (guint i = 0; i < report->exceptions->len; i++)
      {
        *weaker = TRUE;
        add_note (notes, report->exceptions->pdata[i]);
      }

  return notes->len > 0 ? g_string_free_and_steal (g_steal_pointer (&notes)) : NULL;
}

/* ---- kinds of events ---- */

const char *
wax_words_event_class (int class_uid)
{
  switch (class_uid)
    {
    case WAX_CLASS_DETECTION_FINDING:
      /* Translators: a kind of entry of the record: something was refused */
      return _ ("Refusal");
    case WAX_CLASS_AUTHENTICATION:
      /* Translators: a kind of entry of the record: signing in at the server */
      return _ ("Sign-in");
    case WAX_CLASS_NETWORK_ACTIVITY:
      return _ ("Connection");
    case WAX_CLASS_EMAIL_ACTIVITY:
      return _ ("Message");
    case WAX_CLASS_EVENT_LOG_ACTIVITY:
    case WAX_CLASS_DATASTORE_ACTIVITY:
      /* Translators: a kind of entry of the record: somebody looked at the record itself */
      return _ ("Record");
    case WAX_CLASS_APPLICATION_LIFECYCLE:
    default:
      return _ ("Application");
    }
}

const char *
wax_words_entry_icon (WaxActivityEntry *entry)
{
  const gboolean failed = wax_activity_entry_get_status (entry) == WAX_EVENT_FAILURE;
  WaxOutboxState state;

  if (wax_entry_get_state (entry, &state))
    return wax_words_state_icon (state);
  switch (wax_activity_entry_get_class_uid (entry))
    {
    case WAX_CLASS_DETECTION_FINDING:
      return "wax-shield-refused-symbolic";
    case WAX_CLASS_AUTHENTICATION:
      return failed ? "dialog-error-symbolic" : "dialog-password-symbolic";
    case WAX_CLASS_NETWORK_ACTIVITY:
      return failed ? "wax-shield-refused-symbolic" : "wax-shield-symbolic";
    case WAX_CLASS_EMAIL_ACTIVITY:
      return "wax-outbox-symbolic";
    case WAX_CLASS_EVENT_LOG_ACTIVITY:
    case WAX_CLASS_DATASTORE_ACTIVITY:
      return "wax-record-symbolic";
    case WAX_CLASS_APPLICATION_LIFECYCLE:
    default:
      return "application-x-executable-symbolic";
    }
}

const char *
wax_words_entry_class (WaxActivityEntry *entry)
{
  WaxOutboxState state;

  if (wax_entry_get_state (entry, &state))
    return wax_words_state_class (state);
  if (wax_activity_entry_get_status (entry) == WAX_EVENT_FAILURE
      || wax_activity_entry_get_class_uid (entry) == WAX_CLASS_DETECTION_FINDING)
    return "error";
  return "dim-label";
}

/* ---- accounts ---- */

char *
wax_words_account (WaxAccount *account)
{
  const char *name = wax_account_get_name (account);

  if (name == NULL)
    return g_strdup (wax_account_get_address (account));
  /* Translators: a name and a mail address; keep the angle brackets */
  return g_strdup_printf (C_ ("account", "%s <%s>"), name, wax_account_get_address (account));
}

char *
wax_words_server (WaxAccount *account)
{
  switch (wax_account_get_mode (account))
    {
    case WAX_TLS_MODE_IMPLICIT:
      /* Translators: a server name and a port; TLS is there from the first byte on */
      return g_strdup_printf (_ ("%s, port %u, TLS from the start"), wax_account_get_host (account),
                              wax_account_get_port (account));
    case WAX_TLS_MODE_STARTTLS:
      /* Translators: a server name and a port; STARTTLS is a command and is not translated */
      return g_strdup_printf (_ ("%s, port %u, STARTTLS required"), wax_account_get_host (account),
                              wax_account_get_port (account));
    case WAX_TLS_MODE_PLAINTEXT_LOOPBACK:
    default:
      return g_strdup_printf (_ ("%s, port %u, without TLS (this computer only)"),
                              wax_account_get_host (account), wax_account_get_port (account));
    }
}
