/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A checkpoint from a file that anybody may have written: what is accepted is
 * exactly what would be written again. */

#include "fuzz-target.h"

#include "checkpoint.h"
#include "log-anchor.h"

#include <string.h>

static const char verifier_line[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

static void
check_note (const char *octets, gsize size)
{
  g_autoptr (WaxNote) note = wax_note_parse (octets, size, NULL);
  g_autoptr (WaxNoteVerifier) verifier = wax_note_verifier_parse (verifier_line, NULL);
  g_autoptr (WaxCheckpoint) checkpoint = NULL;
  g_autofree char *again = NULL;

  if (note == NULL)
    return;
  g_assert_cmpuint (note->signatures->len, >=, 1);
  g_assert_cmpuint (note->signatures->len, <=, WAX_NOTE_MAX_SIGNATURES);
  g_assert_true (g_str_has_suffix (note->text, "\n"));
  (void) wax_note_verifier_check (verifier, note);

  checkpoint = wax_checkpoint_parse (note->text, NULL);
  if (checkpoint == NULL)
    return;
  g_assert_cmpint (checkpoint->size, >=, 0);
  again = wax_checkpoint_text (checkpoint->origin, checkpoint->size, checkpoint->root);
  g_assert_cmpstr (again, ==, note->text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (WaxNoteVerifier) verifier = NULL;
  WaxLogAnchor anchor;

  check_note ((const char *) data, size);
  verifier = wax_note_verifier_parse (text, NULL);
  if (verifier != NULL)
    {
      g_autofree char *again = wax_note_verifier_to_string (verifier);

      g_assert_cmpstr (again, ==, text);
    }
  (void) wax_log_anchor_parse (&anchor, text);

  return 0;
}
