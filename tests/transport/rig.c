/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <string.h>

Rig *
rig_new (const WaxPracticeOptions *options, WaxTlsMode mode)
{
  Rig *self = g_new0 (Rig, 1);
  g_autoptr (GError) error = NULL;
  guint port;

  self->host = wax_practice_host_start (options, &error);
  g_assert_no_error (error);
  port = mode == WAX_TLS_MODE_IMPLICIT   ? wax_practice_host_get_implicit_port (self->host)
         : mode == WAX_TLS_MODE_STARTTLS ? wax_practice_host_get_starttls_port (self->host)
                                         : wax_practice_host_get_plaintext_port (self->host);

  self->account = wax_account_new ();
  g_object_set (self->account, "address", "a@example.org", "host", "127.0.0.1", "port", port, "mode",
                (int) mode, "user", "practice", NULL);
  self->settings.account = self->account;
  self->settings.password = wax_secret_new_string ("practice");
  self->settings.ca_file = wax_practice_host_get_ca_file (self->host);

  return self;
}

void
rig_free (Rig *self)
{
  g_clear_object (&self->transport);
  g_clear_object (&self->account);
  g_clear_pointer (&self->settings.password, wax_secret_unref);
  g_clear_object (&self->host);
  g_free (self);
}

WaxTransport *
rig_open (Rig *self)
{
  if (self->transport == NULL)
    self->transport = wax_transport_new (&self->settings);

  return self->transport;
}

WaxEnvelope *
rig_envelope (const char *recipients)
{
  g_auto (GStrv) list = g_strsplit (recipients != NULL ? recipients : "b@example.org", " ", -1);
  g_autoptr (GError) error = NULL;
  WaxEnvelope *envelope = wax_envelope_new ("a@example.org", (const char *const *) list, &error);

  g_assert_no_error (error);

  return envelope;
}

WaxSendResult *
rig_send_text (Rig *self, const char *recipients, const char *text, gsize length)
{
  g_autoptr (WaxEnvelope) envelope = rig_envelope (recipients);
  g_autoptr (GInputStream) message = g_memory_input_stream_new_from_data (text, (gssize) length, NULL);
  WaxSendResult *result = wax_transport_send (rig_open (self), envelope, message, (gint64) length, NULL,
                                              NULL);

  g_assert_nonnull (result);
  g_assert_nonnull (result->report);

  return result;
}

WaxSendResult *
rig_send (Rig *self, const char *recipients)
{
  return rig_send_text (self, recipients, RIG_MESSAGE, strlen (RIG_MESSAGE));
}

void
rig_assert_sent (WaxSendResult *result)
{
  g_assert_no_error (result->error);
  g_assert_cmpint (result->state, ==, WAX_SEND_SENT);
  g_assert_cmpint (wax_send_result_exit_code (result), ==, 0);
  g_assert_null (result->hint);
}

void
rig_assert_failed (WaxSendResult *result,
                   WaxSendState state,
                   WaxTransportError code,
                   WaxStep step,
                   int exit_code)
{
  g_assert_error (result->error, WAX_TRANSPORT_ERROR, (int) code);
  g_assert_cmpstr (wax_send_state_to_string (result->state), ==, wax_send_state_to_string (state));
  g_assert_cmpstr (wax_step_to_string (result->step), ==, wax_step_to_string (step));
  g_assert_cmpint (wax_send_result_exit_code (result), ==, exit_code);
  g_assert_nonnull (result->hint);
}

guint
rig_count_said (Rig *self, const char *prefix)
{
  g_auto (GStrv) lines = wax_practice_host_get_commands (self->host);
  guint count = 0;

  for (gsize i = 0; lines[i] != NULL; i++)
    count += g_str_has_prefix (lines[i], prefix) ? 1 : 0;

  return count;
}

void
rig_assert_unsaid (Rig *self, const char *prefix)
{
  g_assert_cmpuint (rig_count_said (self, prefix), ==, 0);
}
