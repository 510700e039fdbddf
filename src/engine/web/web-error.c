/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The error domain of the room. */

#include "web-fetch.h"

G_DEFINE_QUARK (wax_web_error, wax_web_error)
