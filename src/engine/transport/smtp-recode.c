/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A stored message was written for what the server offered then; what it offers now
 * decides. Less is met by another encoding, not by an error, as far as that is
 * honest: what is signed stays, and then it is an error before anything is sent. */

#include "smtp-recode.h"

void
wax_smtp_payload_clear (WaxSmtpPayload *self)
{
  g_clear_object (&self->message);
}

WaxTransferLimit
wax_smtp_recode_limit (const WaxSmtpCapabilities *capabilities)
{
  if (capabilities->binarymime)
    return WAX_TRANSFER_BINARY;

  return capabilities->eight_bit ? WAX_TRANSFER_8BIT : WAX_TRANSFER_7BIT;
}

WaxTransferLimit
wax_transport_limit (const char *const *extensions)
{
  g_autoptr (WaxSmtpCapabilities)
      capabilities = extensions != NULL ? wax_smtp_capabilities_from_lines (extensions) : NULL;

  return capabilities != NULL ? wax_smtp_recode_limit (capabilities) : WAX_TRANSFER_7BIT;
}

static WaxTransferLimit
need_of (const WaxEnvelope *envelope)
{
  if (envelope->needs_binary)
    return WAX_TRANSFER_BINARY;

  return envelope->needs_8bit ? WAX_TRANSFER_8BIT : WAX_TRANSFER_7BIT;
}

/* Takes @cause. */
static gboolean
explain (GError *cause, const WaxEnvelope *envelope, GError **error)
{
  g_autoptr (GError) taken = cause;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&taken));
  else if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_SOURCE, "The message could not be read: %s",
                 cause->message);
  else if (envelope->needs_binary)
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NEEDS_BINARY,
                 "A part of the message is not encoded as text, and the server does not offer BINARYMIME. %s",
                 cause->message);
  else
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NEEDS_8BIT,
                 "The message has eight-bit text, and the server does not offer 8BITMIME. %s",
                 cause->message);

  return FALSE;
}

static void
note (WaxConnectionReport *report,
      const WaxEnvelope *envelope,
      const WaxTranscodeFacts *facts,
      WaxTransferLimit limit)
{
  g_autofree char *line = g_strdup_printf ("(%u parts encoded anew for %s, as the server does not offer %s)",
                                           facts->recoded, wax_transfer_limit_to_string (limit),
                                           envelope->needs_binary ? "BINARYMIME" : "8BITMIME");

  wax_connection_report_add_line (report, 'C', line);
}

gboolean
wax_smtp_recode (const WaxEnvelope *envelope,
                 GInputStream *message,
                 gint64 size,
                 const WaxSmtpCapabilities *capabilities,
                 WaxConnectionReport *report,
                 WaxSmtpPayload *payload,
                 GCancellable *cancellable,
                 GError **error)
{
  WaxTransferLimit limit = wax_smtp_recode_limit (capabilities);
  WaxTranscodeFacts facts = { 0 };
  GError *cause = NULL;

  *payload = (WaxSmtpPayload) { .envelope = *envelope, .size = size };
  if (need_of (envelope) <= limit || !G_IS_SEEKABLE (message) || !g_seekable_can_seek (G_SEEKABLE (message)))
    {
      payload->message = g_object_ref (message);
      return TRUE;
    }

  payload->message = wax_message_transcode (message, limit, &facts, cancellable, &cause);
  if (payload->message == NULL)
    return explain (cause, envelope, error);
  payload->size = facts.size;
  payload->envelope.needs_binary = facts.needs == WAX_TRANSFER_BINARY;
  payload->envelope.needs_8bit = facts.needs != WAX_TRANSFER_7BIT;
  note (report, envelope, &facts, limit);

  return TRUE;
}
