/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Trust anchors, read by ourselves: the resolver library reads them at its first
 * question, says on stderr what is wrong with them, and passes over those that it
 * cannot use, after which every name below is "insecure" and not refused. */

#include "trust-anchor.h"

#include <gio/gio.h>
#include <string.h>

#include "dns-name.h"
#include "dns-resolver.h"

#define FILE_LIMIT    (256 * 1024)
#define ANCHOR_LIMIT  64
#define KEY_ZONE      0x0100
#define KEY_REVOKED   0x0080
#define KEY_PROTOCOL  3
#define KEY_SHORTEST  32
#define FIELD_NUMBERS 3

/* IANA's trust anchors of the root zone, as published in
 * https://data.iana.org/root-anchors/root-anchors.xml: KSK-2017 and KSK-2024. */
static const char root_anchors[] =
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

/* RFC 8624 section 3.1: what a validator has to know, SHA-1 left out. */
static const guint algorithms[] = { 8, 10, 13, 14, 15, 16 };

/* RFC 8624 section 3.3, the same. */
static const struct
{
  guint number;
  gsize octets;
} digests[] = { { 2, 32 }, { 4, 48 } };

void
wax_trust_anchor_free (WaxTrustAnchor *self)
{
  if (self == NULL)
    return;

  g_free (self->zone);
  g_free (self->record);
  g_free (self);
}

/* ---- one record ---- */

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, format);
  why = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_SETTINGS, "A trust anchor cannot be used: %s", why);

  return FALSE;
}

static gboolean
algorithm_is_known (guint algorithm)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (algorithms[i] == algorithm)
      return TRUE;

  return FALSE;
}

static gboolean
check_ds (const guint numbers[FIELD_NUMBERS], const char *digest, GError **error)
{
  gsize length = strlen (digest);

  if (!algorithm_is_known (numbers[1]))
    return refuse (error, "it has the key algorithm %u", numbers[1]);
  for (gsize i = 0; i < G_N_ELEMENTS (digests); i++)
    {
      if (digests[i].number != numbers[2])
        continue;
      if (length != 2 * digests[i].octets || strspn (digest, "0123456789abcdefABCDEF") != length)
        return refuse (error, "its digest is not one of %" G_GSIZE_FORMAT " octets", digests[i].octets);
      return TRUE;
    }

  return refuse (error, "it has the digest type %u", numbers[2]);
}

static gboolean
check_dnskey (const guint numbers[FIELD_NUMBERS], const char *key, GError **error)
{
  g_autofree guchar *octets = NULL;
  gsize length = 0;

  if ((numbers[0] & KEY_ZONE) == 0 || (numbers[0] & KEY_REVOKED) != 0 || numbers[1] != KEY_PROTOCOL)
    return refuse (error, "it is not a zone's key, or is revoked");
  if (!algorithm_is_known (numbers[2]))
    return refuse (error, "it has the key algorithm %u", numbers[2]);
  if (strspn (key, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+/=") == strlen (key))
    octets = g_base64_decode (key, &length);
  if (length < KEY_SHORTEST)
    return refuse (error, "its key is not base64, or too short");

  return TRUE;
}

/* Up to three numbers, then what is left, joined: keys may be written in pieces. */
static char *
read_fields (char **words, guint numbers[FIELD_NUMBERS], GError **error)
{
  static const guint64 largest[FIELD_NUMBERS] = { G_MAXUINT16, G_MAXUINT8, G_MAXUINT8 };

  for (guint i = 0; i < FIELD_NUMBERS; i++)
    {
      guint64 value;

      if (words[i] == NULL || !g_ascii_string_to_unsigned (words[i], 10, 0, largest[i], &value, NULL))
        {
          refuse (error, "one of its three numbers is missing or wrong");
          return NULL;
        }
      numbers[i] = (guint) value;
    }

  return g_strjoinv ("", words + FIELD_NUMBERS);
}

/* TTL and class, in either order, RFC 1035 section 5.1. */
static char **
skip_ttl_and_class (char **words)
{
  for (guint i = 0; i < 2 && *words != NULL; i++)
    if (g_ascii_strcasecmp (*words, "IN") == 0 || g_ascii_isdigit (**words))
      words++;

  return words;
}

static WaxTrustAnchor *
parse_record (char **words, GError **error)
{
  g_autoptr (WaxTrustAnchor) self = g_new0 (WaxTrustAnchor, 1);
  g_autofree char *rest = NULL;
  guint numbers[FIELD_NUMBERS];
  gboolean is_ds, good;

  self->zone = wax_dns_name_check (words[0], NULL);
  if (self->zone == NULL)
    {
      refuse (error, "it does not begin with the name of a zone");
      return NULL;
    }
  words = skip_ttl_and_class (words + 1);
  is_ds = *words != NULL && g_ascii_strcasecmp (*words, "DS") == 0;
  if (!is_ds && (*words == NULL || g_ascii_strcasecmp (*words, "DNSKEY") != 0))
    {
      refuse (error, "it is neither a DS nor a DNSKEY record");
      return NULL;
    }
  rest = read_fields (words + 1, numbers, error);
  if (rest == NULL)
    return NULL;
  good = is_ds ? check_ds (numbers, rest, error) : check_dnskey (numbers, rest, error);
  if (!good)
    return NULL;

  self->record = g_strdup_printf ("%s%s IN %s %u %u %u %s", self->zone,
                                  strcmp (self->zone, ".") == 0 ? "" : ".", is_ds ? "DS" : "DNSKEY",
                                  numbers[0], numbers[1], numbers[2], rest);

  return g_steal_pointer (&self);
}

/* ---- the file ---- */

/* Comments become nothing, line ends inside parentheses blanks, and the parentheses too. */
static void
flatten (char *text)
{
  guint depth = 0;
  gboolean comment = FALSE;

  for (char *c = text; *c != '\0'; c++)
    {
      if (*c == '\n')
        comment = FALSE;
      else if (*c == ';')
        comment = TRUE;

      if (comment)
        *c = ' ';
      else if (*c == '(' || *c == ')')
        {
          depth = *c == '(' ? depth + 1 : MAX (depth, 1) - 1;
          *c = ' ';
        }
      else if (*c == '\t' || *c == '\r' || (*c == '\n' && depth > 0))
        *c = ' ';
    }
}

static GStrv
split_words (const char *line)
{
  g_auto (GStrv) pieces = g_strsplit (line, " ", -1);
  GStrvBuilder *words = g_strv_builder_new ();
  GStrv result;

  for (guint i = 0; pieces[i] != NULL; i++)
    if (*pieces[i] != '\0')
      g_strv_builder_add (words, pieces[i]);
  result = g_strv_builder_end (words);
  g_strv_builder_unref (words);

  return result;
}

GPtrArray *
wax_trust_anchor_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_trust_anchor_free);
  g_autofree char *flat = g_strdup (text);
  g_auto (GStrv) lines = NULL;

  flatten (flat);
  lines = g_strsplit (flat, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = split_words (lines[i]);
      WaxTrustAnchor *anchor;

      if (words[0] == NULL)
        continue;
      anchor = parse_record (words, error);
      if (anchor == NULL)
        return NULL;
      g_ptr_array_add (anchors, anchor);
      if (anchors->len > ANCHOR_LIMIT)
        {
          refuse (error, "there are more than %d of them", ANCHOR_LIMIT);
          return NULL;
        }
    }
  if (anchors->len == 0)
    {
      refuse (error, "there is none");
      return NULL;
    }

  return g_steal_pointer (&anchors);
}

GPtrArray *
wax_trust_anchor_load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree char *text = g_malloc (FILE_LIMIT + 2);
  GPtrArray *anchors = NULL;
  gsize length = 0;

  stream = g_file_read (file, NULL, &reason);
  if (stream != NULL
      && g_input_stream_read_all (G_INPUT_STREAM (stream), text, FILE_LIMIT + 1, &length, NULL, &reason))
    {
      text[length] = '\0';
      if (length > FILE_LIMIT || strlen (text) != length)
        refuse (&reason, "the file is too large, or not text");
      else
        anchors = wax_trust_anchor_parse (text, &reason);
    }
  if (anchors == NULL)
    g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_SETTINGS,
                 "The DNSSEC trust anchors in “%s” cannot be used: %s", path, reason->message);

  return anchors;
}

GPtrArray *
wax_trust_anchor_root (void)
{
  GPtrArray *anchors = wax_trust_anchor_parse (root_anchors, NULL);
  g_autoptr (GPtrArray) more = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (anchors != NULL, NULL);

  if (!g_file_test (WAX_ROOT_ANCHOR_FILE, G_FILE_TEST_EXISTS))
    return anchors;
  more = wax_trust_anchor_load (WAX_ROOT_ANCHOR_FILE, &error);
  if (more == NULL)
    {
      g_info ("%s", error->message);
      return anchors;
    }
  for (guint i = 0; i < more->len; i++)
    {
      WaxTrustAnchor *anchor = g_ptr_array_index (more, i);

      /* The file is for the root and for nothing else. */
      if (strcmp (anchor->zone, ".") == 0)
        g_ptr_array_add (anchors, g_steal_pointer (&more->pdata[i]));
    }

  return anchors;
}
