/* SPDX-License-Identifier: GPL-3.0-or-later */

/* OCSP (RFC 6960) by GnuTLS. Its gnutls_ocsp_resp_check_crt() does not look at
 * the hash of the issuer's key: two authorities of the same name would pass for
 * each other. So the CertID that we would ask with is made anew, by the digest
 * that the answer uses, and compared whole. */

#include "ocsp.h"

#include <gnutls/ocsp.h>
#include <string.h>

#define MAX_SINGLES 256

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_ocsp_req_t, gnutls_ocsp_req_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_ocsp_resp_t, gnutls_ocsp_resp_deinit, NULL)

/* A CertID of RFC 6960 section 4.1.1. */
typedef struct
{
  gnutls_datum_t name_hash;
  gnutls_datum_t key_hash;
  gnutls_datum_t serial;
} CertId;

static void
cert_id_clear (CertId *self)
{
  gnutls_free (self->name_hash.data);
  gnutls_free (self->key_hash.data);
  gnutls_free (self->serial.data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CertId, cert_id_clear)

static gboolean
datum_equal (const gnutls_datum_t *a, const gnutls_datum_t *b)
{
  return a->size > 0 && a->size == b->size && memcmp (a->data, b->data, a->size) == 0;
}

GBytes *
wax_ocsp_request (gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
  g_auto (gnutls_ocsp_req_t) request = NULL;
  gnutls_datum_t der = { NULL, 0 };
  GBytes *octets;

  if (gnutls_ocsp_req_init (&request) < 0
      || gnutls_ocsp_req_add_cert (request, GNUTLS_DIG_SHA1, issuer, certificate) < 0
      || gnutls_ocsp_req_export (request, &der) < 0)
    return NULL;
  octets = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);

  return octets;
}

/* Whether @id, made with @digest, names @certificate of @issuer. */
static gboolean
is_about (const CertId *id,
          gnutls_digest_algorithm_t digest,
          gnutls_x509_crt_t certificate,
          gnutls_x509_crt_t issuer)
{
  g_auto (gnutls_ocsp_req_t) request = NULL;
  g_auto (CertId) own = { 0 };

  if (gnutls_ocsp_req_init (&request) < 0
      || gnutls_ocsp_req_add_cert (request, digest, issuer, certificate) < 0
      || gnutls_ocsp_req_get_cert_id (request, 0, NULL, &own.name_hash, &own.key_hash, &own.serial) < 0)
    return FALSE;

  return datum_equal (&id->serial, &own.serial) && datum_equal (&id->name_hash, &own.name_hash)
         && datum_equal (&id->key_hash, &own.key_hash);
}

/* What the response says of the certificate, if it says anything of it. */
typedef struct
{
  unsigned status;
  unsigned reason;
  time_t since;
  time_t until;
  time_t revoked_at;
} Single;

static gboolean
find_single (gnutls_ocsp_resp_t response,
             gnutls_x509_crt_t certificate,
             gnutls_x509_crt_t issuer,
             Single *single)
{
  for (unsigned i = 0; i < MAX_SINGLES; i++)
    {
      gnutls_digest_algorithm_t digest = GNUTLS_DIG_UNKNOWN;
      g_auto (CertId) id = { 0 };
      int code = gnutls_ocsp_resp_get_single (response, i, &digest, &id.name_hash, &id.key_hash, &id.serial,
                                              &single->status, &single->since, &single->until,
                                              &single->revoked_at, &single->reason);

      if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return FALSE;
      if (code >= 0 && digest != GNUTLS_DIG_UNKNOWN && is_about (&id, digest, certificate, issuer))
        return TRUE;
    }

  return FALSE;
}

/* The extensions of the whole response; GnuTLS does not show those of a single one.
 * None that is critical is known here. */
static gboolean
has_critical_extension (gnutls_ocsp_resp_t response)
{
  for (unsigned i = 0; i < MAX_SINGLES; i++)
    {
      gnutls_datum_t oid = { NULL, 0 }, data = { NULL, 0 };
      unsigned critical = 0;
      int code = gnutls_ocsp_resp_get_extension (response, i, &oid, &critical, &data);

      gnutls_free (oid.data);
      gnutls_free (data.data);
      if (code < 0)
        return FALSE;
      if (critical != 0)
        return TRUE;
    }

  return TRUE;
}

static const char *
refusal_in_words (int status)
{
  static const char *const words[] = {
    [GNUTLS_OCSP_RESP_MALFORMEDREQUEST] = "calls the request malformed",
    [GNUTLS_OCSP_RESP_INTERNALERROR] = "speaks of an internal error",
    [GNUTLS_OCSP_RESP_TRYLATER] = "says to try later",
    [GNUTLS_OCSP_RESP_SIGREQUIRED] = "wants a signed request",
    [GNUTLS_OCSP_RESP_UNAUTHORIZED] = "is not in charge of the certificate",
  };

  if (status > 0 && status < (int) G_N_ELEMENTS (words) && words[status] != NULL)
    return words[status];

  return "says that it cannot answer";
}

static gboolean
check_signature (gnutls_ocsp_resp_t response, gnutls_x509_crt_t issuer, GError **error)
{
  unsigned found = 0;
  int code = gnutls_ocsp_resp_verify_direct (response, issuer, &found, 0);

  if (code >= 0 && found == 0)
    return TRUE;
  g_set_error_literal (
      error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_SIGNATURE,
      (found & GNUTLS_OCSP_VERIFY_SIGNER_KEYUSAGE_ERROR) != 0
          ? "is signed by a certificate that is not made for OCSP"
      : (found & GNUTLS_OCSP_VERIFY_CERT_EXPIRED) != 0
          ? "is signed by a responder whose certificate has expired"
          : "is not signed by the certificate's authority, nor by whom it charged with that");

  return FALSE;
}

static gboolean
check_status (gnutls_ocsp_resp_t response, GError **error)
{
  int status = gnutls_ocsp_resp_get_status (response);

  if (status == GNUTLS_OCSP_RESP_SUCCESSFUL)
    return TRUE;
  if (status < 0)
    g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_MALFORMED,
                         "is not an OCSP response");
  else
    g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_REFUSED,
                         refusal_in_words (status));

  return FALSE;
}

gboolean
wax_ocsp_judge (GBytes *octets,
                gnutls_x509_crt_t certificate,
                gnutls_x509_crt_t issuer,
                gint64 now,
                WaxRevocationAnswer *answer,
                GError **error)
{
  g_auto (gnutls_ocsp_resp_t) response = NULL;
  gsize length;
  const void *data = g_bytes_get_data (octets, &length);
  gnutls_datum_t der = { (unsigned char *) data, (unsigned) length };
  Single single = { 0 };

  if (length == 0 || length > WAX_OCSP_LIMIT || gnutls_ocsp_resp_init (&response) < 0
      || gnutls_ocsp_resp_import (response, &der) < 0)
    {
      g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_MALFORMED,
                           "is not an OCSP response");
      return FALSE;
    }
  if (!check_status (response, error))
    return FALSE;
  if (!find_single (response, certificate, issuer, &single))
    {
      g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_SCOPE,
                           "is about another certificate");
      return FALSE;
    }
  if (!check_signature (response, issuer, error))
    return FALSE;
  if (has_critical_extension (response))
    {
      g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_MALFORMED,
                           "has a critical part that is not known");
      return FALSE;
    }
  if (single.since == (time_t) -1)
    {
      g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_MALFORMED, "has no time");
      return FALSE;
    }
  if (!wax_revocation_answer_set_times (answer, single.since, single.until == (time_t) -1 ? 0 : single.until,
                                        now, error))
    return FALSE;
  if (single.status != GNUTLS_OCSP_CERT_GOOD && single.status != GNUTLS_OCSP_CERT_REVOKED)
    {
      g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_UNKNOWN,
                           "says that the certificate is unknown");
      return FALSE;
    }
  answer->revoked = single.status == GNUTLS_OCSP_CERT_REVOKED;
  answer->on_hold = answer->revoked && single.reason == GNUTLS_X509_CRLREASON_CERTIFICATEHOLD;
  answer->revoked_at = answer->revoked ? single.revoked_at : 0;

  return TRUE;
}
