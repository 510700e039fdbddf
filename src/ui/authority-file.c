/* SPDX-License-Identifier: GPL-3.0-or-later */

/* authority-file: certificates from a file that a person chose. */

#include "authority-file.h"

#include <string.h>

#include <glib/gi18n.h>

#define BEGIN            "-----BEGIN CERTIFICATE-----"
#define END              "-----END CERTIFICATE-----"
#define MAX_SIZE         (1024 * 1024)
#define MAX_CERTIFICATES 32

G_DEFINE_QUARK (wax_authority_error, wax_authority_error)

static WaxCertificateDetails *
parse_block (const char *from, const char *to, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (from, to - from, error);
  g_autoptr (GByteArray) der = NULL;

  if (certificate == NULL)
    return NULL;
  g_object_get (certificate, "certificate", &der, NULL);
  return wax_certificate_details_new_from_der (der->data, der->len, error);
}

static gboolean
parse_pem (const char *text, GPtrArray *found, GError **error)
{
  const char *from = text, *to;

  while ((from = strstr (from, BEGIN)) != NULL && (to = strstr (from, END)) != NULL)
    {
      WaxCertificateDetails *certificate;

      to += strlen (END);
      if (found->len == MAX_CERTIFICATES)
        {
          g_set_error (error, WAX_AUTHORITY_ERROR, WAX_AUTHORITY_ERROR_TOO_LARGE,
                       _ ("There are more than %d certificates in the file"), MAX_CERTIFICATES);
          return FALSE;
        }
      certificate = parse_block (from, to, error);
      if (certificate == NULL)
        return FALSE;
      g_ptr_array_add (found, certificate);
      from = to;
    }
  return TRUE;
}

GPtrArray *
wax_authority_parse (GBytes *bytes, GError **error)
{
  g_autoptr (GPtrArray)
      found = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_certificate_details_free);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = NULL;

  if (size > MAX_SIZE)
    {
      g_set_error_literal (error, WAX_AUTHORITY_ERROR, WAX_AUTHORITY_ERROR_TOO_LARGE,
                           _ ("The file is too large for a certificate"));
      return NULL;
    }
  if (size > 0 && data[0] == 0x30) /* a DER SEQUENCE */
    {
      WaxCertificateDetails *certificate = wax_certificate_details_new_from_der (data, size, error);

      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (found, certificate);
      return g_steal_pointer (&found);
    }
  text = g_strndup ((const char *) data, size);
  if (!parse_pem (text, found, error))
    return NULL;
  if (found->len == 0)
    {
      g_set_error_literal (error, WAX_AUTHORITY_ERROR, WAX_AUTHORITY_ERROR_NONE_FOUND,
                           _ ("There is no certificate in the file"));
      return NULL;
    }
  return g_steal_pointer (&found);
}

char *
wax_authority_to_pem (GPtrArray *certificates)
{
  GString *pem = g_string_new (NULL);

  for (guint i = 0; i < certificates->len; i++)
    {
      const WaxCertificateDetails *certificate = g_ptr_array_index (certificates, i);

      g_string_append (pem, certificate->pem);
      if (pem->len > 0 && pem->str[pem->len - 1] != '\n')
        g_string_append_c (pem, '\n');
    }
  return g_string_free (pem, FALSE);
}
