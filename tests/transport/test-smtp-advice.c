/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known replies, as servers say them, and what becomes of the message. */

#include "smtp-advice.h"
#include "smtp-outcome.h"

#include <string.h>

static WaxSmtpReply *
parse (const char *text)
{
  WaxSmtpReplyParser *parser = wax_smtp_reply_parser_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  WaxSmtpReply *reply = NULL;

  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr (GError) error = NULL;

      wax_smtp_reply_parser_push (parser, *line, strlen (*line), &reply, &error);
      g_assert_no_error (error);
    }
  wax_smtp_reply_parser_free (parser);
  g_assert_nonnull (reply);

  return reply;
}

/* Replies as they came from real servers, shortened; @words: in the hint. */
static void
test_known_replies (void)
{
  static const struct
  {
    const char *host;
    const char *reply;
    WaxTransportError error;
    WaxSendState state;
    const char *words;
  } cases[] = {
    { "smtp.office365.com",
      "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit "
      "https://aka.ms/smtp_auth_disabled for more information. [FR0P281CA0123.DEUP281.PROD.OUTLOOK.COM]",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "Ask its administrator" },
    { "smtp.office365.com",
      "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "for your mailbox" },
    { "smtp-mail.outlook.com",
      "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [X]",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "OAuth" },
    { "smtp.office365.com", "535 5.7.139 Authentication unsuccessful, something new",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "Authenticated SMTP" },
    { "smtp.office365.com", "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/",
      WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, WAX_SEND_DEFERRED, "three connections" },
    { "smtp.office365.com", "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
      WAX_TRANSPORT_ERROR_REFUSED, WAX_SEND_BLOCKED, "Send As" },
    { "smtp.office365.com",
      "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; submission quota exceeded",
      WAX_TRANSPORT_ERROR_REFUSED, WAX_SEND_DEFERRED, "in a day" },
    { "smtp.gmail.com",
      "534-5.7.9 Application-specific password required. For more information, go to\n"
      "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "app password" },
    { "smtp.gmail.com",
      "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1>\n"
      "534 5.7.14 Please log in via your web browser and then try again.",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "in the browser" },
    { "SMTP.GMAIL.COM", "454 4.7.0 Too many login attempts, please try again later. x - gsmtp",
      WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, WAX_SEND_DEFERRED, "too many sign-ins" },
    { "smtp.gmail.com", "550 5.4.5 Daily user sending limit exceeded. For more information",
      WAX_TRANSPORT_ERROR_REFUSED, WAX_SEND_DEFERRED, "in a day" },
    { "smtp.mail.yahoo.com", "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_DEFERRED, "failed sign-ins" },
    { "smtp.mail.me.com", "535 5.7.8 Error: authentication failed: (reason unavailable)",
      WAX_TRANSPORT_ERROR_AUTH_REFUSED, WAX_SEND_BLOCKED, "app-specific" },
    { "mail.example.org", "553 5.7.1 <a@example.org>: Sender address rejected: not owned by user ada",
      WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_SEND_BLOCKED, "may not send as" },
    { "mail.example.org", "452 4.2.2 Over quota", WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_SEND_DEFERRED, "full" },
    { "mail.example.org", "550 5.1.1 <x@example.org>: Recipient address rejected: User unknown",
      WAX_TRANSPORT_ERROR_RECIPIENTS, WAX_SEND_FAILED, "no such mailbox" },
    { "mail.example.org", "450 4.7.1 Error: too many mails, rate limited",
      WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, WAX_SEND_DEFERRED, "slows" },
    { "mail.example.org", "550 5.7.30 REQUIRETLS support required", WAX_TRANSPORT_ERROR_REFUSED,
      WAX_SEND_FAILED, "cannot promise TLS" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSmtpReply) reply = parse (cases[i].reply);
      g_autoptr (WaxSendResult) result = wax_send_result_new ();

      result->error = g_error_new_literal (WAX_TRANSPORT_ERROR, (int) cases[i].error, "refused");
      result->state = wax_smtp_outcome_state (result->error, reply->code);
      wax_smtp_outcome_advise (result, cases[i].host, reply);
      g_test_message ("%s: %s", cases[i].reply, result->hint);
      g_assert_cmpint (result->state, ==, cases[i].state);
      g_assert_nonnull (result->hint);
      g_assert_nonnull (strstr (result->hint, cases[i].words));
    }
}

/* What a provider means by a reply holds for its own servers only. */
static void
test_a_provider_speaks_for_itself (void)
{
  static const char *const others[] = { "mail.example.org", "notgmail.com", "gmail.com.example.org", NULL };
  g_autoptr (WaxSmtpReply) reply = parse ("534 5.7.9 Application-specific password required");

  g_assert_cmpstr (wax_smtp_advice_find ("gmail.com", reply)->provider, ==, "Google");
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (wax_smtp_advice_find (others[i], reply)->provider);
}

/* A message that may have gone stays unknown, and one that went stays sent. */
static void
test_advice_never_undoes_what_happened (void)
{
  static const WaxSendState states[] = { WAX_SEND_UNKNOWN, WAX_SEND_PARTIAL, WAX_SEND_SENT };
  g_autoptr (WaxSmtpReply) reply = parse ("550 5.4.5 Daily user sending limit exceeded");

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (WaxSendResult) result = wax_send_result_new ();

      result->state = states[i];
      result->error = g_error_new_literal (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_RECIPIENTS,
                                           "some refused");
      wax_smtp_outcome_advise (result, "smtp.gmail.com", reply);
      g_assert_cmpint (result->state, ==, states[i]);
    }
}

/* What we found out about the server is not the server's to explain away. */
static void
test_advice_is_for_refusals (void)
{
  g_autoptr (WaxSmtpReply) reply = parse ("454 4.7.0 TLS not available: rate");
  g_autoptr (WaxSendResult) result = wax_send_result_new ();

  result->state = WAX_SEND_BLOCKED;
  result->error = g_error_new_literal (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NO_STARTTLS, "no STARTTLS");
  wax_smtp_outcome_advise (result, "mail.example.org", reply);
  g_assert_null (result->hint);
  g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
}

/* Each row is reachable: none before it takes every reply that it is for. */
static void
test_every_row_speaks (void)
{
  gsize count;
  const WaxSmtpAdvice *rows = wax_smtp_advice_table (&count);

  for (gsize i = 0; i < count; i++)
    {
      const WaxSmtpAdvice *row = &rows[i];
      g_auto (GStrv) hosts = g_strsplit (row->hosts != NULL ? row->hosts : "mail.example.org", " ", 2);
      g_autofree char *enhanced = g_strdup (row->enhanced != NULL ? row->enhanced : "");
      g_autofree char *text = NULL;
      g_autoptr (WaxSmtpReply) reply = NULL;
      int code = row->code;

      if (*enhanced == '?')
        *enhanced = code / 100 == 4 ? '4' : '5';
      if (code == 0)
        code = *enhanced == '4' ? 450 : 550;
      text = g_strdup_printf ("%d %s%s%s", code, enhanced, *enhanced != '\0' ? " " : "",
                              row->words != NULL ? row->words : "no");
      reply = parse (text);
      g_test_message ("%s", text);
      g_assert_true (wax_smtp_advice_find (hosts[0], reply) == row);
      g_assert_true (g_str_has_suffix (row->meaning, "."));
      g_assert_true (row->todo != NULL && g_str_has_suffix (row->todo, "."));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/advice/known-replies", test_known_replies);
  g_test_add_func ("/smtp/advice/a-provider-speaks-for-itself", test_a_provider_speaks_for_itself);
  g_test_add_func ("/smtp/advice/never-undoes-what-happened", test_advice_never_undoes_what_happened);
  g_test_add_func ("/smtp/advice/is-for-refusals", test_advice_is_for_refusals);
  g_test_add_func ("/smtp/advice/every-row-speaks", test_every_row_speaks);

  return g_test_run ();
}
