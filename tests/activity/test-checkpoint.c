/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signed notes against the vectors of their Go implementation, what is not a
 * checkpoint, and the anchor's line. */

#include "checkpoint.h"
#include "hex.h"
#include "log-anchor.h"

#include <string.h>

/* golang.org/x/mod/sumdb/note, note_test.go */
static const char go_verifier[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char go_seed[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"; /* type octet and seed */
static const char go_text[] =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
static const char go_signature[] =
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

static WaxNoteSigner *
go_signer (void)
{
  g_autofree guint8 *octets = NULL;
  g_autoptr (WaxSecret) seed = NULL;
  g_autoptr (GError) error = NULL;
  WaxNoteSigner *signer;
  gsize length;

  octets = g_base64_decode (go_seed, &length);
  seed = wax_secret_new (octets + 1, length - 1);
  signer = wax_note_signer_new ("PeterNeumann", seed, &error);
  g_assert_no_error (error);

  return signer;
}

static void
test_go_vector (void)
{
  g_autoptr (WaxNoteSigner) signer = go_signer ();
  g_autofree char *verifier = wax_note_verifier_to_string (wax_note_signer_get_verifier (signer));
  g_autofree char *note = wax_note_signer_sign (signer, go_text, NULL);
  g_autofree char *expected = g_strconcat (go_text, "\n", go_signature, NULL);
  g_autoptr (WaxNoteVerifier) parsed = wax_note_verifier_parse (go_verifier, NULL);
  g_autoptr (WaxNote) read = wax_note_parse (expected, strlen (expected), NULL);

  g_assert_cmpstr (verifier, ==, go_verifier);
  g_assert_cmpstr (note, ==, expected);
  g_assert_nonnull (parsed);
  g_assert_nonnull (read);
  g_assert_cmpstr (read->text, ==, go_text);
  g_assert_cmpint (wax_note_verifier_check (parsed, read), ==, WAX_SIGNATURE_GOOD);
}

/* RFC 8032 section 7.1, test 1: the key that belongs to a seed. */
static void
test_rfc8032_key (void)
{
  guint8 octets[32];
  g_autoptr (WaxSecret) seed = NULL;
  g_autoptr (WaxNoteSigner) signer = NULL;
  g_autofree char *line = NULL;
  g_autofree guint8 *key = NULL;
  g_autofree char *hex = NULL;
  gsize length;

  g_assert_true (wax_hex_decode ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", octets,
                                 sizeof octets));
  seed = wax_secret_new (octets, sizeof octets);
  signer = wax_note_signer_new ("example.com/log", seed, NULL);
  g_assert_nonnull (signer);
  line = wax_note_verifier_to_string (wax_note_signer_get_verifier (signer));
  key = g_base64_decode (strchr (strchr (line, '+') + 1, '+') + 1, &length);
  g_assert_cmpuint (length, ==, 33);
  hex = wax_hex_encode (key + 1, 32);
  g_assert_cmpstr (hex, ==, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

static void
test_signature_states (void)
{
  g_autoptr (WaxNoteSigner) signer = go_signer ();
  const WaxNoteVerifier *verifier = wax_note_signer_get_verifier (signer);
  g_autofree char *other_text = g_strconcat ("Another text.\n\n", go_signature, NULL);
  g_autofree char *other_name = g_strconcat (go_text, "\n", go_signature, NULL);
  g_autoptr (WaxNote) bad = wax_note_parse (other_text, strlen (other_text), NULL);
  g_autoptr (WaxNote) absent = NULL;

  g_assert_cmpint (wax_note_verifier_check (verifier, bad), ==, WAX_SIGNATURE_BAD);
  memcpy (strstr (other_name, "PeterN"), "PeterM", 6);
  absent = wax_note_parse (other_name, strlen (other_name), NULL);
  g_assert_cmpint (wax_note_verifier_check (verifier, absent), ==, WAX_SIGNATURE_ABSENT);
}

static void
test_malformed_notes (void)
{
  static const char *const notes[] = {
    "",
    "\n",
    "\n\n",
    "text\n",
    "text\n\n",
    "text\n\n\n",
    "text\n\u2014 name AAAAAAA=\n",       /* no empty line */
    "text\n\n\u2014 name AAAAAAA=",       /* no line end */
    "text\n\n- name AAAAAAA=\n",          /* no em dash */
    "text\n\n\u2014 AAAAAAA=\n",          /* no name */
    "text\n\n\u2014 a+b AAAAAAA=\n",      /* plus in the name */
    "text\n\n\u2014 name AAAA\n",         /* too short */
    "text\n\n\u2014 name AAAAAAA\n",      /* no padding */
    "text\n\n\u2014 name AAAA*AAAA=\n",   /* not base64 */
    "text\n\n\u2014 name AAAAAAA= x\n",   /* more */
    "te\rxt\n\n\u2014 name AAAAAAA=\n",   /* control */
    "te\xffxt\n\n\u2014 name AAAAAAA=\n", /* not UTF-8 */
  };
  g_autoptr (GString) many = g_string_new ("text\n\n");
  g_autoptr (WaxNote) good = wax_note_parse ("text\n\n\u2014 name AAAAAAA=\n", 24, NULL);

  g_assert_nonnull (good);
  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_note_parse (notes[i], strlen (notes[i]), &error));
      g_assert_error (error, WAX_CHECKPOINT_ERROR, WAX_CHECKPOINT_ERROR_SYNTAX);
    }
  g_assert_null (wax_note_parse ("te\0t\n\n\u2014 name AAAAAAA=\n", 24, NULL));
  for (int i = 0; i <= WAX_NOTE_MAX_SIGNATURES; i++)
    {
      g_autoptr (WaxNote) note = i > 0 ? wax_note_parse (many->str, many->len, NULL) : NULL;

      g_assert_true (i == 0 || note != NULL);
      g_string_append (many, "\u2014 name AAAAAAA=\n");
    }
  g_assert_null (wax_note_parse (many->str, many->len, NULL));
}

#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void
test_checkpoint_text (void)
{
  static const char *const bad[] = {
    "",
    "origin\n1\n",
    "origin\n1\n" ROOT,       /* no line end */
    "origin\n01\n" ROOT "\n", /* leading zero */
    "origin\n-1\n" ROOT "\n",
    "origin\n+1\n" ROOT "\n",
    "origin\n 1\n" ROOT "\n",
    "origin\n9223372036854775808\n" ROOT "\n",
    "\n1\n" ROOT "\n",
    "origin\n1\n" ROOT "AAAA\n",
    "origin\n1\nAAAA\n",
    "origin\n1\n" ROOT "\nextension\n",
  };
  guint8 root[WAX_HASH_LENGTH] = { 0 };
  g_autofree char *text = wax_checkpoint_text ("origin", G_MAXINT64, root);
  g_autoptr (WaxCheckpoint) checkpoint = wax_checkpoint_parse (text, NULL);

  g_assert_cmpstr (text, ==, "origin\n9223372036854775807\n" ROOT "\n");
  g_assert_nonnull (checkpoint);
  g_assert_cmpstr (checkpoint->origin, ==, "origin");
  g_assert_cmpint (checkpoint->size, ==, G_MAXINT64);
  g_assert_cmpmem (checkpoint->root, WAX_HASH_LENGTH, root, WAX_HASH_LENGTH);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_checkpoint_parse (bad[i], &error));
      g_assert_error (error, WAX_CHECKPOINT_ERROR, WAX_CHECKPOINT_ERROR_SYNTAX);
    }
}

/* As in the Go test: any part of the line, and any octet changed. */
static void
test_malformed_verifiers (void)
{
  gsize length = strlen (go_verifier);

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *head = g_strndup (go_verifier, i);
      g_autofree char *changed = g_strdup (go_verifier);

      g_assert_null (wax_note_verifier_parse (head, NULL));
      g_assert_null (wax_note_verifier_parse (go_verifier + i + 1, NULL));
      changed[i]++;
      g_assert_null (wax_note_verifier_parse (changed, NULL));
    }
}

static void
test_anchor_line (void)
{
  static const char *const bad[] = {
    "",
    "v1",
    "v2:1:0000000000000000000000000000000000000000000000000000000000000000:0",
    "v1:01:0000000000000000000000000000000000000000000000000000000000000000:0",
    "v1:1:000000000000000000000000000000000000000000000000000000000000000:0",
    "v1:1:000000000000000000000000000000000000000000000000000000000000000A:0",
    "v1:1:0000000000000000000000000000000000000000000000000000000000000000:0:0",
    "v1:1:0000000000000000000000000000000000000000000000000000000000000000:",
    "v1:-1:0000000000000000000000000000000000000000000000000000000000000000:0",
  };
  WaxLogAnchor anchor = { .size = 7, .root = { 1, 2, 3 }, .epoch = 2 }, read;
  g_autofree char *line = wax_log_anchor_to_line (&anchor);

  g_assert_cmpstr (line, ==, "v1:7:0102030000000000000000000000000000000000000000000000000000000000:2");
  g_assert_true (wax_log_anchor_parse (&read, line));
  g_assert_cmpint (read.size, ==, 7);
  g_assert_cmpint (read.epoch, ==, 2);
  g_assert_cmpmem (read.root, WAX_HASH_LENGTH, anchor.root, WAX_HASH_LENGTH);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (wax_log_anchor_parse (&read, bad[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/checkpoint/go-vector", test_go_vector);
  g_test_add_func ("/activity/checkpoint/rfc8032-key", test_rfc8032_key);
  g_test_add_func ("/activity/checkpoint/signature-states", test_signature_states);
  g_test_add_func ("/activity/checkpoint/malformed-notes", test_malformed_notes);
  g_test_add_func ("/activity/checkpoint/text", test_checkpoint_text);
  g_test_add_func ("/activity/checkpoint/malformed-verifiers", test_malformed_verifiers);
  g_test_add_func ("/activity/checkpoint/anchor-line", test_anchor_line);

  return g_test_run ();
}
