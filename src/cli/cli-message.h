/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-request.h"
#include "cli-verb.h"
#include "mime-writer.h"

G_BEGIN_DECLS

/** The options of `send` that say what is sent, from whom and to whom. */
typedef struct {
  char    *from;
  char   **to;
  char   **cc;
  char   **bcc;
  char    *subject;
  char    *body_file;
  char   **attach;
  char    *raw;
  gboolean markdown;
  WaxRequestOptions  request;
  WaxEnvelopeOptions asked; /* what @request says, once wax_message_options_check() has read it */
} WaxMessageOptions;

void         wax_message_options_clear   (WaxMessageOptions       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxMessageOptions, wax_message_options_clear)

#define WAX_MESSAGE_ENTRIES(self)                                                               \
  { "from", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->from,                          \
    N_ ("The sender; with --account, the account's address"), N_ ("ADDRESS") },                 \
  { "to", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->to,                        \
    N_ ("A recipient; may be repeated, as may --cc and --bcc"), N_ ("ADDRESS") },               \
  { "cc", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->cc,                        \
    N_ ("A recipient of a copy"), N_ ("ADDRESS") },                                             \
  { "bcc", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &(self)->bcc,                      \
    N_ ("A recipient whom the others do not see"), N_ ("ADDRESS") },                            \
  { "subject", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &(self)->subject,                    \
    N_ ("The subject"), N_ ("TEXT") },                                                          \
  { "body-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->body_file,              \
    N_ ("The text of the message; “-” is standard input"), N_ ("FILE") },                       \
  { "markdown", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &(self)->markdown,                    \
    N_ ("The text is Markdown: an HTML part is made of it"), NULL },                            \
  { "attach", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, &(self)->attach,              \
    N_ ("A file to attach; may be repeated"), N_ ("FILE") },                                    \
  { "raw", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &(self)->raw,                          \
    N_ ("A finished message (RFC 5322) in place of all that; “-” is standard input"), N_ ("FILE") }

/** Whether the options go together; reads those of the request. */
gboolean     wax_message_options_check   (WaxMessageOptions       *self,
                                          GError                 **error);
/** (transfer full) (nullable) The sender of `--from`; %NULL without error if there is none. */
gboolean     wax_message_options_sender  (const WaxMessageOptions *self,
                                          WaxAddress             **sender,
                                          GError                 **error);
/** (transfer full) The draft that the options describe; not with `--raw`. */
WaxDraft    *wax_message_options_draft   (const WaxMessageOptions *self,
                                          GCancellable            *cancellable,
                                          GError                 **error);
/** Sets *@recipients (transfer full) to the mailboxes of --to, --cc and --bcc, or to %NULL
 * if there are none. */
gboolean     wax_message_options_recipients (const WaxMessageOptions *self,
                                             GStrv                   *recipients,
                                             GError                 **error);

/**
 * WaxSpooledMessage:
 *
 * A message as it goes onto the wire, in a file without a name, with its
 * envelope: for a send that has no profile to keep it in.
 * @info: (nullable): until it is written
 */
typedef struct {
  WaxMessageInfo *info;
  WaxEnvelope    *envelope;
  GInputStream   *stream;
  GOutputStream  *out;
  WaxDraft       *draft;  /* (nullable) what is to be written */
  WaxAddress     *sender; /* of @draft */
} WaxSpooledMessage;

/** Everything that the options can have wrong shows here, before any connection. A
 * finished message is written already. */
WaxSpooledMessage *wax_spooled_message_new  (const WaxMessageOptions *options,
                                             GCancellable            *cancellable,
                                             GError                 **error);
/** Writes it within @limit, unless it is written. */
gboolean           wax_spooled_message_write (WaxSpooledMessage      *self,
                                              WaxTransferLimit        limit,
                                              GCancellable           *cancellable,
                                              GError                **error);
/** With angle brackets; known before it is written. */
const char        *wax_spooled_message_get_id (const WaxSpooledMessage *self);
void               wax_spooled_message_free (WaxSpooledMessage       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaxSpooledMessage, wax_spooled_message_free)

G_END_DECLS
