/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "log-tree.h"
#include "secret.h"

G_BEGIN_DECLS

#define WAX_CHECKPOINT_ERROR (wax_checkpoint_error_quark ())
GQuark wax_checkpoint_error_quark (void);

typedef enum {
  WAX_CHECKPOINT_ERROR_SYNTAX, /* not a signed note, or not a checkpoint */
  WAX_CHECKPOINT_ERROR_KEY,    /* not an Ed25519 key or verifier line */
} WaxCheckpointError;

#define WAX_NOTE_MAX_LENGTH     ((gsize) 64 * 1024)
#define WAX_NOTE_MAX_SIGNATURES 16

/** One signature line of a note: `— name base64(keyid ‖ signature)`. */
typedef struct {
  char   *name;
  guint32 key_id;
  GBytes *signature; /* what follows the key id */
} WaxNoteSignature;

/**
 * WaxNote:
 *
 * A C2SP signed note (c2sp.org/signed-note), taken apart and not yet verified.
 * @text: what is signed, with its last newline
 */
typedef struct {
  char      *text;
  GPtrArray *signatures; /* (element-type WaxNoteSignature) */
} WaxNote;

WaxNote *wax_note_parse (const char  *octets,
                         gsize        length,
                         GError     **error);
void     wax_note_free  (WaxNote     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxNote, wax_note_free)

/** What a checkpoint (c2sp.org/tlog-checkpoint) says of a log; without extension lines. */
typedef struct {
  char   *origin;
  gint64  size;
  guint8  root[WAX_HASH_LENGTH];
} WaxCheckpoint;

WaxCheckpoint *wax_checkpoint_parse (const char     *text,
                                     GError        **error);
/** (transfer full) The text that is signed. */
char          *wax_checkpoint_text  (const char     *origin,
                                     gint64          size,
                                     const guint8    root[WAX_HASH_LENGTH]);
void           wax_checkpoint_free  (WaxCheckpoint  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxCheckpoint, wax_checkpoint_free)

/** The public half: checks signatures of one name and Ed25519 key. */
typedef struct _WaxNoteVerifier WaxNoteVerifier;

typedef enum {
  WAX_SIGNATURE_GOOD,
  WAX_SIGNATURE_ABSENT, /* no line by this name and key */
  WAX_SIGNATURE_BAD,    /* a line by this name and key that does not fit the text */
} WaxSignatureState;

/** From `name+hash+key` (C2SP). */
WaxNoteVerifier  *wax_note_verifier_parse     (const char             *line,
                                               GError                **error);
/** (transfer full) `name+hash+key` */
char             *wax_note_verifier_to_string (const WaxNoteVerifier  *self);
WaxSignatureState wax_note_verifier_check     (const WaxNoteVerifier  *self,
                                               const WaxNote          *note);
void              wax_note_verifier_free      (WaxNoteVerifier        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxNoteVerifier, wax_note_verifier_free)

/** The private half. */
typedef struct _WaxNoteSigner WaxNoteSigner;

/** @seed: 32 octets (RFC 8032). @name: without spaces or `+`. */
WaxNoteSigner         *wax_note_signer_new          (const char     *name,
                                                     WaxSecret      *seed,
                                                     GError        **error);
const WaxNoteVerifier *wax_note_signer_get_verifier (WaxNoteSigner  *self);
/** (transfer full) The whole note: @text, a blank line, the signature line. */
char                  *wax_note_signer_sign         (WaxNoteSigner  *self,
                                                     const char     *text,
                                                     GError        **error);
void                   wax_note_signer_free         (WaxNoteSigner  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxNoteSigner, wax_note_signer_free)

G_END_DECLS
