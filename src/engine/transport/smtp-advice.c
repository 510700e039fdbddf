/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Replies that are known, as a table: first what providers say in their own words,
 * then the enhanced status codes in general. The first row that fits speaks.
 *
 * Sources: Google Workspace help, "Gmail SMTP errors and codes"; Microsoft's
 * "Fix issues with SMTP AUTH client submission", the Exchange Online limits, and the
 * list of its non-delivery reports; the Postmaster pages of Yahoo; Apple's "iCloud
 * Mail server settings"; IANA, "SMTP Enhanced Status Codes", with the RFC of each in
 * the row's comment. */

#include "smtp-advice.h"

#include <string.h>

#define GMAIL     "gmail.com googlemail.com google.com"
#define MICROSOFT "office365.com outlook.com office365.us partner.outlook.cn hotmail.com live.com"
#define YAHOO     "yahoo.com yahoo.co.jp aol.com ymail.com"
#define ICLOUD    "me.com icloud.com"

#define DEFER WAX_SMTP_EFFECT_DEFER
#define BLOCK WAX_SMTP_EFFECT_BLOCK
#define AS_IS WAX_SMTP_EFFECT_NONE

static const WaxSmtpAdvice table[] = {
  /* ---- Microsoft 365 and Outlook.com ---- */
  { "Microsoft", MICROSOFT, 535, "5.7.139", "smtpclientauthentication is disabled for the tenant", BLOCK,
    "Your organisation has switched off sending by SMTP for all of its mailboxes.",
    "Ask its administrator to allow it (Exchange admin centre, Settings, Mail flow: “Turn off SMTP AUTH "
    "protocol for your organization”), or for your mailbox alone (“Authenticated SMTP”)." },
  { "Microsoft", MICROSOFT, 535, "5.7.139", "smtpclientauthentication is disabled for the mailbox", BLOCK,
    "Sending by SMTP is switched off for your mailbox.",
    "Ask your administrator to allow it (Microsoft 365 admin centre, your user, Mail, Manage email apps: "
    "“Authenticated SMTP”)." },
  { "Microsoft", MICROSOFT, 535, "5.7.139", "security defaults", BLOCK,
    "Your organisation's security defaults do not allow a sign-in with a password.",
    "Sign in with OAuth (the browser) instead, or ask the administrator for a policy that allows this "
    "mailbox to send by SMTP." },
  { "Microsoft", MICROSOFT, 535, "5.7.139", "conditional access", BLOCK,
    "A conditional access policy of your organisation does not allow this sign-in.",
    "Ask the administrator which policy it was (the sign-in log of Entra ID names it)." },
  { "Microsoft", MICROSOFT, 535, "5.7.139", "basic authentication is disabled", BLOCK,
    "Microsoft takes no password here any more.", "Sign in with OAuth (the browser) instead." },
  { "Microsoft", MICROSOFT, 535, "5.7.139", NULL, BLOCK,
    "Microsoft refused the sign-in because of a rule of your organisation, or because the user name or the "
    "password is wrong.",
    "Check both; then ask the administrator whether “Authenticated SMTP” is allowed for your mailbox and "
    "whether a password may be used at all, or sign in with OAuth." },
  { "Microsoft", MICROSOFT, 535, "5.7.3", NULL, BLOCK, "Microsoft refused the sign-in.",
    "Check the user name (the full address) and the password; where the organisation takes no passwords, "
    "sign in with OAuth (the browser)." },
  { "Microsoft", MICROSOFT, 530, "5.7.57", NULL, BLOCK,
    "The server wants a sign-in first, and this account has none.",
    "Give the account a user name, and a password or OAuth." },
  { "Microsoft", MICROSOFT, 0, "5.7.60", NULL, BLOCK,
    "The account that signed in may not send as this address.",
    "Ask the administrator for the right to “Send As” that mailbox, or send from your own address." },
  { "Microsoft", MICROSOFT, 0, "5.2.252", NULL, BLOCK,
    "The account that signed in may not send as this address.",
    "Ask the administrator for the right to “Send As” that mailbox, or send from your own address." },
  { "Microsoft", MICROSOFT, 0, "4.3.2", "concurrent connection", DEFER,
    "Microsoft allows three connections at once for a mailbox, and there are more.",
    "Another program sends with the same account; try again later." },
  { "Microsoft", MICROSOFT, 0, "4.3.2", "thread limit", DEFER,
    "Microsoft allows three connections at once for a mailbox, and there are more.",
    "Another program sends with the same account; try again later." },
  { "Microsoft", MICROSOFT, 0, "?.2.0", "submission quota exceeded", DEFER,
    "The mailbox has sent as many messages or to as many recipients as Microsoft allows in a day.",
    "Try again tomorrow; to send more a day takes another service." },
  { "Microsoft", MICROSOFT, 0, "5.1.8", NULL, BLOCK,
    "Microsoft has stopped this mailbox from sending, because unwanted mail came from it.",
    "Change its password, look for foreign rules and programs in it, and ask the administrator to release "
    "it (Defender: “Restricted entities”)." },
  { "Microsoft", MICROSOFT, 0, "5.7.708", NULL, BLOCK,
    "Microsoft does not take mail from the network that this organisation sends from.",
    "Its administrator has to ask Microsoft's support." },
  { "Microsoft", MICROSOFT, 0, "4.7.0", "temporary server error", DEFER, "The server has a passing trouble.",
    "Try again later." },

  /* ---- Gmail and Google Workspace ---- */
  { "Google", GMAIL, 0, "5.7.9", "application-specific password", BLOCK,
    "Google takes no account password here: 2-step verification is on.",
    "Sign in with OAuth (the browser), or make an app password in the Google account (Security, App "
    "passwords) and enter it here." },
  { "Google", GMAIL, 0, "5.7.14", NULL, BLOCK,
    "Google did not trust this sign-in and wants one in the browser first.",
    "Sign in to the mailbox in the browser on this computer, confirm that it was you, and try again; or "
    "sign in with OAuth." },
  { "Google", GMAIL, 535, "5.7.8", NULL, BLOCK, "Google refused the user name or the password.",
    "Google takes no account password from mail programs: sign in with OAuth (the browser), or use an app "
    "password." },
  { "Google", GMAIL, 0, "4.7.0", "too many login attempts", DEFER,
    "There were too many sign-ins in a short time.", "Try again later." },
  { "Google", GMAIL, 0, "5.4.5", NULL, DEFER,
    "The mailbox has sent as many messages as Google allows in a day.",
    "Try again later; the limit counts the last 24 hours." },
  { "Google", GMAIL, 0, "4.7.0", "tls required", DEFER,
    "The recipients' domain demands TLS, and Google had none to it.", "Try again later." },
  { "Google", GMAIL, 0, "4.7.28", NULL, DEFER, "Google slows this sender down.",
    "Send fewer messages in a time, and try again later." },
  { "Google", GMAIL, 0, "5.7.0", "must issue a starttls", BLOCK, "This port wants STARTTLS first.",
    "Check the port and the kind of TLS of the account." },
  { "Google", GMAIL, 552, "5.7.0", NULL, AS_IS,
    "Google takes no message with such an attachment, as it could do harm.",
    "Share the file in another way; packing it does not help." },
  { "Google", GMAIL, 0, "5.2.3", NULL, AS_IS, "The message is larger than Google takes.",
    "Share the attachments in another way." },

  /* ---- Yahoo and AOL ---- */
  { "Yahoo", YAHOO, 535, "5.7.0", "too many bad auth attempts", DEFER, "There were too many failed sign-ins.",
    "Check the password before you try again." },
  { "Yahoo", YAHOO, 535, NULL, NULL, BLOCK, "Yahoo refused the user name or the password.",
    "Yahoo takes no account password from mail programs: make an app password in the account's security "
    "settings, or sign in with OAuth (the browser)." },
  { "Yahoo", YAHOO, 0, NULL, "[ts", DEFER, "Yahoo holds mail of this sender back for a while.",
    "Try again later." },

  /* ---- iCloud ---- */
  { "Apple", ICLOUD, 535, NULL, NULL, BLOCK, "iCloud refused the user name or the password.",
    "iCloud takes no account password from mail programs: make an app-specific password at the Apple "
    "Account page (Sign-In and Security), and enter it here." },

  /* ---- what servers say in general ---- */
  { NULL, NULL, 553, "5.7.1", "not owned by", BLOCK, /* Postfix, reject_sender_login_mismatch */
    "The account that signed in may not send as this address.",
    "Send from an address that belongs to the account, or ask the server's administrator for this one." },
  { NULL, NULL, 554, "5.7.1", "relay access denied", BLOCK, /* Postfix */
    "The server does not pass mail on for this account.",
    "Check that the account signs in, and that the port is the one for submission (465 or 587)." },
  { NULL, NULL, 550, NULL, "relay not permitted", BLOCK, /* Exim */
    "The server does not pass mail on for this account.",
    "Check that the account signs in, and that the port is the one for submission (465 or 587)." },
  { NULL, NULL, 450, "4.7.1", "greylist", DEFER,
    "The server takes mail of senders that it does not know yet only at the second try.",
    "Try again in a few minutes." },

  /* Addresses, RFC 3463 section 3.2 */
  { NULL, NULL, 0, "?.1.1", NULL, AS_IS, "There is no such mailbox.", "Correct or remove the address." },
  { NULL, NULL, 0, "?.1.2", NULL, AS_IS, "The recipient's domain does not take mail, or does not exist.",
    "Correct the part after the “@”." },
  { NULL, NULL, 0, "?.1.3", NULL, AS_IS, "The server cannot read the recipient's address.",
    "Correct the address." },
  { NULL, NULL, 0, "?.1.4", NULL, AS_IS, "The address fits more than one mailbox.", "Write it in full." },
  { NULL, NULL, 0, "?.1.6", NULL, AS_IS, "The mailbox has moved, and nothing is passed on.",
    "Ask the recipient for the new address." },
  { NULL, NULL, 0, "?.1.7", NULL, BLOCK, "The server does not take this sender's address.",
    "Check the account's address." },
  { NULL, NULL, 0, "?.1.8", NULL, BLOCK, "The server knows no domain with the sender's name.",
    "Check the account's address." },
  { NULL, NULL, 0, "?.1.10", NULL, AS_IS, "The recipient's domain says that it takes no mail.", /* RFC 7505 */
    "Correct the part after the “@”." },

  /* Mailboxes, section 3.3 */
  { NULL, NULL, 0, "?.2.1", NULL, AS_IS, "The mailbox is switched off and takes no mail.",
    "Ask the recipient for another address." },
  { NULL, NULL, 0, "?.2.2", NULL, AS_IS, "The recipient's mailbox is full.",
    "Tell the recipient in another way." },
  { NULL, NULL, 0, "?.2.3", NULL, AS_IS, "The message is larger than the recipient may receive.",
    "Make the attachments smaller, or share them in another way." },

  /* The mail system, section 3.4 */
  { NULL, NULL, 0, "?.3.1", NULL, DEFER, "The server's disk is full.",
    "Its administrator has to make room." },
  { NULL, NULL, 0, "4.3.2", NULL, DEFER, "The server takes no mail for the moment.", "Try again later." },
  { NULL, NULL, 0, "?.3.4", NULL, AS_IS, "The message is larger than the server takes.",
    "Make the attachments smaller, or share them in another way." },

  /* The network, section 3.5 */
  { NULL, NULL, 0, "?.4.1", NULL, DEFER, "The next server on the way does not answer.", "Try again later." },
  { NULL, NULL, 0, "4.4.5", NULL, DEFER, "The server is overloaded.", "Try again later." },

  /* The protocol, section 3.6 */
  { NULL, NULL, 0, "?.5.3", NULL, AS_IS, "The server does not take so many recipients at once.",
    "Send it in several parts." },

  /* The content, section 3.7; RFC 6531 */
  { NULL, NULL, 0, "?.6.7", NULL, AS_IS, "The way to the recipient does not take international addresses.",
    "Use an address in ASCII." },

  /* Security, section 3.8; RFC 4954, 7372, 8689 and others */
  { NULL, NULL, 0, "?.7.8", NULL, BLOCK, "The user name or the password is wrong, or not taken here.",
    "Check the user name and the password; some services want a password made for this program, or OAuth." },
  { NULL, NULL, 0, "?.7.9", NULL, BLOCK, "The server does not take this sign-in method for the account.",
    "Choose another sign-in method, or make a password for this program in the service's settings." },
  { NULL, NULL, 0, "?.7.11", NULL, BLOCK, "The server takes this sign-in method over TLS only.",
    "Check the port and the kind of TLS of the account." },
  { NULL, NULL, 0, "?.7.12", NULL, BLOCK, "The password has to be set once more before this method works.",
    "Change the password in the service's settings, then enter it here." },
  { NULL, NULL, 0, "?.7.13", NULL, BLOCK, "The account is switched off.", "Ask the server's administrator." },
  { NULL, NULL, 0, "?.7.15", NULL, AS_IS, "The message's priority is too low for the server now.",
    "Send it without a priority." },
  { NULL, NULL, 0, "?.7.16", NULL, AS_IS, "The message is too large for its priority.",
    "Send it without a priority, or make it smaller." },
  { NULL, NULL, 0, "?.7.23", NULL, AS_IS, "SPF says that this server may not send for the sender's domain.",
    "Send through the domain's own server; its administrator can tell which that is." },
  { NULL, NULL, 0, "?.7.26", NULL, AS_IS, "Neither SPF nor DKIM vouch for the sender's domain on this way.",
    "Send through the domain's own server; its administrator can tell which that is." },
  { NULL, NULL, 0, "?.7.28", NULL, DEFER, "The server slows this sender down.",
    "Send fewer messages in a time, and try again later." },
  { NULL, NULL, 0, "?.7.30", NULL, AS_IS,
    "On the way there is a server that cannot promise TLS.", /* RFC 8689 */
    "Send it without the demand for TLS all the way, if that is acceptable, or encrypt it to its readers." },
  { NULL, NULL, 0, "4.7.0", "rate", DEFER, "The server slows this sender down.",
    "Send fewer messages in a time, and try again later." },
  { NULL, NULL, 0, "4.7.1", "rate", DEFER, "The server slows this sender down.",
    "Send fewer messages in a time, and try again later." },
  { NULL, NULL, 0, "4.7.1", "too many", DEFER, "The server slows this sender down.",
    "Send fewer messages in a time, and try again later." },
};

/* ---- finding ---- */

/* Whether @host is one of @suffixes or below it. */
static gboolean
is_host_of (const char *host, const char *suffixes)
{
  g_auto (GStrv) names = g_strsplit (suffixes, " ", -1);
  g_autofree char *lower = host != NULL ? g_ascii_strdown (host, -1) : NULL;

  for (char **name = names; lower != NULL && *name != NULL; name++)
    {
      gsize at = strlen (lower) - MIN (strlen (lower), strlen (*name));

      if (strcmp (lower + at, *name) == 0 && (at == 0 || lower[at - 1] == '.'))
        return TRUE;
    }

  return FALSE;
}

static gboolean
fits (const WaxSmtpAdvice *row, const char *host, const WaxSmtpReply *reply, const char *text)
{
  if (row->code != 0 && row->code != reply->code)
    return FALSE;
  if (row->enhanced != NULL
      && (reply->enhanced == NULL || !g_pattern_match_simple (row->enhanced, reply->enhanced)))
    return FALSE;
  if (row->words != NULL && strstr (text, row->words) == NULL)
    return FALSE;

  return row->hosts == NULL || is_host_of (host, row->hosts);
}

const WaxSmtpAdvice *
wax_smtp_advice_find (const char *host, const WaxSmtpReply *reply)
{
  g_autofree char *joined = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (reply != NULL, NULL);

  joined = g_strjoinv (" ", reply->lines);
  text = g_ascii_strdown (joined, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (fits (&table[i], host, reply, text))
      return &table[i];

  return NULL;
}

char *
wax_smtp_advice_to_hint (const WaxSmtpAdvice *self)
{
  return g_strconcat (self->meaning, " ", self->todo, NULL);
}

const WaxSmtpAdvice *
wax_smtp_advice_table (gsize *count)
{
  *count = G_N_ELEMENTS (table);

  return table;
}
