/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From the options of `send` to a draft, or to a message as it goes onto the
 * wire. */

#include "cli-message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-server.h"
#include "cli-system.h"

#define BODY_LIMIT (16 * 1024 * 1024)

void
wax_message_options_clear (WaxMessageOptions *self)
{
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->to, g_strfreev);
  g_clear_pointer (&self->cc, g_strfreev);
  g_clear_pointer (&self->bcc, g_strfreev);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->body_file, g_free);
  g_clear_pointer (&self->attach, g_strfreev);
  g_clear_pointer (&self->raw, g_free);
  wax_request_options_clear (&self->request);
  wax_envelope_options_clear (&self->asked);
}

static gboolean
usage (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

/* A field of several lines is somebody's attempt at a header of their own; a
 * list of addresses in the composer may have line breaks, an option may not. */
static gboolean
check_line (const char *option, const char *value, GError **error)
{
  for (const char *p = value; p != NULL && *p != '\0'; p++)
    if (*p == '\r' || *p == '\n')
      {
        g_set_error (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_CONTROL, _ ("%s has a line break in it"),
                     option);
        return FALSE;
      }

  return TRUE;
}

static gboolean
check_lines (const char *option, char **values, GError **error)
{
  for (; values != NULL && *values != NULL; values++)
    if (!check_line (option, *values, error))
      return FALSE;

  return TRUE;
}

gboolean
wax_message_options_check (WaxMessageOptions *self, GError **error)
{
  if (self->raw != NULL
      && (self->subject != NULL || self->body_file != NULL || self->attach != NULL || self->markdown))
    return usage (error, _ ("--raw is a finished message: --subject, --body-file, --markdown and --attach do "
                            "not go with it"));
  if (self->raw == NULL && self->to == NULL && self->cc == NULL && self->bcc == NULL)
    return usage (error, _ ("There is no recipient: give --to, --cc or --bcc"));

  wax_envelope_options_clear (&self->asked);
  return wax_request_options_parse (&self->request, &self->asked, error)
         && check_line ("--from", self->from, error) && check_lines ("--to", self->to, error)
         && check_lines ("--cc", self->cc, error) && check_lines ("--bcc", self->bcc, error);
}

gboolean
wax_message_options_sender (const WaxMessageOptions *self, WaxAddress **sender, GError **error)
{
  g_autoptr (GError) reason = NULL;

  *sender = NULL;
  if (self->from == NULL)
    return TRUE;
  *sender = wax_address_parse (self->from, &reason);
  if (*sender == NULL)
    g_set_error (error, reason->domain, reason->code, "--from: %s", reason->message);

  return *sender != NULL;
}

static char *
read_body (const char *path, GCancellable *cancellable, GError **error)
{
  gsize length = 0;
  g_autofree char *body = wax_cli_read_file (path, _ ("The text"), BODY_LIMIT, &length, cancellable, error);

  if (body == NULL)
    return NULL;
  if (strlen (body) != length || !g_utf8_validate (body, (gssize) length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _ ("The text in “%s” is not UTF-8: attach it as a file, or convert it"), path);
      return NULL;
    }

  return g_steal_pointer (&body);
}

static char *
join (char **values)
{
  return values != NULL ? g_strjoinv (", ", values) : g_strdup ("");
}

WaxDraft *
wax_message_options_draft (const WaxMessageOptions *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autofree char *to = join (self->to);
  g_autofree char *cc = join (self->cc);
  g_autofree char *bcc = join (self->bcc);
  g_autofree char *body = NULL;

  g_return_val_if_fail (self->raw == NULL, NULL);

  if (self->body_file != NULL && (body = read_body (self->body_file, cancellable, error)) == NULL)
    return NULL;
  wax_draft_set_to (draft, to);
  wax_draft_set_cc (draft, cc);
  wax_draft_set_bcc (draft, bcc);
  wax_draft_set_subject (draft, self->subject != NULL ? self->subject : "");
  wax_draft_set_body (draft, body != NULL ? body : "");
  wax_draft_set_markdown (draft, self->markdown);
  wax_envelope_options_copy (wax_draft_get_options (draft), &self->asked);
  for (char **path = self->attach; path != NULL && *path != NULL; path++)
    {
      g_autoptr (WaxAttachment) attachment = wax_attachment_new (*path, cancellable, error);

      if (attachment == NULL)
        return NULL;
      g_list_store_append (wax_draft_get_attachments (draft), attachment);
    }

  return wax_draft_check (draft, error) ? g_steal_pointer (&draft) : NULL;
}

static GStrv
mailboxes (GPtrArray *addresses)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < addresses->len; i++)
    {
      const WaxAddress *address = g_ptr_array_index (addresses, i);

      g_strv_builder_add (builder, address->mailbox);
    }

  return g_strv_builder_end (builder);
}

gboolean
wax_message_options_recipients (const WaxMessageOptions *self, GStrv *recipients, GError **error)
{
  const struct
  {
    const char *option;
    char **values;
  } fields[] = { { "--to", self->to }, { "--cc", self->cc }, { "--bcc", self->bcc } };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_address_free);

  *recipients = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *text = join (fields[i].values);
      g_autoptr (GError) reason = NULL;
      g_autoptr (GPtrArray) list = wax_address_list_parse (text, &reason);

      if (list == NULL)
        {
          g_set_error (error, reason->domain, reason->code, "%s: %s", fields[i].option, reason->message);
          return FALSE;
        }
      g_ptr_array_extend_and_steal (all, g_steal_pointer (&list));
    }
  if (all->len > 0)
    *recipients = mailboxes (all);

  return TRUE;
}

/* ---- a message in a file without a name ---- */

static gboolean
prepare_draft (WaxSpooledMessage *self,
               const WaxMessageOptions *options,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) addresses = NULL;
  g_auto (GStrv) recipients = NULL;
  g_autofree char *id = NULL;

  if (!wax_message_options_sender (options, &self->sender, error))
    return FALSE;
  if (self->sender == NULL)
    return usage (error, _ ("There is no sender: give --from"));
  self->draft = wax_message_options_draft (options, cancellable, error);
  if (self->draft == NULL)
    return FALSE;
  id = wax_message_id_new (self->sender->mailbox);
  wax_draft_set_message_id (self->draft, id);
  addresses = wax_draft_dup_recipients (self->draft, error);
  if (addresses == NULL)
    return FALSE;
  recipients = mailboxes (addresses);
  self->envelope = wax_envelope_new (self->sender->mailbox, (const char *const *) recipients, error);

  return self->envelope != NULL;
}

static gboolean
write_raw (WaxSpooledMessage *self,
           const WaxMessageOptions *options,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (WaxAddress) from = NULL;
  g_auto (GStrv) wanted = NULL;
  g_auto (GStrv) of_header = NULL;
  g_autofree char *sender = NULL;
  GStrv recipients;

  if (!wax_message_options_sender (options, &from, error)
      || !wax_message_options_recipients (options, &wanted, error))
    return FALSE;
  in = wax_cli_open_input (options->raw, _ ("The message"), cancellable, error);
  if (in == NULL)
    return FALSE;
  self->info = wax_raw_message_copy (in, self->out, &of_header, &sender, cancellable, error);
  if (self->info == NULL)
    return FALSE;

  recipients = wanted != NULL ? wanted : of_header;
  if (from == NULL && sender == NULL)
    return usage (error, _ ("The message has no From: give --from"));
  if (recipients == NULL || recipients[0] == NULL)
    return usage (error, _ ("The message has no recipient: give --to"));
  self->envelope = wax_envelope_new (from != NULL ? from->mailbox : sender, (const char *const *) recipients,
                                     error);

  return self->envelope != NULL;
}

/* A full disk is told with the folder that is full; other errors say enough. */
static void
explain (GError *reason, GError **error)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _ ("The message does not fit into the folder for temporary files, %s"), g_get_tmp_dir ());
  else
    g_propagate_error (error, g_error_copy (reason));
}

/* What was written decides what it needs. */
static gboolean
finish (WaxSpooledMessage *self, GCancellable *cancellable, GError **error)
{
  if (!g_output_stream_close (self->out, cancellable, error))
    return FALSE;
  self->envelope->needs_utf8 |= self->info->needs_utf8;
  self->envelope->needs_8bit |= self->info->needs_8bit;
  self->envelope->needs_binary |= self->info->needs_binary;

  return TRUE;
}

WaxSpooledMessage *
wax_spooled_message_new (const WaxMessageOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxSpooledMessage) self = g_new0 (WaxSpooledMessage, 1);
  g_autoptr (GError) reason = NULL;
  gboolean raw = options->raw != NULL;

  if (!wax_system_spool (&self->out, &self->stream, error))
    return NULL;
  if (!(raw ? write_raw (self, options, cancellable, &reason)
            : prepare_draft (self, options, cancellable, &reason))
      || (raw && !finish (self, cancellable, &reason)))
    {
      explain (reason, error);
      return NULL;
    }
  wax_envelope_options_copy (&self->envelope->options, &options->asked);

  return g_steal_pointer (&self);
}

gboolean
wax_spooled_message_write (WaxSpooledMessage *self,
                           WaxTransferLimit limit,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->info == NULL)
    {
      self->info = wax_mime_write (self->draft, self->sender, limit, self->out, cancellable, &reason);
      if (self->info == NULL || !finish (self, cancellable, &reason))
        {
          explain (reason, error);
          return FALSE;
        }
    }
  wax_envelope_options_default_envid (&self->envelope->options, self->info->message_id);

  return TRUE;
}

const char *
wax_spooled_message_get_id (const WaxSpooledMessage *self)
{
  return self->info != NULL ? self->info->message_id : wax_draft_get_message_id (self->draft);
}

void
wax_spooled_message_free (WaxSpooledMessage *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->info, wax_message_info_free);
  g_clear_pointer (&self->envelope, wax_envelope_free);
  g_clear_pointer (&self->sender, wax_address_free);
  g_clear_object (&self->draft);
  g_clear_object (&self->stream);
  g_clear_object (&self->out);
  g_free (self);
}
