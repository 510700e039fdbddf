/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli-dns.h"
#include "cli-message.h"
#include "cli-server.h"
#include "cli-verb.h"

G_BEGIN_DECLS

/** All options of `send`. */
typedef struct {
  char              *account;
  char              *server;
  gboolean           no_wait;
  WaxMessageOptions  message;
  WaxDnsOptions      dns;
  WaxServerOptions   connection;
} WaxSendOptions;

/** Through an account and the outbox. Returns: the exit code. */
int wax_cli_send_by_account (WaxCli               *cli,
                             const WaxSendOptions *options);

G_END_DECLS
