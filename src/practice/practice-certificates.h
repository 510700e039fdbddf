/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-host.h"

G_BEGIN_DECLS

/**
 * wax_practice_certificates_make:
 * @kind: what is to be right or wrong with the host's certificate
 * @ca_pem: (out) (transfer full): the CA that clients are told to trust
 * @chain_pem: (out) (transfer full): the host's certificate, its CA's and its
 * private key, PEM
 *
 * Makes a throwaway CA and, by it, a certificate of a few days for a server:
 * both EC P-256. The CA's private key is gone when this returns.
 *
 * Returns: %FALSE with a %G_IO_ERROR if GnuTLS cannot
 */
gboolean wax_practice_certificates_make (WaxPracticeCert   kind,
                                         char            **ca_pem,
                                         char            **chain_pem,
                                         GError          **error);

G_END_DECLS
