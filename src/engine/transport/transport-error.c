/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The error domain of the room, and the names of the steps. */

#include "transport.h"

G_DEFINE_QUARK (wax_transport_error, wax_transport_error)

const char *
wax_step_to_string (WaxStep step)
{
  static const char *const names[] = {
    [WAX_STEP_CONNECT] = "connect",   [WAX_STEP_TLS] = "tls",     [WAX_STEP_GREETING] = "greeting",
    [WAX_STEP_STARTTLS] = "starttls", [WAX_STEP_AUTH] = "auth",   [WAX_STEP_ENVELOPE] = "envelope",
    [WAX_STEP_BODY] = "body",         [WAX_STEP_FINAL] = "final",
  };

  g_return_val_if_fail ((guint) step < G_N_ELEMENTS (names), NULL);

  return names[step];
}
