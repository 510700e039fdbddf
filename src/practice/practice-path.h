/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The argument of MAIL or RCPT. */
typedef struct {
  char  *address;    /* without the angle brackets; empty for <> */
  GStrv  parameters; /* as they stand: KEYWORD or KEYWORD=value */
} WaxPracticePath;

void         wax_practice_path_clear   (WaxPracticePath       *self);
/**
 * Parses `FROM:<address> PARAMETER…` (@keyword is `FROM`), to the letter of RFC
 * 5321: no blank after the colon, angle brackets, single blanks.
 */
gboolean     wax_practice_path_parse   (const char            *argument,
                                        const char            *keyword,
                                        WaxPracticePath       *path);
/** (nullable): the value of @name, "" if it has none; %NULL if @name is not there. */
const char  *wax_practice_path_get     (const WaxPracticePath *self,
                                        const char            *name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxPracticePath, wax_practice_path_clear)

G_END_DECLS
