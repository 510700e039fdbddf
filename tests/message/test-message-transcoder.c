/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message written anew for a server that takes less: what its receiver decodes
 * is the same, it keeps within the limit, and what is signed is not touched. The
 * receiver here is GMime's parser, which shares no code with what is tested. */

#include "message-transcoder.h"

#include <string.h>

#include "message-gmime.h"

static GBytes *
read_all (GInputStream *stream, gsize step)
{
  GByteArray *all = g_byte_array_new ();
  guint8 piece[8192];
  gssize got;

  while ((got = g_input_stream_read (stream, piece, step, NULL, NULL)) > 0)
    g_byte_array_append (all, piece, (guint) got);
  g_assert_cmpint (got, ==, 0);

  return g_byte_array_free_to_bytes (all);
}

static GBytes *
transcode (GBytes *message, WaxTransferLimit limit, WaxTranscodeFacts *facts, GError **error)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_bytes (message);
  g_autoptr (GInputStream) out = wax_message_transcode (in, limit, facts, NULL, error);

  return out != NULL ? read_all (out, 8192) : NULL;
}

/* ---- by example ---- */

#define HEAD            "Subject: x\r\n"
#define MIXED(encoding) HEAD encoding "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

static const struct
{
  const char *name;
  WaxTransferLimit limit;
  const char *before;
  const char *after; /* NULL: it is refused */
} examples[] = {
  { "ascii-stays", WAX_TRANSFER_7BIT, HEAD "\r\nHi\r\n", HEAD "\r\nHi\r\n" },
  { "eight-bit-stays-where-allowed", WAX_TRANSFER_8BIT, HEAD "\r\nGr\xc3\xbc\r\n",
    HEAD "\r\nGr\xc3\xbc\r\n" },
  { "text-is-quoted", WAX_TRANSFER_7BIT, HEAD "\r\nGood morning, Gr\xc3\xbc=\r\n",
    HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, Gr=C3=BC=3D\r\n" },
  { "dense-text-is-base64", WAX_TRANSFER_7BIT, HEAD "\r\n\xc3\xbc\xc3\xbc\r\n",
    HEAD "Content-Transfer-Encoding: base64\r\n\r\nw7zDvA0K\r\n" },
  { "label-is-replaced", WAX_TRANSFER_7BIT,
    "content-transfer-encoding:\r\n 8BIT\r\n" HEAD "\r\nGood morning, Gr\xc3\xbc\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n" HEAD "\r\nGood morning, Gr=C3=BC\r\n" },
  { "label-beyond-its-text", WAX_TRANSFER_7BIT, "Content-Transfer-Encoding: binary\r\n\r\nHi\r\n",
    "Content-Transfer-Encoding: 7bit\r\n\r\nHi\r\n" },
  { "no-line-end-at-the-end", WAX_TRANSFER_7BIT, HEAD "\r\nGood morning, Gr\xc3\xbc",
    HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, Gr=C3=BC=\r\n" },
  { "blank-before-a-line-end", WAX_TRANSFER_7BIT, HEAD "\r\nGood morning, \xc3\xbc \r\n\t\r\n ",
    HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, =C3=BC=20\r\n=09\r\n=20=\r\n" },
  { "lone-cr-and-lf", WAX_TRANSFER_8BIT, "Content-Transfer-Encoding: binary\r\n\r\na\rb\nc\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n\r\na=0Db=0Ac\r\n" },
  { "parts", WAX_TRANSFER_7BIT,
    MIXED ("Content-Transfer-Encoding: 8bit\r\n") "pre\xc3\xbc\r\n--b\r\n\r\nabcdefghijkl\xc3\xbc\r\n--b  "
                                                  "\r\n\r\nHi\r\n--b--\r\n--b\r\n",
    MIXED ("Content-Transfer-Encoding: 7bit\r\n") "pre??\r\n--b\r\nContent-Transfer-Encoding: "
                                                  "quoted-printable\r\n\r\nabcdefghijkl=C3=BC\r\n--b  "
                                                  "\r\n\r\nHi\r\n--b--\r\n --b\r\n" },
  { "binary-part", WAX_TRANSFER_8BIT,
    MIXED ("Content-Transfer-Encoding: binary\r\n") "--b\r\nContent-Type: "
                                                    "image/png\r\nContent-Transfer-Encoding: "
                                                    "binary\r\n\r\n\xff\r\n\xfe\n\r\n--b--\r\n",
    MIXED ("Content-Transfer-Encoding: 8bit\r\n") "--b\r\nContent-Type: "
                                                  "image/png\r\nContent-Transfer-Encoding: "
                                                  "base64\r\n\r\n/w0K/go=\r\n--b--\r\n" },
  { "hyphens-are-no-boundary", WAX_TRANSFER_7BIT,
    MIXED ("") "--b\r\n\r\n--bx\xc3\xbc and so on and so on\r\n--b-\r\n\r\n--b--",
    MIXED ("") "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=2D-bx=C3=BC and so on and so "
               "on\r\n=2D-b-\r\n\r\n--b--" },
  { "message-inside", WAX_TRANSFER_7BIT,
    "Content-Type: message/rfc822\r\n\r\n" HEAD "\r\nGood morning, Gr\xc3\xbc\r\n",
    "Content-Type: message/rfc822\r\n\r\n" HEAD
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, Gr=C3=BC\r\n" },
  { "digest", WAX_TRANSFER_7BIT,
    "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n" HEAD
    "\r\nGood morning, Gr\xc3\xbc\r\n--b--\r\n",
    "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n" HEAD
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, Gr=C3=BC\r\n--b--\r\n" },
  { "signed-part-stays", WAX_TRANSFER_7BIT,
    MIXED ("") "--b\r\nContent-Type: multipart/signed; "
               "boundary=s\r\n\r\n--s\r\n\r\nHi\r\n--s--\r\n--b\r\n\r\nGood "
               "morning \xc3\xbc\r\n--b--\r\n",
    MIXED ("") "--b\r\nContent-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\nHi\r\n--s--\r\n--b\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\nGood morning =C3=BC\r\n--b--\r\n" },
  { "signed-part-is-not-touched", WAX_TRANSFER_7BIT,
    "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\n\xc3\xbc\r\n--s--\r\n", NULL },
  { "encrypted-part-is-not-touched", WAX_TRANSFER_8BIT,
    "Content-Type: multipart/encrypted; boundary=s\r\n\r\n--s\r\n\r\n\1\n\r\n--s--\r\n", NULL },
  { "smime-is-not-touched", WAX_TRANSFER_7BIT, "Content-Type: application/pkcs7-mime\r\n\r\n\xff\r\n", NULL },
  { "dkim-is-not-touched", WAX_TRANSFER_7BIT, "DKIM-Signature: v=1\r\n\r\n\xff\r\n", NULL },
  { "dkim-is-no-matter-within-the-limit", WAX_TRANSFER_8BIT, "DKIM-Signature: v=1\r\n\r\n\xff\r\n",
    "DKIM-Signature: v=1\r\n\r\n\xff\r\n" },
  { "dkim-inside-is-not-touched", WAX_TRANSFER_7BIT,
    "Content-Type: message/rfc822\r\n\r\nDKIM-Signature: v=1\r\n\r\n\xff\r\n", NULL },
  { "other-message-types", WAX_TRANSFER_7BIT, "Content-Type: message/partial\r\n\r\n\xff\r\n", NULL },
  { "wrong-encoding", WAX_TRANSFER_7BIT, "Content-Transfer-Encoding: base64\r\n\r\n\xff\r\n", NULL },
  { "unknown-encoding", WAX_TRANSFER_7BIT, "Content-Transfer-Encoding: x-own\r\n\r\n\xff\r\n", NULL },
  { "two-labels", WAX_TRANSFER_7BIT,
    "Content-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\xff\r\n", NULL },
  { "header-of-a-part", WAX_TRANSFER_7BIT, MIXED ("") "--b\r\nX: \xff\r\n\r\nHi\r\n--b--\r\n", NULL },
  { "header-of-the-message", WAX_TRANSFER_7BIT, "Subject: \xc3\xbc\r\n\r\nHi\r\n",
    "Subject: \xc3\xbc\r\n\r\nHi\r\n" },
  { "empty-parts", WAX_TRANSFER_7BIT, MIXED ("") "--b\r\n\r\n\r\n--b\r\n\r\n--b\r\n--b\r\nX: y\r\n--b--\r\n",
    MIXED ("") "--b\r\n\r\n\r\n--b\r\n\r\n--b\r\n--b\r\nX: y\r\n--b--\r\n" },
  { "no-last-boundary", WAX_TRANSFER_7BIT, MIXED ("") "--b\r\n\r\nGood morning, Gr\xc3\xbc\r\n",
    MIXED ("") "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGood morning, Gr=C3=BC\r\n" },
};

static void
test_example (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) before = g_bytes_new_static (examples[i].before, strlen (examples[i].before));
  g_autoptr (GError) error = NULL;
  WaxTranscodeFacts facts;
  g_autoptr (GBytes) after = transcode (before, examples[i].limit, &facts, &error);
  g_autofree char *text = NULL;

  if (examples[i].after == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      return;
    }
  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (after, NULL), g_bytes_get_size (after));
  g_assert_cmpstr (text, ==, examples[i].after);
  g_assert_cmpint (facts.size, ==, (gint64) strlen (examples[i].after));
  g_assert_cmpint (facts.needs, <=, examples[i].limit);
}

/* ---- at random ---- */

typedef struct
{
  GRand *random;
  GByteArray *out;
  gboolean binary;
} Maker;

static void
say (Maker *self, const char *text)
{
  g_byte_array_append (self->out, (const guint8 *) text, (guint) strlen (text));
}

static int
pick (Maker *self, int count)
{
  return g_rand_int_range (self->random, 0, count);
}

static void
make_content (Maker *self)
{
  static const char *const words[] = {
    "\r\n",
    "\r\n",
    "\r\n\r\n",
    "Hello",
    "gr\xc3\xbc\xc3\x9f"
    "e",
    " ",
    "\t",
    "-",
    "--",
    "\r\n--",
    "=",
    ".",
    "\r\n.\r\n",
    "From ",
    "\xff\xfe",
    "\xf0\x9f\x98\x80",
    "=C3",
    "--b",
    "\r\n--b",
    "\r\n--bb ",
  };
  static const char *const rough[] = { "\r", "\n", "\r\r\n", "\x01" };
  int count = pick (self, 4) == 0 ? pick (self, 60) : pick (self, 8);

  for (int i = 0; i < count; i++)
    {
      if (self->binary && pick (self, 4) == 0)
        {
          /* For GMime a bare LF ends a line too, and so a boundary: not here. */
          say (self, "x");
          say (self, rough[pick (self, G_N_ELEMENTS (rough))]);
          if (pick (self, 3) == 0)
            g_byte_array_append (self->out, (const guint8 *) "\0", 1);
          say (self, "x");
        }
      else if (self->binary && pick (self, 20) == 0)
        {
          g_autofree char *line = g_strnfill (500 + (gsize) pick (self, 1500), 'y');

          say (self, line);
        }
      else
        say (self, words[pick (self, G_N_ELEMENTS (words))]);
    }
}

static void
make_label (Maker *self)
{
  static const char *const labels[] = { "", "", "7bit", "8bit", "binary", "8BIT" };
  const char *label = labels[pick (self, G_N_ELEMENTS (labels))];

  if (*label == '\0')
    return;
  say (self, "Content-Transfer-Encoding: ");
  say (self, label);
  say (self, "\r\n");
}

static void
make_entity (Maker *self, int depth)
{
  static const char *const types[] = { "text/plain", "text/html; charset=utf-8", "application/octet-stream",
                                       "image/png" };
  static const char *const boundaries[] = { "b", "bb", "b-", "=_x", "b'()+_,-./:=?" };
  int kind = depth < 4 ? pick (self, 5) : 4;

  if (kind < 2)
    {
      const char *boundary = boundaries[depth];
      int parts = pick (self, 4);

      make_label (self);
      say (self, "Content-Type: multipart/mixed; boundary=\"");
      say (self, boundary);
      say (self, "\"\r\n\r\n");
      if (pick (self, 3) == 0)
        say (self, "Preamble gr\xc3\xbc\xc3\x9f"
                   "e\r\n");
      for (int i = 0; i < parts; i++)
        {
          say (self, i == 0 && pick (self, 2) == 0 ? "--" : "\r\n--");
          say (self, boundary);
          say (self, pick (self, 4) == 0 ? " \t\r\n" : "\r\n");
          make_entity (self, depth + 1);
        }
      if (pick (self, 6) != 0)
        {
          say (self, "\r\n--");
          say (self, boundary);
          say (self, "--");
          say (self, "\r\n");
        }
      if (pick (self, 4) == 0)
        say (self, "\r\nEpilogue gr\xc3\xbc\xc3\x9f"
                   "e\r\n");
      return;
    }
  if (kind == 2 && depth > 0)
    {
      make_label (self);
      say (self, "Content-Type: message/rfc822\r\n\r\nSubject: inside\r\n");
      make_entity (self, depth + 1);
      return;
    }
  make_label (self);
  if (pick (self, 4) != 0)
    {
      say (self, "Content-Type: ");
      say (self, types[pick (self, G_N_ELEMENTS (types))]);
      say (self, "\r\n");
    }
  say (self, "\r\n");
  make_content (self);
}

/* Behind a boundary that the end of the message ends, GMime takes a CR for the part's. */
static void
end_boundary (Maker *self)
{
  gsize at = self->out->len;

  while (at > 0 && self->out->data[at - 1] != '\n')
    at--;
  if (self->out->len - at > 2 && memcmp (self->out->data + at, "--", 2) == 0)
    say (self, "\r\n");
}

static void
note_leaf (GMimeObject *parent, GMimeObject *object, gpointer user_data)
{
  g_autoptr (GMimeStream) memory = NULL;
  GMimeDataWrapper *content;
  GByteArray *decoded;

  if (GMIME_IS_MESSAGE_PART (object))
    {
      GMimeMessage *inside = g_mime_message_part_get_message (GMIME_MESSAGE_PART (object));

      if (inside != NULL)
        g_mime_message_foreach (inside, note_leaf, user_data);
      return;
    }
  if (!GMIME_IS_PART (object))
    return;
  content = g_mime_part_get_content (GMIME_PART (object));
  memory = g_mime_stream_mem_new ();
  if (content != NULL)
    g_mime_data_wrapper_write_to_stream (content, memory);
  decoded = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (memory));
  g_ptr_array_add (user_data, g_bytes_new (decoded->data, decoded->len));
}

/* (element-type GBytes) What a receiver gets of each leaf. */
static GPtrArray *
leaves_of (GBytes *message)
{
  GPtrArray *leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize length;
  const char *data = g_bytes_get_data (message, &length);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (data, length);
  g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (stream);
  g_autoptr (GMimeMessage) parsed = g_mime_parser_construct_message (parser, NULL);

  g_assert_nonnull (parsed);
  g_mime_message_foreach (parsed, note_leaf, leaves);
  return leaves;
}

static char *
printable (GBytes *bytes)
{
  gsize length;
  const guint8 *octets = g_bytes_get_data (bytes, &length);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (octets[i] >= ' ' && octets[i] <= '~')
      g_string_append_c (text, (char) octets[i]);
    else
      g_string_append_printf (text, "\%02x", octets[i]);

  return g_string_free (text, FALSE);
}

static void
assert_same_leaves (GBytes *before, GBytes *after, guint32 seed)
{
  g_autoptr (GPtrArray) old = leaves_of (before);
  g_autoptr (GPtrArray) new = leaves_of (after);

  if (old->len != new->len)
    {
      g_test_message ("before:\n%.*s\nafter:\n%.*s", (int) g_bytes_get_size (before),
                      (const char *) g_bytes_get_data (before, NULL), (int) g_bytes_get_size (after),
                      (const char *) g_bytes_get_data (after, NULL));
      g_error ("seed %u: %u leaves became %u", seed, old->len, new->len);
    }
  for (guint i = 0; i < old->len; i++)
    if (!g_bytes_equal (g_ptr_array_index (old, i), g_ptr_array_index (new, i)))
      {
        g_autofree char *was = printable (g_ptr_array_index (old, i));
        g_autofree char *is = printable (g_ptr_array_index (new, i));
        g_autofree char *all = printable (before);
        g_autofree char *now = printable (after);

        g_test_message ("before: %s\nafter: %s", all, now);
        g_error ("seed %u, leaf %u: “%s” became “%s”", seed, i, was, is);
      }
}

static void
assert_within (GBytes *message, WaxTransferLimit limit, guint32 seed)
{
  gsize length, line = 0;
  const guint8 *octets = g_bytes_get_data (message, &length);

  for (gsize i = 0; i < length && limit != WAX_TRANSFER_BINARY; i++)
    {
      gboolean lf = octets[i] == '\n', cr = octets[i] == '\r';

      if (octets[i] == '\0' || (lf && (i == 0 || octets[i - 1] != '\r'))
          || (cr && (i + 1 == length || octets[i + 1] != '\n')) || line > 998
          || (limit == WAX_TRANSFER_7BIT && octets[i] > 127))
        g_error ("seed %u: octet %" G_GSIZE_FORMAT " is beyond the limit", seed, i);
      line = lf ? 0 : line + (cr ? 0 : 1);
    }
}

/* Text that looks like a boundary can make a header of what is none, and that may
 * have to be refused. */
static gboolean
try_one (guint32 seed, WaxTransferLimit limit)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  Maker maker = { random, g_byte_array_new (), g_rand_boolean (random) };
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  WaxTranscodeFacts facts, twice;

  say (&maker, "From: a@example.org\r\nMIME-Version: 1.0\r\n");
  make_entity (&maker, 0);
  end_boundary (&maker);
  before = g_byte_array_free_to_bytes (maker.out);
  after = transcode (before, limit, &facts, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return FALSE;
  g_assert_no_error (error);
  g_assert_cmpint (facts.size, ==, (gint64) g_bytes_get_size (after));
  g_assert_cmpint (facts.needs, <=, limit);
  assert_within (after, limit, seed);
  assert_same_leaves (before, after, seed);
  if (limit == WAX_TRANSFER_BINARY)
    g_assert_true (g_bytes_equal (before, after));

  again = transcode (after, limit, &twice, &error);
  g_assert_no_error (error);
  if (!g_bytes_equal (after, again))
    g_error ("seed %u: a second time changes it", seed);
  g_assert_cmpuint (twice.recoded, ==, 0);

  return TRUE;
}

static void
test_random (void)
{
  guint done = 0, all = 0;

  for (guint32 seed = 1; seed <= 3000; seed++)
    for (int limit = WAX_TRANSFER_7BIT; limit <= WAX_TRANSFER_BINARY; limit++, all++)
      done += try_one (seed, (WaxTransferLimit) limit) ? 1 : 0;
  g_test_message ("%u of %u were written", done, all);
  g_assert_cmpuint (done, >, all * 3 / 4);
}

/* ---- the stream ---- */

/* Larger than any buffer, read in odd steps, with boundaries at every place of one. */
static void
test_large (void)
{
  for (gsize size = 65500; size < 65560; size++)
    {
      g_autoptr (GByteArray) text = g_byte_array_new ();
      g_autofree char *line = g_strnfill (size, 'z');
      g_autoptr (GBytes) before = NULL;
      g_autoptr (GBytes) after = NULL;
      g_autoptr (GInputStream) in = NULL;
      g_autoptr (GInputStream) out = NULL;
      g_autoptr (GError) error = NULL;
      WaxTranscodeFacts facts;

      g_byte_array_append (text, (const guint8 *) MIXED ("") "--b\r\n\r\n",
                           strlen (MIXED ("") "--b\r\n\r\n"));
      g_byte_array_append (text, (const guint8 *) line, (guint) size);
      g_byte_array_append (text, (const guint8 *) "\r\n\r\n--b\r\n\r\n\xff\r\n--b--\r\n", 21);
      before = g_bytes_new (text->data, text->len);
      in = g_memory_input_stream_new_from_bytes (before);
      out = wax_message_transcode (in, WAX_TRANSFER_7BIT, &facts, NULL, &error);
      g_assert_no_error (error);
      after = read_all (out, 777);
      g_assert_cmpuint (facts.recoded, ==, 2);
      g_assert_cmpint (facts.size, ==, (gint64) g_bytes_get_size (after));
      assert_same_leaves (before, after, (guint32) size);
    }
}

static void
test_cancel (void)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data ("X: y\r\n\r\n\xff\r\n", -1, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  WaxTranscodeFacts facts;

  g_cancellable_cancel (cancellable);
  g_assert_null (wax_message_transcode (in, WAX_TRANSFER_7BIT, &facts, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  wax_gmime_init ();
  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *path = g_strdup_printf ("/message/transcoder/%s", examples[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_example);
    }
  g_test_add_func ("/message/transcoder/random-trees", test_random);
  g_test_add_func ("/message/transcoder/large", test_large);
  g_test_add_func ("/message/transcoder/cancel", test_cancel);

  return g_test_run ();
}
