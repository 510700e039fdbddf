/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The client's words. A command is built here and nowhere else, and no function
 * here lets a control character of a field through:
 *
 *   ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
 *   mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
 *   rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF
 *   Path = "<" Mailbox ">"                            ; RFC 5321 section 4.1.2
 *   BDAT = "BDAT" SP chunk-size [ SP "LAST" ] CRLF    ; RFC 3030
 *   auth = "AUTH" SP sasl-mech [SP initial-response] CRLF ; RFC 4954
 *
 * The parameters of MAIL, each only where it says something and is offered:
 *
 *   "SIZE=" 1*20DIGIT                                 ; RFC 1870
 *   "BODY=" ( "8BITMIME" / "BINARYMIME" )             ; RFC 6152, RFC 3030
 *   "SMTPUTF8"                                        ; RFC 6531
 *   "RET=" ( "FULL" / "HDRS" ), "ENVID=" xtext        ; RFC 3461
 *   "REQUIRETLS"                                      ; RFC 8689
 *   "HOLDFOR=" 1*9DIGIT / "HOLDUNTIL=" date-time      ; RFC 4865
 *   "BY=" 1*9DIGIT ";" ( "R" / "N" )                  ; RFC 2852
 *   "MT-PRIORITY=" ["-"] DIGIT                        ; RFC 6710
 *
 * and of RCPT:
 *
 *   "NOTIFY=" ( "NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" ) ),
 *   "ORCPT=" addr-type ";" xtext                      ; RFC 3461, RFC 6533 */

#include "smtp-command.h"

#include "clock.h"

#include <string.h>

/* RFC 5321 section 4.5.3.1.3 has 256 for a path; an internationalized local part
 * counts its octets. */
#define MAILBOX_LIMIT 320
#define NAME_LIMIT    255

/* By how much an extension makes a command line longer than 512 octets. */
#define MAIL_MORE_SIZE       26  /* RFC 1870 section 3 */
#define MAIL_MORE_BODY       17  /* RFC 6152 section 2 */
#define MORE_SMTPUTF8        10  /* RFC 6531 section 3.1 */
#define MAIL_MORE_DSN        100 /* RFC 3461 section 4 */
#define RCPT_MORE_DSN        500
#define MAIL_MORE_REQUIRETLS 11 /* RFC 8689 section 3 */
#define MAIL_MORE_HOLD       34 /* RFC 4865 section 4 */
#define MAIL_MORE_BY         17 /* RFC 2852 section 2 */
#define MAIL_MORE_PRIORITY   15 /* RFC 6710 section 3 */

static gboolean
malformed (GError **error, const char *what, const char *why)
{
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED, "The %s %s", what, why);

  return FALSE;
}

/* Printable ASCII without spaces. */
static gboolean
name_is_clean (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (length == 0 || length > NAME_LIMIT)
    return malformed (error, "name of this computer for EHLO", "is empty or too long");
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (name[i]))
      return malformed (error, "name of this computer for EHLO", "has a character that no host name has");

  return TRUE;
}

/* Whether @mailbox can stand between angle brackets: outside of a quoted local
 * part there is neither a bracket nor a space, and nowhere a control character. */
static gboolean
mailbox_is_clean (const char *mailbox, gboolean utf8, GError **error)
{
  gboolean quoted = FALSE;

  if (strlen (mailbox) > MAILBOX_LIMIT)
    return malformed (error, "address", "is too long for a command");
  if (!g_utf8_validate (mailbox, -1, NULL))
    return malformed (error, "address", "is not valid UTF-8");

  for (const char *at = mailbox; *at != '\0'; at++)
    {
      guchar c = (guchar) *at;

      if (c < 0x20 || c == 0x7f)
        return malformed (error, "address", "has a control character");
      if (c >= 0x80 && !utf8)
        return malformed (error, "address", "has characters beyond ASCII, which need SMTPUTF8");
      if (quoted && c == '\\')
        {
          at++;
          if ((guchar) *at < 0x20 || (guchar) *at >= 0x7f)
            return malformed (error, "address", "has a backslash before what cannot be quoted");
        }
      else if (c == '"')
        quoted = !quoted;
      else if (!quoted && (c == '<' || c == '>' || c == ' '))
        return malformed (error, "address", "has a bracket or a space outside of quotes");
    }
  if (quoted)
    return malformed (error, "address", "has a quote that is not closed");

  return TRUE;
}

char *
wax_smtp_command_ehlo (const char *client_name, GError **error)
{
  if (!name_is_clean (client_name, error))
    return NULL;

  return g_strdup_printf ("EHLO %s\r\n", client_name);
}

/* ---- MAIL and RCPT ---- */

/* A command line that grows by parameters, and by how much it may. */
typedef struct
{
  GString *text;
  gsize limit;
} Line;

static Line
line_new (const char *start, const char *mailbox)
{
  Line self = { g_string_new (start), WAX_SMTP_COMMAND_LIMIT };

  g_string_append_printf (self.text, "<%s>", mailbox);

  return self;
}

G_GNUC_PRINTF (3, 4)
static void
line_add (Line *self, gsize more, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_c (self->text, ' ');
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
  self->limit += more;
}

/* (transfer full) The line with its end; takes @self. */
static char *
line_end (Line *self, GError **error)
{
  g_autofree char *line = NULL;

  g_string_append (self->text, "\r\n");
  line = g_string_free_and_steal (g_steal_pointer (&self->text));
  if (strlen (line) > self->limit)
    {
      malformed (error, "address", "is too long for a command with all that is asked for");
      return NULL;
    }

  return g_steal_pointer (&line);
}

static gboolean
says_utf8 (const WaxEnvelope *envelope, const WaxSmtpCapabilities *capabilities)
{
  return envelope->needs_utf8 && capabilities->utf8;
}

static void
add_body (Line *line, const WaxEnvelope *envelope, const WaxSmtpCapabilities *capabilities)
{
  /* RFC 6531 section 3.6: a message with SMTPUTF8 has eight-bit headers. */
  if (envelope->needs_binary && capabilities->binarymime)
    line_add (line, MAIL_MORE_BODY, "BODY=BINARYMIME");
  else if ((envelope->needs_8bit || says_utf8 (envelope, capabilities)) && capabilities->eight_bit)
    line_add (line, MAIL_MORE_BODY, "BODY=8BITMIME");
}

static void
add_hold (Line *line, gint64 until, const WaxSmtpCapabilities *capabilities)
{
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;

  switch (wax_smtp_hold_choose (until, now, capabilities))
    {
    case WAX_SMTP_HOLD_UNTIL:
      {
        g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (until);
        g_autofree char *text = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");

        line_add (line, MAIL_MORE_HOLD, "HOLDUNTIL=%s", text);
        break;
      }
    case WAX_SMTP_HOLD_FOR:
      line_add (line, MAIL_MORE_HOLD, "HOLDFOR=%" G_GINT64_FORMAT, until - now);
      break;
    case WAX_SMTP_HOLD_NO_MORE:
    case WAX_SMTP_HOLD_TOO_LONG:
    default:
      break;
    }
}

static void
add_dsn (Line *line, const WaxEnvelopeOptions *options)
{
  gsize more = MAIL_MORE_DSN;

  if (options->dsn_return != WAX_DSN_RETURN_UNSAID)
    {
      line_add (line, more, "RET=%s", options->dsn_return == WAX_DSN_RETURN_FULL ? "FULL" : "HDRS");
      more = 0;
    }
  if (options->envid != NULL)
    {
      g_autofree char *envid = wax_xtext_encode (options->envid);

      line_add (line, more, "ENVID=%s", envid);
    }
}

char *
wax_smtp_command_mail (const WaxEnvelope *envelope,
                       gint64 size,
                       const WaxSmtpCapabilities *capabilities,
                       GError **error)
{
  const WaxEnvelopeOptions *options = &envelope->options;
  Line line;

  if (!mailbox_is_clean (envelope->sender, says_utf8 (envelope, capabilities), error))
    return NULL;

  line = line_new ("MAIL FROM:", envelope->sender);
  if (capabilities->has_size)
    line_add (&line, MAIL_MORE_SIZE, "SIZE=%" G_GINT64_FORMAT, size);
  add_body (&line, envelope, capabilities);
  if (says_utf8 (envelope, capabilities))
    line_add (&line, MORE_SMTPUTF8, "SMTPUTF8");
  if (capabilities->dsn)
    add_dsn (&line, options);
  if (options->require_tls && capabilities->requiretls)
    line_add (&line, MAIL_MORE_REQUIRETLS, "REQUIRETLS");
  if (options->hold_until > 0 && capabilities->future_release)
    add_hold (&line, options->hold_until, capabilities);
  if (options->deliver_by_s > 0 && capabilities->deliver_by)
    line_add (&line, MAIL_MORE_BY, "BY=%d;%s", options->deliver_by_s, options->deliver_by_return ? "R" : "N");
  if (options->has_priority && capabilities->mt_priority)
    line_add (&line, MAIL_MORE_PRIORITY, "MT-PRIORITY=%d", options->priority);

  return line_end (&line, error);
}

/* (transfer full) `SUCCESS,FAILURE,DELAY`, or `NEVER`. */
static char *
notify_words (WaxDsnNotify notify)
{
  static const struct
  {
    WaxDsnNotify flag;
    const char *word;
  } words[] = {
    { WAX_DSN_NEVER, "NEVER" },
    { WAX_DSN_SUCCESS, "SUCCESS" },
    { WAX_DSN_FAILURE, "FAILURE" },
    { WAX_DSN_DELAY, "DELAY" },
  };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if ((notify & words[i].flag) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", words[i].word);

  return g_string_free (text, FALSE);
}

/* (transfer full) The original recipient: `rfc822;` and xtext where it is ASCII,
 * else `utf-8;` and what RFC 6533 section 3 calls utf-8-addr-unitext. */
static char *
orcpt_of (const char *recipient)
{
  GString *text;

  if (g_str_is_ascii (recipient))
    {
      g_autofree char *encoded = wax_xtext_encode (recipient);

      return g_strconcat ("rfc822;", encoded, NULL);
    }

  text = g_string_new ("utf-8;");
  for (const char *p = recipient; *p != '\0'; p++)
    if ((guchar) *p >= 0x80 || (*p > ' ' && *p <= '~' && *p != '+' && *p != '=' && *p != '\\'))
      g_string_append_c (text, *p);
    else
      g_string_append_printf (text, "\\x{%02X}", (guint) (guchar) *p);

  return g_string_free (text, FALSE);
}

char *
wax_smtp_command_rcpt (const WaxEnvelope *envelope,
                       const char *recipient,
                       const WaxSmtpCapabilities *capabilities,
                       GError **error)
{
  WaxDsnNotify notify = envelope->options.notify;
  Line line;

  if (*recipient == '\0')
    {
      malformed (error, "address of a recipient", "is empty");
      return NULL;
    }
  if (!mailbox_is_clean (recipient, says_utf8 (envelope, capabilities), error))
    return NULL;

  line = line_new ("RCPT TO:", recipient);
  /* RFC 6531 section 3.4 makes room although the parameter stands with MAIL alone. */
  line.limit += says_utf8 (envelope, capabilities) ? MORE_SMTPUTF8 : 0;
  if (notify != WAX_DSN_UNSAID && capabilities->dsn)
    {
      g_autofree char *words = notify_words (notify);
      g_autofree char *orcpt = orcpt_of (recipient);

      line_add (&line, RCPT_MORE_DSN, "NOTIFY=%s", words);
      if (notify != WAX_DSN_NEVER)
        line_add (&line, 0, "ORCPT=%s", orcpt);
    }

  return line_end (&line, error);
}

/* ---- the others ---- */

char *
wax_smtp_command_bdat (guint64 length, gboolean last)
{
  return g_strdup_printf ("BDAT %" G_GUINT64_FORMAT "%s\r\n", length, last ? " LAST" : "");
}

/* @prefix, the base64 of @octets (@empty where there are none) and CRLF. */
static WaxSecret *
encode_line (const char *prefix, WaxSecret *octets, const char *empty)
{
  g_autofree char *encoded = NULL;
  char *line;

  if (octets != NULL && wax_secret_get_length (octets) > 0)
    encoded = g_base64_encode ((const guchar *) wax_secret_peek (octets), wax_secret_get_length (octets));
  line = g_strconcat (prefix, encoded != NULL ? encoded : empty, "\r\n", NULL);
  if (encoded != NULL)
    explicit_bzero (encoded, strlen (encoded));

  return wax_secret_new_take (line);
}

WaxSecret *
wax_smtp_command_auth (const char *mechanism, WaxSecret *initial)
{
  g_autofree char *prefix = g_strdup_printf ("AUTH %s%s", mechanism, initial != NULL ? " " : "");

  return encode_line (prefix, initial, initial != NULL ? "=" : "");
}

WaxSecret *
wax_smtp_command_auth_response (WaxSecret *response)
{
  return encode_line ("", response, "");
}
