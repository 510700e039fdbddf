/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A draft becomes an RFC 5322 message: GMime makes the tree and writes it, cmark
 * makes the HTML of Markdown, the sink checks what comes out. Attachments are
 * read from disk as they are written, never held. */

#include "mime-writer.h"

#include <cmark.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "flowed-text.h"
#include "hex.h"
#include "message-gmime.h"
#include "message-sink.h"
#include "secret.h"

#define CHARSET "UTF-8"

/* ---- facts ---- */

void
wax_attachment_info_free (WaxAttachmentInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->content_type);
  g_free (self);
}

WaxAttachmentInfo *
wax_attachment_info_new (const char *name, const char *content_type, gint64 size)
{
  WaxAttachmentInfo *self = g_new0 (WaxAttachmentInfo, 1);

  self->name = g_strdup (name);
  self->content_type = g_strdup (content_type);
  self->size = size;
  return self;
}

WaxMessageInfo *
wax_message_info_new (void)
{
  WaxMessageInfo *self = g_new0 (WaxMessageInfo, 1);

  self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_attachment_info_free);
  return self;
}

void
wax_message_info_free (WaxMessageInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->message_id);
  g_free (self->subject);
  g_free (self->sha256);
  g_ptr_array_unref (self->attachments);
  g_free (self);
}

void
wax_gmime_init (void)
{
  static gsize done;

  if (g_once_init_enter (&done))
    {
      g_mime_init ();
      g_once_init_leave (&done, 1);
    }
}

/* The domain of the From address keeps the Message-ID unique without telling the
 * name of this machine; the rest is random. */
char *
wax_message_id_new (const char *mailbox)
{
  g_autoptr (WaxSecret) random = wax_secret_new_random (16);
  g_autofree char *hex = wax_hex_encode (wax_secret_peek (random), 16);
  const char *at = mailbox != NULL ? strrchr (mailbox, '@') : NULL;

  return g_strdup_printf ("<%s@%s>", hex, at != NULL ? at + 1 : "localhost.invalid");
}

gboolean
wax_message_id_is_valid (const char *id)
{
  gsize length = strlen (id);
  const char *at = strchr (id, '@');

  if (length < 5 || length > 250 || id[0] != '<' || id[length - 1] != '>' || at == NULL || at == id + 1
      || at == id + length - 2 || strchr (at + 1, '@') != NULL)
    return FALSE;
  for (const char *p = id + 1; p < id + length - 1; p++)
    if (!g_ascii_isgraph (*p) || *p == '<' || *p == '>')
      return FALSE;

  return TRUE;
}

/* ---- the parts ---- */

static void
set_text_content (GMimePart *part, const char *text, gsize length)
{
  g_autoptr (GMimeStream) memory = g_mime_stream_mem_new_with_buffer (text, length);
  g_autoptr (GMimeDataWrapper)
      content = g_mime_data_wrapper_new_with_stream (memory, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, content);
}

/* 7bit where that is safe, 8bit where that is allowed and has fit lines, else
 * quoted-printable for a text with some other letters and base64 for one of mostly
 * such; never chosen by GMime, which would leave a "From " at the start of a line. */
static GMimeContentEncoding
encoding_of (const char *text, WaxTransferLimit limit)
{
  gsize high = 0, line = 0, length = 0, longest = 0;
  gboolean plain = TRUE;

  for (const char *p = text; *p != '\0'; p++, length++)
    {
      if (line == 0 && strncmp (p, "From ", 5) == 0)
        plain = FALSE;
      line = *p == '\n' ? 0 : line + 1;
      longest = MAX (longest, line);
      high += (guchar) *p > 127;
      plain &= *p != '\r' && ((guchar) *p >= ' ' || *p == '\n' || *p == '\t') && *p != 127;
    }
  if (high == 0 && plain && longest <= 200)
    return GMIME_CONTENT_ENCODING_7BIT;
  if (limit >= WAX_TRANSFER_8BIT && plain && longest <= WAX_MESSAGE_LINE_LIMIT)
    return high > 0 ? GMIME_CONTENT_ENCODING_8BIT : GMIME_CONTENT_ENCODING_7BIT;

  return high > length / 4 ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

/* @text has LF line ends. Base64 hides them, so there they are made CRLF first
 * (RFC 2045 section 6.8); elsewhere the output filter does it. */
static GMimeObject *
text_part (const char *subtype, const char *text, WaxTransferLimit limit)
{
  GMimePart *part = g_mime_part_new_with_type ("text", subtype);
  GMimeContentEncoding encoding = encoding_of (text, limit);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  if (encoding == GMIME_CONTENT_ENCODING_BASE64)
    {
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      g_autofree char *canonical = g_strjoinv ("\r\n", lines);

      set_text_content (part, canonical, strlen (canonical));
    }
  else
    set_text_content (part, text, strlen (text));
  g_mime_part_set_content_encoding (part, encoding);

  return GMIME_OBJECT (part);
}

static GMimeObject *
plain_part (const char *body, WaxTransferLimit limit)
{
  g_autofree char *flowed = wax_flowed_text (body);
  GMimeObject *part = text_part ("plain", flowed, limit);

  g_mime_object_set_content_type_parameter (part, "format", "flowed");
  return part;
}

static GMimeObject *
html_part (const char *body, WaxTransferLimit limit)
{
  char *html = cmark_markdown_to_html (body, strlen (body), CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
  g_autofree char *document = g_strconcat (
      "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n<body>\n", html, "</body>\n</html>\n",
      NULL);

  /* cmark allocates with malloc(). */
  free (html);
  return text_part ("html", document, limit);
}

static GMimeObject *
body_part (WaxDraft *draft, WaxTransferLimit limit)
{
  const char *body = wax_draft_get_body (draft);
  GMimeMultipart *alternative;

  if (!wax_draft_get_markdown (draft))
    return plain_part (body, limit);

  alternative = g_mime_multipart_new_with_subtype ("alternative");
  {
    g_autoptr (GMimeObject) plain = plain_part (body, limit);
    g_autoptr (GMimeObject) html = html_part (body, limit);

    g_mime_multipart_add (alternative, plain);
    g_mime_multipart_add (alternative, html);
  }
  return GMIME_OBJECT (alternative);
}

/* An attachment while it is written: the open file, and how it stood at opening. */
typedef struct
{
  WaxAttachment *attachment;
  int fd;
  struct stat opened;
} OpenFile;

static void
open_file_free (OpenFile *self)
{
  g_clear_object (&self->attachment);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenFile, open_file_free)

/* Whether the file ends where it says: those of the kernel (/proc, /sys) say so
 * and do not, and would arrive empty or cut short. */
static gboolean
ends_at (int fd, goffset size)
{
  char octet;

  return pread (fd, &octet, 1, size) == 0 && (size == 0 || pread (fd, &octet, 1, size - 1) == 1);
}

static OpenFile *
open_file (WaxAttachment *attachment, GError **error)
{
  g_autoptr (OpenFile) self = g_new0 (OpenFile, 1);
  const char *path = wax_attachment_get_path (attachment);
  g_autofree char *shown = g_filename_display_name (path);

  self->attachment = g_object_ref (attachment);
  /* Not blocking, so that a pipe put in the file's place cannot hold us. */
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (self->fd < 0 || fstat (self->fd, &self->opened) != 0)
    {
      int code = errno;

      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                   "The attachment “%s” cannot be read: %s", shown, g_strerror (code));
      return NULL;
    }
  if (!S_ISREG (self->opened.st_mode))
    {
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                   "The attachment “%s” is not a regular file", shown);
      return NULL;
    }
  if (self->opened.st_size != wax_attachment_get_size (attachment))
    {
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                   "The attachment “%s” has changed since it was attached (%" G_GINT64_FORMAT
                   " octets then, %" G_GINT64_FORMAT " now): attach it again",
                   shown, wax_attachment_get_size (attachment), (gint64) self->opened.st_size);
      return NULL;
    }
  if (!ends_at (self->fd, self->opened.st_size))
    {
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                   "The attachment “%s” does not have the %" G_GINT64_FORMAT
                   " octets that it says: attach a copy of it",
                   shown, (gint64) self->opened.st_size);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/* What was written must be one state of the file, not two halves. */
static gboolean
check_unchanged (GPtrArray *files, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      OpenFile *file = g_ptr_array_index (files, i);
      g_autofree char *shown = NULL;
      struct stat now;

      if (fstat (file->fd, &now) == 0 && now.st_size == file->opened.st_size
          && now.st_mtim.tv_sec == file->opened.st_mtim.tv_sec
          && now.st_mtim.tv_nsec == file->opened.st_mtim.tv_nsec)
        continue;
      shown = g_filename_display_name (wax_attachment_get_path (file->attachment));
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                   "The attachment “%s” was changed while it was read: try again once it is still", shown);
      return FALSE;
    }

  return TRUE;
}

static GMimeObject *
file_part (OpenFile *file, WaxTransferLimit limit)
{
  g_auto (GStrv) type = g_strsplit (wax_attachment_get_content_type (file->attachment), "/", 2);
  GMimePart *part = g_mime_part_new_with_type (type[0], type[1]);
  g_autoptr (GMimeStream) stream = g_mime_stream_fs_new_with_bounds (file->fd, 0, file->opened.st_size);
  g_autoptr (GMimeDataWrapper) content = NULL;
  const char *name = wax_attachment_get_name (file->attachment);

  /* The descriptor is ours to close. */
  g_mime_stream_fs_set_owner (GMIME_STREAM_FS (stream), FALSE);
  content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, limit == WAX_TRANSFER_BINARY ? GMIME_CONTENT_ENCODING_BINARY
                                                                       : GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition (GMIME_OBJECT (part), GMIME_DISPOSITION_ATTACHMENT);
  g_mime_part_set_filename (part, name);
  if (!g_str_is_ascii (name))
    {
      GMimeContentType *content_type = g_mime_object_get_content_type (GMIME_OBJECT (part));
      GMimeContentDisposition *disposition = g_mime_object_get_content_disposition (GMIME_OBJECT (part));

      g_mime_param_set_charset (
          g_mime_param_list_get_parameter (g_mime_content_type_get_parameters (content_type), "name"),
          CHARSET);
      g_mime_param_set_charset (g_mime_param_list_get_parameter (
                                    g_mime_content_disposition_get_parameters (disposition), "filename"),
                                CHARSET);
    }

  return GMIME_OBJECT (part);
}

static GPtrArray *
open_files (WaxDraft *draft, GError **error)
{
  GListModel *attachments = G_LIST_MODEL (wax_draft_get_attachments (draft));
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) open_file_free);

  for (guint i = 0; i < g_list_model_get_n_items (attachments); i++)
    {
      g_autoptr (WaxAttachment) attachment = g_list_model_get_item (attachments, i);
      OpenFile *file = open_file (attachment, error);

      if (file == NULL)
        return NULL;
      g_ptr_array_add (files, file);
    }

  return g_steal_pointer (&files);
}

static GMimeObject *
whole_body (WaxDraft *draft, GPtrArray *files, WaxTransferLimit limit)
{
  g_autoptr (GMimeObject) body = body_part (draft, limit);
  GMimeMultipart *mixed;

  if (files->len == 0)
    return g_steal_pointer (&body);

  mixed = g_mime_multipart_new_with_subtype ("mixed");
  if (limit == WAX_TRANSFER_BINARY)
    g_mime_object_set_header (GMIME_OBJECT (mixed), "Content-Transfer-Encoding", "binary", NULL);
  g_mime_multipart_add (mixed, body);
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GMimeObject) part = file_part (g_ptr_array_index (files, i), limit);

      g_mime_multipart_add (mixed, part);
    }
  return GMIME_OBJECT (mixed);
}

/* ---- the header ---- */

static void
add_mailbox (InternetAddressList *list, const WaxAddress *address)
{
  g_autoptr (InternetAddress) mailbox = internet_address_mailbox_new (address->name, address->mailbox);

  internet_address_set_charset (mailbox, CHARSET);
  internet_address_list_add (list, mailbox);
}

/* Fills @list; sets *@needs_utf8 if an address cannot be written in ASCII. */
static gboolean
add_addresses (InternetAddressList *list,
               const char *name,
               const char *text,
               gboolean *needs_utf8,
               GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GPtrArray) addresses = wax_address_list_parse (text, &reason);

  if (addresses == NULL)
    {
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ADDRESS, "%s: %s", name, reason->message);
      return FALSE;
    }
  for (guint i = 0; i < addresses->len; i++)
    {
      const WaxAddress *address = g_ptr_array_index (addresses, i);

      *needs_utf8 |= address->needs_utf8;
      add_mailbox (list, address);
    }

  return TRUE;
}

static gboolean
set_header (GMimeMessage *message,
            WaxDraft *draft,
            const WaxAddress *from,
            WaxMessageInfo *info,
            GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local_usec (wax_clock_now ());
  const char *chosen = wax_draft_get_message_id (draft);
  g_autofree char *bare = NULL;

  if (*chosen != '\0' && !wax_message_id_is_valid (chosen))
    {
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_HEADER, "“%s” is not a Message-ID", chosen);
      return FALSE;
    }
  info->message_id = *chosen != '\0' ? g_strdup (chosen) : wax_message_id_new (from->mailbox);
  info->subject = g_strdup (wax_draft_get_subject (draft));
  info->needs_utf8 = from->needs_utf8;

  add_mailbox (g_mime_message_get_from (message), from);
  if (!add_addresses (g_mime_message_get_to (message), "To", wax_draft_get_to (draft), &info->needs_utf8,
                      error)
      || !add_addresses (g_mime_message_get_cc (message), "Cc", wax_draft_get_cc (draft), &info->needs_utf8,
                         error))
    return FALSE;
  g_mime_message_set_subject (message, info->subject, CHARSET);
  g_mime_message_set_date (message, now);
  bare = g_strndup (info->message_id + 1, strlen (info->message_id) - 2);
  g_mime_message_set_message_id (message, bare);

  return TRUE;
}

/* ---- writing ---- */

/* Where there is nothing binary in it, every line end is made CRLF on the way out.
 * A file's own octets must stay: then GMime does it, for all but binary parts. */
static gboolean
write_tree (GMimeMessage *message, WaxMessageSink *sink)
{
  g_autoptr (GMimeStream) end = wax_sink_stream_new (sink);
  g_autoptr (GMimeStream) filtered = g_mime_stream_filter_new (end);
  g_autoptr (GMimeFilter) line_ends = g_mime_filter_unix2dos_new (TRUE);
  g_autoptr (GMimeFormatOptions) options = g_mime_format_options_new ();

  if (sink->binary)
    g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  else
    g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), line_ends);
  g_mime_format_options_add_hidden_header (options, "Bcc");

  return g_mime_object_write_to_stream (GMIME_OBJECT (message), options, filtered) >= 0
         && g_mime_stream_flush (filtered) == 0;
}

WaxMessageInfo *
wax_mime_write (WaxDraft *draft,
                const WaxAddress *from,
                WaxTransferLimit limit,
                GOutputStream *out,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (WaxMessageInfo) info = wax_message_info_new ();
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GMimeObject) body = NULL;
  g_auto (WaxMessageSink) sink = { 0 };
  gboolean written;

  g_return_val_if_fail (WAX_IS_DRAFT (draft) && from != NULL && G_IS_OUTPUT_STREAM (out), NULL);

  wax_gmime_init ();
  if (!wax_draft_check (draft, error))
    return NULL;
  files = open_files (draft, error);
  if (files == NULL)
    return NULL;
  message = g_mime_message_new (FALSE);
  if (!set_header (message, draft, from, info, error))
    return NULL;
  body = whole_body (draft, files, limit);
  g_mime_message_set_mime_part (message, body);

  wax_message_sink_init (&sink, out, cancellable);
  sink.binary = limit == WAX_TRANSFER_BINARY && files->len > 0;
  written = write_tree (message, &sink);
  if (sink.error == NULL && !check_unchanged (files, error))
    return NULL;
  if (!wax_message_sink_finish (&sink))
    {
      g_propagate_error (error, g_steal_pointer (&sink.error));
      return NULL;
    }
  if (!written)
    {
      g_set_error_literal (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT,
                           "An attachment could not be read to its end");
      return NULL;
    }

  info->size = sink.size;
  info->sha256 = wax_message_sink_digest (&sink);
  info->needs_8bit = sink.high_bit;
  info->needs_binary = sink.binary;
  for (guint i = 0; i < files->len; i++)
    {
      OpenFile *file = g_ptr_array_index (files, i);

      g_ptr_array_add (info->attachments,
                       wax_attachment_info_new (wax_attachment_get_name (file->attachment),
                                                wax_attachment_get_content_type (file->attachment),
                                                file->opened.st_size));
    }

  return g_steal_pointer (&info);
}
