/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include <gsasl.h>

#include "secret.h"

G_BEGIN_DECLS

/**
 * WaxSaslLibrary:
 *
 * A session of libgsasl's client with a handle of its own, whose steps can be left
 * while they compute: whoever holds it last wipes and frees it, be that the caller
 * or the thread that still works on a step which nobody waits for any more.
 */
typedef struct _WaxSaslLibrary WaxSaslLibrary;

/** (nullable) *@status tells why not. */
WaxSaslLibrary *wax_sasl_library_new   (const char      *mechanism,
                                        int             *status);
void            wax_sasl_library_unref (WaxSaslLibrary  *self);
/** Before the first step. Returns: a status of the library */
int             wax_sasl_library_set   (WaxSaslLibrary  *self,
                                        Gsasl_property   property,
                                        const char      *value);
/**
 * One step, on a thread of its own if @slow.
 * @response: (out) (nullable) (transfer full)
 * Returns: a status of the library, or -1 with @error set if it was cancelled: then
 * only wax_sasl_library_unref() may follow
 */
int             wax_sasl_library_step  (WaxSaslLibrary  *self,
                                        const guint8    *challenge,
                                        gsize            length,
                                        gboolean         slow,
                                        WaxSecret      **response,
                                        GCancellable    *cancellable,
                                        GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSaslLibrary, wax_sasl_library_unref)

G_END_DECLS
