/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The error domain of the room. */

#include "dns-resolver.h"

G_DEFINE_QUARK (wax_dns_error, wax_dns_error)
