/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-verb.h"
#include "envelope-options.h"

G_BEGIN_DECLS

/** The options of `send` that say what is asked of the server, as they were typed. */
typedef struct {
  char    *dsn;
  char    *dsn_return;
  char    *envid;
  gboolean require_tls;
  char    *hold_until;
  char    *deliver_by;
  char    *priority;
  gboolean send_to_rest;
} WaxRequestOptions;

void     wax_request_options_clear (WaxRequestOptions       *self);
/** Fills @options (which was cleared); the error names the option that is wrong. */
gboolean wax_request_options_parse (const WaxRequestOptions *self,
                                    WaxEnvelopeOptions      *options,
                                    GError                 **error);

#define WAX_REQUEST_ENTRIES(self)                                                                         \
  { "dsn", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->dsn,                                      \
    N_ ("When a delivery notification is wanted: never, or some of success,failure,delay"),               \
    N_ ("LIST") },                                                                                        \
  { "dsn-return", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->dsn_return,                        \
    N_ ("What comes back with it: headers or full"), N_ ("PART") },                                       \
  { "envid", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->envid,                                  \
    N_ ("The identifier that notifications name; by default the Message-ID"), N_ ("ID") },                \
  { "require-tls", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &(self)->require_tls,                        \
    N_ ("Verified TLS on the whole way to the recipients, or the message comes back"), NULL },            \
  { "hold-until", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->hold_until,                        \
    N_ ("The server holds the message until then: 2026-12-31T08:00, with Z or +01:00 for a time zone"),   \
    N_ ("TIME") },                                                                                        \
  { "deliver-by", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->deliver_by,                        \
    N_ ("The time for delivery; after it the message comes back (return), or you are told (notify, the default)"), \
    N_ ("SECONDS[:return|notify]") },                                                                     \
  { "priority", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->priority,                            \
    N_ ("From -9 to 9; 0 is the usual"), N_ ("N") },                                                      \
  { "send-to-rest", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &(self)->send_to_rest,                      \
    N_ ("Send to the other recipients where some are refused; otherwise to nobody"), NULL }

G_END_DECLS
