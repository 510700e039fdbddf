/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "tls-exception.h"

G_BEGIN_DECLS

/**
 * WaxExceptionRow:
 *
 * One exception of an account: what it allows, from when to when, and why it was
 * made; removed. Signal `removed`.
 */
#define WAX_TYPE_EXCEPTION_ROW (wax_exception_row_get_type ())
G_DECLARE_FINAL_TYPE (WaxExceptionRow, wax_exception_row, WAX, EXCEPTION_ROW, AdwActionRow)

/** @exception: copied. @now: seconds since the Unix epoch */
GtkWidget             *wax_exception_row_new (const WaxTlsException *exception,
                                              gint64                 now);
const WaxTlsException *wax_exception_row_get (WaxExceptionRow       *self);

G_END_DECLS
