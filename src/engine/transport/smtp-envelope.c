/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The envelope of a mail transaction (RFC 5321 section 3.3): its commands, and what
 * the replies to them mean. */

#include "smtp-envelope.h"

#include "smtp-command.h"
#include "smtp-outcome.h"

/* RFC 8689 section 4.2.1: REQUIRETLS begins with our own connection. */
static gboolean
check_own_tls (WaxSmtpChannel *channel, const WaxEnvelope *envelope, GError **error)
{
  if (!envelope->options.require_tls || channel->report->verified)
    return TRUE;

  g_set_error_literal (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS,
                       "Verified TLS all the way to the recipients was demanded, and the connection to the "
                       "server itself is not verified");
  return FALSE;
}

GPtrArray *
wax_smtp_envelope_build (WaxSmtpChannel *channel,
                         const WaxSmtpCapabilities *capabilities,
                         const WaxEnvelope *envelope,
                         gint64 size,
                         GError **error)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);
  char *command;

  if (!wax_smtp_command_check_needs (envelope, size, capabilities, error)
      || !check_own_tls (channel, envelope, error))
    return NULL;

  command = wax_smtp_command_mail (envelope, size, capabilities, error);
  if (command == NULL)
    return NULL;
  g_ptr_array_add (commands, command);
  for (gsize i = 0; envelope->recipients[i] != NULL; i++)
    {
      command = wax_smtp_command_rcpt (envelope, envelope->recipients[i], capabilities, error);
      if (command == NULL)
        return NULL;
      g_ptr_array_add (commands, command);
    }

  return g_steal_pointer (&commands);
}

static WaxSmtpReply *
steal_reply (GPtrArray *replies, guint index)
{
  return g_ptr_array_steal_index (replies, index);
}

/* Replies to RCPT behind a refused MAIL say nothing about a recipient. */
void
wax_smtp_envelope_record (const WaxEnvelope *envelope, GPtrArray *replies, GPtrArray *results)
{
  gboolean begun = replies->len > 0 && wax_smtp_reply_is_positive (g_ptr_array_index (replies, 0));

  for (guint i = 0; envelope->recipients[i] != NULL; i++)
    {
      WaxRecipientResult *result = g_new0 (WaxRecipientResult, 1);

      result->address = g_strdup (envelope->recipients[i]);
      if (begun && i + 1 < replies->len)
        wax_smtp_reply_to_text (g_ptr_array_index (replies, i + 1), &result->reply);
      g_ptr_array_add (results, result);
    }
}

/* The reply among those to RCPT that decides: a permanent refusal before a
 * temporary one. 0 if all are accepted; @refused counts. */
static guint
find_refusal (GPtrArray *replies, guint *refused)
{
  guint decisive = 0;

  *refused = 0;
  for (guint i = 1; i < replies->len; i++)
    {
      WaxSmtpReply *reply = g_ptr_array_index (replies, i);

      if (wax_smtp_reply_is_positive (reply))
        continue;
      (*refused)++;
      if (decisive == 0
          || (wax_smtp_reply_is_permanent (reply)
              && !wax_smtp_reply_is_permanent (g_ptr_array_index (replies, decisive))))
        decisive = i;
    }

  return decisive;
}

static gboolean
is_refusal (GPtrArray *replies, guint index)
{
  WaxSmtpReply *reply = g_ptr_array_index (replies, index);

  return wax_smtp_reply_is_temporary (reply) || wax_smtp_reply_is_permanent (reply);
}

gboolean
wax_smtp_envelope_proves_nothing (const WaxEnvelope *envelope, GPtrArray *replies)
{
  guint total = g_strv_length (envelope->recipients);

  if (replies->len > 0 && is_refusal (replies, 0))
    return TRUE;
  if (replies->len != total + 1)
    return FALSE;
  for (guint i = 1; i < replies->len; i++)
    if (!is_refusal (replies, i))
      return FALSE;

  return TRUE;
}

/* RFC 5321 section 4.5.3.1.10: a limit that the server did not announce. To try
 * again later, as a 452 has it, would change nothing. */
static void
hint_too_many (WaxSmtpChannel *channel, const WaxSmtpReply *reply, guint accepted)
{
  g_autofree char *hint = NULL;

  if (accepted == 0 || reply->code != 452
      || (reply->enhanced != NULL && !g_str_equal (reply->enhanced, "4.5.3")))
    return;

  hint = g_strdup_printf ("The server seems to take no more than %u recipients for one message: send it to "
                          "fewer at a time.",
                          accepted);
  wax_smtp_channel_set_hint (channel, hint);
}

gboolean
wax_smtp_envelope_judge (WaxSmtpChannel *channel,
                         const WaxEnvelope *envelope,
                         GPtrArray *replies,
                         guint *refused,
                         GError **error)
{
  guint total = g_strv_length (envelope->recipients);
  WaxSmtpReply *mail = g_ptr_array_index (replies, 0);
  guint decisive;

  if (!wax_smtp_reply_is_positive (mail))
    {
      WaxTransportError code = mail->code == 530 ? WAX_TRANSPORT_ERROR_AUTH_REFUSED
                                                 : wax_smtp_outcome_refusal (mail->code);

      return wax_smtp_channel_refuse (channel, steal_reply (replies, 0), code, error,
                                      "The server does not take mail from %s",
                                      *envelope->sender != '\0' ? envelope->sender : "the null sender");
    }
  if (channel->closing)
    return wax_smtp_channel_refuse (channel, steal_reply (replies, replies->len - 1),
                                    WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, error,
                                    "The server ended the session");

  decisive = find_refusal (replies, refused);
  if (decisive == 0)
    return TRUE;
  if (wax_smtp_outcome_refusal (((WaxSmtpReply *) g_ptr_array_index (replies, decisive))->code)
      == WAX_TRANSPORT_ERROR_PROTOCOL)
    return wax_smtp_channel_refuse (channel, steal_reply (replies, decisive), WAX_TRANSPORT_ERROR_PROTOCOL,
                                    error, "The server neither takes nor refuses the recipient %s",
                                    envelope->recipients[decisive - 1]);
  if (envelope->options.send_to_rest && *refused < total)
    return TRUE;

  hint_too_many (channel, g_ptr_array_index (replies, decisive), total - *refused);
  if (total == 1)
    return wax_smtp_channel_refuse (channel, steal_reply (replies, decisive), WAX_TRANSPORT_ERROR_RECIPIENTS,
                                    error, "The server refused the recipient %s, and nothing was sent",
                                    envelope->recipients[0]);

  return wax_smtp_channel_refuse (channel, steal_reply (replies, decisive), WAX_TRANSPORT_ERROR_RECIPIENTS,
                                  error, "The server refused %u of %u recipients, %s%s, and nothing was sent",
                                  *refused, total, *refused > 1 ? "among them " : "",
                                  envelope->recipients[decisive - 1]);
}

void
wax_smtp_envelope_reset (WaxSmtpChannel *channel, GCancellable *cancellable)
{
  g_autoptr (WaxSmtpReply) reply = NULL;

  if (channel->broken)
    return;

  if (!channel->closing)
    reply = wax_smtp_channel_say_briefly (channel, "RSET\r\n", cancellable);
  if (reply == NULL || !wax_smtp_reply_is_positive (reply))
    wax_smtp_channel_abort (channel);
}
