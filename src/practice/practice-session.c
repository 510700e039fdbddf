/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A submission session, the server's side, as a table of commands. It takes
 * nothing that the standards do not allow: where a real server is lenient, a
 * client's fault would not show. */

#include "practice-session.h"

#include "line-stream.h"
#include "practice-body.h"
#include "practice-path.h"
#include "practice-sasl.h"

#define MAX_RECIPIENTS 1000
#define MAX_FAULTS     20
#define BDAT_PIECE     65536

typedef struct
{
  WaxPracticeChannel *channel;
  WaxPracticeMode mode;
  const WaxPracticeSettings *settings;
  WaxPracticeMaildir *maildir;
  WaxPracticeRecord *record;

  gboolean extended; /* EHLO was said, and nothing after it made that void */
  gboolean greeted;
  gboolean authenticated;
  guint faults;
  guint messages;

  /* The mail transaction. */
  gboolean mail;
  WaxPracticeBodyKind body;
  gboolean smtputf8;
  guint recipients;
  WaxPracticeBody *chunks; /* between the first BDAT and BDAT LAST */
  gboolean chunks_failed;
} Session;

/* A command's part of the session: FALSE ends it. */
typedef gboolean (*Command) (Session *self, const char *argument);

/* ---- replies --------------------------------------------------------------- */

static gboolean
session_say (Session *self, WaxPracticeStep step, int code, const char *enhanced, const char *text)
{
  return wax_practice_channel_reply (self->channel, step, code, enhanced, "%s", text) != 0;
}

/* A client's fault: too many of them, and it is sent away. */
static gboolean
session_object (Session *self, WaxPracticeStep step, int code, const char *enhanced, const char *text)
{
  if (!session_say (self, step, code, enhanced, text))
    return FALSE;
  if (++self->faults < MAX_FAULTS)
    return TRUE;
  session_say (self, WAX_PRACTICE_STEP_NONE, 421, "4.7.0", "Too many errors, goodbye");

  return FALSE;
}

static void
session_reset (Session *self)
{
  self->mail = FALSE;
  self->body = WAX_PRACTICE_BODY_7BIT;
  self->smtputf8 = FALSE;
  self->recipients = 0;
  self->chunks_failed = FALSE;
  g_clear_pointer (&self->chunks, wax_practice_body_free);
}

static gboolean
session_has (Session *self, const char *extension)
{
  return self->extended && wax_practice_settings_has_extension (self->settings, extension);
}

static gboolean
session_needs_tls (Session *self)
{
  return self->mode != WAX_PRACTICE_MODE_PLAINTEXT && !wax_practice_channel_is_encrypted (self->channel);
}

static gboolean
session_offers_auth (Session *self)
{
  return wax_practice_channel_is_encrypted (self->channel) && self->settings->mechanisms[0] != NULL;
}

/* ---- the start ------------------------------------------------------------- */

static gboolean
command_ehlo (Session *self, const char *argument)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_null_terminated (12, g_free, TRUE);
  gboolean encrypted = wax_practice_channel_is_encrypted (self->channel);
  WaxPracticeStep step = encrypted ? WAX_PRACTICE_STEP_EHLO_TLS : WAX_PRACTICE_STEP_EHLO;
  int code;

  if (*argument == '\0')
    return session_object (self, step, 501, "5.5.4", "EHLO wants a domain");

  g_ptr_array_add (lines, g_strdup_printf ("localhost greets %s", argument));
  for (gsize i = 0; self->settings->extensions[i] != NULL; i++)
    g_ptr_array_add (lines, g_strdup (self->settings->extensions[i]));
  if (session_needs_tls (self))
    g_ptr_array_add (lines, g_strdup ("STARTTLS"));
  if (session_offers_auth (self))
    {
      g_autofree char *mechanisms = g_strjoinv (" ", self->settings->mechanisms);

      g_ptr_array_add (lines, g_strconcat ("AUTH ", mechanisms, NULL));
    }

  session_reset (self);
  code = wax_practice_channel_reply_lines (self->channel, step, 250, (const char *const *) lines->pdata);
  self->extended = self->greeted = code / 100 == 2;

  return code != 0;
}

static gboolean
command_helo (Session *self, const char *argument)
{
  gboolean encrypted = wax_practice_channel_is_encrypted (self->channel);

  session_reset (self);
  self->extended = FALSE;
  self->greeted = *argument != '\0';
  if (!self->greeted)
    return session_object (self, WAX_PRACTICE_STEP_NONE, 501, "5.5.4", "HELO wants a domain");

  return session_say (self, encrypted ? WAX_PRACTICE_STEP_EHLO_TLS : WAX_PRACTICE_STEP_EHLO, 250, NULL,
                      "localhost");
}

static gboolean
command_starttls (Session *self, const char *argument)
{
  int code;

  if (!session_needs_tls (self))
    return session_object (self, WAX_PRACTICE_STEP_STARTTLS, 503, "5.5.1", "STARTTLS is not offered here");
  if (*argument != '\0')
    return session_object (self, WAX_PRACTICE_STEP_STARTTLS, 501, "5.5.4", "STARTTLS takes no parameter");
  if (!self->extended)
    return session_object (self, WAX_PRACTICE_STEP_STARTTLS, 503, "5.5.1", "Say EHLO first");

  code = wax_practice_channel_reply (self->channel, WAX_PRACTICE_STEP_STARTTLS, 220, "2.0.0",
                                     "Ready to start TLS");
  if (code != 220)
    return code != 0;

  /* RFC 3207, section 4.2: what was said before counts no more. */
  session_reset (self);
  self->extended = self->greeted = FALSE;

  return wax_practice_channel_secure (self->channel);
}

/* ---- sign-in --------------------------------------------------------------- */

static gboolean
session_signed_in (Session *self)
{
  int code = wax_practice_channel_reply (self->channel, WAX_PRACTICE_STEP_AUTH, 235, "2.7.0",
                                         "Authentication succeeded");

  self->authenticated = code == 235;

  return code != 0;
}

/* Sends @challenge and reads the client's answer. NULL: the exchange is over,
 * and *go_on says whether the session is. */
static char *
session_ask (Session *self, const char *challenge, gboolean *go_on)
{
  g_autofree char *answer = NULL;
  int code = wax_practice_channel_reply (self->channel, WAX_PRACTICE_STEP_AUTH, 334, NULL, "%s", challenge);

  *go_on = code != 0;
  if (code != 334)
    {
      self->authenticated = code == 235;
      return NULL;
    }

  answer = wax_practice_channel_read_command (self->channel, WAX_PRACTICE_SASL_LIMIT, NULL);
  if (answer == NULL)
    *go_on = FALSE;
  else if (strcmp (answer, "*") == 0)
    *go_on = session_say (self, WAX_PRACTICE_STEP_AUTH, 501, "5.7.0", "Authentication cancelled");
  else
    return g_steal_pointer (&answer);

  return NULL;
}

static gboolean
session_exchange (Session *self, WaxPracticeSasl *sasl, const char *initial)
{
  g_autofree char *answer = g_strdup (initial);

  while (TRUE)
    {
      g_autofree char *challenge = NULL;
      WaxPracticeSaslResult result = wax_practice_sasl_step (sasl, answer, &challenge);
      gboolean go_on = TRUE;

      if (result == WAX_PRACTICE_SASL_MALFORMED)
        return session_object (self, WAX_PRACTICE_STEP_AUTH, 501, "5.5.2", "That is not base64");
      if (result == WAX_PRACTICE_SASL_REFUSED)
        return session_object (self, WAX_PRACTICE_STEP_AUTH, 535, "5.7.8",
                               "Authentication credentials invalid");
      if (result == WAX_PRACTICE_SASL_DONE && *challenge == '\0')
        return session_signed_in (self);

      g_free (answer);
      answer = session_ask (self, challenge, &go_on);
      if (answer == NULL)
        return go_on;
      /* SCRAM's last word goes as a challenge and wants an empty answer
       * (RFC 4954, section 4): 235 cannot carry it. */
      if (result == WAX_PRACTICE_SASL_DONE)
        return *answer == '\0' ? session_signed_in (self)
                               : session_object (self, WAX_PRACTICE_STEP_AUTH, 501, "5.5.2",
                                                 "An empty answer was expected");
    }
}

static gboolean
command_auth (Session *self, const char *argument)
{
  g_auto (GStrv) words = g_strsplit (argument, " ", 2);
  const char *mechanism = words[0] != NULL ? words[0] : "";
  const char *initial = words[0] != NULL ? words[1] : NULL;
  g_autoptr (WaxPracticeSasl) sasl = NULL;
  g_autofree char *name = g_ascii_strup (mechanism, -1);
  g_autofree char *binding = NULL;
  g_autofree char *client_name = NULL;
  Gsasl_property property = GSASL_CB_TLS_EXPORTER;

  if (session_needs_tls (self))
    return session_object (self, WAX_PRACTICE_STEP_AUTH, 530, "5.7.0", "Must issue a STARTTLS command first");
  if (!session_offers_auth (self) || !self->extended)
    return session_object (self, WAX_PRACTICE_STEP_AUTH, 503, "5.5.1", "AUTH was not offered");
  if (self->authenticated || self->mail)
    return session_object (self, WAX_PRACTICE_STEP_AUTH, 503, "5.5.1", "Not now");
  if (!wax_practice_settings_has_mechanism (self->settings, name))
    return session_object (self, WAX_PRACTICE_STEP_AUTH, 504, "5.5.4", "That mechanism is not offered");

  binding = wax_practice_channel_get_binding (self->channel, &property);
  client_name = wax_practice_channel_get_client_name (self->channel);
  sasl = wax_practice_sasl_start (self->settings, name, binding, property, client_name);
  if (sasl == NULL)
    return session_say (self, WAX_PRACTICE_STEP_AUTH, 454, "4.7.0", "Temporary authentication failure");

  return session_exchange (self, sasl, g_strcmp0 (initial, "=") == 0 ? "" : initial);
}

/* ---- the envelope ---------------------------------------------------------- */

/* Says no for parameters whose extension was not offered, and for values that
 * it does not have. */
static gboolean
session_check_parameters (Session *self, const WaxPracticePath *path, gboolean is_mail)
{
  static const struct
  {
    const char *name;
    const char *extension;
    gboolean of_mail;
    const char *values; /* (nullable) a regular expression of its own */
  } known[] = {
    { "SIZE", "SIZE", TRUE, NULL },
    { "BODY", "8BITMIME", TRUE, NULL },
    { "SMTPUTF8", "SMTPUTF8", TRUE, NULL },
    { "RET", "DSN", TRUE, "^(FULL|HDRS)$" },
    { "ENVID", "DSN", TRUE, "^([!-*,-<>-~]|\\+[0-9A-F]{2})+$" },
    { "NOTIFY", "DSN", FALSE, "^(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*)$" },
    { "ORCPT", "DSN", FALSE,
      "^(rfc822;([!-*,-<>-~]|\\+[0-9A-F]{2})+|"
      "utf-8;([!-*,-<>-\\[\\]-~]|[^\\x00-\\x7f]|\\\\x\\{[0-9A-F]{2,6}\\})+)$" },
    { "REQUIRETLS", "REQUIRETLS", TRUE, "^$" },
    { "HOLDFOR", "FUTURERELEASE", TRUE, "^[0-9]{1,9}$" },
    { "HOLDUNTIL", "FUTURERELEASE", TRUE, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" },
    { "BY", "DELIVERBY", TRUE, "^-?[0-9]{1,9};[NR]T?$" },
    { "MT-PRIORITY", "MT-PRIORITY", TRUE, "^-?[0-9]$" },
  };
  guint found = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const char *value = wax_practice_path_get (path, known[i].name);

      if (value == NULL)
        continue;
      if (known[i].of_mail != is_mail || !session_has (self, known[i].extension))
        return FALSE;
      if (known[i].values != NULL && !g_regex_match_simple (known[i].values, value, 0, 0))
        return FALSE;
      found++;
    }
  if (is_mail && session_offers_auth (self) && wax_practice_path_get (path, "AUTH") != NULL)
    found++;

  return found == g_strv_length (path->parameters);
}

/* BODY (RFC 6152 section 3, RFC 3030 section 3). */
static gboolean
session_check_body (Session *self, const char *body)
{
  self->body = WAX_PRACTICE_BODY_7BIT;
  if (g_ascii_strcasecmp (body, "7BIT") == 0)
    return TRUE;
  if (g_ascii_strcasecmp (body, "8BITMIME") == 0)
    self->body = WAX_PRACTICE_BODY_8BIT;
  else if (g_ascii_strcasecmp (body, "BINARYMIME") == 0 && session_has (self, "BINARYMIME"))
    self->body = WAX_PRACTICE_BODY_BINARY;

  return self->body != WAX_PRACTICE_BODY_7BIT;
}

static gboolean
session_check_mail_values (Session *self, const WaxPracticePath *path, guint64 *size)
{
  const char *body = wax_practice_path_get (path, "BODY");
  const char *size_text = wax_practice_path_get (path, "SIZE");
  const char *smtputf8 = wax_practice_path_get (path, "SMTPUTF8");

  *size = 0;
  if (size_text != NULL && !g_ascii_string_to_unsigned (size_text, 10, 0, G_MAXUINT64, size, NULL))
    return FALSE;
  if (!session_check_body (self, body != NULL ? body : "7BIT"))
    return FALSE;
  if (smtputf8 != NULL && *smtputf8 != '\0')
    return FALSE;
  self->smtputf8 = smtputf8 != NULL;
  if (self->smtputf8 && self->body == WAX_PRACTICE_BODY_7BIT)
    self->body = WAX_PRACTICE_BODY_8BIT;

  return TRUE;
}

static gboolean
command_mail (Session *self, const char *argument)
{
  const WaxPracticeStep step = WAX_PRACTICE_STEP_MAIL;
  g_auto (WaxPracticePath) path = { 0 };
  guint64 size;
  int code;

  if (!self->greeted)
    return session_object (self, step, 503, "5.5.1", "Say EHLO first");
  if (session_needs_tls (self))
    return session_object (self, step, 530, "5.7.0", "Must issue a STARTTLS command first");
  if (session_offers_auth (self) && !self->authenticated)
    return session_object (self, step, 530, "5.7.0", "Authentication required");
  if (self->mail)
    return session_object (self, step, 503, "5.5.1", "Nested MAIL command");
  if (!wax_practice_path_parse (argument, "FROM", &path))
    return session_object (self, step, 501, "5.5.4", "Syntax: MAIL FROM:<address>");
  if (!session_check_parameters (self, &path, TRUE))
    return session_object (self, step, 555, "5.5.4", "A parameter that was not offered");
  if (!session_check_mail_values (self, &path, &size))
    return session_object (self, step, 501, "5.5.4", "A parameter's value is not valid");
  if (!self->smtputf8 && !g_str_is_ascii (path.address))
    return session_object (self, step, 553, "5.6.7", "Such an address needs SMTPUTF8");
  if (size > self->settings->size_limit)
    return session_object (self, step, 552, "5.3.4", "Message is larger than SIZE allows");

  if (self->settings->mail_max > 0 && self->messages >= self->settings->mail_max)
    return session_object (self, step, 452, "4.5.3", "Too many messages in this session");

  code = wax_practice_channel_reply (self->channel, step, 250, "2.1.0", "Sender accepted");
  self->mail = code / 100 == 2;
  self->messages += self->mail ? 1 : 0;

  return code != 0;
}

static gboolean
command_rcpt (Session *self, const char *argument)
{
  const WaxPracticeStep step = WAX_PRACTICE_STEP_RCPT;
  g_auto (WaxPracticePath) path = { 0 };
  int code;

  if (!self->mail || self->chunks != NULL || self->chunks_failed)
    return session_object (self, step, 503, "5.5.1", "Say MAIL first");
  if (!wax_practice_path_parse (argument, "TO", &path) || *path.address == '\0')
    return session_object (self, step, 501, "5.5.4", "Syntax: RCPT TO:<address>");
  if (!session_check_parameters (self, &path, FALSE))
    return session_object (self, step, 555, "5.5.4", "A parameter that was not offered");
  if (!self->smtputf8 && !g_str_is_ascii (path.address))
    return session_object (self, step, 553, "5.6.7", "Such an address needs SMTPUTF8");
  if (self->settings->refuse_recipient != NULL
      && g_ascii_strcasecmp (path.address, self->settings->refuse_recipient) == 0)
    return session_say (self, step, 550, "5.1.1", "No such user here");
  if (self->recipients >= (self->settings->rcpt_max > 0 ? self->settings->rcpt_max : MAX_RECIPIENTS))
    return session_say (self, step, 452, "4.5.3", "Too many recipients");

  code = wax_practice_channel_reply (self->channel, step, 250, "2.1.5", "Recipient accepted");
  if (code / 100 == 2)
    self->recipients++;

  return code != 0;
}

/* ---- the message ----------------------------------------------------------- */

/* The reply to the end of a message, which promises that it is kept: so it is
 * stored before, unless the reply is one that refuses it. */
static gboolean
session_finish (Session *self, WaxPracticeBody *body)
{
  const WaxPracticeRefusal *refusal = wax_practice_body_check (body);

  if (refusal == NULL && !wax_practice_channel_will_refuse (self->channel, WAX_PRACTICE_STEP_FINAL))
    {
      refusal = wax_practice_body_commit (body);
      if (refusal == NULL)
        wax_practice_record_add_message (self->record);
    }
  session_reset (self);
  if (refusal != NULL)
    return session_object (self, WAX_PRACTICE_STEP_FINAL, refusal->code, refusal->enhanced, refusal->text);

  return session_say (self, WAX_PRACTICE_STEP_FINAL, 250, "2.0.0", "Message accepted");
}

/* A body that is no lines of text: where it ends cannot be known, so the
 * session ends with it. */
static gboolean
session_refuse_lines (Session *self, const GError *error)
{
  if (g_error_matches (error, WAX_LINE_ERROR, WAX_LINE_ERROR_MALFORMED))
    session_say (self, WAX_PRACTICE_STEP_FINAL, 554, "5.6.0",
                 "A NUL, a bare CR or a bare LF in the message, goodbye");
  else if (g_error_matches (error, WAX_LINE_ERROR, WAX_LINE_ERROR_TOO_LONG))
    session_say (self, WAX_PRACTICE_STEP_FINAL, 554, "5.6.0", "A line without an end, goodbye");

  return FALSE;
}

/* Reads the lines after DATA to the single dot (RFC 5321, section 4.5.2). */
static gboolean
session_read_data (Session *self, WaxPracticeBody *body)
{
  WaxPracticePass pass = WAX_PRACTICE_PASS_ON;
  gboolean first = TRUE;

  while (TRUE)
    {
      g_autoptr (GError) error = NULL;
      gsize length = 0;
      g_autofree char *line = wax_practice_channel_read_line (self->channel, &length, &error);
      const char *text = line;

      if (line == NULL)
        return pass == WAX_PRACTICE_PASS_ON && session_refuse_lines (self, error);
      if (first)
        pass = wax_practice_channel_pass (self->channel, WAX_PRACTICE_STEP_BODY);
      if (pass == WAX_PRACTICE_PASS_CLOSED)
        return FALSE;
      first = FALSE;
      if (strcmp (line, ".") == 0)
        return pass == WAX_PRACTICE_PASS_ON;
      if (*text == '.')
        {
          text++;
          length--;
        }
      wax_practice_body_add (body, text, length);
      wax_practice_body_add (body, "\r\n", 2);
    }
}

static gboolean
command_data (Session *self, const char *argument)
{
  const WaxPracticeStep step = WAX_PRACTICE_STEP_DATA;
  g_autoptr (WaxPracticeBody) body = NULL;
  int code;

  if (*argument != '\0')
    return session_object (self, step, 501, "5.5.4", "DATA takes no parameter");
  if (!self->mail || self->chunks != NULL || self->chunks_failed)
    return session_object (self, step, 503, "5.5.1", "Not now");
  if (self->body == WAX_PRACTICE_BODY_BINARY)
    return session_object (self, step, 503, "5.5.1", "A binary message goes by BDAT");
  if (self->recipients == 0)
    return session_object (self, step, 554, "5.5.1", "No valid recipients");

  code = wax_practice_channel_reply (self->channel, step, 354, NULL, "End data with <CR><LF>.<CR><LF>");
  if (code != 354)
    {
      session_reset (self);
      return code != 0;
    }
  body = wax_practice_body_new (self->maildir, self->settings->size_limit, self->body);
  if (!session_read_data (self, body))
    return FALSE;

  return session_finish (self, body);
}

/* Reads a chunk's octets, into the message or nowhere. */
static gboolean
session_read_chunk (Session *self, guint64 size, WaxPracticeBody *body)
{
  g_autofree char *piece = g_malloc (BDAT_PIECE);
  guint64 left = size, half = size / 2;
  WaxPracticePass pass = WAX_PRACTICE_PASS_ON;
  gboolean struck = body == NULL;

  while (left > 0)
    {
      gsize take = (gsize) MIN (left, BDAT_PIECE);

      if (!struck && left <= size - half)
        {
          struck = TRUE;
          pass = wax_practice_channel_pass (self->channel, WAX_PRACTICE_STEP_BODY);
          if (pass == WAX_PRACTICE_PASS_CLOSED)
            return FALSE;
        }
      if (!struck)
        take = (gsize) MIN (take, left - (size - half));
      if (!wax_practice_channel_read_all (self->channel, piece, take, NULL))
        return FALSE;
      if (body != NULL)
        wax_practice_body_add (body, piece, take);
      left -= take;
    }

  return pass == WAX_PRACTICE_PASS_ON;
}

static gboolean
parse_bdat (const char *argument, guint64 *size, gboolean *last)
{
  g_auto (GStrv) words = g_strsplit (argument, " ", -1);
  guint n = g_strv_length (words);

  *last = n == 2 && g_ascii_strcasecmp (words[1], "LAST") == 0;

  return (n == 1 || *last) && g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT64, size, NULL);
}

static gboolean
command_bdat (Session *self, const char *argument)
{
  g_autoptr (WaxPracticeBody) body = NULL;
  gboolean possible = self->mail && self->recipients > 0 && !self->chunks_failed
                      && session_has (self, "CHUNKING");
  WaxPracticeStep step;
  guint64 size;
  gboolean last;
  int code;

  /* Without a size it is not known where the next command begins. */
  if (!parse_bdat (argument, &size, &last))
    {
      session_say (self, WAX_PRACTICE_STEP_DATA, 501, "5.5.4", "Syntax: BDAT octets [LAST], goodbye");
      return FALSE;
    }
  step = last ? WAX_PRACTICE_STEP_FINAL : WAX_PRACTICE_STEP_DATA;
  if (possible && self->chunks == NULL)
    self->chunks = wax_practice_body_new (self->maildir, self->settings->size_limit, self->body);
  if (!session_read_chunk (self, size, possible ? self->chunks : NULL))
    return FALSE;

  if (!possible)
    {
      if (!session_has (self, "CHUNKING"))
        return session_object (self, step, 502, "5.5.1", "CHUNKING is not offered");
      if (self->mail && self->recipients == 0)
        return session_object (self, step, 554, "5.5.1", "No valid recipients");
      return session_object (self, step, 503, "5.5.1", "Not now");
    }
  if (last)
    {
      body = g_steal_pointer (&self->chunks);
      return session_finish (self, body);
    }
  if (wax_practice_body_check (self->chunks) != NULL)
    {
      const WaxPracticeRefusal *refusal = wax_practice_body_check (self->chunks);

      self->chunks_failed = TRUE;
      return session_object (self, step, refusal->code, refusal->enhanced, refusal->text);
    }
  code = wax_practice_channel_reply (self->channel, step, 250, "2.0.0",
                                     "%" G_GUINT64_FORMAT " octets received", size);
  self->chunks_failed = code / 100 != 2;

  return code != 0;
}

/* ---- the rest -------------------------------------------------------------- */

static gboolean
command_rset (Session *self, const char *argument)
{
  session_reset (self);

  return session_say (self, WAX_PRACTICE_STEP_RSET, 250, "2.0.0", "Forgotten");
}

static gboolean
command_noop (Session *self, const char *argument)
{
  return session_say (self, WAX_PRACTICE_STEP_NOOP, 250, "2.0.0", "Ok");
}

static gboolean
command_vrfy (Session *self, const char *argument)
{
  return session_say (self, WAX_PRACTICE_STEP_NONE, 252, "2.5.0", "Send it and see");
}

static gboolean
command_quit (Session *self, const char *argument)
{
  session_say (self, WAX_PRACTICE_STEP_NONE, 221, "2.0.0", "Goodbye");

  return FALSE;
}

/* @last: nothing may be sent behind it before its reply, even with PIPELINING
 * (RFC 2920, section 3.1). */
static const struct
{
  const char *name;
  Command run;
  gboolean last;
} commands[] = {
  { "EHLO", command_ehlo, TRUE }, { "HELO", command_helo, TRUE },  { "STARTTLS", command_starttls, TRUE },
  { "AUTH", command_auth, TRUE }, { "MAIL", command_mail, FALSE }, { "RCPT", command_rcpt, FALSE },
  { "DATA", command_data, TRUE }, { "BDAT", command_bdat, FALSE }, { "RSET", command_rset, FALSE },
  { "NOOP", command_noop, TRUE }, { "VRFY", command_vrfy, TRUE },  { "QUIT", command_quit, TRUE },
};

static gboolean
session_obey (Session *self, const char *line)
{
  gsize length = strcspn (line, " ");
  const char *argument = line[length] == ' ' ? line + length + 1 : line + length;

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      gboolean is_bdat = commands[i].run == command_bdat;

      if (strlen (commands[i].name) != length || g_ascii_strncasecmp (line, commands[i].name, length) != 0)
        continue;
      if (wax_practice_channel_get_available (self->channel) > 0 && !is_bdat
          && (commands[i].last || !session_has (self, "PIPELINING")))
        {
          session_say (self, WAX_PRACTICE_STEP_NONE, 503, "5.5.0", "Improper use of pipelining, goodbye");
          return FALSE;
        }
      return commands[i].run (self, argument);
    }

  return session_object (self, WAX_PRACTICE_STEP_NONE, 500, "5.5.2", "Command not recognized");
}

static void
session_serve (Session *self)
{
  int code = wax_practice_channel_reply (self->channel, WAX_PRACTICE_STEP_GREETING, 220, NULL,
                                         "localhost ESMTP Waxseal practice");
  gboolean go_on = code != 0;

  while (go_on)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = wax_practice_channel_read_command (self->channel, WAX_PRACTICE_SASL_LIMIT,
                                                                 &error);

      if (line != NULL)
        go_on = session_obey (self, line);
      else
        {
          go_on = FALSE;
          if (error->domain == WAX_LINE_ERROR && error->code != WAX_LINE_ERROR_CLOSED)
            session_say (self, WAX_PRACTICE_STEP_NONE, 500, "5.5.2", "That is no command line, goodbye");
        }
    }
}

void
wax_practice_session_run (WaxPracticeChannel *channel,
                          WaxPracticeMode mode,
                          const WaxPracticeSettings *settings,
                          WaxPracticeMaildir *maildir,
                          WaxPracticeRecord *record)
{
  Session self = {
    .channel = channel, .mode = mode, .settings = settings, .maildir = maildir, .record = record
  };
  gboolean go_on = wax_practice_channel_pass (channel, WAX_PRACTICE_STEP_CONNECT) == WAX_PRACTICE_PASS_ON;

  if (go_on && mode == WAX_PRACTICE_MODE_IMPLICIT)
    go_on = wax_practice_channel_secure (channel);
  if (go_on)
    session_serve (&self);
  session_reset (&self);
  wax_practice_channel_hang_up (channel);
}
