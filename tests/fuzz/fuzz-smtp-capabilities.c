/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server offers: every limit that is read from it is in its range, reading
 * the remembered lines again gives the same, and what is then said to the server
 * is one command line, whatever it offered. */

#include "fuzz-target.h"

#include "smtp-command.h"

#include <string.h>

static void
assert_in_range (const WaxSmtpCapabilities *self)
{
  g_assert_cmpint (self->size_limit, >=, 0);
  g_assert_cmpint (self->hold_max_s, >=, 0);
  g_assert_cmpint (self->hold_max_s, <=, 999999999);
  g_assert_cmpint (self->hold_max_date, >=, 0);
  g_assert_cmpint (self->deliver_by_min_s, >=, 0);
  g_assert_cmpuint (self->mail_max, <=, 999999);
  g_assert_cmpuint (self->rcpt_max, <=, 999999);
  g_assert_cmpuint (self->rcpt_domain_max, <=, 999999);
  g_assert_true (self->chunking || !self->binarymime);
  for (const char *p = self->mt_priority_profile; p != NULL && *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
  for (gsize i = 0; self->mechanisms[i] != NULL; i++)
    g_assert_cmpuint (strlen (self->mechanisms[i]), <=, 20);
}

static void
assert_same (const WaxSmtpCapabilities *a, const WaxSmtpCapabilities *b)
{
  g_assert_cmpint (a->size_limit, ==, b->size_limit);
  g_assert_cmpint (a->hold_max_s, ==, b->hold_max_s);
  g_assert_cmpint (a->hold_max_date, ==, b->hold_max_date);
  g_assert_cmpint (a->deliver_by_min_s, ==, b->deliver_by_min_s);
  g_assert_cmpuint (a->rcpt_max, ==, b->rcpt_max);
  g_assert_cmpstr (a->mt_priority_profile, ==, b->mt_priority_profile);
  g_assert_cmpstrv (a->mechanisms, b->mechanisms);
  g_assert_cmpint (a->binarymime, ==, b->binarymime);
}

static void
assert_command (const WaxSmtpCapabilities *self)
{
  WaxEnvelope envelope = {
    .sender = (char *) "a@example.org",
    .options = { .notify = WAX_DSN_SUCCESS | WAX_DSN_DELAY,
                 .dsn_return = WAX_DSN_RETURN_FULL,
                 .envid = (char *) "an id",
                 .require_tls = TRUE,
                 .deliver_by_s = 600,
                 .has_priority = TRUE,
                 .priority = 4 },
  };
  g_autofree char *command = wax_smtp_command_mail (&envelope, 1000, self, NULL);

  wax_smtp_command_check_needs (&envelope, 1000, self, NULL);
  g_assert_nonnull (command);
  g_assert_true (g_str_has_suffix (command, "\r\n"));
  for (const char *p = command; *p != '\r'; p++)
    g_assert_true (g_ascii_isprint (*p));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bounded = g_strndup ((const char *) data, size);
  g_autofree char *text = g_utf8_make_valid (bounded, -1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", WAX_SMTP_REPLY_LINES_LIMIT);
  WaxSmtpReply reply = { .code = 250, .lines = lines };
  g_autoptr (WaxSmtpCapabilities) read = NULL;
  g_autoptr (WaxSmtpCapabilities) again = NULL;

  if (lines[0] == NULL)
    return 0;
  read = wax_smtp_capabilities_parse (&reply);
  assert_in_range (read);
  assert_command (read);
  g_ptr_array_add (read->lines, NULL);
  again = wax_smtp_capabilities_from_lines ((const char *const *) read->lines->pdata);
  assert_same (read, again);

  return 0;
}
