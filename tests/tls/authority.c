/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an authority signs about its certificates, by another implementation than
 * the one that reads it. */

#include "authority.h"

#include <gnutls/x509.h>
#include <string.h>

static char *
write_file (const char *folder, const char *name, const void *data, gssize length)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);

  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);

  return path;
}

static GBytes *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (data, length);
}

static void
run_openssl (const char *folder, const char *arguments)
{
  g_autofree char *line = g_strconcat ("openssl ", arguments, NULL);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_spawn_sync (folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", line, err);
}

static gnutls_x509_crt_t
import (const char *pem)
{
  gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_x509_crt_t certificate;

  g_assert_cmpint (gnutls_x509_crt_init (&certificate), >=, 0);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM), >=, 0);

  return certificate;
}

GBytes *
authority_der (const char *pem)
{
  gnutls_x509_crt_t certificate = import (pem);
  gnutls_datum_t der = { NULL, 0 };
  GBytes *octets;

  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der), >=, 0);
  octets = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (certificate);

  return octets;
}

GPtrArray *
authority_chain (const WaxTestCertificate *leaf, const WaxTestCertificate *issuer)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (chain, authority_der (leaf->own_pem));
  if (issuer != NULL)
    g_ptr_array_add (chain, authority_der (issuer->own_pem));

  return chain;
}

static char *
serial_of (const WaxTestCertificate *about)
{
  gnutls_x509_crt_t certificate = import (about->own_pem);
  guint8 serial[64];
  size_t size = sizeof serial;
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (gnutls_x509_crt_get_serial (certificate, serial, &size), >=, 0);
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", serial[i]);
  gnutls_x509_crt_deinit (certificate);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The database of openssl-ca(1), with one line or none. */
static void
write_index (const char *folder, const WaxTestCertificate *about, AuthorityVerdict verdict)
{
  static const char *const ways[] = {
    [AUTHORITY_GOOD] = "V\t301231235959Z\t",
    [AUTHORITY_REVOKED] = "R\t301231235959Z\t260101120000Z,keyCompromise",
    [AUTHORITY_ON_HOLD] = "R\t301231235959Z\t260101120000Z,certificateHold",
    [AUTHORITY_REMOVED] = "R\t301231235959Z\t260101120000Z,removeFromCRL",
  };
  g_autofree char *serial = serial_of (about);
  g_autofree char *line = verdict == AUTHORITY_UNKNOWN
                              ? g_strdup ("")
                              : g_strdup_printf ("%s\t%s\tunknown\t/CN=whoever\n", ways[verdict], serial);

  g_free (write_file (folder, "index", line, -1));
}

GBytes *
authority_respond (const char *folder,
                   const WaxTestCertificate *issuer,
                   const WaxTestCertificate *signer,
                   const WaxTestCertificate *about,
                   AuthorityVerdict verdict,
                   gboolean lasts,
                   GBytes *request)
{
  write_index (folder, about, verdict);
  g_free (
      write_file (folder, "request", g_bytes_get_data (request, NULL), (gssize) g_bytes_get_size (request)));
  g_free (write_file (folder, "issuer.pem", issuer->own_pem, -1));
  g_free (write_file (folder, "signer.pem", signer->own_pem, -1));
  g_free (write_file (folder, "signer.key", signer->key_pem, -1));
  run_openssl (folder, lasts ? "ocsp -index index -CA issuer.pem -rsigner signer.pem -rkey signer.key -reqin "
                               "request -respout response -ndays 1"
                             : "ocsp -index index -CA issuer.pem -rsigner signer.pem -rkey signer.key -reqin "
                               "request -respout response");

  return read_file (folder, "response");
}

GBytes *
authority_list (const char *folder,
                const WaxTestCertificate *signer,
                const WaxTestCertificate *about,
                AuthorityVerdict verdict,
                const char *extensions)
{
  g_autofree char *configuration = g_strdup_printf (
      "[ca]\ndefault_ca = here\n[here]\ndatabase = index\ndefault_md = sha256\n"
      "default_crl_days = 1\n%s%s\n",
      extensions != NULL ? "crl_extensions = ext\n[ext]\n" : "", extensions != NULL ? extensions : "");

  write_index (folder, about, verdict);
  g_free (write_file (folder, "ca.conf", configuration, -1));
  g_free (write_file (folder, "signer.pem", signer->own_pem, -1));
  g_free (write_file (folder, "signer.key", signer->key_pem, -1));
  run_openssl (folder, "ca -config ca.conf -gencrl -cert signer.pem -keyfile signer.key -out list.pem");
  run_openssl (folder, "crl -in list.pem -outform DER -out list");

  return read_file (folder, "list");
}
