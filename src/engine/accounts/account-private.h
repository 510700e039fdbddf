/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account.h"

G_BEGIN_DECLS

/* The fields, as they were set; for account.c and account-check.c alone. */
struct _WaxAccount
{
  GObject parent_instance;

  char *id;
  char *label;
  char *name;
  char *address;
  char *host;
  guint port;
  WaxTlsMode mode;
  char *user;
  char *mechanism;
  char *ca_pem;
  char *minimum_tls;
  GStrv pins;
  GStrv backup_pins;
  gint64 pins_renew;
  char *revocation;
  char *dane;
  char *client_cert;
  char *client_key;
  char *exceptions;
  gboolean srv;
  GStrv fallbacks;
  char *proxy;
  char *strongest_mechanism;
  GStrv extensions;
};

G_END_DECLS
