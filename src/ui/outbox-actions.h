/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/* What can be done with an outbox item, from wherever it is shown. @widget is
 * any widget of a main window: its profile is meant, and it says what comes of it. */

/** Whether @action (`retry`, `cancel`, `edit`, `inspect` or `explain`) makes sense for @item. */
gboolean wax_outbox_can          (WaxOutboxItem *item,
                                  const char    *action);
/** Back into the queue, now. Of a message whose outcome is unknown it asks first. */
void     wax_outbox_do_retry     (GtkWidget     *widget,
                                  WaxOutboxItem *item);
/** The same, and the message goes to the recipients that the server accepts. */
void     wax_outbox_do_send_to_rest (GtkWidget  *widget,
                                  WaxOutboxItem *item);
/** Cancels it; the draft stays. */
void     wax_outbox_do_cancel    (GtkWidget     *widget,
                                  WaxOutboxItem *item);
/** Cancels it and opens its draft. */
void     wax_outbox_do_edit      (GtkWidget     *widget,
                                  WaxOutboxItem *item);
/** Opens the inspector on its last connection. */
void     wax_outbox_do_inspect   (GtkWidget     *widget,
                                  WaxOutboxItem *item);
/** Says why it was not sent and what can be done. */
void     wax_outbox_do_explain   (GtkWidget     *widget,
                                  WaxOutboxItem *item);

G_END_DECLS
