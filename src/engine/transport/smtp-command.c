/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The client's words. A command is built here and nowhere else, and no function
 * here lets a control character of a field through:
 *
 *   ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
 *   mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
 *   rcpt = "RCPT TO:" Forward-path CRLF
 *   Path = "<" Mailbox ">"                            ; RFC 5321 section 4.1.2
 *   BDAT = "BDAT" SP chunk-size [ SP "LAST" ] CRLF    ; RFC 3030
 *   auth = "AUTH" SP sasl-mech [SP initial-response] CRLF ; RFC 4954 */

#include "smtp-command.h"

#include <string.h>

/* RFC 5321 section 4.5.3.1.3 has 256 for a path; an internationalized local part
 * counts its octets. */
#define MAILBOX_LIMIT 320
#define NAME_LIMIT    255

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

char *
wax_smtp_command_mail (const WaxEnvelope *envelope,
                       gint64 size,
                       const WaxSmtpCapabilities *capabilities,
                       GError **error)
{
  gboolean utf8 = envelope->needs_utf8 && capabilities->utf8;
  g_autoptr (GString) command = NULL;

  if (!mailbox_is_clean (envelope->sender, utf8, error))
    return NULL;

  command = g_string_new (NULL);
  g_string_append_printf (command, "MAIL FROM:<%s>", envelope->sender);
  if (capabilities->has_size)
    g_string_append_printf (command, " SIZE=%" G_GINT64_FORMAT, size);
  /* RFC 6531 section 3.6: a message with SMTPUTF8 has eight-bit headers. */
  if ((envelope->needs_8bit || utf8) && capabilities->eight_bit)
    g_string_append (command, " BODY=8BITMIME");
  if (utf8)
    g_string_append (command, " SMTPUTF8");
  g_string_append (command, "\r\n");

  return g_string_free_and_steal (g_steal_pointer (&command));
}

char *
wax_smtp_command_rcpt (const char *recipient, gboolean utf8, GError **error)
{
  if (*recipient == '\0')
    {
      malformed (error, "address of a recipient", "is empty");
      return NULL;
    }
  if (!mailbox_is_clean (recipient, utf8, error))
    return NULL;

  return g_strdup_printf ("RCPT TO:<%s>\r\n", recipient);
}

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

gboolean
wax_smtp_command_check_needs (const WaxEnvelope *envelope,
                              gint64 size,
                              const WaxSmtpCapabilities *capabilities,
                              GError **error)
{
  if (capabilities->size_limit > 0 && size > capabilities->size_limit)
    {
      g_autofree char *has = g_format_size ((guint64) size);
      g_autofree char *takes = g_format_size ((guint64) capabilities->size_limit);

      g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_TOO_LARGE,
                   "The message has %s, and the server takes no more than %s", has, takes);
      return FALSE;
    }
  if (envelope->needs_utf8 && !capabilities->utf8)
    {
      g_set_error_literal (
          error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NEEDS_UTF8,
          "An address or header of the message needs SMTPUTF8, which the server does not offer");
      return FALSE;
    }
  if (envelope->needs_8bit && !capabilities->eight_bit)
    {
      g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NEEDS_8BIT,
                           "The message has eight-bit text, and the server does not offer 8BITMIME");
      return FALSE;
    }

  return TRUE;
}

/* ---- the body ---- */

static gboolean
bare (GError **error, const char *what)
{
  g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_MALFORMED,
               "The message has a %s outside of a line end, which some servers take for one", what);

  return FALSE;
}

gboolean
wax_smtp_body_filter_push (WaxSmtpBodyFilter *self,
                           const guint8 *data,
                           gsize length,
                           GByteArray *out,
                           GError **error)
{
  gsize copied = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint8 c = data[i];

      if (self->after_cr != (c == '\n'))
        return bare (error, self->after_cr ? "carriage return" : "line feed");

      if (self->stuff && !self->inside_line && c == '.')
        {
          g_byte_array_append (out, data + copied, (guint) (i - copied));
          g_byte_array_append (out, (const guint8 *) ".", 1);
          copied = i;
        }
      self->after_cr = c == '\r';
      self->inside_line = c != '\n';
    }
  g_byte_array_append (out, data + copied, (guint) (length - copied));

  return TRUE;
}

gboolean
wax_smtp_body_filter_finish (WaxSmtpBodyFilter *self, GByteArray *out, GError **error)
{
  if (self->after_cr)
    return bare (error, "carriage return");
  if (!self->stuff)
    return TRUE;

  if (self->inside_line)
    g_byte_array_append (out, (const guint8 *) "\r\n", 2);
  g_byte_array_append (out, (const guint8 *) ".\r\n", 3);

  return TRUE;
}
