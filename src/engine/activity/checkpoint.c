/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).
 *
 *   note       = text LF 1*signature        ; text ends with LF, no empty line in it is last
 *   signature  = U+2014 SP name SP base64 (key-id ‖ signature) LF
 *   checkpoint = origin LF decimal-size LF base64 (root) LF
 *
 * The key id is the first four octets of SHA-256 (name ‖ LF ‖ type ‖ key), type
 * 0x01 being Ed25519. Notes come from files that others may have written, so
 * there is one way to write each thing, and limits. */

#include "checkpoint.h"
#include "hex.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define KEY_LENGTH       32
#define SIGNATURE_LENGTH 64
#define TYPE_ED25519     0x01
#define DASH             "\u2014"

struct _WaxNoteVerifier
{
  char *name;
  guint32 key_id;
  guint8 key[KEY_LENGTH];
};

struct _WaxNoteSigner
{
  WaxNoteVerifier verifier;
  gnutls_privkey_t key;
};

G_DEFINE_QUARK (wax_checkpoint_error, wax_checkpoint_error)

static void
set_syntax (GError **error, const char *what)
{
  g_set_error (error, WAX_CHECKPOINT_ERROR, WAX_CHECKPOINT_ERROR_SYNTAX, "Not a checkpoint: %s", what);
}

/* g_base64_decode() skips what it does not know; this takes canonical text only. */
static guint8 *
decode_base64 (const char *text, gsize *length)
{
  g_autofree guint8 *octets = g_base64_decode (text, length);
  g_autofree char *again = g_base64_encode (octets, *length);

  return g_str_equal (text, again) ? g_steal_pointer (&octets) : NULL;
}

static gboolean
is_name (const char *name)
{
  if (*name == '\0' || strchr (name, '+') != NULL)
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)) || g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

/* ---- notes --------------------------------------------------------------- */

static void
signature_free (gpointer data)
{
  WaxNoteSignature *self = data;

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

void
wax_note_free (WaxNote *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->signatures, g_ptr_array_unref);
  g_free (self);
}

/* UTF-8 with no control characters but the newline. */
static gboolean
is_note_text (const char *octets, gsize length)
{
  if (!g_utf8_validate_len (octets, length, NULL))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (((guchar) octets[i] < 0x20 && octets[i] != '\n') || octets[i] == 0x7f)
      return FALSE;

  return TRUE;
}

static WaxNoteSignature *
parse_signature (const char *line)
{
  WaxNoteSignature *signature;
  g_auto (GStrv) parts = NULL;
  g_autofree guint8 *octets = NULL;
  gsize length;

  if (!g_str_has_prefix (line, DASH " "))
    return NULL;
  parts = g_strsplit (line + strlen (DASH " "), " ", 3);
  if (g_strv_length (parts) != 2 || !is_name (parts[0]))
    return NULL;
  octets = decode_base64 (parts[1], &length);
  if (octets == NULL || length < 5)
    return NULL;

  signature = g_new0 (WaxNoteSignature, 1);
  signature->name = g_strdup (parts[0]);
  signature->key_id = (guint32) octets[0] << 24 | (guint32) octets[1] << 16 | (guint32) octets[2] << 8
                      | octets[3];
  signature->signature = g_bytes_new (octets + 4, length - 4);

  return signature;
}

WaxNote *
wax_note_parse (const char *octets, gsize length, GError **error)
{
  g_autoptr (WaxNote) note = NULL;
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;
  char *split;

  if (length > WAX_NOTE_MAX_LENGTH || !is_note_text (octets, length))
    {
      set_syntax (error, "too long, or not plain text");
      return NULL;
    }
  copy = g_strndup (octets, length);
  split = g_strrstr (copy, "\n\n");
  if (split == NULL || !g_str_has_suffix (copy, "\n"))
    {
      set_syntax (error, "no empty line before the signatures");
      return NULL;
    }

  note = g_new0 (WaxNote, 1);
  note->text = g_strndup (copy, (gsize) (split - copy) + 1);
  note->signatures = g_ptr_array_new_with_free_func (signature_free);
  copy[length - 1] = '\0'; /* the last line's end, so that no empty line follows */
  lines = g_strsplit (split + 2 <= copy + length - 1 ? split + 2 : "", "\n", WAX_NOTE_MAX_SIGNATURES + 1);
  if (lines[0] == NULL || g_strv_length (lines) > WAX_NOTE_MAX_SIGNATURES)
    {
      set_syntax (error, "no signature, or too many");
      return NULL;
    }
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      WaxNoteSignature *signature = parse_signature (lines[i]);

      if (signature == NULL)
        {
          set_syntax (error, "a malformed signature line");
          return NULL;
        }
      g_ptr_array_add (note->signatures, signature);
    }

  return g_steal_pointer (&note);
}

/* ---- checkpoints --------------------------------------------------------- */

/* Decimal without sign, blank or leading zero. */
static gboolean
parse_size (const char *text, gint64 *size)
{
  guint64 value;

  if (!g_ascii_isdigit (text[0]) || (text[0] == '0' && text[1] != '\0')
      || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL))
    return FALSE;
  *size = (gint64) value;

  return TRUE;
}

WaxCheckpoint *
wax_checkpoint_parse (const char *text, GError **error)
{
  g_autoptr (WaxCheckpoint) checkpoint = g_new0 (WaxCheckpoint, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 5);
  g_autofree guint8 *root = NULL;
  gsize length;

  if (g_strv_length (lines) != 4 || *lines[3] != '\0')
    {
      set_syntax (error, "it does not have three lines");
      return NULL;
    }
  if (*lines[0] == '\0' || !parse_size (lines[1], &checkpoint->size))
    {
      set_syntax (error, "no origin, or no size");
      return NULL;
    }
  root = decode_base64 (lines[2], &length);
  if (root == NULL || length != WAX_HASH_LENGTH)
    {
      set_syntax (error, "the root is not 32 octets in base64");
      return NULL;
    }
  checkpoint->origin = g_strdup (lines[0]);
  memcpy (checkpoint->root, root, WAX_HASH_LENGTH);

  return g_steal_pointer (&checkpoint);
}

char *
wax_checkpoint_text (const char *origin, gint64 size, const guint8 root[WAX_HASH_LENGTH])
{
  g_autofree char *base64 = g_base64_encode (root, WAX_HASH_LENGTH);

  return g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%s\n", origin, size, base64);
}

void
wax_checkpoint_free (WaxCheckpoint *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->origin, g_free);
  g_free (self);
}

/* ---- verifying ----------------------------------------------------------- */

static guint32
key_id (const char *name, const guint8 key[KEY_LENGTH])
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  static const guint8 type[] = { '\n', TYPE_ED25519 };
  guint8 hash[WAX_HASH_LENGTH];

  g_byte_array_append (octets, (const guint8 *) name, (guint) strlen (name));
  g_byte_array_append (octets, type, sizeof type);
  g_byte_array_append (octets, key, KEY_LENGTH);
  wax_hash (octets->data, octets->len, hash);

  return (guint32) hash[0] << 24 | (guint32) hash[1] << 16 | (guint32) hash[2] << 8 | hash[3];
}

WaxNoteVerifier *
wax_note_verifier_parse (const char *line, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (line, "+", 3);
  g_autoptr (WaxNoteVerifier) verifier = g_new0 (WaxNoteVerifier, 1);
  g_autofree guint8 *key = NULL;
  g_autofree char *expected = NULL;
  gsize length = 0;

  if (g_strv_length (parts) == 3)
    key = decode_base64 (parts[2], &length);
  if (key == NULL || length != 1 + KEY_LENGTH || key[0] != TYPE_ED25519
      || !g_utf8_validate (parts[0], -1, NULL) || !is_name (parts[0]))
    goto malformed;
  verifier->name = g_strdup (parts[0]);
  memcpy (verifier->key, key + 1, KEY_LENGTH);
  verifier->key_id = key_id (verifier->name, verifier->key);
  expected = g_strdup_printf ("%08x", verifier->key_id);
  if (g_str_equal (parts[1], expected))
    return g_steal_pointer (&verifier);

malformed:
  g_set_error_literal (error, WAX_CHECKPOINT_ERROR, WAX_CHECKPOINT_ERROR_KEY,
                       "Not a verification key (name+hash+key) for Ed25519");

  return NULL;
}

char *
wax_note_verifier_to_string (const WaxNoteVerifier *self)
{
  guint8 octets[1 + KEY_LENGTH];
  g_autofree char *base64 = NULL;

  octets[0] = TYPE_ED25519;
  memcpy (octets + 1, self->key, KEY_LENGTH);
  base64 = g_base64_encode (octets, sizeof octets);

  return g_strdup_printf ("%s+%08x+%s", self->name, self->key_id, base64);
}

static gboolean
fits (const WaxNoteVerifier *self, const char *text, GBytes *signature)
{
  gnutls_datum_t x = { (guint8 *) self->key, KEY_LENGTH };
  gnutls_datum_t data = { (guint8 *) text, (unsigned int) strlen (text) };
  gnutls_datum_t octets = { 0 };
  gnutls_pubkey_t key;
  gsize length;
  int code;

  octets.data = (guint8 *) g_bytes_get_data (signature, &length);
  octets.size = (unsigned int) length;
  if (length != SIGNATURE_LENGTH || gnutls_pubkey_init (&key) < 0)
    return FALSE;
  code = gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_ED25519, &x, NULL);
  if (code >= 0)
    code = gnutls_pubkey_verify_data2 (key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &octets);
  gnutls_pubkey_deinit (key);

  return code >= 0;
}

WaxSignatureState
wax_note_verifier_check (const WaxNoteVerifier *self, const WaxNote *note)
{
  for (guint i = 0; i < note->signatures->len; i++)
    {
      const WaxNoteSignature *signature = g_ptr_array_index (note->signatures, i);

      if (signature->key_id == self->key_id && g_str_equal (signature->name, self->name))
        return fits (self, note->text, signature->signature) ? WAX_SIGNATURE_GOOD : WAX_SIGNATURE_BAD;
    }

  return WAX_SIGNATURE_ABSENT;
}

void
wax_note_verifier_free (WaxNoteVerifier *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->name, g_free);
  g_free (self);
}

/* ---- signing ------------------------------------------------------------- */

/* RFC 8410 section 7: an Ed25519 private key in PKCS #8 is this and the seed.
 * GnuTLS derives the public key from it, which it does not from a bare seed. */
static const guint8 pkcs8_prefix[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                       0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static int
import_seed (gnutls_privkey_t key, WaxSecret *seed)
{
  g_autoptr (WaxSecret) header = wax_secret_new (pkcs8_prefix, sizeof pkcs8_prefix);
  g_autoptr (WaxSecret) der = NULL;
  gnutls_datum_t datum;

  der = wax_secret_concat (header, seed);
  datum.data = (guint8 *) wax_secret_peek (der);
  datum.size = (unsigned int) wax_secret_get_length (der);

  return gnutls_privkey_import_x509_raw (key, &datum, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN);
}

static int
export_public (gnutls_privkey_t key, guint8 octets[KEY_LENGTH])
{
  gnutls_pubkey_t public_key;
  gnutls_datum_t x = { 0 };
  int code = gnutls_pubkey_init (&public_key);

  if (code < 0)
    return code;
  code = gnutls_pubkey_import_privkey (public_key, key, 0, 0);
  if (code >= 0)
    code = gnutls_pubkey_export_ecc_raw2 (public_key, NULL, &x, NULL, 0);
  if (code >= 0 && x.size == KEY_LENGTH)
    memcpy (octets, x.data, KEY_LENGTH);
  else if (code >= 0)
    code = GNUTLS_E_INTERNAL_ERROR;
  gnutls_free (x.data);
  gnutls_pubkey_deinit (public_key);

  return code;
}

WaxNoteSigner *
wax_note_signer_new (const char *name, WaxSecret *seed, GError **error)
{
  g_autoptr (WaxNoteSigner) self = NULL;
  int code = GNUTLS_E_INVALID_REQUEST;

  g_return_val_if_fail (is_name (name), NULL);

  self = g_new0 (WaxNoteSigner, 1);
  self->verifier.name = g_strdup (name);
  if (wax_secret_get_length (seed) == KEY_LENGTH)
    code = gnutls_privkey_init (&self->key);
  if (code >= 0)
    code = import_seed (self->key, seed);
  if (code >= 0)
    code = export_public (self->key, self->verifier.key);
  if (code < 0)
    {
      g_set_error (error, WAX_CHECKPOINT_ERROR, WAX_CHECKPOINT_ERROR_KEY,
                   "The log's signing key cannot be used: %s", gnutls_strerror (code));
      return NULL;
    }
  self->verifier.key_id = key_id (name, self->verifier.key);

  return g_steal_pointer (&self);
}

const WaxNoteVerifier *
wax_note_signer_get_verifier (WaxNoteSigner *self)
{
  return &self->verifier;
}

char *
wax_note_signer_sign (WaxNoteSigner *self, const char *text, GError **error)
{
  gnutls_datum_t data = { (guint8 *) text, (unsigned int) strlen (text) };
  gnutls_datum_t signature = { 0 };
  guint8 octets[4 + SIGNATURE_LENGTH];
  g_autofree char *base64 = NULL;
  int code;

  g_return_val_if_fail (g_str_has_suffix (text, "\n"), NULL);

  code = gnutls_privkey_sign_data2 (self->key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &signature);
  if (code >= 0 && signature.size != SIGNATURE_LENGTH)
    code = GNUTLS_E_INTERNAL_ERROR;
  if (code < 0)
    {
      gnutls_free (signature.data);
      g_set_error (error, WAX_CHECKPOINT_ERROR, WAX_CHECKPOINT_ERROR_KEY, "The log cannot be signed: %s",
                   gnutls_strerror (code));
      return NULL;
    }
  for (int i = 0; i < 4; i++)
    octets[i] = (guint8) (self->verifier.key_id >> (24 - 8 * i));
  memcpy (octets + 4, signature.data, SIGNATURE_LENGTH);
  gnutls_free (signature.data);
  base64 = g_base64_encode (octets, sizeof octets);

  return g_strdup_printf ("%s\n" DASH " %s %s\n", text, self->verifier.name, base64);
}

void
wax_note_signer_free (WaxNoteSigner *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->verifier.name, g_free);
  g_clear_pointer (&self->key, gnutls_privkey_deinit);
  g_free (self);
}
