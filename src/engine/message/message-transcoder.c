/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A finished message for a server that takes less than it was written for. It is
 * read twice by the same walk over its parts (RFC 2046 section 5.1): the first
 * time each leaf is looked at, the second time those beyond the limit are encoded
 * as they pass. The CRLF before a boundary belongs to the boundary, so the end of
 * a line is held back until it is known what follows. */

#include "message-transcoder.h"

#include <string.h>

#include "message-gmime.h"
#include "mime-header.h"
#include "transfer-encoder.h"

#define BUFFER_SIZE  (64 * 1024)
#define HEADER_LIMIT (1024 * 1024)
/* A boundary with its hyphens and the white space behind it fits into this. */
#define LINE_LIMIT  998
#define DEPTH_LIMIT 64
#define LEAF_LIMIT  (64 * 1024)

/* Part of a line, or a whole one. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gboolean starts;
  gboolean ends; /* a CRLF follows, which is not among the octets */
} Piece;

/* What was found in a leaf, and what is to become of it. */
typedef struct
{
  guint8 needs; /* WaxTransferLimit */
  guint8 dense; /* more than a sixth is above 127: base64 is shorter */
} Leaf;

typedef struct
{
  char *boundary;
  gboolean digest;
} Level;

typedef enum
{
  IN_HEADER,
  IN_LEAF,
  IN_BETWEEN, /* the text before the first and after the last part, which nobody reads */
} Place;

#define WAX_TYPE_TRANSCODER (wax_transcoder_get_type ())
G_DECLARE_FINAL_TYPE (WaxTranscoder, wax_transcoder, WAX, TRANSCODER, GInputStream)

struct _WaxTranscoder
{
  GInputStream parent_instance;

  GInputStream *message;
  WaxTransferLimit limit;
  gboolean analysing;
  GArray *leaves; /* of Leaf, in their order */
  guint leaf;     /* the next one */

  /* reading */
  guint8 *buffer;
  gsize have;
  gsize used;
  gboolean at_end;
  gboolean at_line_start;

  /* where we are */
  GArray *levels; /* of Level, the outermost first */
  Place place;
  GByteArray *header;
  gboolean is_message; /* the header is a message's */
  gboolean is_root;
  gboolean in_digest;
  WaxEntityKind kind;  /* of the leaf */
  gboolean line_ended; /* a CRLF is held back */

  /* what the leaf has, while it is looked at */
  guint64 high;
  guint64 octets;
  gsize line;
  WaxTransferLimit needs;

  WaxTransferEncoder encoder;
  gsize between; /* octets of the current line there */
  GByteArray *out;
  gsize out_used;
  guint recoded;
  gboolean finished;
};

G_DEFINE_FINAL_TYPE (WaxTranscoder, wax_transcoder, G_TYPE_INPUT_STREAM)

const char *
wax_transfer_limit_to_string (WaxTransferLimit limit)
{
  static const char *const names[] = { "7bit", "8bit", "binary" };

  g_return_val_if_fail ((guint) limit < G_N_ELEMENTS (names), NULL);

  return names[limit];
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The message cannot be encoded anew: %s", what);
  return FALSE;
}

static void
clear_level (gpointer data)
{
  g_free (((Level *) data)->boundary);
}

/* ---- reading ---- */

/* Makes sure that the buffer holds a line, or as much of it as could be a
 * boundary, or all there is. */
static gboolean
fill (WaxTranscoder *self, GCancellable *cancellable, GError **error)
{
  while (!self->at_end && self->have - self->used < LINE_LIMIT + 2)
    {
      gssize got;

      /* Not every stream looks at its cancellable. */
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      memmove (self->buffer, self->buffer + self->used, self->have - self->used);
      self->have -= self->used;
      self->used = 0;
      got = g_input_stream_read (self->message, self->buffer + self->have, BUFFER_SIZE - self->have,
                                 cancellable, error);
      if (got < 0)
        return FALSE;
      self->have += (gsize) got;
      self->at_end = got == 0;
    }

  return TRUE;
}

/* The place of the first CRLF in what is buffered, or the end of it. */
static gsize
find_line_end (const guint8 *octets, gsize length, gboolean *found)
{
  const guint8 *at = octets;
  const guint8 *end = octets + length;

  *found = FALSE;
  while ((at = memchr (at, '\r', (gsize) (end - at))) != NULL)
    {
      if (at + 1 < end && at[1] == '\n')
        {
          *found = TRUE;
          return (gsize) (at - octets);
        }
      at++;
    }

  return length;
}

/* *@piece is valid until the next one is read; all zero at the end. */
static gboolean
next_piece (WaxTranscoder *self, Piece *piece, GCancellable *cancellable, GError **error)
{
  gsize length;

  *piece = (Piece) { 0 };
  if (!fill (self, cancellable, error))
    return FALSE;
  if (self->used == self->have)
    return TRUE;

  piece->octets = self->buffer + self->used;
  piece->starts = self->at_line_start;
  length = find_line_end (piece->octets, self->have - self->used, &piece->ends);
  /* A CR at the very end of the buffer may be half of a line end. */
  if (!piece->ends && !self->at_end && piece->octets[length - 1] == '\r')
    length--;
  piece->length = length;
  self->used += length + (piece->ends ? 2 : 0);
  self->at_line_start = piece->ends;

  return TRUE;
}

/* ---- boundaries ---- */

static gboolean
is_boundary (const Level *level, const Piece *piece, gboolean *closes)
{
  gsize length = strlen (level->boundary);
  const char *line = (const char *) piece->octets;
  gsize at = 2 + length;

  if (piece->length < at || strncmp (line + 2, level->boundary, length) != 0)
    return FALSE;
  *closes = piece->length >= at + 2 && line[at] == '-' && line[at + 1] == '-';
  for (at += *closes ? 2 : 0; at < piece->length; at++)
    if (line[at] != ' ' && line[at] != '\t')
      return FALSE;

  return TRUE;
}

/* The level whose boundary @piece is, the innermost first; -1 for none. */
static int
find_boundary (WaxTranscoder *self, const Piece *piece, gboolean *closes)
{
  if (!piece->starts || piece->length < 3 || piece->length > LINE_LIMIT || piece->octets[0] != '-'
      || piece->octets[1] != '-' || (!piece->ends && !(self->at_end && self->used == self->have)))
    return -1;
  for (guint i = self->levels->len; i > 0; i--)
    if (is_boundary (&g_array_index (self->levels, Level, i - 1), piece, closes))
      return (int) i - 1;

  return -1;
}

/* ---- leaves ---- */

static const char *
reason_of (WaxEntityKind kind)
{
  switch (kind)
    {
    case WAX_ENTITY_SIGNED:
      return "a part that is signed or encrypted would have to be changed";
    case WAX_ENTITY_ENCODED:
      return "a part has octets that its own encoding does not allow";
    case WAX_ENTITY_TEXT:
    case WAX_ENTITY_DATA:
    case WAX_ENTITY_MULTIPART:
    case WAX_ENTITY_MESSAGE:
    case WAX_ENTITY_STRANGE:
    default:
      return "a part is of a kind that has no other encoding, or its header is not understood";
    }
}

static gboolean
may_encode (WaxEntityKind kind)
{
  return kind == WAX_ENTITY_TEXT || kind == WAX_ENTITY_DATA;
}

static void
look_at_octets (WaxTranscoder *self, const guint8 *octets, gsize length)
{
  self->octets += length;
  self->line += length;
  if (self->line > LINE_LIMIT)
    self->needs = WAX_TRANSFER_BINARY;
  for (gsize i = 0; i < length; i++)
    {
      self->high += octets[i] > 127;
      if (octets[i] == '\0' || octets[i] == '\r' || octets[i] == '\n')
        self->needs = WAX_TRANSFER_BINARY;
    }
}

static void
leaf_push (WaxTranscoder *self, const guint8 *octets, gsize length)
{
  if (self->analysing)
    look_at_octets (self, octets, length);
  else
    wax_transfer_encoder_push (&self->encoder, octets, length);
}

static void
leaf_line_end (WaxTranscoder *self)
{
  self->line = 0;
  if (!self->analysing)
    wax_transfer_encoder_line_end (&self->encoder);
}

/* @at_end: of the message; else a boundary follows. */
static gboolean
leaf_finish (WaxTranscoder *self, gboolean at_end, GError **error)
{
  Leaf leaf = { 0 };

  if (at_end && self->line_ended)
    {
      leaf_line_end (self);
      self->line_ended = FALSE;
    }
  if (!self->analysing)
    {
      wax_transfer_encoder_finish (&self->encoder, at_end);
      return TRUE;
    }

  leaf.needs = (guint8) (self->needs == WAX_TRANSFER_BINARY ? WAX_TRANSFER_BINARY
                         : self->high > 0                   ? WAX_TRANSFER_8BIT
                                                            : WAX_TRANSFER_7BIT);
  leaf.dense = self->high > self->octets / 6;
  if (leaf.needs > (guint8) self->limit && !may_encode (self->kind))
    return refuse (error, reason_of (self->kind));
  if (self->leaves->len == LEAF_LIMIT)
    return refuse (error, "it has too many parts");
  g_array_append_val (self->leaves, leaf);
  return TRUE;
}

static void
leaf_begin (WaxTranscoder *self, WaxTransferCoding coding)
{
  self->place = IN_LEAF;
  self->line_ended = FALSE;
  self->high = self->octets = 0;
  self->line = 0;
  self->needs = WAX_TRANSFER_7BIT;
  self->leaf++;
  wax_transfer_encoder_init (&self->encoder, coding, self->out);
}

/* ---- headers ---- */

static void
write_header (WaxTranscoder *self, const char *encoding)
{
  if (self->analysing)
    return;
  if (encoding != NULL)
    wax_mime_header_relabel ((const char *) self->header->data, self->header->len, encoding, self->out);
  else
    g_byte_array_append (self->out, self->header->data, self->header->len);
}

/* Only the first header may have eight bits: with it goes SMTPUTF8. */
static gboolean
check_header (WaxTranscoder *self, GError **error)
{
  gsize line = 0;

  for (guint i = 0; self->analysing && i < self->header->len; i++)
    {
      guint8 octet = self->header->data[i];
      gboolean ends = octet == '\n' && i > 0 && self->header->data[i - 1] == '\r';
      gboolean begins_end = octet == '\r' && i + 1 < self->header->len && self->header->data[i + 1] == '\n';

      line = ends ? 0 : line + (begins_end ? 0 : 1);
      if (self->limit != WAX_TRANSFER_BINARY
          && (line > LINE_LIMIT || octet == '\0' || (octet == '\n' && !ends)
              || (octet == '\r' && !begins_end)))
        return refuse (error, "the header of a part is not well formed");
      if (self->limit == WAX_TRANSFER_7BIT && octet > 127 && !self->is_root)
        return refuse (error, "the header of a part has eight-bit text");
    }

  return TRUE;
}

/* What is to become of the leaf whose header was read. */
static WaxTransferCoding
choose_coding (WaxTranscoder *self, const WaxMimeHeader *header, const char **encoding)
{
  const Leaf *leaf;

  *encoding = NULL;
  if (self->analysing || !may_encode (header->kind) || self->leaf >= self->leaves->len)
    return WAX_CODING_IDENTITY;

  leaf = &g_array_index (self->leaves, Leaf, self->leaf);
  if (leaf->needs <= (guint8) self->limit)
    {
      if (header->label > self->limit)
        *encoding = wax_transfer_limit_to_string ((WaxTransferLimit) leaf->needs);
      return WAX_CODING_IDENTITY;
    }
  self->recoded++;
  if (header->kind == WAX_ENTITY_TEXT && !leaf->dense)
    {
      *encoding = "quoted-printable";
      return WAX_CODING_QUOTED_PRINTABLE;
    }
  *encoding = "base64";
  return WAX_CODING_BASE64;
}

static void
begin_header (WaxTranscoder *self, gboolean is_message, gboolean in_digest)
{
  self->place = IN_HEADER;
  self->is_message = is_message;
  self->in_digest = in_digest;
  g_byte_array_set_size (self->header, 0);
}

static void
push_level (WaxTranscoder *self, WaxMimeHeader *header)
{
  Level level = { g_steal_pointer (&header->boundary), header->digest };

  g_array_append_val (self->levels, level);
  self->place = IN_BETWEEN;
  self->between = 0;
}

/* The header is complete: writes it, and goes on with what it says follows. A
 * composite part has the label of the worst in it, which is now the limit at most. */
static gboolean
end_header (WaxTranscoder *self, GError **error)
{
  g_auto (WaxMimeHeader) header = { 0 };
  const char *encoding = NULL;

  if (!check_header (self, error))
    return FALSE;
  wax_mime_header_read (&header, (const char *) self->header->data, self->header->len, self->is_message,
                        self->in_digest);
  if (header.kind == WAX_ENTITY_MULTIPART && self->levels->len == DEPTH_LIMIT)
    header.kind = WAX_ENTITY_STRANGE;
  self->is_root = FALSE;
  self->kind = header.kind;
  if (header.kind == WAX_ENTITY_MULTIPART || header.kind == WAX_ENTITY_MESSAGE)
    {
      write_header (self, header.label > self->limit ? wax_transfer_limit_to_string (self->limit) : NULL);
      if (header.kind == WAX_ENTITY_MULTIPART)
        push_level (self, &header);
      else
        begin_header (self, TRUE, FALSE);
    }
  else
    {
      WaxTransferCoding coding = choose_coding (self, &header, &encoding);

      write_header (self, encoding);
      leaf_begin (self, coding);
    }

  return TRUE;
}

/* ---- the walk ---- */

static void
put (WaxTranscoder *self, const void *octets, gsize length)
{
  if (!self->analysing)
    g_byte_array_append (self->out, octets, (guint) length);
}

static gboolean
take_header (WaxTranscoder *self, const Piece *piece, GError **error)
{
  if (piece->starts && piece->ends && piece->length == 0)
    {
      if (!end_header (self, error))
        return FALSE;
      put (self, "\r\n", 2);
      return TRUE;
    }
  if (self->header->len + piece->length > HEADER_LIMIT)
    return refuse (error, "the header of a part is longer than 1 MiB");
  g_byte_array_append (self->header, piece->octets, (guint) piece->length);
  if (piece->ends)
    g_byte_array_append (self->header, (const guint8 *) "\r\n", 2);

  return TRUE;
}

static void
take_leaf (WaxTranscoder *self, const Piece *piece)
{
  if (self->line_ended)
    leaf_line_end (self);
  leaf_push (self, piece->octets, piece->length);
  self->line_ended = piece->ends;
}

/* What nobody reads only has to be within the limit, and must not become a
 * boundary by what is done to it. */
static void
take_between (WaxTranscoder *self, const Piece *piece)
{
  if (self->limit != WAX_TRANSFER_BINARY && piece->starts && piece->length > 1
      && memcmp (piece->octets, "--", 2) == 0)
    {
      put (self, " ", 1);
      self->between++;
    }
  for (gsize i = 0; i < piece->length; i++)
    {
      guint8 octet = piece->octets[i];
      gboolean bad = self->limit != WAX_TRANSFER_BINARY
                     && (octet == '\0' || octet == '\r' || octet == '\n'
                         || (octet > 127 && self->limit == WAX_TRANSFER_7BIT));

      if (self->limit != WAX_TRANSFER_BINARY && self->between == LINE_LIMIT)
        {
          /* With a blank, so that the rest of the line is no boundary. */
          put (self, "\r\n ", 3);
          self->between = 1;
        }
      put (self, bad ? (const guint8 *) "?" : &octet, 1);
      self->between++;
    }
  if (!piece->ends)
    return;
  put (self, "\r\n", 2);
  self->between = 0;
}

/* What a part ends with, before the boundary or the end of the message. */
static gboolean
end_entity (WaxTranscoder *self, gboolean at_end, GError **error)
{
  if (self->place == IN_HEADER && !end_header (self, error))
    return FALSE;
  if (self->place == IN_LEAF && !leaf_finish (self, at_end, error))
    return FALSE;
  if (self->line_ended)
    put (self, "\r\n", 2);
  self->line_ended = FALSE;

  return TRUE;
}

static gboolean
take_boundary (WaxTranscoder *self, const Piece *piece, int level, gboolean closes, GError **error)
{
  if (!end_entity (self, FALSE, error))
    return FALSE;
  put (self, piece->octets, piece->length);
  if (piece->ends)
    put (self, "\r\n", 2);
  g_array_set_size (self->levels, (guint) level + (closes ? 0 : 1));
  self->place = IN_BETWEEN;
  self->between = 0;
  if (!closes)
    begin_header (self, FALSE, g_array_index (self->levels, Level, level).digest);

  return TRUE;
}

static gboolean
step (WaxTranscoder *self, GCancellable *cancellable, GError **error)
{
  Piece piece;
  gboolean closes = FALSE;
  int level;

  if (!next_piece (self, &piece, cancellable, error))
    return FALSE;
  if (piece.octets == NULL)
    {
      self->finished = TRUE;
      return end_entity (self, TRUE, error);
    }
  level = find_boundary (self, &piece, &closes);
  if (level >= 0)
    return take_boundary (self, &piece, level, closes, error);
  if (self->place == IN_HEADER)
    return take_header (self, &piece, error);
  if (self->place == IN_LEAF)
    take_leaf (self, &piece);
  else
    take_between (self, &piece);

  return TRUE;
}

/* ---- the stream ---- */

static gssize
wax_transcoder_read (GInputStream *stream,
                     void *buffer,
                     gsize count,
                     GCancellable *cancellable,
                     GError **error)
{
  WaxTranscoder *self = WAX_TRANSCODER (stream);

  if (self->out_used == self->out->len)
    {
      g_byte_array_set_size (self->out, 0);
      self->out_used = 0;
    }
  while (self->out->len == 0 && !self->finished)
    if (!step (self, cancellable, error))
      return -1;

  count = MIN (count, self->out->len - self->out_used);
  if (count == 0)
    return 0;
  memcpy (buffer, self->out->data + self->out_used, count);
  self->out_used += count;
  return (gssize) count;
}

static void
wax_transcoder_finalize (GObject *object)
{
  WaxTranscoder *self = WAX_TRANSCODER (object);

  g_clear_object (&self->message);
  g_clear_pointer (&self->leaves, g_array_unref);
  g_clear_pointer (&self->levels, g_array_unref);
  g_clear_pointer (&self->header, g_byte_array_unref);
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_free (self->buffer);

  G_OBJECT_CLASS (wax_transcoder_parent_class)->finalize (object);
}

static void
wax_transcoder_class_init (WaxTranscoderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_transcoder_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = wax_transcoder_read;
}

static void
wax_transcoder_init (WaxTranscoder *self)
{
  self->buffer = g_malloc (BUFFER_SIZE);
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (self->levels, clear_level);
  self->header = g_byte_array_new ();
  self->out = g_byte_array_new ();
  self->at_line_start = self->is_message = self->is_root = TRUE;
}

/* @leaves: (nullable): what an earlier walk found; without it this is that walk. */
static WaxTranscoder *
transcoder_new (GInputStream *message,
                goffset start,
                WaxTransferLimit limit,
                GArray *leaves,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (WaxTranscoder) self = g_object_new (WAX_TYPE_TRANSCODER, NULL);

  self->message = g_object_ref (message);
  self->limit = limit;
  self->analysing = leaves == NULL;
  self->leaves = leaves != NULL ? g_array_ref (leaves) : g_array_new (FALSE, FALSE, sizeof (Leaf));
  if (!g_seekable_seek (G_SEEKABLE (message), start, G_SEEK_SET, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* (transfer full) What the leaves of the message have. */
static GArray *
analyse (GInputStream *message,
         goffset start,
         WaxTransferLimit limit,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (WaxTranscoder) walk = transcoder_new (message, start, limit, NULL, cancellable, error);

  while (walk != NULL && !walk->finished)
    if (!step (walk, cancellable, error))
      return NULL;

  return walk != NULL ? g_array_ref (walk->leaves) : NULL;
}

/* Writes it to nowhere: the header is not looked at, the rest is. */
static gboolean
measure (WaxTranscoder *walk, WaxTranscodeFacts *facts, GCancellable *cancellable, GError **error)
{
  guint8 piece[4096];
  gboolean in_body = FALSE, cr = FALSE;
  gsize line = 0;
  gssize got;

  *facts = (WaxTranscodeFacts) { 0 };
  while ((got = g_input_stream_read (G_INPUT_STREAM (walk), piece, sizeof piece, cancellable, error)) > 0)
    {
      facts->size += got;
      for (gssize i = 0; i < got; i++)
        {
          guint8 octet = piece[i];

          if (in_body && (octet == '\0' || cr != (octet == '\n') || line > LINE_LIMIT))
            facts->needs = WAX_TRANSFER_BINARY;
          else if (in_body && octet > 127)
            facts->needs = MAX (facts->needs, WAX_TRANSFER_8BIT);
          in_body |= octet == '\n' && cr && line == 0;
          cr = octet == '\r';
          line = octet == '\n' ? 0 : line + (cr ? 0 : 1);
        }
    }
  facts->recoded = walk->recoded;

  return got == 0;
}

GInputStream *
wax_message_transcode (GInputStream *message,
                       WaxTransferLimit limit,
                       WaxTranscodeFacts *facts,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GArray) leaves = NULL;
  g_autoptr (WaxTranscoder) measured = NULL;
  goffset start;

  g_return_val_if_fail (G_IS_SEEKABLE (message), NULL);

  wax_gmime_init ();
  start = g_seekable_tell (G_SEEKABLE (message));
  leaves = analyse (message, start, limit, cancellable, error);
  if (leaves == NULL)
    return NULL;
  measured = transcoder_new (message, start, limit, leaves, cancellable, error);
  if (measured == NULL || !measure (measured, facts, cancellable, error))
    return NULL;

  return G_INPUT_STREAM (transcoder_new (message, start, limit, leaves, cancellable, error));
}
