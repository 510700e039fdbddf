/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transport.h"

G_BEGIN_DECLS

/** The transport over SMTP submission (RFC 6409). */
#define WAX_TYPE_SMTP_TRANSPORT (wax_smtp_transport_get_type ())
G_DECLARE_FINAL_TYPE (WaxSmtpTransport, wax_smtp_transport, WAX, SMTP_TRANSPORT, WaxTransport)

WaxTransport *wax_smtp_transport_new (const WaxTransportSettings *settings);

G_END_DECLS
