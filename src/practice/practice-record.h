/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WaxPracticeRecord:
 *
 * What the clients of a practice host said, for tests that prove what was and
 * was not sent. Safe to use from any thread.
 */
typedef struct _WaxPracticeRecord WaxPracticeRecord;

WaxPracticeRecord *wax_practice_record_new                    (void);
void               wax_practice_record_free                   (WaxPracticeRecord *self);
/** @encrypted: whether the line came through TLS. */
void               wax_practice_record_add_line               (WaxPracticeRecord *self,
                                                               const char        *line,
                                                               gboolean           encrypted);
void               wax_practice_record_add_message            (WaxPracticeRecord *self);
guint              wax_practice_record_get_messages           (WaxPracticeRecord *self);
/** (transfer full) */
GStrv              wax_practice_record_get_lines              (WaxPracticeRecord *self);
/** (transfer full) Only those that came without TLS. */
GStrv              wax_practice_record_get_plaintext_lines    (WaxPracticeRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxPracticeRecord, wax_practice_record_free)

G_END_DECLS
