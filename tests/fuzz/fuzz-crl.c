/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A revocation list comes over plain HTTP from whoever answers. Without a signature
 * of the authority nothing may come of it, and with one only what holds now. */

#include "fuzz-target.h"

#include "fuzz-authority.h"
#include "crl.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static gnutls_x509_crt_t issuer, leaf;
  g_autoptr (GBytes) octets = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  WaxRevocationAnswer answer = { 0 };

  if (issuer == NULL)
    {
      issuer = fuzz_certificate (fuzz_issuer_pem);
      leaf = fuzz_certificate (fuzz_leaf_pem);
    }
  if (!wax_crl_judge (octets, "http://127.0.0.1/list", leaf, issuer, FUZZ_NOW, &answer, &error))
    {
      g_assert_cmpuint (error->domain, ==, WAX_REVOCATION_ERROR);
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpint (answer.since, <=, FUZZ_NOW + WAX_REVOCATION_SKEW_S);
  g_assert_cmpint (answer.until, >=, FUZZ_NOW - WAX_REVOCATION_SKEW_S);
  g_assert_true (answer.revoked || !answer.on_hold);
  g_assert_true (answer.revoked == (answer.revoked_at != 0));

  return 0;
}
