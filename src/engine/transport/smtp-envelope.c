/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The start of a mail transaction (RFC 5321 section 3.3), with as many commands
 * in one write as the server allows (RFC 2920). The body never rides along: it
 * follows only once every recipient is accepted. */

#include "smtp-envelope.h"

#include "clock.h"
#include "smtp-command.h"
#include "smtp-outcome.h"

/* Commands of one write. Their replies must fit into what the network holds for
 * us while we still write (RFC 2920 section 3.1). */
#define GROUP_LIMIT 100

/* (transfer full) (element-type utf8) MAIL, and a RCPT for each recipient: all
 * are built before any is sent. */
static GPtrArray *
build_commands (const WaxSmtpCapabilities *capabilities,
                const WaxEnvelope *envelope,
                gint64 size,
                GError **error)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);
  char *command = wax_smtp_command_mail (envelope, size, capabilities, error);

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

static gboolean
write_group (WaxSmtpChannel *channel,
             GPtrArray *commands,
             guint from,
             guint count,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GString) group = g_string_new (NULL);

  for (guint i = from; i < from + count; i++)
    g_string_append (group, g_ptr_array_index (commands, i));

  return wax_smtp_channel_write (channel, group->str, count, cancellable, error);
}

/* Sends @commands and gathers their replies; stops at a refused MAIL, since
 * nothing behind it can be accepted, and at a 421. */
static gboolean
run_commands (WaxSmtpChannel *channel,
              gboolean pipelining,
              GPtrArray *commands,
              GPtrArray *replies,
              GCancellable *cancellable,
              GError **error)
{
  while (replies->len < commands->len && !channel->closing)
    {
      guint left = commands->len - replies->len;
      guint count = pipelining ? MIN (left, GROUP_LIMIT) : 1;

      if (!write_group (channel, commands, replies->len, count, cancellable, error))
        return FALSE;
      for (guint i = 0; i < count && !channel->closing; i++)
        {
          WaxSmtpReply *reply = wax_smtp_channel_read (channel, cancellable, error);

          if (reply == NULL)
            return FALSE;
          g_ptr_array_add (replies, reply);
        }
      if (!wax_smtp_reply_is_positive (g_ptr_array_index (replies, 0)))
        break;
    }

  return TRUE;
}

static WaxSmtpReply *
steal_reply (GPtrArray *replies, guint index)
{
  return g_ptr_array_steal_index (replies, index);
}

/* Replies to RCPT behind a refused MAIL say nothing about a recipient. */
static void
record_recipients (const WaxEnvelope *envelope, GPtrArray *replies, GPtrArray *results)
{
  gboolean begun = wax_smtp_reply_is_positive (g_ptr_array_index (replies, 0));

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

/* Whether @replies let the body follow. */
static gboolean
judge (WaxSmtpChannel *channel, const WaxEnvelope *envelope, GPtrArray *replies, GError **error)
{
  guint total = g_strv_length (envelope->recipients);
  WaxSmtpReply *mail = g_ptr_array_index (replies, 0);
  guint refused, decisive;

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

  decisive = find_refusal (replies, &refused);
  if (decisive == 0)
    return TRUE;
  if (wax_smtp_outcome_refusal (((WaxSmtpReply *) g_ptr_array_index (replies, decisive))->code)
      == WAX_TRANSPORT_ERROR_PROTOCOL)
    return wax_smtp_channel_refuse (channel, steal_reply (replies, decisive), WAX_TRANSPORT_ERROR_PROTOCOL,
                                    error, "The server neither takes nor refuses the recipient %s",
                                    envelope->recipients[decisive - 1]);

  if (total == 1)
    return wax_smtp_channel_refuse (channel, steal_reply (replies, decisive), WAX_TRANSPORT_ERROR_RECIPIENTS,
                                    error, "The server refused the recipient %s, and nothing was sent",
                                    envelope->recipients[0]);

  return wax_smtp_channel_refuse (channel, steal_reply (replies, decisive), WAX_TRANSPORT_ERROR_RECIPIENTS,
                                  error, "The server refused %u of %u recipients, %s%s, and nothing was sent",
                                  refused, total, refused > 1 ? "among them " : "",
                                  envelope->recipients[decisive - 1]);
}

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

gboolean
wax_smtp_envelope_send (WaxSmtpChannel *channel,
                        const WaxSmtpCapabilities *capabilities,
                        const WaxEnvelope *envelope,
                        gint64 size,
                        GPtrArray *results,
                        gboolean *stale,
                        GCancellable *cancellable,
                        GError **error)
{
  gint64 start = wax_clock_monotonic ();
  g_autoptr (GPtrArray) replies = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_smtp_reply_free);
  g_autoptr (GPtrArray) commands = NULL;
  gboolean done;

  channel->step = WAX_STEP_ENVELOPE;
  if (!wax_smtp_command_check_needs (envelope, size, capabilities, error)
      || !check_own_tls (channel, envelope, error))
    return FALSE;
  commands = build_commands (capabilities, envelope, size, error);
  if (commands == NULL)
    return FALSE;

  done = run_commands (channel, capabilities->pipelining, commands, replies, cancellable, error);
  *stale = replies->len == 0;
  if (done)
    {
      record_recipients (envelope, replies, results);
      done = judge (channel, envelope, replies, error);
      if (!done)
        wax_smtp_envelope_reset (channel, cancellable);
    }
  channel->report->envelope_ms = wax_clock_elapsed_ms (start);

  return done;
}
